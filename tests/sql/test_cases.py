"""Cases with facts, lists, drafts, extensions and chats: newest first, nothing lost, separate per tenant."""

from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from storage import cases, conversations, drafts, exported, extensions, filled
from storage.cases import UNKNOWN, WHOLE_CASE, CaseRow, FactRow
from storage.desk import Desk, Session
from storage.exported import Wanted
from storage.extensions import ExtensionRow
from storage.filled import FilledRow
from tests.sql.conftest import NOW, World, chat_with, make_world, scalar, the_case, the_list


def tell(desk: Desk, world: World, name: str, value: str, *, child: int = WHOLE_CASE) -> None:
    """Store the next revision of a fact."""

    def work(session: Session) -> None:
        newest = cases.facts(session, world.case).get((child, name))
        row = FactRow(
            tenant_id=world.tenant,
            case_id=world.case,
            child=child,
            name=name,
            revision=newest.revision + 1 if newest else 1,
            value=value,
            at=NOW,
        )
        cases.set_fact(session, the_case(session, world), row)

    desk.run_now(work)


def known(desk: Desk, world: World, child: int) -> dict[str, str]:
    return desk.run_now(lambda session: cases.known_facts(session, world.case, child))


def test_the_newest_revision_of_a_fact_holds_and_the_old_ones_stay(desk: Desk, world: World) -> None:
    for value in ("ja", UNKNOWN, "nej"):
        tell(desk, world, "violence", value)

    newest = desk.run_now(lambda session: cases.facts(session, world.case))
    assert {key: (row.revision, row.value) for key, row in newest.items()} == {(0, "violence"): (3, "nej")}
    assert scalar(desk, "select count(*) from fact") == 3


def test_a_child_has_the_facts_of_the_case_and_its_own_and_no_other_childs(desk: Desk, world: World) -> None:
    tell(desk, world, "violence", "ja")
    tell(desk, world, "child_placed", "ja", child=1)
    tell(desk, world, "child_placed", "nej", child=2)
    tell(desk, world, "child_communicated", UNKNOWN, child=2)

    assert known(desk, world, 1) == {"violence": "ja", "child_placed": "ja"}
    assert known(desk, world, 2) == {"violence": "ja", "child_placed": "nej"}
    assert known(desk, world, 3) == {"violence": "ja"}


def test_a_fact_that_became_unknown_again_is_not_known(desk: Desk, world: World) -> None:
    tell(desk, world, "violence", "ja")
    tell(desk, world, "violence", UNKNOWN)

    assert known(desk, world, 1) == {}


def test_a_fact_is_never_overwritten(desk: Desk, world: World) -> None:
    tell(desk, world, "violence", "ja")

    def again(session: Session) -> None:
        row = FactRow(
            tenant_id=world.tenant, case_id=world.case, child=0, name="violence", revision=1, value="nej", at=NOW
        )
        cases.set_fact(session, the_case(session, world), row)

    with pytest.raises(IntegrityError):
        desk.run_now(again)
    assert known(desk, world, 1) == {"violence": "ja"}


def test_a_reference_is_one_case_in_each_municipality(desk: Desk, world: World) -> None:
    other = desk.run_now(lambda session: make_world(session, "two"))

    def find(session: Session) -> list[int | None]:
        found = [cases.find(session, at.tenant, "SN 2026/0001") for at in (world, other)]
        found += [cases.get(session, other.tenant, world.case), cases.find(session, world.tenant, "SN 9")]
        return [row.id if row else None for row in found]

    assert desk.run_now(find) == [world.case, other.case, None, None]
    with pytest.raises(IntegrityError):
        desk.run_now(
            lambda session: cases.add(session, CaseRow(tenant_id=world.tenant, ref="SN 2026/0001", unit_id=world.unit))
        )


def test_a_worker_sees_her_open_cases_newest_first_as_lead_and_as_co_worker(desk: Desk, world: World) -> None:
    def work(session: Session) -> list[str]:
        for ref, lead, co, closed in (
            ("SN 2", None, world.person, None),
            ("SN 3", world.person, None, date(2026, 5, 1)),
            ("SN 4", None, None, None),
        ):
            row = CaseRow(tenant_id=world.tenant, ref=ref, unit_id=world.unit, lead_id=lead, co_id=co, closed_on=closed)
            cases.add(session, row)
        return [row.ref for row in session.exec(cases.of_worker(world.tenant, world.person))]

    assert desk.run_now(work) == ["SN 2", "SN 2026/0001"]


def test_a_locked_case_is_read_again(desk: Desk, world: World) -> None:
    def work(session: Session) -> str:
        row = the_case(session, world)
        row.ref = "not stored yet"
        session.expire(row)
        cases.lock(session, row)
        return row.ref

    assert desk.run_now(work) == "SN 2026/0001"


# --- lists -----------------------------------------------------------------------------------------------------------


def another(world: World, **changed: object) -> FilledRow:
    plain = {"tenant_id": world.tenant, "case_id": world.case, "unit_id": world.unit, "begun_at": NOW, "version": 1}
    return FilledRow.model_validate(
        plain | {"checklist": "decision_basis", "child": 1, "role": "case_worker"} | changed
    )


def test_there_is_one_list_for_each_case_occasion_child_role_person_round_and_part(desk: Desk, world: World) -> None:
    changes: list[dict[str, object]] = [
        {"checklist": "intake"},
        {"occasion": 2},
        {"child": 2},
        {"role": "unit_manager"},
        {"person_id": world.person},
        {"round_id": 1},
        {"file_part": "digital"},
    ]
    for changed in changes:
        desk.run_now(lambda session, c=changed: filled.add(session, another(world, **c)))  # type: ignore[misc]
    with pytest.raises(IntegrityError):
        desk.run_now(lambda session: filled.add(session, another(world, unit_id=world.unit, version=2)))

    assert scalar(desk, "select count(*) from filled_checklist") == 1 + len(changes)


def test_the_lists_of_a_case_come_by_occasion_and_child(desk: Desk, world: World) -> None:
    def work(session: Session) -> list[tuple[int, int]]:
        for occasion, child in ((2, 2), (1, 3), (2, 1), (1, 2)):
            filled.add(session, another(world, occasion=occasion, child=child))
        filled.add(session, another(world, role="unit_manager"))
        filled.add(session, another(world, checklist="intake"))
        found = filled.of_case(session, world.case, "decision_basis", "case_worker")
        return [(row.occasion, row.child) for row in found]

    assert desk.run_now(work) == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]


def test_a_list_is_found_in_its_own_municipality_only(desk: Desk, world: World) -> None:
    other = desk.run_now(lambda session: make_world(session, "two"))

    assert desk.run_now(lambda session: filled.get(session, world.tenant, world.filled)) is not None
    assert desk.run_now(lambda session: filled.get(session, other.tenant, world.filled)) is None
    of_other = desk.run_now(lambda session: exported.page(session, other.tenant, Wanted(), 0))
    assert [one.filled.id for one in of_other] == [other.filled]


# --- drafts, extensions, chats ---------------------------------------------------------------------------------------


def test_a_begun_text_is_kept_replaced_and_forgotten(desk: Desk, world: World) -> None:
    def read(session: Session) -> tuple[str, str]:
        return drafts.read(session, the_list(session, world), "child_heard", world.person)

    def keep(text: str, place: str) -> None:
        desk.run_now(
            lambda session: drafts.keep(session, the_list(session, world), "child_heard", world.person, text, place)
        )

    assert desk.run_now(read) == ("", "")
    keep("Barnet är", "Journal")
    assert desk.run_now(read) == ("Barnet är", "Journal")
    keep("Barnet är tre månader", "")
    assert desk.run_now(read) == ("Barnet är tre månader", "")
    keep("", "")
    assert desk.run_now(read) == ("", "")
    assert scalar(desk, "select count(*) from draft") == 0


def test_a_begun_text_is_replaced_within_one_turn_too(desk: Desk, world: World) -> None:
    def work(session: Session) -> tuple[str, str]:
        row = the_list(session, world)
        for text in ("ett", "två", "tre"):
            drafts.keep(session, row, "child_heard", world.person, text, "")
            assert drafts.read(session, row, "child_heard", world.person) == (text, "")
        drafts.forget(session, row, "child_heard", world.person)
        return drafts.read(session, row, "child_heard", world.person)

    assert desk.run_now(work) == ("", "")


def test_a_draft_text_is_private(desk: Desk, world: World) -> None:
    other = desk.run_now(lambda session: make_world(session, "two"))

    def work(session: Session) -> list[tuple[str, str]]:
        row = the_list(session, world)
        drafts.keep(session, row, "child_heard", world.person, "mitt", "")
        drafts.keep(session, row, "child_heard", other.person, "ditt", "")
        drafts.forget(session, row, "child_heard", other.person)
        people_and_items = ((world.person, "child_heard"), (other.person, "child_heard"), (world.person, "other_item"))
        return [drafts.read(session, row, item, person) for person, item in people_and_items]

    assert desk.run_now(work) == [("mitt", ""), ("", ""), ("", "")]


def test_extensions_come_oldest_first_with_their_reasons(desk: Desk, world: World) -> None:
    def extend(session: Session, number: int) -> None:
        row = ExtensionRow(
            tenant_id=world.tenant,
            case_id=world.case,
            limit="4m",
            reason_class="grounds",
            until=date(2026, 9, 1) + timedelta(number),
            nonce=str(number),
            reason=b"",
            author_id=world.person,
            at=NOW,
        )
        extensions.add(session, row, f"Skäl {number}")

    for number in (1, 2):
        desk.run_now(lambda session, n=number: extend(session, n))  # type: ignore[misc]

    def read(session: Session) -> list[tuple[date, str]]:
        found = extensions.of_case(session, the_case(session, world))
        return [(row.until, extensions.reason(session, row)) for row in found]

    assert desk.run_now(read) == [(date(2026, 9, 2), "Skäl 1"), (date(2026, 9, 3), "Skäl 2")]


def test_a_chat_is_kept_once_and_its_newest_address(desk: Desk, world: World) -> None:
    def comes(url: str, reference: str) -> tuple[int, str, str, bool]:
        def work(session: Session) -> tuple[int, str, str, bool]:
            row = chat_with(session, world, url=url, reference=reference)
            return row.id, row.service_url, row.reference, row.installed

        return desk.run_now(work)

    first = comes("http://127.0.0.1/a", "{}")
    assert comes("http://127.0.0.1/a", "{}") == first
    moved = comes("http://127.0.0.1/b", '{"new": 1}')
    assert moved == (first[0], "http://127.0.0.1/b", '{"new": 1}', True)
    assert scalar(desk, "select service_url from conversation") == "http://127.0.0.1/b"
    with pytest.raises(IntegrityError):
        desk.run_now(lambda s: conversations.begin(s, world.tenant, world.person, "chat", "http://127.0.0.1/c", "{}"))


def test_a_chat_the_bot_was_taken_out_of_is_there_again_when_something_comes(desk: Desk, world: World) -> None:
    def chat(session: Session) -> bool:
        return chat_with(session, world).installed

    def take_out(session: Session) -> None:
        row = conversations.find(session, world.tenant, "chat")
        assert row is not None
        row.installed = False

    desk.run_now(chat)
    desk.run_now(take_out)
    assert not scalar(desk, "select installed from conversation")

    assert desk.run_now(chat)
    assert scalar(desk, "select installed from conversation")
