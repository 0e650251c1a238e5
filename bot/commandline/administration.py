"""The admin's daily tasks on the command line: people, units, messages, skipped cases, wrong references, the log check.

None of it opens a text, so none of it needs the master keys (BK_KEYS), only the trail's.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from actions import deletions, log_checks, sends, staff, units, wrong_case
from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from bot.commandline.common import Stop, actor, as_text, day, file_kind, now, open_desk, output
from bot.settings import read_settings
from checklists.errors import PersonalNumberInText, RefTaken, UserError
from checklists.faults import COMMANDS_SPEAK, Code, Refusal, fault, word
from checklists.log_check import OPEN
from checklists.references import normal_ref
from dialogs.admin.deletion import tell_managers
from dialogs.messages.consequences import follow
from reports import register
from reports.access_log import NothingSuch
from reports.csv_out import write_csv
from storage import cases, condition, conversations, not_held, outbox, people, skipped, tenants
from storage import deletions as kept_deletions
from storage import log_checks as kept_checks
from storage.cases import CaseRow
from storage.desk import Session
from storage.people import PersonRow, UnitRow
from storage.sealing import KeyGone
from storage.tenants import TenantRow
from texts import say

T = TypeVar("T")
Found = Callable[[Session, TenantRow, Origin], Sequence[T]]
Work = Found[str]
if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


class Refused(Refusal):
    """The command breaks a rule of the chat: the same sentence as there, with its code."""

    def __init__(self, error: UserError) -> None:
        super().__init__()
        if isinstance(error, PersonalNumberInText):  # the chat's sentence tells of a message to delete
            error = PersonalNumberInText(where="command")
        self._line = f"{say(error.text_key, COMMANDS_SPEAK, **error.args_for_text)} ({error.code})"

    def __str__(self) -> str:
        return self._line


def add_people(group: "Commands") -> None:
    """Add the commands about people to the group `people`."""
    export = _command(group, "export", "write the register as the CSV that `people import` reads", _export, _as_csv)
    export.add_argument("--out", type=Path, metavar="FILE")
    leave = _command(group, "leave", "end all of somebody's roles after a day", _leave)
    leave.add_argument("who", metavar="WHO")
    leave.add_argument("--on", type=day, required=True, metavar="DATE")
    move = _command(group, "move", "move somebody to another unit from a day on", _move)
    move.add_argument("who", metavar="WHO")
    move.add_argument("--unit", required=True)
    move.add_argument("--from", dest="first", type=day, required=True, metavar="DATE")
    deed = _deed(staff.change_email, _person("who"), _named("email"))
    email = _command(group, "email", "change somebody's e-mail", deed)
    email.add_argument("who", metavar="WHO")
    email.add_argument("email", metavar="EMAIL")
    deed = _deed(staff.join, _person("who"), _person("into"))
    join = _command(group, "join", "merge two rows of the register that are the same person", deed)
    join.add_argument("who", metavar="WHO", help="the row that goes")
    join.add_argument("--into", required=True, metavar="WHO", help="the row that stays")
    left = _command(group, "cases", "list somebody's open cases", _cases)
    left.add_argument("who", metavar="WHO")
    hand_over = _command(group, "hand-over", "give somebody's open cases to another case worker", _hand_over)
    hand_over.add_argument("who", metavar="WHO")
    hand_over.add_argument("--to", required=True, metavar="WHO")
    hand_over.add_argument("--case", action="filter", default="", metavar="REF", help="only this one")
    _command(group, "no-app", "list who holds a role and cannot be reached", _no_app)


def add_cases(group: "Commands") -> None:
    """Add the commands about cases to the group `cases`."""
    rename = _command(group, "rename", "correct a wrong reference", _rename_case)
    rename.add_argument("case", metavar="REF")
    rename.add_argument("--to", required=True, metavar="REF")
    delete = _command(group, "delete", "ask for one case to be deleted on the committee's decision", _delete)
    delete.add_argument("case", metavar="REF")
    delete.add_argument("--decision", default="", metavar="NUMBER", help="the decision's number in the minutes")
    how = delete.add_mutually_exclusive_group()
    how.add_argument("--confirm", action="store_true", help="confirm what somebody else has asked for")
    how.add_argument("--withdraw", action="store_true", help="withdraw the request")


def add_commands(commands: "Commands") -> None:
    """Add `units`, `sends`, `skipped` and `log-check` to the command line."""
    group = commands.add_parser("units", help="rename, merge and close units").add_subparsers(required=True)
    _command(group, "list", "list the units in use", _units)
    deed = _deed(units.rename, _unit_of("unit"), _named("name"))
    rename = _command(group, "rename", "give a unit another name", deed)
    rename.add_argument("unit", metavar="UNIT")
    rename.add_argument("name", metavar="NAME")
    deed = _deed(units.merge, _unit_of("unit"), _unit_of("into"))
    merge = _command(group, "merge", "make a unit part of another", deed)
    merge.add_argument("unit", metavar="UNIT")
    merge.add_argument("--into", required=True, metavar="UNIT")
    close = _command(group, "close", "close a unit after a day", _deed(units.close, _unit_of("unit"), _named("on")))
    close.add_argument("unit", metavar="UNIT")
    close.add_argument("--on", type=day, required=True, metavar="DATE")

    group = commands.add_parser("sends", help="messages that wait for a person's decision").add_subparsers(
        required=True
    )
    _command(group, "list", "list them", _sends)
    for name, does, run in (("again", "send one again", _again), ("drop", "drop one", _drop)):
        one = _command(group, name, does, run)
        one.add_argument("number", type=int, metavar="NUMBER")
    _command(commands, "skipped", "list the cases that the reminders leave out", _skipped)
    _command(commands, "log-check", "draw last month's accesses, and say how far their check has come", _log_check)


def _print_all(lines: Sequence[T], _parsed: argparse.Namespace) -> None:
    for line in lines:
        print(line)


def _command(
    group: "Commands",
    name: str,
    does: str,
    work: Callable[[argparse.Namespace], Found[T]],
    show: Callable[[Sequence[T], argparse.Namespace], None] = _print_all,
) -> argparse.ArgumentParser:
    """Add a command. show: shows what the work returns, once it is committed with its event."""
    command = group.add_parser(name, help=does)
    command.add_argument(
        "--tenant", action="filter", default="", metavar="TENANT", help="where the database holds several"
    )

    def run(parsed: argparse.Namespace) -> None:
        settings = read_settings()

        def inside(session: Session) -> Sequence[T]:
            tenant = the_tenant(session, parsed.tenant)
            pattern = tenants.settings(tenant).case_ref_pattern
            try:
                return work(parsed)(session, tenant, Origin(tenant.id, actor(), now(settings), ref_pattern=pattern))
            except UserError as error:
                raise Refused(error) from None

        with open_desk(settings, keyless=True) as desk:
            shown = desk.run_now(inside)
        show(shown, parsed)

    command.set_defaults(run=run)
    return command


def the_tenant(session: Session, named: str) -> TenantRow:
    """Return the tenant that is named, or the only one. Raises: Stop."""
    if named:
        found = tenants.find(session, named)
        if found is None:
            raise Stop(fault(Code.NO_SUCH_TENANT, tenant=word(named)))
        return found
    every = tenants.everyone(session)
    if len(every) != 1:
        raise Stop(fault(Code.SEVERAL_TENANTS if every else Code.NO_MUNICIPALITY))
    return every[0]


def the_person(session: Session, tenant: TenantRow, who: str) -> PersonRow:
    """Return the person with an e-mail, or else with a name that only one person has. Raises: Stop."""
    by_email = people.by_email(session, tenant.id, who)
    named = [row for row in people.register(session, tenant.id) if row.name.casefold() == who.casefold()]
    found = [by_email] if by_email is not None else named
    if not found:
        raise Stop(fault(Code.NOBODY_CALLED, who=word(who)))
    if len(found) > 1:
        raise Stop(fault(Code.SEVERAL_CALLED, who=word(who)))
    return found[0]


def _unit(session: Session, tenant: TenantRow, name: str) -> UnitRow:
    """Return a unit in use, by its name or one it had before. Raises: Stop."""
    if not name or not people.units_called(session, tenant.id, name):
        raise Stop(fault(Code.NO_SUCH_UNIT))
    found = people.unit(session, tenant.id, name)
    if found.closed_on is not None:
        raise Stop(fault(Code.NO_SUCH_UNIT))
    return found


def _case(session: Session, tenant: TenantRow, ref: str) -> CaseRow:
    found = cases.find(session, tenant.id, normal_ref(ref, tenants.settings(tenant).case_ref_pattern))
    if found is None:
        raise NothingSuch
    return found


def _told(changes: Changes) -> list[str]:
    return ["done" if changes else "nothing was changed"]


Given = Callable[[Session, TenantRow, argparse.Namespace], object]


def _deed(act: Callable[..., Changes], *given: Given) -> Callable[[argparse.Namespace], Work]:
    """Return the work of a command: run an action on the given arguments, and say whether anything was changed."""
    return lambda parsed: (
        lambda session, tenant, origin: _told(act(session, origin, *(one(session, tenant, parsed) for one in given)))
    )


def _named(option: str) -> Given:
    return lambda _session, _tenant, parsed: getattr(parsed, option)


def _person(option: str) -> Given:
    return lambda session, tenant, parsed: the_person(session, tenant, getattr(parsed, option))


def _unit_of(option: str) -> Given:
    return lambda session, tenant, parsed: _unit(session, tenant, getattr(parsed, option))


def _try_to_tell(session: Session, tell: Callable[[], object]) -> list[str]:
    """Tell those concerned; return the line to print if that cannot be done from here."""
    try:
        with session.begin_nested():
            tell()
    except KeyGone:  # a message is sealed
        return ["nobody was told, because the master keys are not set here: tell them yourself"]
    return []


# --- people ----------------------------------------------------------------------------------------------------------


def _export(parsed: argparse.Namespace) -> Found[list[str]]:
    file_kind(parsed.out, "csv")

    def work(session: Session, tenant: TenantRow, origin: Origin) -> Sequence[list[str]]:
        record(session, origin, Change("export", detail="people"))
        return list(register.rows(session, tenant))

    return work


def _as_csv(rows: Sequence[list[str]], parsed: argparse.Namespace) -> None:
    with output(parsed.out) as out, as_text(out) as text:
        write_csv(text, register.COLUMNS, rows)


def _leave(parsed: argparse.Namespace) -> Work:
    def work(session: Session, tenant: TenantRow, origin: Origin) -> Sequence[str]:
        person = the_person(session, tenant, parsed.who)
        changes = staff.leave(session, origin, person, parsed.on)
        return [*_told(changes), f"open cases: {len(cases.open_of(session, tenant.id, person.id))}"]

    return work


def _move(parsed: argparse.Namespace) -> Work:
    def work(session: Session, tenant: TenantRow, origin: Origin) -> Sequence[str]:
        person, unit = the_person(session, tenant, parsed.who), _unit(session, tenant, parsed.unit)
        held = staff.moving(session, origin, person, unit.id)
        return _told(staff.move(session, origin, person, held, unit.id, parsed.first) if held else NONE)

    return work


def _cases(parsed: argparse.Namespace) -> Work:
    def work(session: Session, tenant: TenantRow, origin: Origin) -> Sequence[str]:
        record(session, origin, Change("admin_listed", detail="cases"))
        person, names = the_person(session, tenant, parsed.who), people.unit_names(session, tenant.id)
        left = cases.open_of(session, tenant.id, person.id)
        return [f"{_shown(case.id, case.ref, case.protected_identity)}, {names.get(case.unit_id)}" for case in left]

    return work


def _shown(row_id: int, ref: str, hidden: bool) -> str:
    return f"protected identity, no. {row_id}" if hidden or not ref else ref


def _hand_over(parsed: argparse.Namespace) -> Work:
    def work(session: Session, tenant: TenantRow, origin: Origin) -> Sequence[str]:
        leaver, to = the_person(session, tenant, parsed.who), the_person(session, tenant, parsed.to)
        left = cases.open_of(session, tenant.id, leaver.id)
        if parsed.case:
            only = _case(session, tenant, parsed.case)
            left = [case for case in left if case.id == only.id]
        count, changes = staff.hand_over(session, origin, left, leaver, to)
        told = _try_to_tell(session, lambda: follow(session, origin, changes))
        return [f"handed over: {count}, left: {len(left) - count}", *told]

    return work


def _no_app(_parsed: argparse.Namespace) -> Work:
    def work(session: Session, tenant: TenantRow, origin: Origin) -> Sequence[str]:
        held = {row.id: row for row, role in people.everyone(session, tenant.id) if people.is_held(role, origin.today)}
        return [f"{row.name}, {row.email or ''}" for row in conversations.without_app(session, held.values())]

    return work


# --- units and cases -------------------------------------------------------------------------------------------------


def _units(_parsed: argparse.Namespace) -> Work:
    def work(session: Session, tenant: TenantRow, _origin: Origin) -> Sequence[str]:
        return [
            f"{name}: {cases.open_in_unit(session, tenant.id, row_id)} open cases"
            for row_id, name in sorted(people.unit_names(session, tenant.id).items(), key=lambda one: one[1])
            if name
        ]

    return work


def _rename_case(parsed: argparse.Namespace) -> Work:
    def work(session: Session, tenant: TenantRow, origin: Origin) -> Sequence[str]:
        case = _case(session, tenant, parsed.case)
        ref = normal_ref(parsed.to, tenants.settings(tenant).case_ref_pattern)
        there = cases.find(session, tenant.id, ref)
        if there is not None and there.id != case.id:
            raise RefTaken
        changes = wrong_case.rename(session, origin, case, ref)
        return [*_told(changes), *_try_to_tell(session, lambda: follow(session, origin, changes))]

    return work


def _delete(parsed: argparse.Namespace) -> Work:
    def work(session: Session, tenant: TenantRow, origin: Origin) -> Sequence[str]:
        case = _case(session, tenant, parsed.case)
        asked = kept_deletions.of_case(session, tenant.id, case.id)
        row_id = asked.id if asked is not None else 0
        if parsed.withdraw:
            return _told(deletions.withdraw(session, origin, row_id))
        if parsed.confirm:
            deletions.confirm(session, origin, row_id, parsed.decision)
            return ["confirmed: the bot deletes the case within a minute of running"]
        changes = deletions.ask(session, origin, case, parsed.decision)
        if not changes:
            return _told(changes)
        told = _try_to_tell(session, lambda: tell_managers(session, origin))
        return ["asked for: a manager confirms in the chat, or another account here with --confirm", *told]

    return work


# --- messages, skipped cases, the log check --------------------------------------------------------------------------


def _sends(_parsed: argparse.Namespace) -> Work:
    def work(session: Session, tenant: TenantRow, origin: Origin) -> Sequence[str]:
        record(session, origin, Change("admin_listed", detail="sends"))
        lines = []
        for row in outbox.left(session, tenant.id):
            case = cases.if_sound(session, tenant.id, row.case_id)
            about = f", {_shown(case.id, case.ref, case.protected_identity)}" if case else ""
            lines.append(f"{row.id}: {row.state} since {row.created_at.date()}{about}")
        return lines or ["no message waits for a decision"]

    return work


def _again(parsed: argparse.Namespace) -> Work:
    return lambda session, _tenant, origin: _told(sends.again(session, origin, parsed.number))


def _drop(parsed: argparse.Namespace) -> Work:
    return lambda session, _tenant, origin: _told(sends.drop(session, origin, parsed.number))


def _skipped(_parsed: argparse.Namespace) -> Work:
    def work(session: Session, tenant: TenantRow, origin: Origin) -> Sequence[str]:
        record(session, origin, Change("admin_listed", detail="skipped"))
        found = skipped.listed(session, tenant.id)
        lines = [f"{_shown(one.case_id, one.ref, not one.ref)}: {one.what} since {one.since}" for one in found]
        rows, _ = not_held.look(session)
        versions = condition.versions_missing(session)
        return [*(lines or ["no case is skipped"]), *(str(one.fault) for one in rows), *map(str, versions)]

    return work


def _log_check(_parsed: argparse.Namespace) -> Work:
    def work(session: Session, tenant: TenantRow, origin: Origin) -> Sequence[str]:
        month = log_checks.month_before(origin.today)
        log_checks.sample(session, origin, month)
        rows = kept_checks.of_tenant(session, tenant.id, month)
        names = people.unit_names(session, tenant.id, former=True)
        lines = []
        for seat in dict.fromkeys(row.unit_id for row in rows):
            mine = [row for row in rows if row.unit_id == seat]
            done = sum(row.outcome != OPEN for row in mine)
            who = names[seat] if seat else "chefs, deputies and admins, by a manager"
            lines.append(f"{month:%Y-%m} {who}: {done} of {len(mine)} checked")
        return lines or [f"{month:%Y-%m}: no access to check"]

    return work
