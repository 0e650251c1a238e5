"""What an action refuses and what it leaves alone, whoever asks: the last door before something is stored."""

from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

import pytest

from actions import answers, cases, lists, people, signing
from actions.basis import Basis, Sheet, read, written
from actions.changes import Changes
from actions.origin import Origin, of_person
from actions.people import Entry
from checklists.errors import BadPeriod, UserError
from checklists.faults import Code, Refusal
from checklists.lifecycle import READER
from checklists.loader import newest
from checklists.model import Written
from storage import cases as stored_cases
from storage import people as register
from storage import signatures
from storage.desk import Desk, Session
from storage.people import PersonRow
from tests.sql.conftest import NOW, World, the_case

Result = TypeVar("Result")
TODAY = date(2026, 5, 12)
BASIS = newest("decision_basis")
UNDER_WAY = BASIS.model_copy(
    update={
        "items": tuple(
            item.model_copy(update={"answers": ("ja", "nej", "pagaende")}) if item.id == "child_heard" else item
            for item in BASIS.items
        )
    }
)
"""A list as a later version may be: an item with a motivation of its own that may be under way."""


def by(world: World, days: int = 0) -> Origin:
    return of_person(world.tenant, world.person, NOW + timedelta(days))


def events(changes: Changes) -> list[str]:
    return [change.event for change in changes]


# --- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "option"),
    [
        ("child_heard", "made_up"),
        ("child_heard", ""),
        ("police_report_decided", "own_talk"),  # nobody is asked how
        ("child_heard_not_answered", "own_talk"),
    ],
)
def test_how_an_answer_came_about_is_an_option_of_an_item_that_is_answered(
    desk: Desk, world: World, item: str, option: str
) -> None:
    def work(session: Session) -> None:
        (sheet,) = written(session, the_case(session, world)).sheets
        if not item.endswith("_not_answered"):
            answers.choose(session, by(world), sheet, {item: "ja"})
        before = dict(sheet.rows)

        with pytest.raises(UserError):
            answers.set_method(session, by(world), sheet, item.removesuffix("_not_answered"), option)
        assert sheet.rows == before

    desk.run_now(work)


def test_a_note_goes_with_the_next_answer_unless_another_is_given(desk: Desk, world: World) -> None:
    def work(session: Session) -> list[str | None]:
        (sheet,) = written(session, the_case(session, world)).sheets
        notes = []
        for content in (Written("ja"), Written("ja", note="Påhittad"), Written("nej"), Written("ja", note="")):
            answers.give(session, by(world), sheet, "child_heard", content)
            notes.append(sheet.written(session, "child_heard").note)
        answers.give(session, by(world), sheet, "police_report_decided", Written("ja"))
        return [*notes, sheet.written(session, "police_report_decided").note]

    assert desk.run_now(work) == ["", "Påhittad", "Påhittad", "", ""]


def test_the_last_ten_of_her_acts_are_taken_back_one_by_one_and_no_more(desk: Desk, world: World) -> None:
    given = ["ja", "nej"] * 6

    def work(session: Session) -> None:
        basis = written(session, the_case(session, world))
        (sheet,) = basis.sheets
        for choice in given:
            answers.choose(session, by(world), sheet, {"child_heard": choice})
        stood = []
        while (newest_act := answers.act_to_undo(session, world.person, basis)) is not None:
            assert answers.undo(session, by(world), *newest_act)
            stood.append(sheet.answers["child_heard"].choice)
        assert stood == given[-2:-12:-1]

    desk.run_now(work)


def test_a_reader_who_has_seen_the_answers_changes_only_what_opened_again(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        reader = read_and_seen(session, world)
        (mine,) = reader.sheets
        (theirs,) = reader.worker.sheets
        answers.choose(session, by(world), theirs, {"child_heard": "nej"})
        (mine,) = seen_by(session, world).sheets

        both = {"child_heard": "nej", "communication_boxes_filled": "nej"}
        changes = answers.choose(session, by(world), mine, both)

        assert [(change.event, change.item_id) for change in changes] == [("answered", "child_heard")]
        assert {item: mine.answers[item].choice for item in both} == {**both, "communication_boxes_filled": "ja"}

    desk.run_now(work)


def test_a_finished_reading_is_not_finished_again(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        reader = read_and_seen(session, world)
        (sheet,) = reader.sheets
        seen_at = sheet.filled.seen_at

        assert lists.finish_reading(session, by(world, 3), reader, "") == ()
        assert sheet.filled.seen_at == seen_at

    desk.run_now(work)


def seen_by(session: Session, world: World) -> Basis:
    """Return the reading of the world's one person, the workers' lists beside it."""
    case = the_case(session, world)
    return read(session, case, stored_cases.facts(session, case.id), BASIS.id, world.person)


def read_and_seen(session: Session, world: World) -> Basis:
    """Have a list answered and sent, and read with the same answers, up to where the differences are shown."""
    basis = written(session, the_case(session, world))
    given = {"child_heard": "ja", "communication_boxes_filled": "ja"}
    answers.choose(session, by(world), basis.sheets[0], given)
    lists.send(session, by(world), basis)
    reader, _ = lists.begin_reading(session, by(world), seen_by(session, world), "")
    answers.choose(session, by(world), reader.sheets[0], given)
    assert events(lists.finish_reading(session, by(world), reader, "")) == ["differences_seen"]
    return reader


# --- what follows a signature ----------------------------------------------------------------------------------------


def signed(session: Session, world: World, given: dict[str, str], *, decided: bool) -> Sheet:
    """Have a list of the later version answered with these and signed; return the sheet."""
    basis = written(session, the_case(session, world))
    sheet = replace(basis.sheets[0], checklist=UNDER_WAY)
    for item_id, choice in given.items():
        answers.give(session, by(world), sheet, item_id, Written(choice))
    sends_and_signs(session, world, basis, sheet)
    basis.case.decided_on = TODAY if decided else None
    return sheet


def sends_and_signs(session: Session, world: World, basis: Basis, sheet: Sheet) -> None:
    basis = replace(basis, sheets=(sheet,))
    lists.send(session, by(world), basis)
    reader = Basis(basis.case, BASIS.id, {}, (), READER, basis.occasion, of_workers=basis)
    signing.sign(session, by(world), reader, "{}", "", "")
    # She has been asked whether to change what is signed, and has said yes.
    signing.confirm(session, by(world), basis.case, signatures.of_case(session, basis.case.id)[0].id)


@pytest.mark.parametrize("revised", [False, True])
def test_the_reason_for_a_follow_up_that_is_an_item_of_its_own_leaves_the_signature(
    desk: Desk, world: World, revised: bool
) -> None:
    def work(session: Session) -> None:
        given = {"child_not_heard_motivated": "ja"} if revised else {}
        sheet = signed(session, world, {"child_heard": "pagaende", **given}, decided=True)
        followed = answers.give(session, by(world), sheet, "child_heard", Written("nej"))
        reason = Written("ja", "text", motivation="Påhittat skäl")

        changes = answers.give(session, by(world), sheet, "child_not_heard_motivated", reason)

        assert events(followed) == ["answered", "followed_up"]
        assert events(changes) == ["answered"]
        assert signatures.of_case(session, world.case)[0].voided_at is None

    desk.run_now(work)


@pytest.mark.parametrize("heard", ["nej", "pagaende"])
def test_another_reason_for_what_was_signed_voids(desk: Desk, world: World, heard: str) -> None:
    def work(session: Session) -> None:
        sheet = signed(session, world, {"child_heard": heard, "child_not_heard_motivated": "ja"}, decided=True)
        reason = Written("ja", "text", motivation="Påhittat annat skäl")

        changes = answers.give(session, by(world), sheet, "child_not_heard_motivated", reason)

        assert events(changes) == ["answered", "voided"]
        assert signatures.of_case(session, world.case)[0].voided_at is not None

    desk.run_now(work)


def test_the_reason_of_a_follow_up_that_was_taken_back_or_signed_since_voids(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        sheet = signed(session, world, {"child_heard": "pagaende", "child_not_heard_motivated": "ja"}, decided=True)
        reason = Written("ja", "text", motivation="Påhittat skäl")

        answers.give(session, by(world), sheet, "child_heard", Written("nej"))
        assert events(answers.give(session, by(world), sheet, "child_heard", Written("pagaende"))) == ["answered"]
        voided = answers.give(session, by(world), sheet, "child_not_heard_motivated", reason)
        assert events(voided) == ["answered", "voided"]

        sends_and_signs(session, world, written(session, the_case(session, world)), sheet)
        answers.give(session, by(world), sheet, "child_heard", Written("nej"))
        voided = answers.give(session, by(world), sheet, "police_report_decided", Written("ja"))
        assert events(voided) == ["answered", "voided"]
        sends_and_signs(session, world, written(session, the_case(session, world)), sheet)
        voided = answers.give(
            session, by(world), sheet, "child_not_heard_motivated", replace(reason, motivation="Annat")
        )
        assert events(voided) == ["answered", "voided"]

    desk.run_now(work)


# --- cases -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "stored"), [(-1, False), (0, True)])
def test_an_extension_ends_no_earlier_than_it_was_decided(desk: Desk, world: World, days: int, stored: bool) -> None:
    def work(session: Session) -> Changes:
        until = TODAY + timedelta(days)
        return cases.extend(
            session,
            by(world),
            the_case(session, world),
            limit="4m",
            reason_class="grounds",
            decided_on=TODAY,
            until=until,
            reason="Påhittat skäl",
        )

    if stored:
        assert events(desk.run_now(work)) == ["extended"]
    else:
        with pytest.raises(BadPeriod):
            desk.run_now(work)


# --- people ----------------------------------------------------------------------------------------------------------

ANNA = Entry("object-one", None, "Anna Påhitt", "Påhittade enheten", "case_worker")


def entered(desk: Desk, world: World, entry: Entry) -> str:
    """Enter a line of the register; return what was done, and assert that it is an event unless nothing changed."""
    what, changes = desk.run_now(lambda session: people.enter(session, by(world), entry))
    told = [event for event in events(changes) if event != "role_was"]  # what the days were before a change
    assert told == ([] if what == "unchanged" else [f"person_{what}"])
    return what


def test_an_entry_adds_changes_or_changes_nothing(desk: Desk, world: World) -> None:
    with_email = replace(ANNA, email="anna@example.invalid")
    renamed = replace(with_email, name="Anna Omdöpt")
    from_today = replace(renamed, valid_from=TODAY)
    until_today = replace(renamed, valid_to=TODAY)

    assert [entered(desk, world, ANNA) for _ in range(2)] == ["added", "unchanged"]
    for entry in (with_email, renamed, from_today, renamed, until_today):
        assert [entered(desk, world, entry) for _ in range(2)] == ["changed", "unchanged"], entry
    assert entered(desk, world, replace(until_today, name="", email=None)) == "unchanged", "what is empty says nothing"
    assert entered(desk, world, replace(until_today, role="unit_manager")) == "added"


@pytest.mark.parametrize(
    ("object_id", "email", "code"),
    [
        ("object-one", "bo@example.invalid", Code.TWO_PEOPLE),
        ("object-three", "bo@example.invalid", Code.OTHER_OBJECT_ID),
    ],
)
def test_an_entry_that_contradicts_who_is_known_is_refused(
    desk: Desk, world: World, object_id: str, email: str, code: Code
) -> None:
    entered(desk, world, replace(ANNA, object_id="object-two", email="bo@example.invalid", name="Bo Påhitt"))

    with pytest.raises(Refusal) as refused:
        desk.run_now(lambda session: people.enter(session, by(world), replace(ANNA, object_id=object_id, email=email)))

    assert [one.code for one in refused.value.faults] == [code]


def test_one_known_by_her_email_gets_her_object_id_from_an_entry_or_at_first_contact(desk: Desk, world: World) -> None:
    by_email = replace(ANNA, object_id=None, email="bo@example.invalid", name="")
    assert entered(desk, world, by_email) == "added"

    def bind(session: Session) -> Changes:
        row = found(session, world)
        assert (row.object_id, row.name) == (None, "bo@example.invalid")
        changes = people.bind(session, by(world), row, "object-two")
        with pytest.raises(ValueError, match="bound already"):
            people.bind(session, by(world), row, "object-three")
        return changes

    assert events(desk.run_now(bind)) == ["bound"]
    assert desk.run_now(lambda session: found(session, world).object_id) == "object-two"
    other = replace(by_email, email="cia@example.invalid")
    assert entered(desk, world, other) == "added"
    assert entered(desk, world, replace(other, object_id="object-four")) == "changed"


def found(session: Session, world: World) -> PersonRow:
    row = register.by_email(session, world.tenant, "bo@example.invalid")
    assert row is not None
    return row


def test_a_deputy_who_is_named_again_gets_the_new_days_and_chef(desk: Desk, world: World) -> None:
    def work(session: Session) -> list[tuple[date | None, date | None, int | None]]:
        people.enter(session, by(world), replace(ANNA, object_id="object-two", name="Bo Påhitt"))
        deputy = register.by_object_id(session, world.tenant, "object-two")
        chef = register.by_object_id(session, world.tenant, "object-one")
        assert deputy is not None
        assert chef is not None
        for days in (5, 9):
            last = TODAY + timedelta(days)
            named = people.name_deputy(session, by(world), deputy, world.unit, chef, TODAY, last)
            assert events(named) == ["deputy_named"]
        roles = register.roles_on(session, deputy.id, TODAY)
        return [(one.valid_from, one.valid_to, one.stands_in_for_id) for one in roles if one.role == "deputy"]

    assert desk.run_now(work) == [(TODAY, TODAY + timedelta(9), world.person)]


# --- who works on a case ---------------------------------------------------------------------------------------------


def test_a_co_worker_is_removed_once(desk: Desk, world: World) -> None:
    def work(session: Session) -> list[list[str]]:
        case = the_case(session, world)
        case.co_id = world.person
        return [events(cases.set_workers(session, by(world), case, co_id=0)) for _ in range(2)]

    assert desk.run_now(work) == [["co_worker_set"], []]
