"""The pages on privacy and terms: open to all, with what the municipality has set, and nothing of a case."""

import json
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.metrics import Metrics
from bot.pages import public_pages
from bot.pages.pages import HEADERS
from bot.pages.public_pages import add_public_pages
from bot.settings import read_settings
from checklists.rights import ROLES
from storage import tenants
from storage.desk import Desk, Session
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.sql.conftest import KEYS
from tests.wire.door import TENANT
from tests.wire.issuer import APP_ID
from tests.wire.test_commands import run

OWN = {"municipality": "Påhittade <kommun>", "privacy_contact": "dataskydd@kommunen.example"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(put_database(tmp_path / "bot.db"), Keys(KEYS, TRAIL))


class Site:
    """The pages on a server."""

    def __init__(self, desk: Desk, **settings: object) -> None:
        app = web.Application()
        served = {"mode": "dev", "tenants": frozenset({TENANT})} | settings
        self.metrics = Metrics()
        add_public_pages(app, read_settings(**served), desk, self.metrics)
        self.server = TestServer(app)

    async def get(self, path: str) -> tuple[int, str, dict[str, str]]:
        async with aiohttp.ClientSession() as session, session.get(self.server.make_url(path)) as answer:
            return answer.status, await answer.text(), dict(answer.headers)


@pytest.fixture
async def site(desk: Desk) -> AsyncIterator[Site]:
    made = Site(desk, **OWN)
    async with made.server:
        yield made
    desk.close()


def keeps(desk: Desk, **periods: int) -> None:
    def work(session: Session) -> None:
        tenants.set_setting(tenants.ensure(session, TENANT), "retention", periods)

    desk.run_now(work)


async def test_privacy_says_who_answers_and_for_how_long_things_are_kept(desk: Desk, site: Site) -> None:
    keeps(desk, case_months=61, message_days=17)
    status, text, headers = await site.get("/integritet")

    assert status == 200
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert '<html lang="sv">' in text
    assert "Påhittade &lt;kommun&gt; ansvarar" in text
    for part in ("dataskydd@kommunen.example", "61 månader", "meddelanden i 17 dagar", "appen sparas i 90 dagar"):
        assert part in text
    assert [*re.findall(r"<h2>(.*)</h2>", text)] == [
        "Vem som ansvarar",
        "Vad som sparas",
        "Vem som ser uppgifterna",
        "Hur länge de sparas",
        "Radering, rättelse och utdrag",
    ]
    _, english, _ = await site.get("/integritet?lang=en")
    assert '<html lang="en">' in english
    assert "61 months" in english
    assert 'href="integritet?lang=sv"' in english


NAMED = {
    "case_worker": "Handläggaren",
    "unit_manager": "Chefen",
    "deputy": "den som ersätter chefen",
    "peer_reviewer": "Granskare",
    "auditor": "revisorer",
    "manager": "Den som leder verksamheten",
    "admin": "Systemförvaltaren",
}


async def test_privacy_names_every_role_that_sees_anything(desk: Desk, site: Site) -> None:
    _, text, _ = await site.get("/integritet")

    assert set(NAMED) == set(ROLES)
    assert [role for role, words in NAMED.items() if words not in text] == []
    assert "med nyckeln även texterna" in text


async def test_privacy_says_how_long_what_is_kept_about_staff_who_have_left_stays(desk: Desk, site: Site) -> None:
    keeps(desk, leaver_months=23)
    _, text, _ = await site.get("/integritet")
    assert "medarbetare som slutat tas bort tidigast 23 månader efter" in text


async def test_terms_are_in_both_languages(site: Site) -> None:
    for query, begins in (("", "Villkor för Beslutskollen"), ("?lang=en", "Terms of Beslutskollen")):
        status, text, _ = await site.get("/villkor" + query)
        assert status == 200
        assert f"<h1>{begins}</h1>" in text
        assert "Påhittade &lt;kommun&gt;" in text
    _, other, _ = await site.get("/villkor?lang=<script>")
    assert "script" not in other


async def test_what_is_not_set_is_not_made_up(desk: Desk) -> None:
    keeps(desk)
    made = Site(desk)
    async with made.server:
        _, text, _ = await made.get("/integritet")
    assert "Den kommun vars medarbetare använder appen ansvarar" in text
    assert text.count("tas inte bort förrän kommunen har beslutat") == 2, "cases, and staff who have left"
    desk.close()


async def test_several_municipalities_have_their_own_periods(desk: Desk) -> None:
    keeps(desk, case_months=61)
    made = Site(desk, tenants=frozenset({TENANT, "another"}))
    async with made.server:
        _, text, _ = await made.get("/integritet")
    assert "61" not in text
    assert 'where="link"} 1.0' not in made.metrics.text(None).decode(), "it is meant, and no crash"
    assert "Kommunen bestämmer hur länge" in text
    desk.close()


async def test_the_database_is_asked_once_a_minute_at_most_and_need_not_answer(
    desk: Desk, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeps(desk, case_months=61)
    await site.get("/integritet")
    keeps(desk, case_months=62)
    assert "61 månader" in (await site.get("/integritet"))[1]

    monkeypatch.setattr(public_pages, "FRESH_SECONDS", 0.0)
    made = Site(desk, **OWN)
    async with made.server:
        assert "62 månader" in (await made.get("/integritet"))[1]
        desk.engine.dispose()
        desk._reading.dispose()
        monkeypatch.setattr(desk, "read", None)
        status, text, _ = await made.get("/integritet")
    assert status == 200
    assert "Kommunen bestämmer hur länge" in text
    assert 'where="link"} 1.0' in made.metrics.text(None).decode()


async def test_they_are_also_below_the_path_of_the_public_address(desk: Desk) -> None:
    made = Site(desk, public_url="https://bot.kommunen.example/teams")
    async with made.server:
        for path in ("/integritet", "/teams/integritet", "/villkor", "/teams/villkor"):
            assert (await made.get(path))[0] == 200
    desk.close()


# --- the package that links to them ----------------------------------------------------------------------------------


def test_a_package_names_the_municipality_and_its_version_rises_with_what_it_says(tmp_path: Path) -> None:
    settings = {"MicrosoftAppId": APP_ID.upper(), "BK_PUBLIC_URL": "https://bot.kommunen.example"}

    def manifest() -> dict[str, dict[str, str]]:
        with zipfile.ZipFile(tmp_path / "beslutskollen.zip") as package:
            found: dict[str, dict[str, str]] = json.loads(package.read("manifest.json"))
            return found

    first = run(tmp_path, "package", **settings)
    assert first.returncode == 0, first.stderr
    before, bytes_before = manifest(), (tmp_path / "beslutskollen.zip").read_bytes()
    assert run(tmp_path, "package", **settings).stdout == first.stdout
    assert (tmp_path / "beslutskollen.zip").read_bytes() == bytes_before

    run(tmp_path, "package", **settings, BK_MUNICIPALITY=" Påhittade   kommun ")
    now = manifest()
    assert now["developer"]["name"] == "Påhittade kommun"
    assert now["developer"]["termsOfUseUrl"] == "https://bot.kommunen.example/villkor"
    assert str(now["version"]) > str(before["version"])

    (tmp_path / "old.zip").write_bytes(bytes_before)
    done = run(tmp_path, "package", "--out", "new.zip", "--before", "old.zip", **settings)
    assert (tmp_path / "new.zip").read_bytes() == bytes_before, done.stderr
    (tmp_path / "old.zip").write_bytes(b"made up")
    assert "(BK-442)" in run(tmp_path, "package", "--out", "n.zip", "--before", "old.zip", **settings).stderr
    assert "(BK-341)" in run(tmp_path, "package", "--out", "n.zip", "--before", "none.zip", **settings).stderr


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("BK_MUNICIPALITY", "P" * 33, "BK-440"),
        ("BK_MUNICIPALITY", "På\x07hittad", "BK-440"),
        ("BK_PRIVACY_URL", "http://kommunen.example", "BK-441"),
        ("BK_TERMS_URL", "kommunen.example", "BK-441"),
        ("BK_WEBSITE_URL", "https://kommunen.example/ å", "BK-441"),
        ("BK_WEBSITE_URL", "https://anna@kommunen.example", "BK-441"),
    ],
)
def test_what_teams_would_not_take_is_named_by_its_setting(tmp_path: Path, name: str, value: str, code: str) -> None:
    done = run(tmp_path, "package", **{name: value})

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert name in done.stderr
    assert f"({code})" in done.stderr
