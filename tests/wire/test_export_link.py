"""Figures downloaded by a link from the chat, with the whole bot on a real port: press, page, file."""

import csv
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from openpyxl import load_workbook

from checklists.model import Role
from checklists.periods import year_of
from dialogs.turn.declared import claimed
from dialogs.turn.presses import AdminPage, OfFigures
from dialogs.turn.tokens import Mint
from reports.selected import Selection, each
from storage import conversations, people, tenants
from storage.desk import Session
from storage.filled import FilledRow
from storage.people import PersonRow, RoleRow
from tests.sql.conftest import change, scalar
from tests.wire.door import TENANT
from tests.wire.in_process_bot import FAR, SECRET, InProcessBot, pressed
from tests.wire.test_rights_matrix import move_in

NORTH, SOUTH = "Påhittade Nord", "Påhittade Syd"
ANY_LINK = re.compile(r"http://127\.0\.0\.1:\d+(/register\?l=[A-Za-z0-9_.-]+)")
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/export\?l=([A-Za-z0-9_.-]+))")


class Town:
    """The bot, and a person who may see figures."""

    def __init__(self, bot: InProcessBot, tenant: int, http: aiohttp.ClientSession) -> None:
        self.bot, self.tenant, self.http = bot, tenant, http
        self.ids: dict[str, int] = {}
        self.units: dict[str, int] = {}

    def appoint(self, name: str, unit: str, role: Role) -> None:
        def work(session: Session) -> tuple[int, int]:
            row = PersonRow(tenant_id=self.tenant, object_id=name, name=f"Påhittad {name}")
            session.add(row)
            session.flush()
            at = people.unit(session, self.tenant, unit).id
            assert at is not None
            session.add(RoleRow(tenant_id=self.tenant, person_id=row.id, unit_id=at, role=role))
            return row.id, at

        self.ids[name], self.units[name] = self.bot.desk.run_now(work)

    async def exports(self, name: str) -> list[str]:
        """Press Exportera on the card of her unit; return the paths of the links."""
        claim = claimed("export_figures", OfFigures(self.units[name], year_of(2026)))
        data = {"verb": claim.verb, "token": Mint(SECRET).sign(self.tenant, self.ids[name], claim)}
        status, body = await self.bot.posts(pressed(name, data))
        assert status == 200
        found = dict.fromkeys(path for path, _ in LINK.findall(str(body)))
        return list(found)

    async def fetches(self, path: str) -> tuple[int, bytes, str]:
        """Press the button on the link's page; return status, body and content type."""
        url = f"http://127.0.0.1:{self.bot.port}"
        async with self.http.get(url + path) as shown:
            assert "Öppna" in await shown.text() or shown.status == 410
        async with self.http.post(url + path.partition("?")[0], data={"l": path.partition("?l=")[2]}) as given:
            return given.status, await given.read(), given.headers.get("Content-Type", "")

    def acts(self) -> list[str]:
        return [f"{act} {detail}" for act, detail in self.bot.acts() if act != "bound"]


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def furnish(session: Session) -> None:
    # In one transaction, because the bot counts in the background and must not count before the list is moved.
    ours = next(who for who in move_in(session) if who.tenant == TENANT)
    south = people.unit(session, ours.tenant_row, SOUTH).id
    assert south is not None
    session.get_one(FilledRow, ours.filled).unit_id = south


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """Two municipalities, each with one begun list per role in unit north; one of ours is moved to unit south."""
    async with InProcessBot(tmp_path) as bot, aiohttp.ClientSession() as http:
        bot.desk.run_now(furnish)
        tenant = bot.desk.run_now(lambda session: tenants.ensure(session, TENANT).id)
        made = Town(bot, tenant, http)
        made.appoint("mona", "", "manager")
        made.appoint("cecilia", NORTH, "unit_manager")
        yield made


async def test_a_manager_fetches_every_unit_once_as_csv_and_as_a_workbook(town: Town) -> None:
    csv_path, xlsx_path = await town.exports("mona")
    status, content, kind = await town.fetches(csv_path)

    assert (status, kind) == (200, "text/csv")
    heard = {row["unit"]: row["cases"] for row in rows(content) if row["item"] == "child_heard"}
    assert heard == {NORTH: "6", SOUTH: "1"}, "the namesakes of the other municipality are counted too"
    assert {row["period"] for row in rows(content)} == {"2026-01-01–2026-12-31"}
    assert (await town.fetches(csv_path))[0] == 410

    status, content, kind = await town.fetches(xlsx_path)
    assert (status, kind) == (200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    book = load_workbook(io.BytesIO(content))
    assert "Ärenden" not in book.sheetnames
    cells = [str(cell.value) for sheet in book.worksheets for line in sheet.iter_rows() for cell in line]
    assert not [cell for cell in cells if "SN 2026" in cell]
    heard_cells = [
        [cell.value for cell in line][:6] for line in book["Frågor"].iter_rows() if line[3].value == "child_heard"
    ]
    assert [(line[0], line[5]) for line in heard_cells] == [(NORTH, 6), (SOUTH, 1)]
    book.close()
    assert town.acts() == ["link_made report", *["link_made export"] * 2, *["export export"] * 2]


async def test_a_file_leaves_a_receipt_and_a_page_does_not(town: Town) -> None:
    def meets(session: Session) -> None:
        reference = '{"user": {"id": "29:mona"}}'
        person = town.ids["mona"]
        conversations.begin(session, town.tenant, person, "a:mona", "http://127.0.0.1:9", reference)

    def told() -> int:
        return int(str(scalar(town.bot.desk, "select count(*) from outbox where kind = 'prompt'")))

    town.bot.desk.run_now(meets)
    csv_path, _ = await town.exports("mona")
    assert told() == 0
    assert (await town.fetches(csv_path))[0] == 200
    assert told() == 1
    assert (await town.fetches(csv_path))[0] == 410
    assert told() == 1


async def test_a_chef_fetches_her_own_unit_only(town: Town) -> None:
    csv_path, _ = await town.exports("cecilia")
    _, content, _ = await town.fetches(csv_path)

    assert {row["unit"] for row in rows(content)} == {NORTH}


async def test_rights_to_the_unit_are_asked_again_when_the_link_is_used(town: Town) -> None:
    csv_path, xlsx_path = await town.exports("cecilia")
    moved = f"update role set unit_id = (select id from unit where name = '{SOUTH}' and tenant_id = {town.tenant})"
    change(town.bot.desk, f"{moved} where person_id = {town.ids['cecilia']}")

    assert [(await town.fetches(path))[0] for path in (csv_path, xlsx_path)] == [410, 410]
    assert town.acts()[3:] == ["denied link:export"] * 2


async def test_rows_of_one_municipality_are_hers_alone_too(town: Town) -> None:
    def of(selection: Selection) -> set[str]:
        return set(each(town.bot.desk.run_now, selection, lambda _session, tenant, _one: tenant))

    assert of(Selection()) == {TENANT, FAR}
    assert of(Selection(tenant_id=town.tenant)) == {TENANT}


async def test_the_register_is_fetched_once_by_the_admin_and_by_nobody_who_is_none_any_more(town: Town) -> None:
    town.appoint("ada", NORTH, "admin")
    claim = claimed("admin_page", AdminPage("export"))
    data = {"verb": claim.verb, "token": Mint(SECRET).sign(town.tenant, town.ids["ada"], claim)}
    first, second = [ANY_LINK.findall(str((await town.bot.posts(pressed("ada", data)))[1]))[0] for _ in range(2)]

    status, body, kind = await town.fetches(first)
    assert (status, kind) == (200, "text/csv")
    assert {("ada", "admin", NORTH), ("mona", "manager", "")} <= {
        (row["object_id"], row["role"], row["unit"]) for row in rows(body)
    }
    assert (await town.fetches(first))[0] == 410
    change(town.bot.desk, "update role set valid_to = '2020-01-01' where role = 'admin'")
    assert (await town.fetches(second))[0] == 410
    assert "export people" in town.acts()
    assert town.acts()[-1] == "denied link:people"
