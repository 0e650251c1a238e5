"""Every kind of card, drawn by Microsoft's renderer as in Teams: light, dark, high contrast, at three widths."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.async_api import Page

from bot.cards.render import _BUILDERS, render_card
from dialogs.messages.neutral import open_the_tab
from dialogs.turn.exchange import Reply
from dialogs.turn.tokens import Mint
from dialogs.views.views import CallView, Line
from storage.desk import Desk
from storage.sealing import Keys
from tests.browser.card_hosts import THEMES, WIDTHS, Theme, draw, open_host
from tests.browser.eyes import axe_faults
from tests.chat.card_hand import elements
from tests.chat.closed_round import BOX, closed
from tests.chat.drive import fills, opens
from tests.chat.harness import Chat, Room, move_in
from tests.chat.read_drive import ALL, reads
from tests.chat.round_drive import RUNS
from tests.chat.tab_chat import TAB
from tests.conftest import TRAIL
from tests.migrated import put_database
from texts import Language

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

UNKNOWN = {
    f'Unknown element type "{kind}". Fallback will be used if present.'
    for kind in ("Chart.HorizontalBar", "ProgressBar")
}
"""The renderer's warnings about elements only Teams supports."""
MOST_LINES = 6
"""Lines before the first button of a question at 320 px."""


def reminded(anna: Chat, planned: str, days: int = 0) -> Chat:
    """Deliver a later morning's reminder: the decision is due and the basis has gaps, or the day has passed."""
    anna.room.later(days=days)
    change = f"update cases set planned_decision_on = '{planned}'"
    anna.room.desk.run_now(lambda session: session.connection().exec_driver_sql(change))
    anna.room.sweeps()
    assert anna.arrives() == 1
    return anna


def every_view(anna: Chat) -> Iterator[Reply]:
    """Play a worker and her chef through every kind of card; yield each as a reply."""
    yield from workers_views(anna)
    yield from chefs_views(anna.room.chat("cecilia"), anna)
    yield from auditors_views(anna.room.chat("vera"))
    yield from managers_views(anna.room.chat("mona"))
    yield from admins_views(anna.room.chat("ada"))
    yield from calls(anna)


def calls(anna: Chat) -> Iterator[Reply]:
    """Yield what the chat says where cases are in the tab."""
    waits = Line(say="tab.calls", args={"count": 12})
    for view in (open_the_tab(TAB), CallView(line=waits, until="2026-05-12", address=TAB)):
        yield Reply(tenant_id=1, person_id=1, channel_user=anna.user, language="sv", view=view)


def chefs_views(cecilia: Chat, anna: Chat) -> Iterator[Reply]:
    """Play a chef through every kind of card of hers; yield each as a reply."""
    cecilia.types("hjälp")
    fills(opens(anna, "SN 2026/0200", **ALL), {"communication_boxes_filled": "nej"}).presses("Skicka till chef")
    mine = {"communication_boxes_filled": "ja", "child_heard": "nej", "child_not_heard_motivated": "nej"}
    steps: tuple[Callable[[], Chat], ...] = (
        lambda: cecilia.types("att läsa"),
        lambda: cecilia.presses("Börja läsa"),
        lambda: reads(cecilia, mine),
        lambda: cecilia.presses("Visa skillnader"),
        lambda: cecilia.presses("Återlämna"),
        lambda: cecilia.presses("Tillbaka"),
        lambda: cecilia.presses("Signera med brist"),
        lambda: cecilia.presses("Signera med brist", {"Skäl": "Påhittat skäl " * 20}),
        lambda: cecilia.presses("Visa det som signerades"),
        lambda: cecilia.types("enhetens ärenden"),
        lambda: cecilia.types("uppgifter SN 2026/0200"),
        lambda: cecilia.types("registerutdrag SN 2026/0200"),
        lambda: cecilia.presses("Sekretessprövad"),
        lambda: cecilia.types("rapport"),
        lambda: cecilia.presses("Exportera"),
        lambda: cecilia.types("ersättare"),
        lambda: cecilia.presses("Spara", {"person": "Anna Påhittad", "first": "2026-05-12", "last": "2026-05-20"}),
    )
    prompt = cecilia.prompts()[-1]
    yield prompt
    for step in steps:
        step()
        assert cecilia.view is not None
        yield prompt.model_copy(update={"view": cecilia.view})


def auditors_views(vera: Chat) -> Iterator[Reply]:
    """Play an auditor to the card that asks what goes with an answer."""
    steps: tuple[Callable[[], Chat], ...] = (
        lambda: vera.types("ny stickprov SN 2026/0200"),
        lambda: vera.types("ja"),
        lambda: vera.types("ja"),
        lambda: vera.types("vad betyder 2"),
    )
    for step in steps:
        step()
        assert vera.view is not None
        yield Reply(tenant_id=1, person_id=1, channel_user=vera.user, language="sv", view=vera.view)


def managers_views(mona: Chat) -> Iterator[Reply]:
    """Play a manager to the form of a new round, and through what a closed one showed; yield each as a reply."""
    move_in(mona.room.desk, RUNS)
    read = [dict.fromkeys((BOX, "best_interests_in_analysis"), "ja" if number < 7 else "nej") for number in range(12)]
    closed(mona.room, ("pia", "pia", "per", "per", "pim", "paul") * 2, read)
    steps: tuple[Callable[[], Chat], ...] = (
        lambda: mona.types("egenkontroll").presses("Ny omgång"),
        lambda: mona.types("egenkontroll").presses("Öppna"),
        lambda: mona.presses("Gruppvy"),
        lambda: mona.types("egenkontroll").presses("Öppna").presses("Workshop"),
    )
    for step in steps:
        step()
        assert mona.view is not None
        yield Reply(tenant_id=1, person_id=1, channel_user=mona.user, language="sv", view=mona.view)


def admins_views(ada: Chat) -> Iterator[Reply]:
    """Play an admin through her cards with fields; yield each as a reply."""
    move_in(ada.room.desk, ("ada", "Ada Uppdiktad", "", "admin"))
    steps: tuple[Callable[[], Chat], ...] = (
        lambda: ada.types("administrera"),
        lambda: ada.types("administrera bo exempel"),
        lambda: ada.types("administrera").presses("Enheter"),
        lambda: ada.types("administrera").presses("Inställningar"),
    )
    for step in steps:
        step()
        assert ada.view is not None
        yield Reply(tenant_id=1, person_id=1, channel_user=ada.user, language="sv", view=ada.view)


def workers_views(anna: Chat) -> Iterator[Reply]:
    """Play a worker through every kind of card of hers; yield each as a reply."""
    yes_no = {"Är det ett våldsärende?": "Ja", "Har barnet kommunicerats?": "Nej", "Beslutas om insats?": "Nej"}
    steps: tuple[Callable[[], Chat], ...] = (
        lambda: anna.installs(),
        lambda: anna.types("ny"),
        lambda: anna.types("ny SN 2026/0123"),
        lambda: anna.presses("Spara", {**yes_no, "Är barnet placerat?": "Ja", "Antal barn": "2"}),
        lambda: anna.types("vad betyder 1"),
        lambda: anna.types("fortsätt"),
        lambda: anna.presses("Nej"),
        lambda: anna.types("hur menar du?"),
        lambda: anna.presses("Avbryt"),
        lambda: anna.presses("Spara", {"Motivering": "Påhittad motivering " * 20, "Var i akten": "Journal"}),
        lambda: anna.presses("Formulär"),
        lambda: anna.types("ändra 9").presses("Ja"),
        lambda: anna.presses("Anmäls inte"),
        lambda: anna.types("ändra 7"),
        lambda: anna.presses("Kommentera"),
        lambda: anna.types("vad saknas"),
        lambda: anna.types("uppgifter"),
        lambda: anna.presses("Förläng"),
        lambda: anna.types("ändra"),
        lambda: anna.presses("Text till akten"),
        lambda: anna.types("mina ärenden"),
        lambda: reminded(anna, "2026-05-15"),
        lambda: reminded(anna, "2026-05-12", days=1),
        lambda: anna.presses("Beslut fattat?"),
        lambda: anna.types("paus"),
        lambda: anna.types("uppgifter"),
        lambda: anna.presses("Fel ärendenummer"),
        lambda: anna.types("uppgifter"),
        lambda: anna.presses("Avsluta"),
        lambda: anna.types("obegripligt"),
    )
    for step in steps:
        step()
        assert anna.view is not None
        yield Reply(tenant_id=1, person_id=1, channel_user=anna.user, language="sv", view=anna.view)


@pytest.fixture(scope="module")
def replies(tmp_path_factory: pytest.TempPathFactory) -> list[Reply]:
    desk = Desk(put_database(tmp_path_factory.mktemp("replies") / "bot.db"), Keys({"test": bytes(32)}, TRAIL))
    move_in(desk)
    found = list(every_view(Room(desk).chat("anna")))
    desk.close()
    return found


CLIENTS = [
    pytest.param("sv", theme, width, marks=[] if theme == "light" or width == min(WIDTHS) else pytest.mark.slow)
    for theme in THEMES
    for width in WIDTHS
]
CLIENTS.append(pytest.param("en", "light", min(WIDTHS)))
"""Where a theme differs from another it does so at every width: the short form draws the narrow ones of each."""


@pytest.mark.parametrize(("language", "theme", "width"), CLIENTS)
async def test_every_card_is_drawn_whole_and_accessible(
    page: Page, replies: list[Reply], language: Language, theme: Theme, width: int
) -> None:
    await open_host(page, theme, width, language)
    kinds = set()
    for reply in replies:
        said = reply.model_copy(update={"language": language})
        card = render_card(said, Mint(bytes(32)), private=True)
        assert card is not None
        kind = said.view.kind
        kinds.add(kind)
        drawn = await draw(page, card)
        # The renderer's regex for `lang` keeps its lastIndex, so it rejects every second card.
        assert [fault for fault in drawn["faults"] if '"lang"' not in fault and fault not in UNKNOWN] == []
        for chart in (element for element in card["body"] if element["type"].startswith("Chart.")):
            for row in elements({"body": [chart["fallback"]]}):
                assert row.get("text", "") in drawn["text"], "the chart's fallback is not rendered"
        assert drawn["overflow"] <= 0, kind
        assert (drawn["cut"], drawn["outside"]) == ([], []), kind
        assert drawn["inputs"] == json.dumps(card).count('"type": "Input.'), kind
        assert drawn["labels"] >= drawn["inputs"], kind
        assert drawn["headings"] >= (kind != "closed"), kind
        if kind == "question" and not said.view.notices and width == 320:
            assert drawn["lines"] <= MOST_LINES, drawn["text"]
            assert max(drawn["sizes"]) == max(drawn["asked"]), "the question is not the largest text"
        if width == 320 and language == "sv" and theme != "contrast":  # takes as long as all the rest
            # A dark card is the light one in other colours.
            assert await axe_faults(page, "" if theme == "light" else "color-contrast") == [], kind
    assert kinds == set(_BUILDERS)
