"""No route tells one person's results to another: everybody walks everywhere, in worlds that differ in nothing else.

Pia's cases were reviewed with Nej throughout, Pim's with Ja. In one other world they have led each other's cases, in
the next each other's answers. Who cannot tell the worlds apart cannot tell whose results were whose. Single cases are
for their lead and chef; what the chef is told of several together is the same in each world.
"""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from itertools import count

import pytest

from actions import feedback
from actions import measures as acts
from actions.measures import Wanted
from actions.origin import of_person
from bot.cards.render import render_card, render_text
from bot.pages.purposes import PURPOSES
from checklists.model import Role
from checklists.round_results import Found, Reviewed, found_in, share_of
from dialogs.turn import commands
from dialogs.turn.exchange import Reply, Turn
from dialogs.turn.take_turn import take_turn
from dialogs.views.figures import LinksView
from reports import access_log, answers, checklists, measures, rates, reread, round_results, rounds, table, times
from reports.selected import Selection
from storage import links, people, round_readings
from storage import rounds as stored
from storage.cases import CaseRow
from storage.desk import Session
from storage.recount import recount
from tests.chat.card_hand import actions, words
from tests.chat.closed_round import BOX, closed
from tests.chat.conftest import Furnished
from tests.chat.harness import TENANT, Room, move_in, object_id

MORE = ("decision_motivation_clear", "best_interests_in_analysis", "child_view_on_intervention")
NEJ, JA = dict.fromkeys((BOX, *MORE), "nej"), dict.fromkeys((BOX, *MORE), "ja")
LEADS = ("pia", "pia", "pim", "pim", "per", "paul")
SAID = (NEJ, NEJ, JA, JA, NEJ, JA)
SWAPPED = {"pia": "pim", "pim": "pia"}
HENRIK = ("henrik", "Henrik Admin", "", "admin")
DEPTH = 2
Route = str
Seen = dict[str, Mapping[Route, str]]


class _Walked(Exception):
    """Rolls the walk back, so that nobody leaves a trace for the next."""

    def __init__(self, seen: Mapping[Route, str]) -> None:
        super().__init__()
        self.seen = seen


def world(furnished: Furnished, change: str = "") -> Room:
    """Return a room with a closed round. change: what two of them have swapped: the lead, or the answers."""
    room = furnished.room()
    move_in(room.desk, HENRIK)
    leads = [SWAPPED.get(one, one) if change == "leads" else one for one in LEADS]
    said = [*SAID[2:4], *SAID[:2], *SAID[4:]] if change == "answers" else list(SAID)
    closed(room, leads, said)
    room.desk.run_now(lambda session: _measures(session, room))
    room.desk.run_now(lambda session: recount(session, 1, repair=True))
    return room


def _measures(session: Session, room: Room) -> None:
    """Make a measure for the first Nej of each case that has one, and one of the round."""
    row = stored.every(session, 1)[0]
    chef = people.by_email(session, 1, "cecilia@example.invalid")
    assert chef is not None
    due = room.now.date()
    for reading in round_readings.readings(session, row.id):
        case = session.get_one(CaseRow, reading.case_id)
        [sheet] = feedback.read(session, row, case, reading).sheets
        if acts.nej_in(sheet):
            of_her = of_person(1, reading.person_id, room.now)
            acts.for_answer(session, of_her, sheet, acts.nej_in(sheet)[0], chef.id, due)
    unit = stored.units_of(session, row.id)[0]
    acts.make(session, of_person(1, chef.id, room.now), Wanted("Ny rutin", unit, chef.id, due, round_id=row.id))


# --- walking ----------------------------------------------------------------------------------------------------------


def walk(room: Room, name: str, lines: tuple[str, ...], depth: int = DEPTH) -> Mapping[Route, str]:
    """Return all that a person can read: of each line she types, and behind each button that stores nothing."""

    def work(session: Session) -> None:
        raise _Walked(dict(_walk(session, room, name, lines, depth)))

    try:
        room.desk.run_now(work)
    except _Walked as walked:
        return walked.seen
    raise AssertionError


def _walk(session: Session, room: Room, name: str, lines: tuple[str, ...], depth: int) -> Iterator[tuple[Route, str]]:
    ids, at = count(1), room.now

    def turn(**more: object) -> Reply | None:
        usual = {
            "tenant": TENANT,
            "object_id": object_id(name),
            "channel_id": f"a:{name}",
            "channel_user": f"29:{name}",
        }
        outcome = take_turn(
            session,
            Turn(**usual, activity_id=f"{name}:{next(ids)}", now=at, **more),  # type: ignore[arg-type]
            room.mint,
            room.pages_url,
        )
        return outcome.reply

    def behind(reply: Reply | None, route: Route, left: int) -> Iterator[tuple[Route, str]]:
        if reply is None:
            return
        card = render_card(reply, room.mint, private=True)
        yield route, words(card) if card is not None else render_text(reply)
        if isinstance(reply.view, LinksView):
            for link in reply.view.links:
                yield f"{route} > {link.what}", _fetched(session, room, link.address)
        for place, action in enumerate(actions(card) if card is not None and left else ()):
            data = action.get("data", {})
            verb = data.get("verb", "")
            if verb in commands.VERBS and not commands.VERBS[verb].keeps:
                sent = {key: str(value) for key, value in data.items()}
                yield from behind(
                    turn(kind="press", data=sent, invoke=True), f"{route} > {place} {action['title']}", left - 1
                )

    for line in lines:
        yield from behind(turn(kind="text", text=line), line, depth)


def _fetched(session: Session, room: Room, address: str) -> str:
    """Return what a link gives, as text; rights are asked as they are when it is used."""
    path, _, token = address.removeprefix(room.pages_url).partition("?l=")
    purpose = next(one for one in PURPOSES if one.path == path)
    link = links.look(session, token, purpose.name, room.now)
    assert link is not None
    body = purpose.render(session, link, "sv").body
    assert isinstance(body, bytes)
    return _text_of(body)


def _text_of(body: bytes) -> str:
    if body[:2] != b"PK":
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "\n".join(book.read(one).decode() for one in sorted(book.namelist()) if "docProps" not in one)


COMMANDS = tuple(one.word for one in commands.COMMANDS if one.right.about == "self")
OF_CASE = tuple(one.word for one in commands.COMMANDS if one.right.about == "case")
FEW = ("egenkontroll", "åtgärder", "mina ärenden")


def exported(room: Room) -> Mapping[Route, str]:
    """Return every file of the command line, as text. What is kept about one case, by its number, is none of these."""
    all_, today = Selection(), room.now.date()

    def work(session: Session) -> dict[str, object]:
        return {
            "rates": list(rates.rate_rows(session, all_, today)),
            "checklists": list(checklists.checklist_rows(session, all_, today)),
            "times": list(times.time_rows(session, all_, today)),
            "rounds": list(rounds.round_rows(session, all_)),
            "measures": list(measures.measure_rows(session, all_, today)),
            "reread": list(reread.reread_rows(session, all_, today)),
            "results": list(round_results.result_rows(session, all_)),
        }

    found = room.desk.run_now(work)
    found["answers"] = list(answers.answer_rows(room.desk.read_now, all_))
    found["table"] = [(one.name, one.header, list(one.rows)) for one in table.tables(room.desk.read_now, all_)]
    return {name: str(rows) for name, rows in found.items()}


def logged(room: Room) -> Mapping[Route, str]:
    """Return the trail as the access log shows it."""
    rows = room.desk.run_now(
        lambda session: list(access_log.access_rows(session, access_log.Question(), "cli:t", room.now))
    )
    return {"access-log": "\n".join(" ".join(row) for row in rows if row[4] != "measure_made")}


def told_apart(one: Mapping[Route, str], other: Mapping[Route, str]) -> list[Route]:
    """Return the routes by which two worlds can be told apart."""
    assert one.keys() == other.keys(), set(one) ^ set(other)
    return [route for route in one if one[route] != other[route]]


# --- the matrix -------------------------------------------------------------------------------------------------------

EVERYBODY: Mapping[str, Role] = {
    "bo": "case_worker",
    "per": "case_worker",
    "doris": "case_worker",
    "cia": "peer_reviewer",
    "fia": "peer_reviewer",
    "mona": "manager",
    "vera": "auditor",
}
"""Who may see no single case of Pia's and Pim's, or none together with who leads it."""
READS: Mapping[str, Role] = {"cecilia": "unit_manager", "henrik": "admin"}
"""Who may know who leads a case: what she is told of several of them must be the same, whatever each one's answers."""
SINGLE_CASES = ("åtgärder", "Åtgärder")
"""Where a chef sees single cases of her unit, by command or by button: the one remedy of each."""


def lines_of(name: str) -> tuple[str, ...]:
    """Return every command a person types, and each of a case with the number of Pia's first case and of Pim's."""
    refs = [f"SN 2026/{701 + number:04}" for number in (0, 2)]
    return (*COMMANDS, *(f"{word} {ref}" for word in OF_CASE for ref in refs)) if name in EVERYBODY else COMMANDS


def tried(
    furnished: Furnished,
    everybody: tuple[str, ...],
    readers: tuple[str, ...],
    lines: Callable[[str], tuple[str, ...]] = lines_of,
) -> dict[str, list[Route]]:
    """Return for each person, for the files and for the log the routes by which the worlds can be told apart."""
    as_is: Seen = {}
    leads: Seen = {}
    answers_: Seen = {}
    for change, into, some in (
        ("", as_is, (*everybody, *readers)),
        ("leads", leads, everybody),
        ("answers", answers_, readers),
    ):
        room = world(furnished, change)
        for name in some:
            into[name] = walk(room, name, lines(name))
        if change in ("", "leads"):
            into["files"] = exported(room)
        if change in ("", "answers"):
            into["log"] = logged(room)
    found = {name: told_apart(as_is[name], leads[name]) for name in (*everybody, "files")}
    for name in (*readers, "log"):
        routes = told_apart(as_is[name], answers_[name])
        found[name] = [route for route in routes if not any(one in route for one in SINGLE_CASES)]
    return found


def test_nobody_can_tell_whose_results_are_whose(furnished: Furnished) -> None:
    found = tried(furnished, ("bo", "mona"), ("cecilia",), lambda _name: FEW)

    assert not any(found.values()), found


@pytest.mark.slow
def test_nobody_at_all_can_tell_by_any_command_button_page_file_or_log(furnished: Furnished) -> None:
    found = tried(furnished, tuple(EVERYBODY), tuple(READS))

    assert not any(found.values()), found


def test_the_matrix_sees_a_route_that_tells(furnished: Furnished, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one worker's share slip into what is shown: whoever is shown it can tell the worlds apart."""
    whole = found_in

    def leaks(cases: list[Reviewed], items: list[str]) -> list[Found]:
        first = min(min(one.leads) for one in cases)
        hers = [one for one in cases if first in one.leads]
        return [Found(one.item_id, one.side, share_of(hers, one.item_id)) for one in whole(cases, items)]

    monkeypatch.setattr("reports.round_results.found_in", leaks)
    found = tried(furnished, ("mona",), (), lambda _name: ("egenkontroll",))

    assert found["mona"]
    assert found["files"] == ["results"]
