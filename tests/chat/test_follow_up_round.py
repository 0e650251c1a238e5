"""W7: a follow-up round by the rule of the round it follows up, and what may be said of the two."""

import pytest
from sqlmodel import select

from checklists.months import months_on
from checklists.rights import VerbName
from checklists.round_compare import LEAST_FOR_PERCENT
from dialogs.turn.declared import claimed
from dialogs.turn.presses import OfRound
from reports.follow_up import COLUMNS, follow_up_rows
from reports.selected import Selection
from storage.cases import CaseRow
from storage.desk import Session
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


def baseline(room: Room, *names: str, cases: int) -> Chat:
    """Start the round that is followed up."""
    furnish(room, cases=cases, protected=0)
    for name in names:
        room.chat(name).installs()
    mona = draws(room.chat("mona").installs(), per_unit=cases)
    return begins(mona, *names)


def half_a_year_later(room: Room, count: int) -> Chat:
    """Let time pass, and show the form of a round that follows the newest one up."""
    room.later(days=150)
    decides(room, 701, count, "2026-08-20")
    return room.chat("mona").types("egenkontroll").presses("Öppna").presses("Följ upp")


def exported(room: Room, selection: Selection = EVERYTHING) -> list[dict[str, str]]:
    """Return the rows of the export."""
    found = room.desk.run_now(lambda session: list(follow_up_rows(session, selection)))
    return [dict(zip(COLUMNS, row, strict=True)) for row in found]


def test_it_asks_for_the_days_alone_and_draws_by_the_same_rule(room: Room) -> None:
    mona = baseline(room, "cia", "dan", "elsa", cases=3).presses("Stäng omgång")
    assert mona.view is not None
    assert mona.view.kind == "panel"
    mona.presses("Stäng omgång", {field.id: "Tiden räckte inte" for field in mona.view.fields})
    half_a_year_later(room, 4).sees("Följ upp Våren 2026", "Samma frågor som i Våren 2026", "version 2")
    mona.sees("3 ärenden per enhet slumpvis").sees_no("Checklista", "Hur ärendena väljs")
    mona.presses("Dra ärenden", {"Namn": ""}).sees("Inget på kortet är sparat.")
    mona.presses("Dra ärenden", {"Namn": "Hösten", "Stänger": "i höst"}).sees("Stänger: datumet kunde inte läsas")
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

    cecilia = room.chat("cecilia").types("hej")
    verbs: tuple[VerbName, ...] = ("round_compare", "round_follow", "round_follow_save")
    for verb, number in ((verb, number) for verb in verbs for number in (9, after.id)):
        token = room.mint.sign(1, person(room, "cecilia"), claimed(verb, OfRound(number)))
        cecilia.sends({"verb": verb, "token": token}).sees_no("troligen")
    assert len(rows(room, RoundRow)) == 2


def test_closed_it_stands_beside_its_baseline_in_counts_with_interval_and_a_sentence(room: Room) -> None:
    mona = baseline(room, "cia", "dan", cases=2)
    review_all(room, "cia", "dan", choice="Nej")
    closes(mona)
    half_a_year_later(room, 2).presses("Dra ärenden", {"Namn": "Hösten 2026", "Stänger": "2026-11-10"})
    begins(mona, "cia", "dan")
    assert "Jämför" not in mona.buttons
    assert exported(room) == []
    review_all(room, "cia", "dan", choice="Ja")
    closes(mona)

    mona.presses("Jämför").sees("Hösten 2026 mot Våren 2026", "frågor har 0 ökat och 0 minskat mer än slumpen")
    mona.sees("förut 0 av 2 Ja (troligen 0 till 2 av 2)", "nu 2 av 2 Ja (troligen 0 till 2 av 2)")
    mona.sees("För få ärenden för att säga: det skulle behövas ungefär 5 i varje omgång.", "svarar mot B2")
    mona.sees_no("procent (", "procentenheter")
    mona.presses("Till omgången").sees("Hösten 2026", "Följer upp Våren 2026")

    found = exported(room)
    assert {one["baseline"] for one in found} == {"Våren 2026"}
    heard = next(one for one in found if one["item"] == "child_heard_in_investigation")
    assert [heard[name] for name in ("before_ja", "before_of", "after_ja", "after_of")] == ["0", "2", "2", "2"]
    assert {heard[name] for name in COLUMNS if name.endswith("pct")} == {""}
    assert heard["verdict"] == "too_few"
    assert exported(room, Selection(unit=SOUTH)) == []
    assert exported(room, Selection(checklist="rvt_self_check")) == []
    assert exported(room, Selection(last=rows(room, RoundRow)[0].opens_on)) == []
    assert len(exported(room, Selection(unit=NORTH))) == len(found)
    assert not {"Cia", "Dan", "Anna"} & {word for one in found for cell in one.values() for word in cell.split()}

    room.desk.run_now(withdrawn)
    mona.presses("Jämför").sees("1 granskade ärenden finns inte kvar och är inte med.", "förut 0 av 1 Ja")


def withdrawn(session: Session) -> None:
    """Withdraw a case of the baseline."""
    session.exec(select(CaseRow).where(CaseRow.ref == "SN 2026/0501")).one().withdrawn = True


@pytest.mark.slow
def test_from_twenty_cases_shares_and_their_difference_are_said_in_per_cent(room: Room) -> None:
    names = ("cia", "dan", "elsa", "fia", "gun", "hans")
    mona = baseline(room, *names, cases=LEAST_FOR_PERCENT)
    for number, name in enumerate(names):
        review_all(room, name, choice="Ja" if number % 3 == 0 else "Nej")
    closes(mona)
    half_a_year_later(room, LEAST_FOR_PERCENT)
    mona.presses("Dra ärenden", {"Namn": "Hösten 2026", "Stänger": "2026-11-10"})
    begins(mona, *names)
    review_all(room, *names, choice="Ja")
    closes(mona).presses("Jämför").sees("nu 20 av 20 Ja, 100 procent (83–100)", "procentenheter (+")
