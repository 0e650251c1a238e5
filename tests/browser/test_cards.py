"""Every kind of card, rendered by Microsoft's renderer, narrow and wide, in both languages."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.async_api import Page

from bot.cards.render import _BUILDERS, render_card
from dialogs.turn.exchange import Reply
from dialogs.turn.tokens import Mint
from storage.desk import Desk
from storage.sealing import Keys
from tests.chat.card_hand import elements
from tests.chat.drive import fills, opens
from tests.chat.harness import Chat, Room, move_in
from tests.chat.read_drive import ALL, reads
from tests.chat.round_drive import RUNS
from tests.conftest import NODE_MODULES, TRAIL
from tests.migrated import put_database
from texts import LANGUAGES, Language

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PAGE = """<!doctype html><html lang="{lang}"><head><title>Kort</title><style>
body {{ margin: 0; font: 14px/1.4 sans-serif; }}
.ac-adaptiveCard {{ box-sizing: border-box; max-width: 100%; }}
</style></head><body><main><h1 style="font-size:14px">Kort</h1><div id="here"></div></main></body></html>"""
RENDER = """payload => {
    const card = new AdaptiveCards.AdaptiveCard();
    const host = { supportsInteractivity: true, fontFamily: 'sans-serif', textBlock: { headingLevel: 2 } };
    card.hostConfig = new AdaptiveCards.HostConfig(host);
    const context = new AdaptiveCards.SerializationContext();
    card.parse(payload, context);
    const here = document.getElementById('here');
    here.replaceChildren(card.render());
    return {
        faults: [...Array(context.eventCount).keys()].map(n => context.getEventAt(n).message),
        inputs: card.getAllInputs().length,
        labels: here.querySelectorAll('label, .ac-input-label, [id$="-label"]').length,
        text: here.textContent,
        headings: here.querySelectorAll('[role=heading]').length,
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    };
}"""


NO_CHARTS = 'Unknown element type "Chart.HorizontalBar". Fallback will be used if present.'
"""The renderer's warning about an element only Teams supports."""


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
    """Play a manager to the form of a new round."""
    move_in(mona.room.desk, RUNS)
    mona.types("egenkontroll").presses("Ny omgång")
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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [320, 900])
async def test_every_card_is_drawn_whole_and_accessible(
    page: Page, replies: list[Reply], language: Language, width: int
) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await page.set_content(PAGE.format(lang=language))
    await page.add_script_tag(path=NODE_MODULES / "adaptivecards" / "dist" / "adaptivecards.min.js")
    await page.add_script_tag(path=NODE_MODULES / "axe-core" / "axe.min.js")
    kinds = set()
    for reply in replies:
        said = reply.model_copy(update={"language": language})
        card = render_card(said, Mint(bytes(32)), private=True)
        assert card is not None
        kinds.add(said.view.kind)
        drawn = await page.evaluate(RENDER, card)
        # The renderer's regex for `lang` keeps its lastIndex, so it rejects every second card.
        assert [fault for fault in drawn["faults"] if '"lang"' not in fault and fault != NO_CHARTS] == []
        for chart in (element for element in card["body"] if element["type"].startswith("Chart.")):
            for row in elements({"body": [chart["fallback"]]}):
                assert row.get("text", "") in drawn["text"], "the chart's fallback is not rendered"
        assert drawn["overflow"] <= 0, said.view.kind
        assert drawn["inputs"] == json.dumps(card).count('"type": "Input.'), said.view.kind
        assert drawn["labels"] >= drawn["inputs"], said.view.kind
        assert drawn["headings"] >= (said.view.kind != "closed"), said.view.kind
        if width == 320:
            assert await _violations(page) == [], said.view.kind
    assert kinds == set(_BUILDERS)


async def _violations(page: Page) -> list[str]:
    # Colours and target sizes are set by the host, not by the card.
    found: dict[str, Any] = await page.evaluate(
        "axe.run(document, { rules: { 'color-contrast': { enabled: false } } })"
    )
    return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]
