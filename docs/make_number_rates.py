"""Measure how many generated texts are refused as personal numbers, shape by shape, and write the table into the docs.

Run as `python -m docs.make_number_rates`.
"""

from pathlib import Path

from checklists.privacy import LetThrough, has_personal_number
from tests.number_shapes import NUMBERS, OTHERS, OWN_PATTERN, TODAY, with_numbers, without_numbers

PAGE = Path(__file__).parent / "personnummer.md"
MANY = 2000
START = "<!-- tabellen skrivs av docs/make_number_rates.py -->\n"
LETS = LetThrough(TODAY, OWN_PATTERN)


def rates() -> list[tuple[str, str, int]]:
    """Return how many of MANY texts of each shape are refused: what should happen to them, shape, count."""
    held = [("avvisas", s, sum(has_personal_number(t, LETS) for t in with_numbers(s, MANY))) for s in NUMBERS]
    free = [("tas emot", s, sum(has_personal_number(t, LETS) for t in without_numbers(s, MANY))) for s in OTHERS]
    return held + free


def table(found: list[tuple[str, str, int]]) -> str:
    """Return the table as it stands in the docs."""
    lines = ["| ska | form | avvisade |", "|---|---|---|"]
    for shall, shape, count in found:
        shown = shape.replace("|", "\\|").replace("<", "&lt;").replace("&#45;", "`&#45;`").replace("&nbsp;", "`&nbsp;`")
        lines.append(f"| {shall} | {shown} | {100 * count / MANY:.2f} %".replace(".", ",") + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    before = PAGE.read_text(encoding="utf-8").partition(START)[0]
    PAGE.write_text(before + START + "\n" + table(rates()), encoding="utf-8")
