"""W7: a follow-up round by the rule of the round it follows up, and what may be said of the two."""

from collections.abc import Iterator

import pytest

from checklists.months import months_on
from checklists.round_compare import LEAST_FOR_PERCENT
from dialogs.turn.declared import claimed
from dialogs.turn.presses import OfRound
from reports.follow_up import COLUMNS, follow_up_rows
from reports.selected import Selection
from storage.rounds import RoundCaseRow, RoundRow
from tests.chat.harness import NORTH, SOUTH, Chat, Room
from tests.chat.list_drive import takes_in
from tests.chat.round_drive import adds, calibrates, drawn_for, draws, furnish, reviews
from tests.chat.test_rounds import declares, opens, person, rows

EVERYTHING = Selection()


def review_all(room: Room, *names: str, choice: str = "Ja") -> None:
    """Let reviewers review everything that is drawn for them, all alike."""
    for name in names:
        chat = room.chat(name)
        for ref in drawn_for(chat):
            declares(chat, ref)
            if chat.view is not None and chat.view.kind == "panel" and chat.view.words:
                calibrates(chat)
            opens(chat, ref)
            reviews(chat, choice)


def closes(chat: Chat) -> Chat:
    """Close the newest round."""
    return chat.types("egenkontroll").presses("Öppna").presses("Stäng omgång").sees("Omgången är stängd.")


def begins(chat: Chat, *names: str) -> Chat:
    adds(chat, *names)
    return chat.presses("Starta omgång").sees("Omgången har startat")


def decides(room: Room, first: int, count: int, day: str) -> None:
    """Import cases that were decided on a day, with the next numbers from `first`."""
    for number in range(first, first + count):
        of = {"unit": NORTH, "opened_on": "2026-04-20", "decided_on": day}
        takes_in(room, case_ref=f"SN 2026/{number:04}", violence="nej", intervention_decided="nej", **of)


@pytest.fixture
def followed(room: Room) -> Room:
    """A closed baseline of three cases, all Nej, and the form of its follow-up half a year later."""
    furnish(room, cases=3, protected=0)
    for name in ("cia", "dan", "elsa"):
        room.chat(name).installs()
    mona = draws(room.chat("mona").installs(), {"Granskargruppens namn (får vara tomt)": "Barnrättsgruppen"}, per_unit=3)
    begins(mona, "cia", "dan", "elsa")
    review_all(room, "cia", "dan", "elsa", choice="Nej")
    closes(mona)
    room.later(days=150)
    decides(room, 701, 4, "2026-08-20")
    mona.types("egenkontroll").presses("Öppna").presses("Följ upp")
    return room


def exported(room: Room, selection: Selection = EVERYTHING) -> list[dict[str, str]]:
    """Return the rows of the export."""
    found = room.desk.run_now(lambda session: list(follow_up_rows(session, selection)))
    return [dict(zip(COLUMNS, row, strict=True)) for row in found]


def test_it_asks_for_the_days_alone_and_draws_by_the_same_rule(followed: Room) -> None:
    room, mona = followed, followed.chat("mona")
    mona.sees("Följ upp Våren 2026", "Samma frågor som i Våren 2026", "version 2", "3 ärenden per enhet slumpvis")
    mona.sees_no("Checklista", "Hur ärendena väljs")
    mona.presses("Dra ärenden", {"Namn": ""}).sees("Namn")
    mona.presses("Dra ärenden", {"Namn": "Hösten", "Stänger": "i höst"})
    assert mona.card
    mona.presses("Dra ärenden", {"Namn": "Hösten 2026", "Stänger": "2026-11-10"})
    mona.sees("Följer upp Våren 2026: samma frågor, version och sätt att dra.", "3 dragna slumpvis, 1 läses av två")

    after, before = sorted(rows(room, RoundRow), key=lambda row: -row.id)
    same = ("checklist", "version", "method", "per_unit", "quota", "twice")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert (after.baseline_id, before.baseline_id) == (before.id, None)
    assert after.seed != before.seed
    assert after.first == months_on(room.now.date(), -4)
    drawn = [one for one in rows(room, RoundCaseRow) if one.round_id == after.id and one.drawn]
    assert len(drawn) == 3
    [_, made] = room.events("round_made")
    assert made.detail.endswith(f"follows:{before.id}")
    mona.types("egenkontroll").presses("Öppna", nth=1)
    assert "Jämför" not in mona.buttons, "the baseline follows nothing up"


def test_closed_it_stands_beside_its_baseline_in_counts_with_interval_and_a_sentence(followed: Room) -> None:
    room, mona = followed, followed.chat("mona")
    mona.presses("Dra ärenden", {"Namn": "Hösten 2026", "Stänger": "2026-11-10"})
    begins(mona, "cia", "dan", "elsa")
    assert "Jämför" not in mona.buttons
    assert exported(room) == []
    review_all(room, "cia", "dan", "elsa", choice="Ja")
    closes(mona)

    mona.presses("Jämför").sees("Hösten 2026 mot Våren 2026", "är säkert bättre och 0 säkert sämre")
    mona.sees("förut 0 av 3 Ja (troligen 0 till 2 av 3)", "nu 3 av 3 Ja (troligen 1 till 3 av 3)")
    mona.sees_no("procent (", "procentenheter").sees("svarar mot B2")
    mona.presses("Visa fler").sees("nu 3 av 3 Ja").presses("Tillbaka till omgången").sees("Hösten 2026")

    found = exported(room)
    assert {one["baseline"] for one in found} == {"Våren 2026"}
    heard = next(one for one in found if one["item"] == "child_heard_in_investigation")
    assert [heard[name] for name in ("before_ja", "before_of", "after_ja", "after_of")] == ["0", "3", "3", "3"]
    assert {heard[name] for name in COLUMNS if name.endswith("pct")} == {""}
    assert heard["sentence"] == "En ökning som är större än vad slumpen brukar ge."
    assert exported(room, Selection(unit=SOUTH)) == []
    assert exported(room, Selection(checklist="rvt_self_check")) == []
    assert exported(room, Selection(last=rows(room, RoundRow)[0].opens_on)) == []
    assert len(exported(room, Selection(unit=NORTH))) == len(found)
    assert not {"Cia", "Dan", "Anna"} & {word for one in found for cell in one.values() for word in cell.split()}


def test_what_is_withdrawn_is_left_out_and_said_and_a_press_from_elsewhere_shows_nothing(followed: Room) -> None:
    room, mona = followed, followed.chat("mona")
    mona.presses("Dra ärenden", {"Namn": "Hösten 2026", "Stänger": "2026-11-10"})
    begins(mona, "cia", "dan", "elsa")
    review_all(room, "cia", "dan", "elsa")
    closes(mona)
    room.desk.run_now(lambda session: session.get_one(type(room.case("SN 2026/0503")), room.case("SN 2026/0503").id))
    room.raw.execute("update cases set withdrawn = 1 where ref = 'SN 2026/0503'")
    mona.presses("Jämför").sees("1 granskade ärenden finns inte kvar och är inte med.", "förut 0 av 2 Ja")

    stina = room.chat("cecilia").types("hej")
    for verb, number in (("round_compare", 1), ("round_follow", 9), ("round_compare", 9), ("round_follow_save", 9)):
        token = room.mint.sign(1, person(room, "cecilia"), claimed(verb, OfRound(number)))  # type: ignore[arg-type]
        stina.sends({"verb": verb, "token": token}).sees("ändrats")


@pytest.mark.slow
def test_from_twenty_cases_shares_and_their_difference_are_said_in_per_cent(room: Room) -> None:
    names = ("cia", "dan", "elsa", "fia", "gun", "hans")
    furnish(room, cases=LEAST_FOR_PERCENT, protected=0)
    for name in names:
        room.chat(name).installs()
    mona = draws(room.chat("mona").installs(), per_unit=20, twice=0)
    begins(mona, *names)
    for choice, name in zip(_turns(), names, strict=False):
        review_all(room, name, choice=choice)
    closes(mona)
    room.later(days=150)
    decides(room, 701, LEAST_FOR_PERCENT, "2026-08-20")
    mona.types("egenkontroll").presses("Öppna").presses("Följ upp")
    mona.presses("Dra ärenden", {"Namn": "Hösten 2026", "Stänger": "2026-11-10"})
    begins(mona, *names)
    review_all(room, *names, choice="Ja")
    closes(mona).presses("Jämför").sees("nu 20 av 20 Ja, 100 procent (83–100)", "procentenheter (+")


def _turns() -> Iterator[str]:
    while True:
        yield from ("Ja", "Nej", "Nej")
