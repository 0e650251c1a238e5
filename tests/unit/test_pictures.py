"""The architecture picture is up to date with the code."""

import pytest

from docs import make_architecture as architecture
from docs import workbook_pictures


def test_the_house_is_drawn_as_it_stands() -> None:
    drawn: str = architecture.draw()

    assert architecture.PICTURE.read_text(encoding="utf-8") == drawn, "run python3 docs/make_architecture.py"


def test_an_import_that_is_gone_is_drawn_no_more() -> None:
    found: set[tuple[str, str]] = architecture.read_imports()
    drawn = list(architecture._imports(found))

    assert ("storage", "checklists") in found
    assert len(list(architecture._imports(found - {("storage", "checklists")}))) == len(drawn) - 1


def test_a_room_without_a_place_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(architecture.BOXES, "dialogs.figures")

    with pytest.raises(SystemExit, match=r"dialogs\.figures"):
        architecture.read_imports()


def test_an_import_against_the_layers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(architecture, "LAYERS", architecture.LAYERS[::-1])

    with pytest.raises(SystemExit, match="storage imports checklists"):
        architecture.read_imports()


def test_words_that_do_not_fit_are_named() -> None:
    room = architecture.BOXES["dialogs.chef"]

    with pytest.raises(SystemExit, match="reading, and then signing it all"):
        architecture._box(room._replace(about="reading, and then signing it all"))


def test_pictures_of_a_workbook_are_left_out_and_said_so_where_a_tool_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert workbook_pictures.left_out() == (
        "left out: workbook-overview.png, workbook-over-time.png, workbook-questions.png"
        " (soffice, pdftotext, pdftoppm not on this machine)"
    )


def test_the_first_page_of_each_sheet_is_found_by_its_footer() -> None:
    pages = (
        "Siffror\nÖversikt            1 (4)",
        "a\nFrågor   2 (4)\n",
        "b\nFrågor      3 (4)",
        "Över tid   4 (4)\n",
        "",
    )

    assert workbook_pictures.first_pages("\f".join(pages)) == {"Översikt": 1, "Frågor": 2, "Över tid": 4}
