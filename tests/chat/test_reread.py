"""Re-read, beside what was said: a worker's Ja, and a reviewer's, against the blind reading of a case drawn by lot."""

from checklists.periods import year_of
from reports.reread import COLUMNS, reread_rows, rereads
from reports.selected import Selection
from storage.round_readings import ReadingRow
from tests.chat.drive import fills
from tests.chat.harness import NORTH, SOUTH, Chat, Room
from tests.chat.round_drive import adds, calibrates, drawn_for, draws, furnish, refs, reviews
from tests.chat.test_rounds import declares, opens, person, rows

EVERYTHING = Selection()


def begun(room: Room, *, twice: int = 0, method: str = "Slumpvis") -> None:
    """Start a round of one case, which Anna leads and has filled in with Ja."""
    furnish(room, cases=3, protected=0)
    for name in ("cia", "dan", "anna"):
        room.chat(name).installs()
    fills(room.chat("anna").types(f"ny {refs(3)[2]}"), {"child_heard": "ja"})
    mona = draws(room.chat("mona").installs(), {"Hur ärendena väljs": method}, per_unit=3, twice=twice)
    adds(mona, "cia", "dan")
    mona.presses("Starta omgång")


def reads(room: Room, name: str, choice: str) -> Chat:
    """Let a reviewer review Anna's case."""
    chat, ref = room.chat(name), refs(3)[2]
    assert ref in drawn_for(chat)
    declares(chat, ref)
    if chat.view is not None and chat.view.kind == "panel" and chat.view.words:
        calibrates(chat)
    opens(chat, ref)
    return reviews(chat, choice)


def has_it(room: Room) -> list[str]:
    return [name for name in ("cia", "dan") if refs(3)[2] in drawn_for(room.chat(name))]


def exported(room: Room, selection: Selection = EVERYTHING) -> list[dict[str, str]]:
    """Return the rows of the export."""
    found = room.desk.run_now(lambda session: list(reread_rows(session, selection, room.now.date())))
    return [dict(zip(COLUMNS, row, strict=True)) for row in found]


def test_what_was_said_stands_beside_what_was_read_again_and_is_not_there_before(room: Room) -> None:
    begun(room)
    mona = room.chat("mona")
    assert mona.types("rapport").text.count("vid omläsning") == 0
    reads(room, has_it(room)[0], "Nej")

    mona.types("rapport").sees("På papper, och vid omläsning")
    mona.sees("på papper 1 av 1 Ja; vid omläsning 0 av 1 Ja (0–79 procent)")
    [row] = [one for one in exported(room, Selection(role="case_worker")) if one["item"] == "child_heard"]
    assert (row["unit"], row["reread"], row["reread_ja"], row["reread_pct"]) == (NORTH, "1", "0", "0,0")
    assert exported(room, Selection(unit=SOUTH)) == []
    assert exported(room, Selection("sample_audit")) == []
    assert {one["role"] for one in exported(room)} == {"case_worker"}, "one reading of a case is no second one"


def test_a_reviewers_ja_is_held_against_the_second_reading_alone(room: Room) -> None:
    begun(room, twice=100)
    first, second = (one.person_id for one in sorted(_readings(room), key=lambda one: one.second))
    assert first != second
    reads(room, "cia", "Ja")
    assert not [one for one in exported(room) if one["role"] == "peer_reviewer"]
    reads(room, "dan", "Nej")

    said = [one for one in exported(room) if one["role"] == "peer_reviewer"]
    if next(one.person_id for one in _readings(room) if not one.second) == person(room, "cia"):
        assert {(one["reread"], one["reread_ja"]) for one in said} <= {("1", "0"), ("1", "1")}
        assert ("1", "0") in {(one["reread"], one["reread_ja"]) for one in said}
    else:
        assert {one["item"] for one in said} <= {"violence_police_report_made"}, "of a Nej nothing is read again"
    hers = [one for one in exported(room) if one["role"] == "case_worker" and one["item"] == "child_heard"]
    assert [one["reread"] for one in hers] == ["1"]


def _readings(room: Room) -> list[ReadingRow]:
    case = room.case(refs(3)[2]).id
    return [one for one in rows(room, ReadingRow) if one.case_id == case]


def test_cases_that_were_not_drawn_at_random_give_no_share(room: Room) -> None:
    begun(room, method="De först beslutade (inte slumpvis)")
    reads(room, has_it(room)[0], "Ja")

    assert exported(room) == []
    assert room.desk.run_now(lambda session: rereads(session, 1, year_of(2026))) == {}


def test_lists_begun_in_another_period_are_not_in_this_one(room: Room) -> None:
    begun(room)
    reads(room, has_it(room)[0], "Ja")

    assert room.desk.run_now(lambda session: rereads(session, 1, year_of(2026)))
    assert room.desk.run_now(lambda session: rereads(session, 1, year_of(2025))) == {}
