"""The pictures in README and docs are up to date: replaying them gives the same text."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Browser

from docs import make_pictures
from tests.browser.real_bot import running

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_pictures_say_what_is_seen_now(tmp_path: Path, chromium: Browser) -> None:
    made = json.loads(make_pictures.MADE_FROM.read_text(encoding="utf-8"))
    seen: dict[str, object] = {"styles": make_pictures.styles()}
    async with running(tmp_path, BK_NOW=make_pictures.NOW) as bot:
        context = await make_pictures.open_context(chromium)
        async for picture in make_pictures.pictures(bot, context):
            seen[picture.name] = picture.words

    assert seen == made, "run .venv/bin/python -m docs.make_pictures"
