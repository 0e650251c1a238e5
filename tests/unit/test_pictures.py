"""The architecture picture is up to date with the code."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def architecture() -> ModuleType:
    """Import docs/make_architecture.py afresh."""
    spec = importlib.util.spec_from_file_location("make_architecture", ROOT / "docs" / "make_architecture.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_house_is_drawn_as_it_stands(architecture: ModuleType) -> None:
    drawn: str = architecture.draw()

    assert architecture.PICTURE.read_text(encoding="utf-8") == drawn, "run python3 docs/make_architecture.py"


def test_an_import_that_is_gone_is_drawn_no_more(architecture: ModuleType) -> None:
    found: set[tuple[str, str]] = architecture.read_imports()
    drawn = list(architecture._imports(found))

    assert ("storage", "checklists") in found
    assert len(list(architecture._imports(found - {("storage", "checklists")}))) == len(drawn) - 1


def test_a_room_without_a_place_is_named(architecture: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(architecture.BOXES, "dialogs.figures")

    with pytest.raises(SystemExit, match=r"dialogs\.figures"):
        architecture.read_imports()


def test_an_import_against_the_layers_is_named(architecture: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(architecture, "LAYERS", architecture.LAYERS[::-1])

    with pytest.raises(SystemExit, match="storage imports checklists"):
        architecture.read_imports()


def test_words_that_do_not_fit_are_named(architecture: ModuleType) -> None:
    room = architecture.BOXES["dialogs.chef"]

    with pytest.raises(SystemExit, match="reading, and then signing it all"):
        architecture._box(room._replace(about="reading, and then signing it all"))
