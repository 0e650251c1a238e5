"""Answers are revisions: each a new row, never overwritten, with texts sealed and unsealed unchanged."""

import unicodedata
from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from checklists.model import NOTHING, OPEN, Answer, Written
from storage import answers
from storage.answers import TEXT_FIELDS, AnswerRow
from storage.desk import Desk, Session
from tests.sql.conftest import NOW, OpenDesk, World, scalar, the_list

ITEM = "child_heard"
FULL = Written(
    "nej",
    "text",
    motivation="Barnet är tre månader",
    place="Journal 12 maj",
    note="Förskolan hördes",
    raw="Nej*",
    method="Annan metod",
    option="through_other",
    answered_on=date(2026, 5, 11),
)


def add(
    desk: Desk, world: World, written: Written, item: str = ITEM, *, act: str = "act", by: int | None = None
) -> int:
    """Store the next revision of an item and return its number."""

    def work(session: Session) -> int:
        newest = answers.latest(session, world.filled).get(item)
        revision = newest.revision + 1 if newest else 1
        author = by or world.person
        answers.add(session, the_list(session, world), item, revision, written, author=author, at=NOW, act=act)
        return revision

    return desk.run_now(work)


def newest(desk: Desk, world: World, item: str = ITEM) -> Written:
    def work(session: Session) -> Written:
        return answers.read(session, the_list(session, world), answers.latest(session, world.filled)[item])

    return desk.run_now(work)


def test_a_list_that_nobody_answered_has_no_answers(desk: Desk, world: World) -> None:
    assert desk.run_now(lambda session: answers.latest(session, world.filled)) == {}
    assert desk.run_now(lambda session: answers.latest(session, world.filled + 99)) == {}


def test_an_answer_comes_back_with_everything_in_it(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    add(desk, world, FULL)

    assert newest(desk, world) == FULL
    assert newest(open_desk(), world) == FULL


def test_an_answer_without_texts_has_none(desk: Desk, world: World) -> None:
    add(desk, world, Written("ja"))

    assert newest(desk, world) == Written("ja", note="")
    for name in TEXT_FIELDS:
        assert scalar(desk, f"select {name} is null from answer"), name


def test_a_new_answer_is_a_new_row_and_the_old_one_stays_as_it_was(desk: Desk, world: World) -> None:
    assert [add(desk, world, Written(choice)) for choice in ("ja", "nej", "ja")] == [1, 2, 3]
    assert add(desk, world, Written("pagaende"), "health_check_done") == 1

    def work(session: Session) -> list[tuple[int, str]]:
        row: AnswerRow | None = answers.latest(session, world.filled)[ITEM]
        found = []
        while row is not None:
            found.append((row.revision, row.choice))
            row = answers.revision_before(session, row)
        return found

    assert desk.run_now(work) == [(3, "ja"), (2, "nej"), (1, "ja")]
    latest = desk.run_now(lambda session: answers.latest(session, world.filled))
    assert {item: (row.revision, row.choice) for item, row in latest.items()} == {
        ITEM: (3, "ja"),
        "health_check_done": (1, "pagaende"),
    }


def test_the_same_revision_is_never_stored_twice(desk: Desk, world: World) -> None:
    add(desk, world, Written("ja"))

    def work(session: Session) -> None:
        row = the_list(session, world)
        answers.add(session, row, ITEM, 1, Written("nej"), author=None, at=NOW, act="other")

    with pytest.raises(IntegrityError):
        desk.run_now(work)
    assert newest(desk, world).choice == "ja"


def test_the_rules_are_told_what_they_need_and_no_text(desk: Desk, world: World) -> None:
    told = [
        (Written("ja"), Answer("ja", 1)),
        (Written("nej", "text", motivation="Skäl"), Answer("nej", 2, "text", only_here=True)),
        (Written("nej", "reference", place="Journal"), Answer("nej", 3, "reference")),
        (Written("nej", "missing"), Answer("nej", 4, "missing")),
        (Written("ja", note="Förbehåll"), Answer("ja", 5, noted=True)),
        (Written("fritext", raw="Det finns en vårdplan."), Answer("fritext", 6)),
        (NOTHING, Answer(OPEN, 7)),
        (Written("ja", option="through_other"), Answer("ja", 8, has_method=True, option="through_other")),
        (Written("ja", method="Påhittad metod"), Answer("ja", 9, has_method=True)),
    ]
    for written, expected in told:
        add(desk, world, written)

        row = desk.run_now(lambda session: answers.latest(session, world.filled)[ITEM])
        assert answers.to_domain(row) == expected


def test_what_one_press_stored_is_one_act_and_a_taking_back_is_none(desk: Desk, world: World) -> None:
    add(desk, world, Written("ja"), "child_informed_report", act="first")
    add(desk, world, Written("ja"), "child_informed_decision", act="first")
    add(desk, world, Written("nej"), ITEM, act="second")

    def take_back(session: Session) -> None:
        row = the_list(session, world)
        answers.add(session, row, ITEM, 2, NOTHING, author=world.person, at=NOW, act="third").undo_of = "second"

    desk.run_now(take_back)
    acts = desk.run_now(lambda session: answers.acts_of(session, world.filled, world.person))

    assert [({row.item_id for row in act.rows}, act.undone) for act in acts] == [
        ({ITEM}, True),
        ({"child_informed_report", "child_informed_decision"}, False),
    ]
    assert acts[0].newest > acts[1].newest
    assert desk.run_now(lambda session: answers.acts_of(session, world.filled, world.person + 99)) == []


# --- texts -----------------------------------------------------------------------------------------------------------

TEXTS = {
    "Swedish": "Räksmörgås på Åland, ÅÄÖ",
    "composed": unicodedata.normalize("NFC", "åäöé"),
    "decomposed": unicodedata.normalize("NFD", "åäöé"),
    "emoji": "👩‍👧‍👦 🇸🇪 🙂🏽",
    "right to left": "قال الطفل \u202eabc\u202c שלום",
    "line breaks": "en\ntvå\r\ntre\rfyra\u2028fem\x85",
    "white space at the ends": "  \t skäl \u00a0 ",
    "NUL": "före\x00efter",
    "quotes and percent": "'; drop table answer; -- %s %(x)s :name {0} \\",
    "four thousand characters": "åäö🙂" * 1000,
    "outside the BMP": "𝒜𠮷" * 10,
}


def test_a_text_comes_back_exactly_as_it_was_written(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    again = open_desk()
    for name, text in TEXTS.items():
        written = Written("nej", "text", motivation=text, place=text, note=text, raw=text, method=text)
        add(desk, world, written)

        assert newest(again, world) == written, name


def test_a_lone_surrogate_is_rejected_on_both_databases(desk: Desk, world: World) -> None:
    with pytest.raises(UnicodeEncodeError):
        add(desk, world, Written("nej", "text", motivation="före\ud800efter"))

    assert scalar(desk, "select count(*) from answer") == 0
