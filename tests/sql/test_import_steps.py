"""A file taken in steps: all rows or none, whoever brings it to its end."""

from collections.abc import Callable
from dataclasses import replace
from threading import Thread

import pytest
from sqlmodel import select

from checklists.csv_in import BadCsv
from checklists.faults import Code, fault
from imports import steps
from imports.answers import ANSWERS
from imports.cases import CASES
from imports.common import Imported, Kind, Order, Rows, Take
from imports.people import PEOPLE
from imports.steps import Done, finish, import_file
from storage import cases, import_jobs, people, tenants
from storage.answers import AnswerRow
from storage.cases import CaseRow
from storage.desk import Desk, Session
from storage.import_jobs import ImportJobRow
from storage.people import PersonRow
from storage.sealing import seal, unseal
from tests.sql.conftest import NOW, OpenDesk, change, scalar
from tests.sql.import_files import CLI, add_sample_cases, file_of, import_cases, sample_rows
from tests.sql.test_answers_import import events

TENANT = "made-up-one"
COLUMNS = ("tenant_id", "case_ref", "unit", "opened_on", "children")
REFS = [f"SN 2026/{number:04}" for number in range(12)]


class Stop(Exception):
    """The process is killed here."""


def case_file(*rows: tuple[str, ...]) -> bytes:
    whole = rows or tuple((TENANT, ref, "Nord (påhittad)", "2026-05-01", "2") for ref in REFS)
    return file_of(whole, COLUMNS)


def order(*, may_be_near: bool = False) -> Order:
    return Order(frozenset(), NOW, CLI, may_be_near=may_be_near)


def no_rest(_seconds: float) -> None:
    """Return at once: nobody else is at work meanwhile."""


def after(rests: int, then: Callable[[], object]) -> Callable[[float], None]:
    """Return a rest that does something the `rests`-th time."""
    left = rests

    def rest(_seconds: float) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            then()

    return rest


def killed() -> None:
    raise Stop


def refs(desk: Desk) -> list[str]:
    return desk.run_now(lambda session: sorted(session.exec(select(CaseRow.ref)).all()))


def jobs(desk: Desk) -> int:
    return int(scalar(desk, "select count(*) from import_job"))


@pytest.fixture(autouse=True)
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each case, or person, in a step of its own."""
    monkeypatch.setattr(steps, "STEP_SECONDS", 0.0)


def test_a_file_in_many_steps_stores_what_it_stores_in_one(desk: Desk, open_desk: OpenDesk) -> None:
    done = import_file(desk, CASES, case_file(), order(), no_rest)

    assert (done.imported.added, done.imported.new_units, done.refused) == (12, ("Nord (påhittad)",), ())
    assert refs(desk) == REFS
    assert jobs(desk) == 0
    again = import_file(desk, CASES, case_file(), order(), no_rest)
    assert (again.imported.unchanged, again.imported.new_units) == (12, ())


def test_a_bad_row_leaves_nothing_behind_and_all_bad_rows_are_named_in_order(desk: Desk) -> None:
    rows = [(TENANT, ref, "Nord (påhittad)", "2026-05-01", "2") for ref in REFS]
    rows[1] = (TENANT, REFS[1], "", "2026-05-01", "2")
    rows[10] = (TENANT, REFS[10], "Nord (påhittad)", "2026-05-01", "elva")
    rows.append((TENANT, REFS[0], "Nord (påhittad)", "i går", ""))

    with pytest.raises(BadCsv) as bad:
        import_file(desk, CASES, case_file(*rows), order(), no_rest)

    assert [fault.line for fault in bad.value.faults] == [3, 12, 14]
    assert (refs(desk), jobs(desk), events(desk)) == ([], 0, [])
    assert scalar(desk, "select count(*) from unit where name = 'Nord (påhittad)'") == 0


@pytest.mark.parametrize("unreadable", ["short", "nul", "number"])
def test_a_row_that_cannot_be_read_hides_no_other_bad_row(desk: Desk, unreadable: str) -> None:
    rows = [(TENANT, ref, "Nord (påhittad)", "2026-05-01", "2") for ref in REFS]
    bad_row: dict[str, tuple[str, ...]] = {
        "short": (TENANT, REFS[3]),
        "nul": (TENANT, REFS[3], "No\0rd", "2026-05-01", "2"),
        "number": (TENANT, REFS[3], "19121212-1212", "2026-05-01", "2"),
    }
    whole = [rows[0], (TENANT, REFS[1], "", "2026-05-01", "2"), rows[2], bad_row[unreadable]]
    whole.append((TENANT, REFS[4], "Nord (påhittad)", "i går", "2"))

    with pytest.raises(BadCsv) as bad:
        import_file(desk, CASES, case_file(*whole), order(), no_rest)

    assert [fault.line for fault in bad.value.faults] == [3, 5, 6]
    assert (refs(desk), jobs(desk), events(desk)) == ([], 0, [])


def test_a_file_of_which_no_row_can_be_read_is_refused(desk: Desk) -> None:
    with pytest.raises(BadCsv, match="line 2"):
        import_file(desk, CASES, case_file((TENANT, REFS[0])), order(), no_rest)


@pytest.mark.parametrize("rests", [13, 14, 20, 24])
def test_whoever_comes_next_brings_an_import_to_its_end_when_its_process_is_killed(desk: Desk, rests: int) -> None:
    with pytest.raises(Stop):
        import_file(desk, CASES, case_file(), order(), after(rests, killed))
    assert 0 < len(refs(desk)) <= 12
    assert jobs(desk) == 1

    done = import_file(desk, PEOPLE, file_of([], ("tenant_id", "role")), order(), no_rest)

    assert done == Done()
    assert (refs(desk), jobs(desk)) == (REFS, 0)


def test_a_process_killed_while_it_tries_the_rows_leaves_nothing(desk: Desk) -> None:
    for rests in (1, 12):
        with pytest.raises(Stop):
            import_file(desk, CASES, case_file(), order(), after(rests, killed))
        assert (refs(desk), jobs(desk), events(desk)) == ([], 0, [])


def test_an_answer_file_that_is_resumed_is_announced_once_and_each_answer_is_one_revision(desk: Desk) -> None:
    desk.run_now(lambda session: add_sample_cases(session, TENANT))
    with pytest.raises(Stop):
        import_file(desk, ANSWERS, file_of(sample_rows(TENANT)), order(), after(15, killed))
    finish(desk, no_rest)

    found = desk.run_now(lambda session: session.exec(select(AnswerRow)).all())
    assert (len(found), {row.revision for row in found}) == (100, {1})
    assert events(desk).count((CLI, "import")) == 1


def test_several_may_bring_it_to_its_end_at_once(desk: Desk, open_desk: OpenDesk) -> None:
    with pytest.raises(Stop):
        import_file(desk, CASES, case_file(), order(), after(13, killed))
    threads = [Thread(target=finish, args=(open_desk(), no_rest)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (refs(desk), jobs(desk)) == (REFS, 0)
    opened = scalar(desk, "select count(*) from event where act = 'case_opened'")
    assert opened == 12, "each case was opened once"


def test_a_row_that_is_no_longer_good_is_named_and_stops_no_other(desk: Desk) -> None:
    rows = [(TENANT, ref, "Nord (påhittad)", "2026-05-01", "3") for ref in REFS]
    desk.run_now(lambda session: import_cases(session, case_file(rows[5]), frozenset(), NOW, CLI))

    def somebody_else() -> None:
        change(desk, "update cases set opened_on = '2026-02-01', decided_on = '2026-03-01'")

    done = import_file(desk, CASES, case_file(*rows), order(), after(12, somebody_else))

    assert done.refused == (7,)
    assert done.imported.added == 11
    assert (refs(desk), jobs(desk)) == (REFS, 0)


def test_a_unit_one_letter_from_another_of_the_same_file_is_refused_though_it_is_in_another_step(desk: Desk) -> None:
    rows = [(TENANT, REFS[0], "Nya enheten", "", ""), (TENANT, REFS[1], "Nya enheter", "", "")]

    with pytest.raises(BadCsv, match=r"line 3: unit is new and one letter from"):
        import_file(desk, CASES, case_file(*rows), order(), no_rest)
    done = import_file(desk, CASES, case_file(*rows), order(may_be_near=True), no_rest)

    assert done.imported.new_units == ("Nya enheten", "Nya enheter")


@pytest.mark.parametrize("how", ["tried", "one of a step"])
def test_a_case_that_was_taken_back_leaves_no_key_in_use(
    desk: Desk, open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """SQLite gives its number to the next case, which must be sealed with the key that is stored."""
    monkeypatch.setattr(steps, "STEP_SECONDS", 10.0)
    unit = desk.run_now(lambda session: people.unit(session, tenants.ensure(session, TENANT).id, "Nord").id)
    sealed: list[tuple[int, bytes]] = []

    def taker(session: Session, _order: Order) -> Take:
        def take(rows: Rows) -> Imported:
            case = cases.add(session, CaseRow(tenant_id=tenant(session), ref=rows[0].cells["case_ref"], unit_id=unit))
            sealed.append((case.id, seal(session, case.tenant_id, case.id, "field", "row", "words")))
            if rows[0].line == 2:
                raise BadCsv(fault(Code.EMPTY, column="unit").at(2))
            return Imported(1, 0, 0)

        return take

    kind = replace(CASES, taker=taker)
    groups = [[row] for row in kind.read(case_file(), NOW).rows]
    if how == "tried":
        desk.run_now(lambda session: steps.step(session, kind, order(), groups[1:2]), keep=False)
        desk.run_now(lambda session: steps.step(session, kind, order(), groups[1:2]))
    else:
        assert desk.run_now(lambda session: steps.step(session, kind, order(), groups[:2])).groups == 2

    (_gone, _), (case_id, text) = sealed
    another = open_desk()
    assert another.run_now(lambda s: unseal(s, tenant(s), case_id, "field", "row", text)) == "words"
    assert desk.run_now(lambda s: unseal(s, tenant(s), case_id, "field", "row", text)) == "words"


def tenant(session: Session) -> int:
    return tenants.known(session, TENANT).id


def test_what_is_kept_of_a_file_is_sealed_and_gone_at_its_end(desk: Desk) -> None:
    with pytest.raises(Stop):
        import_file(desk, CASES, case_file(), order(), after(13, killed))
    job = desk.run_now(lambda session: session.exec(select(ImportJobRow)).one())
    assert b"SN 2026" not in job.rows
    assert b"Nord" not in job.done
    assert "SN 2026/0003" in desk.run_now(lambda session: import_jobs.rows_of(session, job))


# --- people: who may be one person -----------------------------------------------------------------------------------

P_COLUMNS = ("tenant_id", "object_id", "email", "name", "unit", "role")


def in_steps(desk: Desk, *rows: tuple[str, str, str]) -> Done:
    """Import people: object id, e-mail, name."""
    whole = [(TENANT, object_id, email, name, "Nord (påhittad)", "case_worker") for object_id, email, name in rows]
    return import_file(desk, PEOPLE, file_of(whole, P_COLUMNS), order(), no_rest)


def everyone(desk: Desk) -> list[tuple[str | None, str | None]]:
    return desk.run_now(lambda s: sorted((row.object_id, row.email) for row in s.exec(select(PersonRow))))


def test_rows_of_one_person_are_taken_in_order_wherever_they_stand(desk: Desk) -> None:
    in_steps(desk, ("one", "a@example.invalid", "Anna"))

    # Her new address, then her old one given to somebody else; and a third whom two rows bring into one.
    done = in_steps(
        desk,
        ("one", "b@example.invalid", "Anna"),
        ("three", "", "Cleo"),
        ("two", "a@example.invalid", "Bo"),
        ("three", "c@example.invalid", "Cleo"),
    )

    assert done.refused == ()
    assert everyone(desk) == [
        ("one", "b@example.invalid"),
        ("three", "c@example.invalid"),
        ("two", "a@example.invalid"),
    ]


def test_two_names_of_one_person_that_the_file_joins_later_are_one_person(desk: Desk) -> None:
    with pytest.raises(BadCsv, match="line 4"):
        in_steps(desk, ("one", "", "Anna"), ("", "a@example.invalid", "Anna"), ("one", "a@example.invalid", "Anna"))
    assert everyone(desk) == []


def test_groups_hold_every_row_once_in_order(desk: Desk) -> None:
    kinds: tuple[tuple[Kind, bytes], ...] = (
        (CASES, case_file()),
        (ANSWERS, file_of(sample_rows(TENANT))),
        (
            PEOPLE,
            file_of([(TENANT, "", f"{n % 5}@example.invalid", "P", "U", "auditor") for n in range(20)], P_COLUMNS),
        ),
    )
    for kind, raw in kinds:
        rows = kind.read(raw, NOW).rows
        groups = desk.run_now(lambda session, kind=kind, rows=rows: kind.together(session, rows))  # type: ignore[misc]
        assert sorted(row.line for group in groups for row in group) == [row.line for row in rows]
        assert all([row.line for row in group] == sorted(row.line for row in group) for group in groups)
        assert 1 < len(groups) <= len(rows)
