"""What the administration does: people come, go and change units, cases change hands, closed cases are disposed of.

It uses the files and commands that `app.py` takes, in the middle of everybody else's day.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commandline import disposing
from storage import inbox, outbox
from storage.inbox import InboxRow
from storage.outbox import OutboxRow
from tests.chat.harness import NORTH, SOUTH, TENANT, people_csv
from tests.sql.import_files import import_cases, import_people
from tests.year import check
from tests.year.check import Fault
from tests.year.model import Case
from tests.year.register import Post
from tests.year.settings import Settings
from tests.year.units import Units

if TYPE_CHECKING:
    from tests.year.town import Town

Act = Callable[[date], Any]
DUE = re.compile(rf"  ({check.REF.pattern})(?: \(draget \d+\))?: closed ")
SHORT = 8
"""Weeks up to which more happens in each."""


class Office:
    """The administration of a town. Everything it does follows from the seed."""

    def __init__(self, town: "Town", folder: Path) -> None:
        self._town = town
        self._chance = random.Random(f"office of {town.seed}")
        self._tombstones = folder / "tombstones"
        self._gone: dict[int, str] = {}
        self._lists: set[int] = set()
        self._adults = 2
        self._plan, self._desk = _by_day(self._plans()), _by_day([*Units(town).plans(), *Settings(town).plans()])

    def _plans(self) -> Iterator[tuple[date, Act]]:
        """Yield what is to happen on which day."""
        chance, days = self._chance, 7 * self._town.weeks
        leaves = chance.randrange(days + 5)
        yield self._town.first + timedelta(days=leaves), self._bo_leaves
        if chance.random() < 0.6:
            back = leaves + chance.choice((1, 2, 20, 60))
            yield self._town.first + timedelta(days=back), self._bo_returns
        if chance.random() < 0.6:
            yield self._town.first + timedelta(days=chance.randrange(days)), self._chefs_change_places

    async def begins(self) -> None:
        """Set how long closed cases are kept."""
        town, months = self._town, self._chance.choice((0, 1, 1, 2, 6))
        if months:
            await town.quiet()
            disposing.change_periods(
                town.stacks[0].desk, self._order(), [f"case_months={months}", "printed_elsewhere=ja"]
            )
        town.model.months = months
        for number, lead in enumerate(("anna", "bo", "doris")):
            await self._takes_a_decided_case(f"SN {town.first.year}/{8001 + number}", lead)
        for number, (unit, lead) in enumerate(((SOUTH, "doris"), (NORTH, "bo"))):
            await self._takes_an_adults_case(f"SN {town.first.year}/{9001 + number}", unit, lead)

    async def day(self, day: date) -> None:
        """Do what is due before people come to work."""
        for act in self._plan.get(day, ()):
            await act(day)
        often = 0.2 if self._town.weeks <= SHORT else 0.04
        if self._town.model.months and self._chance.random() < often:
            await self._disposes(day)

    async def in_the_chat(self, day: date) -> None:
        """Do what the admin does herself, at her own client."""
        for act in self._desk.get(day, ()):
            await act(day)
            check.units_are_right(self._town.database, self._town.model)

    def _named(self, unit: str) -> str:
        """Return a unit as a file calls it: by the name it has, or one that it had."""
        register = self._town.model.register
        return self._chance.choice(register.names_of(register.unit(unit))) if unit else ""

    # --- people -----------------------------------------------------------------------------------------------------

    async def names(self, post: Post) -> None:
        """Bring in the register's file with one person's role."""
        town, at = self._town, self._town.now()
        days = f"{post.first or ''},{post.last or '-'}"
        raw = people_csv((post.name, f"{post.name.title()} Påhittad", self._named(post.unit), post.role), days=days)
        await town.quiet()
        await town.stacks[0].desk.run(lambda session: import_people(session, raw, frozenset({TENANT}), at, "cli:sim"))
        town.model.register.put(post)
        town.note("register:", post.name, post.unit, post.role, days)

    async def _bo_leaves(self, day: date) -> None:
        await self.names(Post("bo", NORTH, "case_worker", None, day))

    async def _bo_returns(self, day: date) -> None:
        await self.names(Post("bo", NORTH, "case_worker", day))

    async def _chefs_change_places(self, day: date) -> None:
        for name, was, now in (("cecilia", NORTH, SOUTH), ("sven", SOUTH, NORTH)):
            await self.names(Post(name, was, "unit_manager", None, day))
            await self.names(Post(name, now, "unit_manager", day + timedelta(days=1)))

    # --- cases ------------------------------------------------------------------------------------------------------

    async def changes_a_case(self) -> None:
        """Bring in the case system's file with another lead of a case."""
        town, chance, today = self._town, self._chance, self._town.now().date()
        some = [case for case in town.model.cases.values() if "closed_on" not in case.dates]
        if not some:
            return
        case = chance.choice(some)
        if case.adult:  # one is closed, and another opened
            if case.lead and len(some) > 3:
                ended = str(today - timedelta(days=chance.choice((0, 0, 40))))
                await self._takes_an_adults_case(case.ref, case.unit, case.lead, ended)
                self._adults += 1
                await self._takes_an_adults_case(f"SN {town.first.year}/{9000 + self._adults}", case.unit, case.lead)
            return
        others = [
            name
            for name in town.model.register.holders("case_worker", case.unit, today)
            if name not in (case.lead, case.co)
        ]
        if not others:
            return
        lead = chance.choice(others)
        raw = f"tenant_id;case_ref;lead_email\n{TENANT};{case.ref};{lead}@example.invalid".encode()
        at = town.now()
        await town.stacks[0].desk.run(lambda session: import_cases(session, raw, frozenset({TENANT}), at, "cli:sim"))
        case.parted.add(case.lead)
        case.lead = lead
        town.note("imported", case.ref, "lead", lead)
        check.case_is_right(town.database, town.model, case.ref)

    async def closes_what_is_open(self, unit: str) -> None:
        """Bring in the case system's file with the last day of every case of a unit."""
        town, at = self._town, self._town.now()
        some = town.model.open_in(unit)
        lines = [f"{TENANT};{case.ref};{at.date()}" for case in some]
        raw = "\n".join(["tenant_id;case_ref;closed_on", *lines]).encode()
        if some:
            await town.stacks[0].desk.run(
                lambda session: import_cases(session, raw, frozenset({TENANT}), at, "cli:sim")
            )
        for case in some:
            case.dates["closed_on"] = at.date()
            town.note("imported", case.ref, "closed")
            check.case_is_right(town.database, town.model, case.ref)

    async def imports(self, day: date) -> None:
        """The case system's file comes in: a new case, or new dates of one."""
        town, chance = self._town, self._town.chance
        worker = chance.choice(("anna", "bo", "doris", "ylva"))
        unit = town.model.register.unit_of(worker, day)
        if not unit:
            return
        town.numbers["case"] += 1
        ref = f"SN {town.first.year}/{town.numbers['case']:04}"
        made = Case(ref, unit, worker)
        received = day - timedelta(days=chance.choice((0, 2, 9, 13)))
        made.dates["received_on"] = received
        if chance.random() < 0.6:
            made.dates["opened_on"] = day - timedelta(days=chance.choice((0, 0, 60, 93, 112)))
            made.dates["received_on"] = made.dates["opened_on"] - timedelta(days=chance.randint(0, 9))
        if chance.random() < 0.5:
            made.dates["planned_decision_on"] = day + timedelta(days=chance.randint(1, 50))
        row = {"tenant_id": TENANT, "case_ref": ref, "unit": self._named(unit)}
        row["lead_email"] = f"{worker}@example.invalid"
        row |= {name: str(value) for name, value in made.dates.items()}
        if chance.random() < 0.15 and "opened_on" in made.dates:
            ended = max(made.dates["opened_on"], day - timedelta(days=chance.choice((0, 20, 40, 70))))
            made.dates |= {"decided_on": ended, "closed_on": ended}
            row |= {"decided_on": str(ended), "closed_on": str(ended)}
        for name in ("violence", "child_placed"):
            if value := chance.choice(("", "nej", "ja")):
                row[name] = value
                made.facts[name, int(name == "child_placed")] = value
                made.fact_revisions[name, int(name == "child_placed")] = 1
        if chance.random() < 0.06:
            row["protected_identity"], made.protected = "ja", True
        if row.get("violence") == "ja" and not (
            "opened_on" in made.dates and made.dates["opened_on"] < made.dates["received_on"]
        ):
            made.violence_since = made.dates["received_on"]
        raw = "\n".join((";".join(row), ";".join(row.values()))).encode()
        now = town.now()
        await town.stacks[0].desk.run(lambda session: import_cases(session, raw, frozenset({TENANT}), now, "cli:sim"))
        town.model.cases[ref] = made
        town.note("imported", ref)
        check.case_is_right(town.database, town.model, ref)

    async def _takes_a_decided_case(self, ref: str, lead: str) -> None:
        """Bring in a case that was decided before the municipality had the bot, closed or not."""
        town, at = self._town, self._town.now()
        unit = town.model.register.unit_of(lead, at.date())
        decided = at.date() - timedelta(days=self._chance.randint(5, 80))
        days = {"opened_on": decided - timedelta(days=60), "decided_on": decided}
        days |= {"closed_on": decided} if self._chance.random() < 0.25 else {}
        cells = {"tenant_id": TENANT, "case_ref": ref, "unit": unit, "lead_email": f"{lead}@example.invalid"}
        cells |= {name: str(day) for name, day in days.items()}
        raw = f"{';'.join(cells)}\n{';'.join(cells.values())}".encode()
        await town.stacks[0].desk.run(lambda session: import_cases(session, raw, frozenset({TENANT}), at, "cli:sim"))
        town.model.cases[ref] = Case(ref, unit, lead, dates=days)
        town.note("imported", ref)
        check.case_is_right(town.database, town.model, ref)

    async def _takes_an_adults_case(self, ref: str, unit: str, lead: str, closed_on: str = "") -> None:
        """Bring in an adult's case, which children's are linked to; or its last day."""
        town, at = self._town, self._town.now()
        cells = {"tenant_id": TENANT, "case_ref": ref, "unit": self._named(unit), "case_type": "vuxen", "children": "0"}
        cells |= {"lead_email": f"{lead}@example.invalid"} | ({"closed_on": closed_on} if closed_on else {})
        raw = f"{';'.join(cells)}\n{';'.join(cells.values())}".encode()
        await town.stacks[0].desk.run(lambda session: import_cases(session, raw, frozenset({TENANT}), at, "cli:sim"))
        case = town.model.cases.setdefault(ref, Case(ref, unit, lead, adult=True, children=0))
        case.dates |= {"closed_on": date.fromisoformat(closed_on)} if closed_on else {}
        town.note("imported", ref, closed_on)
        check.case_is_right(town.database, town.model, ref)

    # --- what is gone -----------------------------------------------------------------------------------------------

    def _order(self) -> disposing.Order:
        now = self._town.now()
        return disposing.Order("", now, now.date(), "cli:sim", None, self._tombstones)

    async def _disposes(self, day: date) -> None:
        """Dispose of the closed cases whose time is over: what is listed, and what is left."""
        town = self._town
        await town.quiet()
        desk, due = town.stacks[0].desk, sorted(town.model.due_to_go(day), key=lambda case: case.ref)
        lines = disposing.list_due(desk, self._order())
        listed = sorted(found[1] for line in lines if (found := DUE.match(line)))
        refs = [case.ref for case in due]
        if listed != refs:
            raise Fault(f"due to be disposed of on {day}: {listed}, it should be {refs}")
        town.note("disposal of", *refs)
        if not due:
            return
        gone = {row: case.ref for case in due for row in self._rows_of(case)}
        lists = {one for row in gone for (one,) in self._ask("select id from filled_checklist where case_id = ?", row)}
        acts = {row: self._acts_of(row) for row in gone}
        disposing.carry_out(desk, self._order(), lines[-1].split('"')[1], town.database.url)
        for case in due:
            town.model.forget(case)
        self._gone |= gone
        self._lists |= lists
        for row in gone:
            if self._acts_of(row) != acts[row] + 1:
                raise Fault(f"of {gone[row]} {acts[row]} acts were known, now {self._acts_of(row)}")
        self.gone_is_gone()
        self._nothing_sealed()
        for file in town.database.files:
            kept = file.read_bytes() if file.exists() else b""
            for ref in {*refs} - town.model.kept():
                if ref.encode() in kept:
                    raise Fault(f"{ref} is disposed of, and stands in {file.name}")

    def _ask(self, query: str, *values: Any) -> list[Any]:
        return self._town.database.ask(query, *values)

    def _rows_of(self, case: Case) -> list[int]:
        """Return the row of a closed case; of one that was withdrawn, also those of others of its number and day."""
        query, drawn_back = (
            "select id from cases where ref like ? and closed_on = ?",
            case in self._town.model.withdrawn,
        )
        ref = f"{case.ref} (draget %" if drawn_back else case.ref
        return [row for (row,) in self._ask(query, ref, str(case.dates["closed_on"]))]

    def _acts_of(self, row: int) -> int:
        return int(self._ask("select count(*) from event where case_id = ?", row)[0][0])

    def gone_is_gone(self) -> None:
        """Check that nothing is left of the disposed cases. Raises: Fault: something is, or has come back."""
        if self._gone:
            check.nothing_is_left(self._town.database, self._gone, self._lists, self._town.model.kept())

    def _nothing_sealed(self) -> None:
        """Check that no stored reply or message names a disposed case. Raises: Fault: one does."""
        asked = [[row for (row,) in self._ask(f"select id from {table}")] for table in ("inbox", "outbox")]
        found = self._town.stacks[0].desk.read_now(lambda session: _sealed(session, *asked))
        for what, text in found:
            for ref in {*self._gone.values()} - self._town.model.kept():
                if ref in text:
                    raise Fault(f"{what} names {ref}, which is gone")


def _by_day(plans: Iterable[tuple[date, Act]]) -> dict[date, list[Act]]:
    found: dict[date, list[Act]] = {}
    for day, act in plans:
        found.setdefault(day, []).append(act)
    return found


def _sealed(session: Any, of_replies: list[int], messages: list[int]) -> list[tuple[str, str]]:
    """Return what is said in the stored replies and messages with these row ids."""
    rows = (session.get(InboxRow, row_id) for row_id in of_replies)
    replies = [("a reply", partial(inbox.reply_of, session, row)) for row in rows if row is not None]
    rows = (session.get(OutboxRow, row_id) for row_id in messages)
    sent = [("a message", partial(outbox.view_of, session, row)) for row in rows if row is not None and row.view]
    return [(what, str(read())) for what, read in (*replies, *sent)]
