"""W7: a follow-up round by the rule of the round it follows up, and what may be said of the two."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import col, select

from checklists.model import Written
from checklists.months import months_on
from checklists.rights import VerbName
from checklists.round_compare import LEAST_FOR_PERCENT
from dialogs.turn.declared import claimed
from dialogs.turn.presses import OfRound
from reports.follow_up import COLUMNS, follow_up_rows
from reports.selected import Selection
from storage import answers, filled
from storage.cases import CaseRow
from storage.desk import Session
from storage.filled import FilledRow
from storage.round_cases import RoundCaseRow
from storage.rounds import RoundRow
from tests.chat.closed_round import BOX, closed, ref_of
from tests.chat.harness import NORTH, SOUTH, Chat, Room, move_in
from tests.chat.list_drive import takes_in
from tests.chat.round_drive import adds, draws, furnish
from tests.chat.test_round_results import SIX, opened, said
from tests.chat.test_rounds import person, rows

EVERYTHING = Selection()


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
    mona.sees("Inte granskat · ").sees_no("Inte granskat än")
    half_a_year_later(room, 4).sees("Följ upp Våren 2026", "Samma frågor som i Våren 2026", "version 2")
    mona.sees("3 ärenden per enhet slumpvis").sees_no("Checklista", "Hur ärendena väljs")
    mona.presses("Dra ärenden", {"Namn": ""}).sees("Inget på kortet är sparat.")
    mona.presses("Dra ärenden", {"Namn": "Hösten", "Stänger": "i höst"}).sees("Stänger: datumet kunde inte läsas")
    mona.presses("Dra ärenden", {"Namn": "Hösten 2026", "Stänger": "2026-11-10"})
    mona.sees("Följer upp Våren 2026: samma frågor, version och sätt att dra.", "Dragna slumpvis: 3. Läses av två: 1")

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


def two(room: Room, before: str, after: str, *, leads: Sequence[str] = SIX, units: Sequence[str] = ()) -> Chat:
    """Close a round and one that follows it up, each of as many cases, with these answers; return the card of it."""
    reviewers = ("cia", "dan", "elsa", *(("sven",) if units else ()))
    move_in(room.desk, ("sven", "Sven Granskare", SOUTH, "peer_reviewer"))
    first = closed(room, leads, said(before), units=units, reviewers=reviewers)
    second = closed(room, leads, said(after), units=units, reviewers=reviewers, start=50, name="Hösten 2026")

    def follows(session: Session) -> None:
        session.get_one(RoundRow, second).baseline_id = first

    room.desk.run_now(follows)
    return opened(room)


def test_closed_it_stands_beside_its_baseline_in_counts_with_interval_and_a_sentence(room: Room) -> None:
    mona = two(room, "nnnnnnnnnnnn", "jjjjjjjjjjnn", leads=SIX * 2)
    mona.presses("Jämför").sees(
        "Hösten 2026 mot Våren 2026", "Jämförda frågor: 3. Ökat mer än slumpen brukar ge: 1; minskat: 0."
    )
    mona.sees("förut 0 av 12 Ja (troligen 0 till 3 av 12)", "nu 10 av 12 Ja (troligen 6 till 12 av 12)")
    mona.sees("En ökning som är större än vad slumpen brukar ge.", "Samma andel som förut.", "svarar mot B2")
    mona.sees("Frågor som inte visas: 7.", "så att siffran kunde vara en enda persons").sees_no(
        "procent (", "procentenheter"
    )
    mona.presses("Till omgången").sees("Hösten 2026", "Följer upp Våren 2026")

    found = exported(room)
    assert {one["baseline"] for one in found} == {"Våren 2026"}
    heard = next(one for one in found if one["item"] == BOX)
    assert [heard[name] for name in ("before_ja", "before_of", "after_ja", "after_of")] == ["0", "12", "10", "12"]
    assert {heard[name] for name in COLUMNS if name.endswith("pct")} == {""}
    assert heard["verdict"] == "better"
    assert exported(room, Selection(unit=SOUTH)) == []
    assert exported(room, Selection(checklist="rvt_self_check")) == []
    assert exported(room, Selection(last=rows(room, RoundRow)[0].opens_on - timedelta(days=1))) == []
    assert [one | {"unit": ""} for one in exported(room, Selection(unit=NORTH))] == found
    words = {word for one in found for cell in one.values() for word in cell.split()}
    assert not {"Cia", "Dan", "Anna", "Pia"} & words

    mona.sees("12 av 12 granskade.").sees_no("Inte granskat")
    room.desk.run_now(withdrawn)
    mona.presses("Jämför").sees("Granskade ärenden som inte finns kvar och därför inte är med: 1.", "förut 0 av 11 Ja")


@pytest.mark.parametrize(
    ("leads", "units"),
    [
        (("pia",) * 6, ()),
        (("pia", "pia", "per", "per"), ()),
        (("pia", "per") * 3, ()),
        (("pia", "pia", "pia", "pia", "per", "pim"), ()),
        ((*SIX, "pia", "pia"), (*[NORTH] * 6, SOUTH, SOUTH)),
    ],
    ids=["one", "few", "two", "most of one", "what one unit leaves is one worker's"],
)
def test_one_workers_results_are_not_to_be_read_off_the_comparison(
    room: Room, leads: Sequence[str], units: Sequence[str]
) -> None:
    mona = two(room, "n" * len(leads), "j" * len(leads), leads=leads, units=units).presses("Jämför")
    mona.sees("Ingen fråga visas", "tre handläggare i varje omgång").sees_no("förut", "nu 6 av", "ökat")
    assert exported(room) == exported(room, Selection(unit=SOUTH)) == []
    here = {(one["before_of"], one["after_of"]) for one in exported(room, Selection(unit=NORTH))}
    assert here == ({("6", "6")} if units else set()), "as the management view"


def test_the_comparison_and_the_view_by_unit_say_the_same_of_a_file_in_two_parts(room: Room) -> None:
    mona = two(room, "nnnnnn", "jjjnnn")
    room.desk.run_now(second_part)
    mona.presses("Jämför").sees("nu 2 av 6 Ja").sees_no("av 7 Ja")
    opened(room).presses("Per enhet").sees("(2/6)")


def second_part(session: Session) -> None:
    """Answer Nej in the digital part of a file of the newest round, in whose other part it is Ja."""
    query = select(FilledRow).join(CaseRow, col(CaseRow.id) == col(FilledRow.case_id)).where(CaseRow.ref == ref_of(50))
    first = session.exec(query).one()
    sheet = FilledRow.model_validate(first.model_dump(exclude={"id"}) | {"file_part": "digital"})
    filled.add(session, sheet)
    why = Written("nej", "text", motivation="Påhittat skäl", place="s. 4")
    answers.add(session, sheet, BOX, 1, why, author=first.person_id, at=first.begun_at, act="påhittad")


def withdrawn(session: Session) -> None:
    """Withdraw a case of the baseline."""
    session.exec(select(CaseRow).where(CaseRow.ref == ref_of(0))).one().withdrawn = True


def test_from_twenty_cases_shares_and_their_difference_are_said_in_per_cent(room: Room) -> None:
    count = LEAST_FOR_PERCENT
    mona = two(room, "n" * (count // 2) + "j" * (count // 2), "j" * count, leads=(*SIX * 3, "pia", "per"))
    mona.presses("Jämför").sees("förut 10 av 20 Ja, 50 procent (29–71)", "nu 20 av 20 Ja, 100 procent (83–100)")
    mona.sees("skillnad +50 procentenheter (+")
