"""A whole round of the unit's own review on the try-out page: drawn, spread, calibrated, raised, given on, closed."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.hands import CECILIA, chat, presses, sees, shows, writes
from tests.browser.real_bot import RealBot, free_ports
from tests.conftest import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NOW = "2026-05-12T09:41:00+02:00"
TENANT = "11111111-1111-4111-8111-111111111111"
UNIT = "Barn och unga Nord (påhittad)"
BO, EVA, GUN, KARIN, LARS = "Bo Exempel", "Eva Sagolik", "Gun Låtsas", "Karin Fantasi", "Lars Uppfunnen"
NILS, OLGA, PIA, RUT = "Nils Hittepå", "Olga Låtsas", "Pia Fantasi", "Rut Sagolik"
"""Reviewers who are in the register only; Nils leads a case, as Bo does, and Rut is away."""
REFS = [f"SN 2026/05{number:02}" for number in range(11)]
"""Ten cases, and one of a protected identity."""
MOTIVATION = "Påhittad motivering: samtalet framgår inte, zq8-kanarie"


def _address(name: str) -> str:
    return name.split()[0].lower() + ".pahittad@example.invalid"


def people() -> str:
    """Return the made-up people of the page with the reviewers who are in the register only, as a file."""
    names = ((NILS, "peer_reviewer"), (OLGA, "peer_reviewer"), (PIA, "peer_reviewer"), (RUT, "peer_reviewer"))
    rows = [f"{TENANT},,{_address(name)},{name},{UNIT},{role},,\n" for name, role in (*names, (NILS, "case_worker"))]
    return (ROOT / "tryout" / "people.csv").read_text(encoding="utf-8") + "".join(rows)


def cases() -> str:
    """Return eleven decided cases as a file."""
    leads = {0: "bo.exempel@example.invalid", 1: _address(NILS)}
    rows = [
        f"{TENANT},{ref},{UNIT},barn,{leads.get(number, 'anna.pahittad@example.invalid')},2026-01-05,"
        f"2026-03-{number + 1:02},nej,nej,ja,nej,{'ja' if ref == REFS[10] else 'nej'}\n"
        for number, ref in enumerate(REFS)
    ]
    dates = "lead_email,opened_on,decided_on,violence,child_placed,child_communicated,intervention_decided"
    return f"tenant_id,case_ref,unit,case_type,{dates},protected_identity\n" + "".join(rows)


@pytest_asyncio.fixture(loop_scope="session")
async def bot(tmp_path: Path) -> AsyncIterator[RealBot]:
    port, admin = free_ports(2)
    bot = RealBot(tmp_path, port, admin, {"BK_NOW": NOW})
    bot.is_given(people(), cases())
    await bot.start()
    yield bot
    await bot.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def four(bot: RealBot, chromium: Browser) -> AsyncIterator[Page]:
    """Yield a page where the manager, a chef and two reviewers have the app."""
    context = await chromium.new_context(viewport={"width": 1900, "height": 900}, locale="sv-SE")
    page = await context.new_page()
    await page.goto(bot.url)
    for person in (CECILIA, EVA, GUN, KARIN):
        await shows(page, person)
    yield page
    await context.close()


def card(page: Page, person: str) -> Locator:
    """Return the newest card of a chat."""
    return chat(page, person).locator(".card").last


async def adds(page: Page, *people: str, percent: str = "100", away: tuple[str, str] | None = None) -> None:
    """Add reviewers with the time they have."""
    for person in people:
        await card(page, EVA).get_by_text(f"{person} ({UNIT})", exact=True).click()
    await card(page, EVA).get_by_label("Tid, procent", exact=True).select_option(label=percent)
    for label, day in zip(("Borta från", "Borta till"), away or (), strict=False):
        await card(page, EVA).get_by_label(label, exact=True).fill(day)
    await presses(page, "Lägg till", EVA)
    await expect(card(page, EVA).get_by_text(people[-1], exact=True)).to_be_visible()


async def draws_and_starts(page: Page) -> None:
    """The manager draws ten of eleven cases, a fifth of them read by two, and spreads them among eight reviewers."""
    await shows(page, EVA)
    await writes(page, "egenkontroll", EVA)
    await presses(page, "Ny omgång", EVA)
    form = card(page, EVA)
    await form.get_by_label("Namn", exact=True).fill("Våren 2026 (påhittad)")
    await form.get_by_text("Kollegial egenkontroll, barn och unga", exact=True).click()
    await form.get_by_text(UNIT, exact=True).click()
    await form.get_by_label("Ärenden per enhet", exact=True).select_option(label="10")
    await presses(page, "Dra ärenden", EVA)
    await sees(page, "Beslutade ärenden: 11. Undantagna: 1 av 11 med skyddade personuppgifter", EVA)
    await sees(page, "Dragna slumpvis: 10. Läses av två: 2. Frö:", EVA)
    await adds(page, BO, GUN, KARIN, NILS, OLGA, PIA)
    await adds(page, LARS, percent="50")
    await adds(page, RUT, away=("2026-05-01", "2026-07-01"))
    await presses(page, "Starta omgång", EVA)
    await sees(page, "Omgången har startat. Läsningar: 12,", EVA)
    await sees(page, "0 av 10 granskade.", EVA)


async def calibrates(page: Page, person: str) -> None:
    """Read the made-up file and answer the first choice of every question."""
    await sees(page, "Påhittad akt", person)
    questions = card(page, person).get_by_role("radiogroup")
    await expect(questions).to_have_count(10)
    for number in range(10):
        await questions.nth(number).get_by_role("radio").first.check()
    await presses(page, "Spara", person)
    await sees(page, "svar är som kvalitetsansvarigs", person)


async def raises(page: Page) -> None:
    """The reviewer raises the case in hand; the chef of its unit receives it; no text goes along."""
    await presses(page, "Ta upp nu", GUN)
    await sees(page, "Vid fara nu: ring chefen eller socialjouren", GUN)
    await expect(card(page, GUN).get_by_role("textbox")).to_have_count(0)
    await presses(page, "Ta upp nu", GUN)
    await sees(page, "Besked har gått till:", GUN)
    await shows(page, CECILIA)
    await sees(page, "Vid fara nu: ring chefen eller socialjouren", CECILIA)
    await presses(page, "Mottaget", CECILIA)
    await sees(page, f"{CECILIA} tog emot det", CECILIA)
    await shows(page, GUN)
    await sees(page, f"{CECILIA} tog emot det", GUN)
    await presses(page, "Tillbaka till granskningen", GUN)
    await expect(chat(page, GUN).get_by_role("button", name="Nej", exact=True).last).to_be_visible()


async def reviews(page: Page) -> None:
    """Answer the list in hand to its end: the first Nej with a motivation, and where in the file, on its card."""
    await presses(page, "Nej", GUN)
    hand = chat(page, GUN)
    await hand.get_by_label("Motivering", exact=True).last.fill(MOTIVATION)
    await presses(page, "Spara", GUN)
    await sees(page, "Skriv också var i akten", GUN)
    await hand.get_by_label("Var i akten", exact=True).last.fill("s. 4")
    await presses(page, "Spara", GUN)
    await writes(page, "granska", GUN)
    await presses(page, "Fortsätt", GUN)
    await expect(card(page, GUN).get_by_role("button", name="Ja", exact=True)).to_be_visible()
    done = chat(page, GUN).get_by_text("Inget saknas.")
    cards = chat(page, GUN).locator(".card")
    for _ in range(40):
        count = await cards.count()
        await writes(page, "ja", GUN)
        await expect(cards).to_have_count(count + 1)
        if await done.count():
            return
    raise AssertionError(await card(page, GUN).inner_text())


async def test_a_round_is_played_from_the_draw_to_an_honest_closing(bot: RealBot, four: Page) -> None:
    page = four
    await draws_and_starts(page)

    await shows(page, KARIN)
    await sees(page, "Du har ärenden att granska", KARIN)
    await writes(page, "granska", KARIN)
    await presses(page, "Har haft ärendet", KARIN)
    await sees(page, "går till någon annan", KARIN)
    await shows(page, EVA)
    await sees(page, "granskaren har haft ärendet", EVA)
    await presses(page, "Annan granskare", EVA)
    who = card(page, EVA).get_by_role("radiogroup", name="Ny granskare")
    await expect(who).to_be_visible()
    assert not [name for name in (KARIN, RUT) if name in await who.inner_text()]
    await who.get_by_role("radio").first.check()
    await presses(page, "Byt granskare", EVA)
    await sees(page, "granskar ärendet nu.", EVA)

    await shows(page, GUN)
    await writes(page, "granska", GUN)
    await expect(chat(page, GUN).get_by_role("button", name="Börja granska", exact=True)).to_have_count(0)
    await presses(page, "Jag har inte haft ärendet", GUN)
    await calibrates(page, GUN)
    await writes(page, "granska", GUN)
    await presses(page, "Börja granska", GUN)
    await raises(page)
    await reviews(page)

    await shows(page, EVA)
    await writes(page, "egenkontroll", EVA)
    await card(page, EVA).get_by_role("button", name="Öppna", exact=True).click()
    await card(page, EVA).get_by_role("button", name="Stäng omgång", exact=True).click()
    await sees(page, "Välj varför, så står det i omgången", EVA)
    reasons = card(page, EVA).get_by_role("radiogroup")
    await expect(reasons).not_to_have_count(0)
    for number in range(await reasons.count()):
        await reasons.nth(number).get_by_role("radio").first.check()  # Tiden räckte inte
    await presses(page, "Stäng omgång", EVA)
    await sees(page, "Omgången är stängd.", EVA)

    rows = list(csv.DictReader(io.StringIO(await bot.command("export", "--what", "rounds")), delimiter=";"))
    done = sum(row["reviewed"] == "ja" for row in rows)
    assert len(rows) == 10
    await sees(page, f"{done} av 10 granskade.", EVA)
    assert [row["why_not"] for row in rows if row["reviewed"] != "ja"] == ["no_time"] * (10 - done)
    assert not [name for name in ("zq8-kanarie", KARIN, REFS[10]) if name in str(rows)]
    assert b"zq8-kanarie" not in bot.files()
    assert "zq8-kanarie" not in bot.posted()
