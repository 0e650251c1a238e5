"""The page of each role on paper: one sheet of A4, in 10 points, its picture beside the text."""

import re
from itertools import groupby
from pathlib import Path

import pytest
from playwright.async_api import Page, PdfMargins

from tests.conftest import ROOT
from tests.unit.test_docs import ROLE_PAGES

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
STYLE = """
    body { margin: 0; font: 10pt/1.3 sans-serif; }
    h1, h2 { margin: 6pt 0 3pt; } div, table { margin: 0 0 4pt; }
    img { float: right; max-width: 45%; max-height: 70mm; margin-left: 8pt; }
    td { padding: 0 8pt 2pt 0; vertical-align: top; }
"""
INLINE = (
    (r"!\[([^]]*)\]\(([^)]*)\)", r'<img alt="\1" src="\2">'),
    (r"\[([^]]*)\]\([^)]*\)", r"<u>\1</u>"),
    (r"`([^`]*)`", r"<code>\1</code>"),
    (r"\*\*([^*]*)\*\*", r"<b>\1</b>"),
)
BLOCKS = {"#": "h1", "##": "h2", "|": "tr", "-": "li", "": "div"}


def as_html(text: str) -> str:
    """Return what our role pages use of Markdown: headings, tables, lists, paragraphs, pictures and words in bold."""
    for pattern, becomes in INLINE:
        text = re.sub(pattern, becomes, text)
    text = re.sub(
        r"(^[^#\n].*)\n(?!\n| *[-#|!]| *\d+\. )\s*", r"\1 ", text, flags=re.MULTILINE
    )  # a paragraph is one line
    lines = [line for line in text.splitlines() if line and not line.startswith("|--")]
    marked = [re.match(r"\s*(##?|\||-|(?=\d+\. )|)\s*(.*)", line) for line in lines]
    made = ""
    for kind, group in groupby((found for found in marked if found), key=lambda found: BLOCKS[found[1]]):
        cells = (found[2].strip("| ").replace(" | ", "<td>") for found in group)
        rows = "".join(f"<{kind}>{'<td>' * (kind == 'tr')}{cell}</{kind}>" for cell in cells)
        made += f"<table>{rows}</table>" if kind == "tr" else rows
    return made


@pytest.mark.parametrize("name", ROLE_PAGES)
async def test_a_roles_page_is_one_sheet_of_paper(page: Page, tmp_path: Path, name: str) -> None:
    docs, file = ROOT / "docs", tmp_path / "page.html"
    text = as_html((docs / f"{name}.md").read_text(encoding="utf-8"))
    file.write_text(
        f'<!doctype html><meta charset="utf-8"><base href="{docs.as_uri()}/"><style>{STYLE}</style>{text}', "utf-8"
    )
    await page.goto(file.as_uri())

    assert await page.evaluate("[...document.images].every(one => one.naturalWidth > 0)")
    margin = PdfMargins(top="15mm", right="15mm", bottom="15mm", left="15mm")
    assert (await page.pdf(format="A4", margin=margin)).count(b"/Type /Page\n") == 1
