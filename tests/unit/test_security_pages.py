"""The pages for the DPO and the security reviewer: every table is listed, and every test they cite exists."""

import re
from pathlib import Path

from storage.tables import METADATA

ROOT = Path(__file__).resolve().parents[2]
DPO = (ROOT / "docs" / "dataskyddsombud.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "docs" / "sakerhet.md").read_text(encoding="utf-8")
VERIFIED = {"10:2 a OSL"}
"""The only section the page may cite; all others are for the municipality's lawyer."""


def test_every_table_is_accounted_for_to_the_dpo() -> None:
    kept = DPO.partition("## Vad som sparas")[2].partition("## ")[0]

    assert {table.name for table in METADATA.sorted_tables} <= set(re.findall(r"`(\w+)`", kept))


def test_no_section_of_law_is_named_that_was_not_verified() -> None:
    found = re.findall(r"\d+ kap\.|\d+ §|\d+:\d+ ?\w? OSL", DPO + SECURITY)

    assert set(found) <= VERIFIED


def test_every_test_the_reviewer_is_pointed_to_exists() -> None:
    named = set(re.findall(r"`((?:wire|chat|sql|unit|faults)/\w+\.py)`", SECURITY))

    assert len(named) > 12
    assert not [name for name in named if not (ROOT / "tests" / name).is_file()]


def test_every_page_they_link_to_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", DPO + SECURITY)

    assert not [link for link in links if not (ROOT / "docs" / link).is_file()]
