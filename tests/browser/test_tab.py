"""The tab in a real browser, in a frame as in Teams: signed in by script, then by keyboard alone; themes and widths."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from bot.cards.render import _BUILDERS, render_card
from bot.tab import elements
from dialogs.turn.exchange import Reply
from dialogs.turn.tokens import Mint
from storage import tenants
from storage.desk import Desk, Session
from storage.sealing import Keys
from tests.browser.eyes import WIDE
from tests.browser.test_cards import every_view
from tests.browser.test_pages import check
from tests.chat.harness import REF, Room, move_in, object_id
from tests.conftest import ROOT, SLOW, TRAIL
from tests.migrated import put_database
from tests.wire.bot_process import RecordingConnector
from tests.wire.door import TENANT
from tests.wire.in_process_bot import InProcessBot, activity
from tests.wire.issuer import Issuer
from tests.wire.tab_site import TEAMS_STUB, tab_settings, token
from texts import LANGUAGES, Language, say

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
STYLES = ("bot/pages/templates/sidor.css", "bot/tab/files/flik.css")
WIDTHS = (320, 446, 1280)
CHECKED = ("form", "chef", "differences", "unit")
"""The pages axe looks at in the suite; with BK_SLOW=1 it looks at every page."""
PICTURES: Path | None = None
"""A folder for pictures of every page in every width, for whoever wants to look."""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Site:
    """A bot with its tab, and whose account the Teams client has."""

    bot: InProcessBot
    issuer: Issuer
    person: str = "anna"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.bot.port}"

    def chooses(self, content: str) -> None:
        def work(session: Session) -> None:
            tenants.set_setting(tenants.known(session, TENANT), "content", content)

        self.bot.desk.run_now(work)

    async def opens(self, page: Page, person: str, path: str = "flik") -> None:
        """Open the tab as somebody; the script signs her in."""
        self.person = person
        await page.context.clear_cookies()
        await page.goto(f"{self.url}/{path}")
        await expect(page.locator("#signing-in")).to_have_count(0)
        await page.wait_for_load_state()


@pytest_asyncio.fixture(loop_scope="session")
async def site(tmp_path: Path, page: Page) -> AsyncIterator[Site]:
    async with Issuer() as issuer, RecordingConnector() as connector:
        bot = InProcessBot(tmp_path, **tab_settings(tmp_path, issuer))
        move_in(bot.desk, ("anna", "Anna Påhittad", "Nord (påhittad)", "case_worker"))
        move_in(bot.desk, ("cecilia", "Cecilia Fiktiv", "Nord (påhittad)", "unit_manager"))
        site = Site(bot, issuer)
        site.chooses("tab")

        async def gives_token(route: Route) -> None:
            await route.fulfill(body=token(issuer, object_id(site.person)))

        await page.route("**/made-up-token", gives_token)
        async with bot:
            for name in ("anna", "cecilia"):
                hello = activity("message.text", object_id(name), text="hej") | {"serviceUrl": connector.service_url}
                assert (await bot.posts(hello))[0] == 200
            yield site


async def looks(page: Page, name: str, folder: Path | None = None) -> None:
    """Look at the page in every width, and let axe look at it."""
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate(OVERFLOW) <= 0, f"{name} at {width}"
        assert not await page.evaluate(WIDE), f"{name} at {width}"
        if folder is not None:
            await page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
    await page.set_viewport_size({"width": 446, "height": 900})
    if name in CHECKED or SLOW.is_there():
        await check(page)


async def presses(page: Page, title: str) -> None:
    """Press a button by keyboard, and wait for the next page."""
    async with page.expect_event("load"):
        await page.get_by_role("button", name=title, exact=True).first.press("Enter")


async def chooses(page: Page, answer: str) -> None:
    """Give every question of the form the same answer, where it has it."""
    for question in await page.locator("fieldset").all():
        found = question.get_by_label(answer, exact=True)
        if await found.count():
            await found.press(" ")


async def writes(page: Page, line: str) -> None:
    """Write a line and send it with the Enter key."""
    async with page.expect_event("load"):
        await page.get_by_label(say("tab.write", "sv")).fill(line)
        await page.keyboard.press("Enter")


async def test_a_basis_is_filled_in_and_read_in_the_tab_by_keyboard(page: Page, site: Site) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await walk(page, site, PICTURES)
    assert {url.removeprefix(site.url).partition("?")[0] for url in asked} == {
        *("/flik", "/flik-in", "/flik-rapport", "/flik-arenden"),
        *("/sidor.css", "/flik.css", "/flik.js", "/flik-teams.js", "/made-up-token"),
    }, "nothing is asked of anybody else"


async def walk(page: Page, site: Site, folder: Path | None) -> None:
    await site.opens(page, "anna")
    await looks(page, "start", folder)
    await writes(page, f"ny {REF}")
    await expect(page.get_by_role("heading", level=1)).to_have_count(1)
    await looks(page, "facts", folder)
    await chooses(page, "Nej")
    await presses(page, "Spara")
    await looks(page, "question", folder)
    await presses(page, "Nej")
    await page.locator("textarea").first.fill("Påhittad motivering: barnet ville inte")
    await looks(page, "motivation", folder)
    await presses(page, "Spara")
    await writes(page, f"formulär {REF}")
    await looks(page, "form", folder)
    await chooses(page, "Ja")
    await presses(page, "Spara")
    for place in await page.locator("textarea").all():
        await place.fill("Påhittad motivering")
    await presses(page, "Spara")
    await looks(page, "summary", folder)
    await presses(page, "Skicka till chef")
    await looks(page, "sent", folder)
    await writes(page, "mina ärenden")
    await looks(page, "cases", folder)

    await site.opens(page, "cecilia")
    await expect(page.get_by_role("heading", name=say("tab.told_lately", "sv"))).to_be_visible()
    await looks(page, "chef", folder)
    await presses(page, "Börja läsa")
    await looks(page, "reading", folder)
    await chooses(page, "Ja")
    await presses(page, "Spara")
    for _ in range(4):
        if await page.get_by_role("button", name="Visa skillnader").count():
            break
        await chooses(page, "Ja")
        await presses(page, "Spara")
    await presses(page, "Visa skillnader")
    if await page.locator("summary").count():
        await page.locator("summary").first.press("Enter")
    await looks(page, "differences", folder)
    async with page.expect_event("load"):
        await page.get_by_role("link", name=say("tab.way_report", "sv")).press("Enter")
    await looks(page, "report", folder)
    async with page.expect_event("load"):
        await page.get_by_role("link", name=say("tab.way_cases", "sv")).press("Enter")
    await looks(page, "unit", folder)


async def test_the_theme_is_that_of_teams_and_follows_it(page: Page, site: Site) -> None:
    await site.opens(page, "anna")
    theme = page.locator("html")
    await expect(theme).to_have_attribute("data-theme", "default")
    ground = "getComputedStyle(document.body).backgroundColor"
    seen = {await page.evaluate(ground)}
    for name in ("dark", "contrast"):
        await page.evaluate(f"changeTheme('{name}')")
        await expect(theme).to_have_attribute("data-theme", name)
        seen.add(await page.evaluate(ground))
        await check(page)
    assert len(seen) == 3
    await page.evaluate("changeTheme('made up')")
    await expect(theme).to_have_attribute("data-theme", "contrast")


async def test_who_is_not_let_in_is_told_so_and_can_try_again(page: Page, site: Site) -> None:
    await page.add_init_script("window.fails = true")
    await page.route("**/flik-teams.js", _without_an_account)
    await page.goto(f"{site.url}/flik")
    await expect(page.get_by_role("alert")).to_contain_text(say("tab.not_signed_in", "sv"))
    await check(page)
    await page.evaluate("window.fails = false")
    async with page.expect_event("load"):
        await page.get_by_role("button", name=say("tab.try_again", "sv")).press("Enter")
    await expect(page.locator("#line")).to_be_visible()


async def test_a_page_of_whoever_used_the_computer_before_is_not_left_to_the_next(page: Page, site: Site) -> None:
    await site.opens(page, "anna")
    await writes(page, f"ny {REF}")
    who = page.locator("body")
    await expect(who).to_have_attribute("data-who", object_id("anna"))

    site.person = "cecilia"
    await page.add_init_script(f"window.account = '{object_id('cecilia').upper()}'")
    await page.goto(f"{site.url}/flik")
    await expect(who).to_have_attribute("data-who", object_id("cecilia"))
    await expect(page.locator("main")).to_be_visible()

    # The client names another account than its token does: the page shows the token's, and does not sign in for ever.
    await page.add_init_script("window.account = 'somebody'")
    await page.goto(f"{site.url}/flik")
    await page.wait_for_load_state("networkidle")
    await expect(page.locator("main")).to_be_visible()
    await expect(who).to_have_attribute("data-who", object_id("cecilia"))

    await page.add_init_script("window.fails = true")
    await page.route("**/flik-teams.js", _without_an_account)
    await page.goto(f"{site.url}/flik")
    await expect(page.locator("main")).to_have_text(say("tab.not_signed_in", "sv"))


async def _without_an_account(route: Route) -> None:
    """Let Teams refuse the token for as long as the page says."""
    refuses = "if (window.fails) throw new Error('no account');"
    stub = TEAMS_STUB.replace("getAuthToken: async () =>", f"getAuthToken: async () => {{ {refuses} return").replace(
        '(await fetch("/made-up-token")).text() }', '(await fetch("/made-up-token")).text(); } }'
    )
    await route.fulfill(body=stub, content_type="text/javascript")


@pytest.fixture(scope="module")
def replies(tmp_path_factory: pytest.TempPathFactory) -> list[Reply]:
    desk = Desk(put_database(tmp_path_factory.mktemp("pages") / "bot.db"), Keys({"test": bytes(32)}, TRAIL))
    move_in(desk)
    found = list(every_view(Room(desk).chat("anna")))
    desk.close()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_card_is_a_page_that_fits_a_phone(page: Page, replies: list[Reply], language: Language) -> None:
    """Every kind of card as a page, 320 pixels wide; axe looks at each kind once, with BK_SLOW=1."""
    style = "".join((ROOT / place).read_text(encoding="utf-8") for place in STYLES)
    await page.set_viewport_size({"width": 320, "height": 700})
    await page.set_content(
        f"<!doctype html><html lang='{language}'><title>.</title><style>{style}</style><main></main>"
    )
    seen: set[str] = set()
    for reply in replies:
        said, kind = reply.model_copy(update={"language": language}), reply.view.kind
        card = render_card(said, Mint(bytes(32)), private=True)
        assert card is not None
        made = elements.shown(card)
        heading = "" if made.title else "<h1>.</h1>"
        whole = f"<div class='talk'>{heading}<form>{made.body}</form></div>"
        await page.evaluate("whole => { document.querySelector('main').innerHTML = whole; }", whole)
        await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert await page.evaluate(OVERFLOW) <= 0, kind
        assert await page.evaluate(WIDE) == [], kind
        assert await page.locator("h1").count() == 1, kind
        if kind not in seen and language == "sv" and SLOW.is_there():
            await check(page)
            await page.set_viewport_size({"width": 320, "height": 700})
        seen.add(kind)
    assert seen == set(_BUILDERS)
