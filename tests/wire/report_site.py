"""The link pages with figures of two made-up units, and a person whose roles tests can change."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.clock import Clock
from bot.metrics import Metrics
from bot.pages.links import add_links
from bot.pages.purposes import PURPOSES
from checklists.model import Role
from dialogs.figures import addresses
from storage import links, people
from storage.desk import Desk, Session
from storage.people import RoleRow
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.sql.conftest import KEYS, World, change, make_world
from tests.sql.test_figures import begin

NORTH, SOUTH = "Norra <b>(påhittad)</b>", "Södra (påhittad)"
AT = datetime(2026, 5, 12, 8, 30, tzinfo=UTC)
FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)


class Standing(Clock):
    def now(self) -> datetime:
        return AT


@dataclass
class Site:
    """The bot's pages, and an HTTP client for them."""

    desk: Desk
    world: World
    client: "TestClient[web.Request, web.Application]"

    def holds(self, role: Role, unit: str, valid_to: date | None = None) -> None:
        """Replace the person's roles by this one."""
        change(self.desk, "delete from role")

        def work(session: Session) -> None:
            unit_id, of = people.unit(session, self.world.tenant, unit).id or 0, self.world
            row = RoleRow(tenant_id=of.tenant, person_id=of.person, unit_id=unit_id, role=role, valid_to=valid_to)
            session.add(row)

        self.desk.run_now(work)

    def link(self, unit: str, first: date = FIRST, last: date = LAST) -> str:
        scope = links.report_scope(unit, first, last)
        return self.desk.run_now(
            lambda session: links.make(session, self.world.tenant, self.world.person, addresses.REPORT, scope, AT)
        )

    async def presses(self, token: str) -> tuple[int, str]:
        answer = await self.client.post(addresses.PATHS["report"], data={"l": token})
        return answer.status, await answer.text()

    async def report(self, unit: str, first: date = FIRST, last: date = LAST) -> str:
        status, text = await self.presses(self.link(unit, first, last))
        assert status == 200
        return text


def figures(session: Session, world: World) -> None:
    """Ten lists in the north, eight of them Ja (six of ten the quarter before), and three in the south."""
    for month, yes in ((2, 6), (5, 8)):
        for one in range(10):
            begin(session, world, NORTH, date(2026, month, 1 + one), {"child_heard": "ja" if one < yes else "nej"})
    for one in range(3):
        begin(session, world, SOUTH, date(2026, 5, 1 + one), {"child_heard": "nej"})


@asynccontextmanager
async def report_site(folder: Path) -> AsyncIterator[Site]:
    """Yield the site on a new database."""
    desk = Desk(put_database(folder / "bot.db"), Keys(KEYS, TRAIL))
    world = desk.run_now(make_world)
    desk.run_now(lambda session: figures(session, world))
    app = web.Application(client_max_size=0)
    add_links(app, desk, Standing(), Metrics(), PURPOSES)
    async with TestClient(TestServer(app)) as client:
        yield Site(desk, world, client)
    desk.close()
