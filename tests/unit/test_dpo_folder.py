"""The DPO's folder: every claim about the program points at a test that drives it, and no law is cited unverified."""

import re
from pathlib import Path

import pytest

from tests.unit.test_docs import TEST
from tests.unit.test_security_pages import VERIFIED

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "dso"
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
HEAD = "| Påstående | Prövas av |"


def claims(text: str) -> list[tuple[str, str]]:
    """Return each claim of a page with what it points at."""
    found = []
    for table in text.split(HEAD)[1:]:
        for line in table.strip().splitlines()[1:]:
            if not line.startswith("|"):
                break
            _, claim, tests, _ = line.split("|")
            found.append((claim.strip(), tests.strip()))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_claim_points_at_a_test_that_is_there(page: Path) -> None:
    found = claims(page.read_text(encoding="utf-8"))

    assert found, "the page claims nothing"
    for claim, tests in found:
        named = TEST.findall(tests)
        assert named, f"nothing drives: {claim}"
        assert "`, `".join(filter(None, tests.strip("`").split("`, `"))) == tests.strip("`")
        for name, test in named:
            source = (ROOT / "tests" / name).read_text(encoding="utf-8")
            assert not test or f"def {test}(" in source, f"{name} has no {test}"


def test_no_section_of_law_is_named_that_was_not_verified() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in FOLDER.glob("*.md"))

    assert set(re.findall(r"\d+ kap\.|\d+ §|\d+:\d+ ?\w? OSL", text)) <= VERIFIED


def test_the_folder_lists_its_pages() -> None:
    listed = set(re.findall(r"\]\(([a-z-]+\.md)\)", (FOLDER / "README.md").read_text(encoding="utf-8")))

    assert listed == {page.name for page in PAGES}


def test_the_status_of_third_country_transfers_is_dated() -> None:
    text = (FOLDER / "tredje-land.md").read_text(encoding="utf-8")

    assert re.search(r"T-553/23 den 2025-09-03", text)
    part = next(part for part in text.split("\n\n") if "T-553/23" in part)
    assert "**Inte kontrollerat:**" in part, "our sources do not vouch for it"
    assert re.search(r"C-703/25 P, som inte var avgjort när sidan skrevs \(\d{4}-\d\d-\d\d\)", text)


def test_a_claim_without_a_test_is_found() -> None:
    assert claims(f"x\n\n{HEAD}\n|---|---|\n| it is so | |\n\nmore") == [("it is so", "")]
