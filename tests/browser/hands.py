"""What people do on the try-out page: type, choose, press, look; each in one person's chat."""

from playwright.async_api import Locator, Page, expect

ANNA, CECILIA, DAVID = "Anna Påhittad", "Cecilia Fiktiv", "David Provsson"


def chat(page: Page, person: str = ANNA) -> Locator:
    """Return the column of one person's chat."""
    return page.get_by_role("region", name=person)


async def shows(page: Page, person: str) -> None:
    """Open a person's chat beside the others; the first time, install the app."""
    await page.get_by_role("button", name=person).first.click()
    await expect(chat(page, person)).to_be_visible()


async def writes(page: Page, words: str, person: str = ANNA) -> None:
    """Type a line."""
    box = chat(page, person).get_by_role("textbox", name="Skriv ett meddelande")
    await box.fill(words)
    await box.press("Enter")


async def chooses(page: Page, person: str = ANNA, **answers: str) -> None:
    """Choose in the choice sets of the newest card, by label."""
    for label, answer in answers.items():
        group = chat(page, person).get_by_role("radiogroup", name=label.replace("_", " "), exact=True).last
        await group.get_by_text(answer, exact=True).click()


BEHIND_DOTS = ("Tillbaka", "Pausa", "Formulär", "Kommentera", "Vad räknas?")
"""The ways out of a card, which the client puts behind `…`."""


async def presses(page: Page, title: str, person: str = ANNA) -> None:
    """Press the newest button with this title, behind `…` if that is where it is."""
    there = chat(page, person).get_by_role("button", name=title, exact=True)
    dots = chat(page, person).get_by_role("button", name="Fler val")
    if title in BEHIND_DOTS and not await there.count():
        there = page.get_by_role("menuitem", name=title, exact=True)
        while not await there.count():  # a card that comes into view is refreshed, which may close its menu again
            await dots.last.click()
            await page.wait_for_function("() => document.querySelector('[role=menu]')", timeout=5000)
    await there.last.click()


async def sees(page: Page, words: str, person: str = ANNA) -> None:
    """Wait until these words are visible."""
    await expect(chat(page, person).get_by_text(words).filter(visible=True).last).to_be_visible()
