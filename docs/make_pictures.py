"""Makes the pictures in README and docs from the running try-out page: `.venv/bin/python docs/make_pictures.py`.

Starts the bot with made-up people on free ports and a database of its own, plays a case worker and takes pictures.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


async def play(page: Page, url: str) -> None:
    """Open a case, answer by pressing and by typing, and take pictures on the way."""
    await page.goto(url)
    box = page.get_by_role("textbox", name="Skriv ett meddelande").first
    await box.fill("ny SN 2026/0123")
    await box.press("Enter")
    for label in ("Är det ett våldsärende?", "Beslutas om insats?", "Har barnet kommunicerats?"):
        await page.get_by_role("radiogroup", name=label).get_by_text("Ja", exact=True).click()
    await page.get_by_role("radiogroup", name="Är barnet placerat?").get_by_text("Nej", exact=True).click()
    await page.screenshot(path=PICTURES / "facts.png")
    await page.get_by_role("button", name="Spara").last.click()
    await page.get_by_role("button", name="Nej").last.click()
    await page.get_by_label("Motivering", exact=True).last.fill("Barnet är för ungt för ett eget samtal")
    await page.screenshot(path=PICTURES / "chat.png")


async def main() -> None:
    """Start the bot, play, stop the bot."""
    PICTURES.mkdir(exist_ok=True)
    port, admin = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "BK_MODE": "dev",
            "PORT": str(port),
            "BK_ADMIN_PORT": str(admin),
            "BK_DATABASE_URL": f"sqlite:///{folder}/pictures.db",
            "BK_NOW": "2026-05-12T09:41:00+02:00",
        }
        with subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), "serve", "--demo"],
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            text=True,
        ) as bot:
            assert bot.stdout is not None
            bot.stdout.readline()  # it says when it answers
            try:
                async with async_playwright() as playwright:
                    browser = await playwright.chromium.launch(
                        executable_path=shutil.which("chromium"), args=CHROMIUM_ARGS
                    )
                    page = await browser.new_page(viewport={"width": 1400, "height": 860})
                    await play(page, f"http://127.0.0.1:{port}/")
                    await browser.close()
            finally:
                bot.terminate()


if __name__ == "__main__":
    asyncio.run(main())
