"""A whole year of reviewing, played by its people: three rounds, what came of each, and what the year itself demands.

May: the baseline. A Nej becomes a measure in three presses, done and checked; the worker is told privately. October: a
measure that is late and red. February: a follow-up round, held against the baseline. In between, duties and the wheel.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import pytest

from reports.follow_up import follow_up_rows
from reports.measures import measure_rows
from reports.selected import Selection
from reports.year import year_rows
from storage.cases import CaseRow
from storage.rounds import RoundRow
from tests.chat.closed_round import WORKERS
from tests.chat.drive import fills
from tests.chat.harness import NORTH, STOCKHOLM, Chat, Room, move_in
from tests.chat.list_drive import takes_in
from tests.chat.round_drive import REVIEWERS, RUNS, calibrates, drawn_for, draws, reviews
from tests.chat.test_follow_up_round import begins, closes, exported
from tests.chat.test_rounds import declares, opens, rows
from tests.chat.test_year import plan, red, told

STAFF = ("anna", "bo", "cecilia", "mona", "cia", "dan", "vera", "doris")
OTHERS = ("bo", "cecilia", "mona", "cia", "dan", "vera", "doris")
"""Everybody but the worker whose case is reviewed."""


def day(room: Room, year: int, month: int, number: int) -> None:
    """Go to a morning of the year."""
    room.now = datetime(year, month, number, 8, 1, tzinfo=STOCKHOLM)


def decided(room: Room, number: int, leads: Sequence[str], on: str) -> list[str]:
    """Import cases that were decided on a day, one for each of these leads; return their references."""
    found = [f"SN 2026/{number + one:04}" for one in range(len(leads))]
    for ref, lead in zip(found, leads, strict=True):
        who = {"unit": NORTH, "lead_email": f"{lead}@example.invalid"}
        takes_in(room, case_ref=ref, violence="nej", intervention_decided="nej", decided_on=on, **who)
    return found


def review_all(room: Room, choice: str, refs: list[str]) -> Iterator[Chat]:
    """Let both reviewers begin what is drawn for them and review it to the end; yield each at her first question."""
    for name in ("cia", "dan"):
        chat = room.chat(name)
        for ref in drawn_for(chat):
            assert ref in refs
            declares(chat, ref)
            if chat.view is not None and chat.view.kind == "panel" and chat.view.words:
                calibrates(chat)
            opens(chat, ref)
            yield chat
            reviews(chat, choice)


@pytest.mark.parametrize(
    "leads",
    [("anna", "anna"), pytest.param(("anna", "pia", "per", "pim") * 2, marks=pytest.mark.slow)],
    ids=["one worker", "several"],
)
def test_a_year_of_reviews_changes_something_and_shows_whether_it_did(room: Room, leads: Sequence[str]) -> None:
    count = len(leads)
    move_in(room.desk, *REVIEWERS[2:4], *WORKERS, RUNS)
    day(room, 2026, 5, 12)
    for name in STAFF:
        room.chat(name).installs()
    anna, cecilia, mona = (room.chat(name) for name in ("anna", "cecilia", "mona"))

    # --- what the year demands, and when the first round is due
    refs = decided(room, 101, leads, "2026-04-10")
    fills(anna.types(f"ny {refs[0]}"), {"child_heard": "ja"})
    plan(mona).sees(f"ska öppna 2026-05: {NORTH}", "Ingen dag är satt för när handlingsplanen utvärderas.")
    duty = {"Vad?": "Handlingsplanen utvärderas", "För vem?": "Hela organisationen", "Senast": "2026-10-30"}
    mona.presses("Ny uppgift").presses("Spara", {**duty, "Hur ofta?": "Varje år"})

    # --- May: the baseline; a measure from a Nej in three presses
    when = {"Beslutade från": "2026-04-01", "Beslutade till": "2026-04-30", "Namn": "Våren 2026"}
    draws(mona, when, per_unit=count, twice=0)
    begins(mona, "cia", "dan")
    mona.types("egenkontroll").sees("ska öppna 2026-10")
    made = 0
    for chat in review_all(room, "Nej", refs):
        while chat.kind() == "question" and not made:
            chat.presses("Nej")
        if not made:
            pressed = chat.presses_made
            chat.presses("Åtgärd", {"Motivering": "Påhittad motivering"}).presses("Handläggaren")
            chat.presses("Senast 2026-05-26").sees("Åtgärden är sparad")
            made = chat.presses_made - pressed
            chat.presses("Tillbaka")
    assert made == 3
    closes(mona).sees(f"{count} av {count} granskade.")
    assert "Jämför" not in mona.buttons

    # --- the worker is told, and nobody else; what was to be mended is done and checked
    room.sweeps()
    assert {name: _feedback(room.chat(name)) for name in OTHERS} == dict.fromkeys(OTHERS, 0)
    assert _feedback(anna) == leads.count("anna")
    chats = (room.chat(name).types("åtgärder") for name in dict.fromkeys(leads))
    next(chat for chat in chats if "Klart" in chat.buttons).presses("Klart").sees("inte kontrollerad än")
    cecilia.types("åtgärder").presses("Kontrollerad").sees("Åtgärden är avslutad.")
    for name in ("mona", "bo", "vera", "doris"):
        room.chat(name).types("åtgärder").sees("Inga åtgärder väntar.")

    # --- the unit's own measure, which nobody does; in October it is late and red, as is the duty after it
    mona.presses("Fynd").presses("Ny åtgärd")
    mona.presses("Spara", {"Vad ska göras?": "Ny rutin", "Enhet": NORTH, "Ägare": "Bo Exempel", "Senast": "2026-09-30"})
    day(room, 2026, 10, 1)
    assert told(room, "mona", "cecilia") == {"mona": [], "cecilia": ["year.reminder"]}
    room.chat("bo").types("åtgärder").sees("▲ Försenad: skulle ha varit klar 2026-09-30").presses("Klart")
    cecilia.types("åtgärder").presses("Kontrollerad").sees("Inga åtgärder väntar.")
    second = decided(room, 201, ["bo"], "2026-09-10")
    when = {"Beslutade från": "2026-09-01", "Beslutade till": "2026-09-30", "Namn": "Hösten 2026"}
    draws(mona, when, per_unit=1, twice=0)
    begins(mona, "cia", "dan")
    for _ in review_all(room, "Ja", second):
        pass
    closes(mona)
    day(room, 2026, 11, 2)
    room.sweeps()
    plan(mona).sees("▲ Försenat: skulle ha gjorts 2026-10-30", "ska öppna 2027-02")
    assert len(red(mona)) == 1
    mona.presses("Gjort").sees("senast 2027-10-30")
    assert red(mona) == []

    # --- February: the follow-up round by the rule of the baseline, and what may be said of the two
    day(room, 2027, 2, 1)
    third = decided(room, 301, leads, "2027-01-10")
    room.sweeps()
    mona.types("egenkontroll").presses("Öppna", nth=1).sees("Våren 2026").presses("Följ upp")
    days = {"Beslutade från": "2027-01-01", "Beslutade till": "2027-01-31", "Stänger": "2027-03-01"}
    mona.presses("Dra ärenden", {"Namn": "Vintern 2027", **days}).sees("Följer upp Våren 2026")
    begins(mona, "cia", "dan")
    for _ in review_all(room, "Ja", third):
        pass
    closes(mona).presses("Jämför").sees("Vintern 2027 mot Våren 2026")
    several = len(set(leads)) >= 3
    if several:
        mona.sees(
            f"förut 0 av {count} Ja", f"nu {count} av {count} Ja", "En ökning som är större än vad slumpen brukar"
        )
    else:
        mona.sees("Ingen fråga visas").sees_no("Ja (")
    mona.sees_no("procent (", "procentenheter", "Anna", "Cia", "Dan")
    assert bool(exported(room)) == several

    # --- at the year's end: everything is closed, nothing names anybody, and the next year stands in the plan
    assert [row.state for row in rows(room, RoundRow)] == ["closed"] * 3
    assert {one.ref for one in rows(room, CaseRow)} == {*refs, *second, *third}
    found = room.desk.run_now(
        lambda session: [
            *follow_up_rows(session, Selection()),
            *measure_rows(session, Selection(), room.now.date()),
            *year_rows(session, Selection(), room.now.date()),
        ]
    )
    words = " ".join(cell for row in found for cell in row)
    assert not [one for one in (*refs, *second, *third, "Anna", "Bo ", "Cia", "Dan", "Cecilia", "Mona") if one in words]
    plan(mona).sees(f"ska öppna 2027-05: {NORTH}", "senast 2027-10-30")


def _feedback(chat: Chat) -> int:
    """Return how many reviewed cases somebody was told of privately."""
    return sum(reply.view.title.say == "feedback.title" for reply in chat.prompts() if reply.view.kind == "menu")
