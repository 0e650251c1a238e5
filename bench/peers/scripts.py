"""What people do in one lap: the peers' form and card, and a whole decision basis, typed and pressed."""

from collections.abc import Awaitable, Callable

from bench.peers.bots import words
from bench.peers.channel import Chat, next_ref
from tests.wire.test_conversation import FACTS, INFORMED

Pause = Callable[[], Awaitable[None]]
PRESSES_A_LAP = 10


async def form(chat: Chat, pause: Pause) -> None:
    """Type the peers' form: six turns, seven replies."""
    case = f"A-{chat.number}"
    for line, says in (
        ("start", words.WHICH_KIND),
        (words.KINDS[0], words.WHICH_CASE),
        (case, words.WAS_HEARD),
        ("No", words.WHY_NOT),
        ("The child is two months old, and was seen with both parents.", words.SAVE),
    ):
        await pause()
        await chat.types(line, says)
    await pause()
    await chat.types("Yes", words.saved(case), replies=2)


async def card(chat: Chat, pause: Pause) -> None:
    """Ask for the peers' card, and press it ten times."""
    await pause()
    await chat.types("card", "Made-up checklist", card=True)
    for _ in range(PRESSES_A_LAP):
        await pause()
        await chat.presses("Ja", "Made-up checklist")


async def typed_basis(chat: Chat, pause: Pause) -> None:
    """Type a whole decision basis: eleven turns with a reply each."""
    for line, says in (
        (f"ny {next_ref()}", "violence"),
        ("ja ja ja nej", "kommit till tals"),
        ("nej, en påhittad motivering", "child_informed_decision"),
        ("ja nej pågår ja", "Motivering saknas"),
        ("påhittad anteckning om informationen", "sista sidan"),
        ("ja", "inte barnet kommunicerats"),
        ("ett påhittat skäl", "polisanm"),
        ("j", "motivering till det beslutet"),
        ("nej", "genomf"),
        ("pågår", "ytterligare"),
        ("nej", "Skicka till chef"),
    ):
        await pause()
        await chat.types(line, says)


async def pressed_basis(chat: Chat, pause: Pause) -> None:
    """Open a case by typing, and press a whole decision basis: eleven presses."""
    await pause()
    await chat.types(f"ny {next_ref()}", "violence", card=True)
    for title, fields, says in (
        ("Spara", FACTS, "kommit till tals"),
        ("Nej", {}, "Motivering"),
        ("Spara", {"Motivering": "en påhittad motivering"}, "child_informed_decision"),
        ("Spara", INFORMED, "Motivering saknas"),
        ("Finns i akten", {"Var i akten": "påhittad anteckning"}, "sista sidan"),
        ("Ja", {}, "inte barnet kommunicerats"),
        ("Spara", {"Motivering": "ett påhittat skäl"}, "polisanm"),
        ("Ja", {}, "motivering till det beslutet"),
        ("Motivering saknas", {}, "genomf"),
        ("Pågår", {}, "ytterligare"),
        ("Nej", {}, "Skicka till chef"),
    ):
        await pause()
        await chat.presses(title, says, fields=fields)
