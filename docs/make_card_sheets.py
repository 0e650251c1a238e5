"""Draws every kind of card on contact sheets, for people to look at: `.venv/bin/python -m docs.make_card_sheets`.

One picture for each host configuration (light, dark, high contrast) and width (320, 446, 720 px). The cards are
those of `tests/browser/test_cards.py`, which holds them to what can be measured.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from bot.cards.render import render_card
from dialogs.turn.tokens import Mint
from storage.desk import Desk
from storage.sealing import Keys
from tests.browser.card_hosts import THEMES, WIDTHS, draw_sheet, open_host
from tests.browser.test_cards import every_view
from tests.chat.harness import Room, move_in
from tests.conftest import CHROMIUM_ARGUMENTS, TRAIL, find_chromium
from tests.migrated import put_database

PICTURES = Path(__file__).resolve().parent / "pictures"
_COLUMNS = {320: 9, 446: 6, 720: 4}
_GAP = 14
_SMALLER = 0.5


def cards() -> list[dict[str, Any]]:
    """Play made-up people through every kind of card and return one of each, in the order they came."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(put_database(Path(folder) / "bot.db"), Keys({"pictures": bytes(32)}, TRAIL))
        move_in(desk)
        found: dict[str, dict[str, Any]] = {}
        for reply in every_view(Room(desk).chat("anna")):
            card = render_card(reply, Mint(bytes(32)), private=True)
            if card is not None:
                found.setdefault(reply.view.kind, card)
        desk.close()
    return list(found.values())


async def main() -> None:
    """Draw the sheets."""
    every = cards()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=[*CHROMIUM_ARGUMENTS])
        for theme in THEMES:
            for width in WIDTHS:
                page = await browser.new_page(device_scale_factor=_SMALLER)
                await open_host(page, theme, width)
                columns = (
                    f"main {{ display: block; columns: {_COLUMNS[width]}; column-gap: {_GAP}px; padding: {_GAP}px; }}"
                )
                await page.add_style_tag(content=f"{columns} .drawn {{ margin: 0 0 {_GAP}px; break-inside: avoid; }}")
                await page.set_viewport_size({"width": _COLUMNS[width] * (width + _GAP) + _GAP, "height": 400})
                await draw_sheet(page, every, width)
                await page.screenshot(path=PICTURES / f"cards-{theme}-{width}.png", full_page=True)
                await page.close()
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
