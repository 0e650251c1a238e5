"""The personal tab over HTTP: who gets in, what the pages may do, and the figures and cases in them."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app import main
from bot.settings import BadSettings, read_settings
from bot.tab.entra import SignedIn
from bot.tab.sessions import LASTS, Sessions
from checklists.model import Role
from storage import conversations, people, tenants
from storage.cases import CaseRow
from storage.desk import Session
from storage.people import PersonRow, RoleRow
from tests.migrated import put_database
from tests.sql.conftest import add_case
from tests.wire.door import TENANT
from tests.wire.in_process_bot import FAR, SECRET, InProcessBot
from tests.wire.issuer import APP_ID, Issuer, private_key, published
from tests.wire.tab_site import RESOURCE, Visitor, tab_settings, token
from texts import say

NORTH, SOUTH = "Norra (påhittad)", "Södra (påhittad)"
CHEF, MANAGER, WORKER = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
REF = "SN 2026/0777"


@dataclass
class Town:
    """A bot with its tab, and made-up people in two units."""

    bot: InProcessBot
    issuer: Issuer

    def visitor(self, object_id: str, tenant: str = TENANT) -> Visitor:
        return Visitor(self.bot, self.issuer, object_id, tenant)


def settle(session: Session) -> None:
    home = tenants.ensure(session, TENANT)
    tenants.ensure(session, FAR)
    roles: list[tuple[str, Role, str]] = [
        (CHEF, "unit_manager", NORTH),
        (MANAGER, "manager", ""),
        (WORKER, "case_worker", NORTH),
    ]
    for object_id, role, unit in roles:
        row = PersonRow(tenant_id=home.id, object_id=object_id, name=f"Påhittad {role}")
        session.add(row)
        session.flush()
        unit_id = people.unit(session, home.id, unit).id
        session.add(RoleRow(tenant_id=home.id, person_id=row.id, unit_id=unit_id, role=role))
        channel = f"a:personal-{object_id}"
        conversations.begin(
            session, home.id, row.id, channel, "http://127.0.0.1:1/", json.dumps({"user": {"id": "29:x"}})
        )
        if role == "case_worker":
            case = CaseRow(tenant_id=home.id, ref=REF, unit_id=unit_id, lead_id=row.id, received_on=None)
            add_case(session, case)
    people.unit(session, home.id, SOUTH)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with Issuer() as issuer:
        bot = InProcessBot(tmp_path, **tab_settings(tmp_path, issuer))
        bot.desk.run_now(settle)
        async with bot:
            yield Town(bot, issuer)


# --- signing in ------------------------------------------------------------------------------------------------------


async def test_a_token_of_either_version_signs_her_in(town: Town) -> None:
    async with town.visitor(CHEF) as chef:
        assert (await chef.opens()).asks_to_sign_in
        assert await chef.signs_in(version=1) == 204
        assert await chef.signs_in(version=2) == 204
        assert NORTH in (await chef.opens("flik-rapport")).words


REFUSED: dict[str, Callable[[], dict[str, Any]]] = {
    "issuer of another tenant": lambda: {"iss": f"https://login.microsoftonline.com/{FAR}/v2.0"},
    "issuer that looks like it": lambda: {"iss": f"https://login.microsoftonline.com.example/{TENANT}/v2.0"},
    "no issuer": lambda: {"iss": None},
    "audience of another app": lambda: {"aud": APP_ID.replace("2", "3")},
    "several audiences": lambda: {"aud": [APP_ID]},
    "address of another app": lambda: {"aud": RESOURCE + "x"},
    "no audience": lambda: {"aud": None},
    "tenant not served": lambda: {
        "tid": "33333333-3333-4333-8333-333333333333",
        "iss": "https://sts.windows.net/33333333-3333-4333-8333-333333333333/",
    },
    "no tenant": lambda: {"tid": None},
    "nobody": lambda: {"oid": None},
    "somebody with no name": lambda: {"oid": ""},
    "another permission": lambda: {"scp": "User.Read"},
    "an app's own token": lambda: {"scp": None, "roles": ["access_as_user"]},
    "expired": lambda: {"exp": int(datetime.now(UTC).timestamp()) - 301},
    "not yet": lambda: {"nbf": int(datetime.now(UTC).timestamp()) + 301},
    "no end": lambda: {"exp": None},
    "no beginning": lambda: {"nbf": None},
    "an end that is none": lambda: {"exp": True},
}


async def test_a_token_with_anything_wrong_is_refused(town: Town) -> None:
    async with town.visitor(CHEF) as chef:
        for wrong, changed in REFUSED.items():
            assert await chef.signs_in(**changed()) == 401, wrong
            assert not chef.cookie, wrong
        assert (await chef.opens("flik-rapport")).asks_to_sign_in


async def test_a_token_of_no_key_or_another_tenants_key_is_refused(town: Town) -> None:
    issuer = town.issuer
    issuer.keys["two"] = private_key("two")
    whose = {"one": "{tenantid}", "two": FAR}
    issuer.listed = [
        published(kid, key, issuer=f"https://login.microsoftonline.com/{whose[kid]}/v2.0")
        for kid, key in issuer.keys.items()
    ]
    async with town.visitor(CHEF) as chef:
        assert await chef.signs_in(kid="two") == 401
        issuer.keys["three"] = private_key("three")
        assert await chef.signs_in(kid="three") == 401
        good = token(issuer, CHEF)
        assert await chef.signs_in_with(f"Bearer {good[:-8]}AAAAAAAA") == 401
        assert await chef.signs_in_with(good) == 401
        assert await chef.signs_in() == 204


async def test_whoever_has_no_role_gets_no_page_and_whoever_loses_it_none_more(town: Town) -> None:
    async with town.visitor("00000000-0000-4000-8000-00000000dead") as nobody, town.visitor(CHEF) as chef:
        assert await nobody.signs_in() == 204
        for path in ("flik", "flik-rapport", "flik-arenden", "flik-export"):
            assert (await nobody.opens(path)).status == 403
        await chef.signs_in()
        assert (await chef.opens("flik-rapport")).status == 200

        def ends(session: Session) -> None:
            for row in people.roles_on(session, 1, datetime.now(UTC).date()):
                row.valid_to = datetime.now(UTC).date() - timedelta(days=2)

        town.bot.desk.run_now(ends)
        assert (await chef.opens("flik-rapport")).status == 403


async def test_the_same_person_in_another_tenant_is_a_stranger_here(town: Town) -> None:
    async with town.visitor(CHEF, FAR) as other:
        assert await other.signs_in() == 204
        assert (await other.opens("flik-rapport")).status == 403


def test_a_session_is_one_hour_one_persons_and_cannot_be_made_up() -> None:
    sessions, now = Sessions(SECRET), datetime(2026, 5, 12, 8, tzinfo=UTC)
    who = SignedIn(TENANT, CHEF)
    said = sessions.begin(who, now)
    name, _, rest = said.partition("=")
    cookie, _, how = rest.partition("; ")
    assert name.startswith("__Host-")
    assert {"Path=/", "Secure", "HttpOnly", "SameSite=None", "Partitioned"} <= set(how.split("; "))
    visit = sessions.read(cookie, now)
    assert visit is not None
    assert visit.who == who
    assert sessions.read(cookie, now + LASTS - timedelta(seconds=1)) is not None
    assert sessions.read(cookie, now + LASTS) is None
    assert Sessions(bytes(32)).read(cookie, now) is None
    body, _, tag = cookie.partition(".")
    for forged in (
        "",
        ".",
        body,
        f"{body}.",
        f"{body}.{tag[:-1]}",
        f"{body[:-2]}AA.{tag}",
        f".{tag}",
        "ö.ö",
        f"{body}=.{tag}",
    ):
        assert sessions.read(forged, now) is None, forged
    assert sessions.is_form(who, sessions.form(who))
    assert not sessions.is_form(SignedIn(TENANT, MANAGER), sessions.form(who))
    assert not sessions.is_form(who, tag)


async def test_without_a_sign_in_there_is_no_tab(tmp_path: Path) -> None:
    async with Issuer() as issuer:
        bot = InProcessBot(tmp_path)
        async with bot, Visitor(bot, issuer, CHEF) as chef:
            for path in ("flik", "flik-rapport", "flik-arenden", "flik-export", "flik.js", "flik.css", "flik-teams.js"):
                assert (await chef.opens(path)).status == 404
            assert await chef.signs_in() == 404


async def test_only_teams_may_frame_the_pages(town: Town) -> None:
    async with town.visitor(CHEF) as chef:
        await chef.signs_in()
        for path in ("flik", "flik-rapport", "flik-arenden"):
            headers = (await chef.opens(path)).headers
            policy = headers["Content-Security-Policy"]
            framed = policy.partition("frame-ancestors ")[2].split()
            assert framed == [
                "https://teams.microsoft.com",
                "https://*.teams.microsoft.com",
                "https://*.cloud.microsoft",
            ]
            assert "X-Frame-Options" not in headers
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy
            assert headers["Cache-Control"] == "no-store"
        await chef.opens("integritet")
        assert "frame-ancestors 'none'" in chef.page.headers["Content-Security-Policy"]


# --- figures and cases -----------------------------------------------------------------------------------------------


async def test_the_report_has_its_choices_in_the_address_and_files_without_links(town: Town) -> None:
    async with town.visitor(MANAGER) as manager:
        await manager.signs_in()
        first = await manager.opens()
        assert say("report_page.everywhere", "sv") in first.words
        narrowed = await manager.opens("flik-rapport", unit=SOUTH, period="2026 kv 1")
        assert SOUTH in narrowed.words
        assert "2026-01-01–2026-03-31" in narrowed.html
        wrong = await manager.opens("flik-rapport", unit=SOUTH, period="när som helst")
        assert say("errors.BK-130", "sv") in wrong.words
        csv = await manager.opens("flik-export", unit=SOUTH, period="2026 kv 1", format="csv")
        assert csv.status == 200
        assert "attachment" in csv.headers["Content-Disposition"]
        xlsx = await manager.opens("flik-export", period="2026", format="xlsx")
        assert xlsx.headers["Content-Type"].endswith("spreadsheetml.sheet")
        assert (await manager.opens("flik-export", period="2026", format="exe")).status == 403
    assert town.bot.acts().count(("export", "tab:export")) == 2


async def test_nobody_sees_figures_that_are_not_hers(town: Town) -> None:
    async with town.visitor(CHEF) as chef, town.visitor(WORKER) as worker:
        await chef.signs_in()
        await worker.signs_in()
        for path in ("flik-rapport", "flik-export"):
            for unit in (SOUTH, "", "Påhittad"):
                assert (await chef.opens(path, unit=unit, format="csv")).status == 403
            assert (await worker.opens(path, format="csv")).status == 403
        assert say("tab.in_the_chat", "sv") in (await worker.opens()).words
    assert ("denied", "tab:report") in town.bot.acts()
    assert ("denied", "tab:export") in town.bot.acts()


async def test_a_chef_goes_down_to_the_cases_of_her_unit_and_can_only_look(town: Town) -> None:
    async with town.visitor(CHEF) as chef, town.visitor(MANAGER) as manager:
        await chef.signs_in()
        listed = await chef.opens("flik-arenden")
        assert REF in listed.words
        one = await chef.presses(say("buttons.open_case", "sv", ref=REF))
        assert say("details.about", "sv", ref=REF) in one.words
        assert "f.lead" not in one.html  # nothing to fill in where nothing is taken
        assert say("buttons.save_workers", "sv") not in one.titles
        await manager.signs_in()
        assert (await manager.opens("flik-arenden")).status == 403
        await manager.opens()
        assert say("tab.way_cases", "sv") not in manager.page.words


async def test_in_a_municipality_of_the_chat_nothing_is_written_in_the_tab(town: Town) -> None:
    async with town.visitor(CHEF) as chef:
        await chef.signs_in()
        await chef.opens("flik-arenden")
        form = chef.page.forms[0]
        form.put("line", f"ny {REF}")
        form.action = "flik"
        before = town.bot.acts()
        assert say("tab.in_the_chat", "sv") in (await chef.sends(form)).words
        assert town.bot.acts() == before


# --- what comes from elsewhere ---------------------------------------------------------------------------------------


OTHERS: tuple[dict[str, str], ...] = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
)


async def test_a_form_of_another_page_is_not_taken(town: Town) -> None:
    async with town.visitor(CHEF) as chef:
        await chef.signs_in()
        form, cookie = (await chef.opens("flik-arenden")).forms[0], chef.cookie
        for headers in OTHERS:
            chef.cookie = cookie
            assert (await chef.sends(form, form.buttons[0], **headers)).status == 403, headers
            chef.cookie = ""  # nor is she asked to sign in for it
            assert (await chef.sends(form, form.buttons[0], **headers)).status == 403, headers


async def test_a_form_made_for_somebody_else_is_not_taken(town: Town) -> None:
    async with town.visitor(CHEF) as chef, town.visitor(MANAGER) as manager:
        await chef.signs_in()
        await manager.signs_in()
        form = (await chef.opens("flik-arenden")).forms[0]
        assert say("tab.not_from_here", "sv") in (await manager.sends(form, form.buttons[0])).words


# --- what is set -----------------------------------------------------------------------------------------------------


def test_a_bot_whose_tab_lacks_something_does_not_start(tmp_path: Path) -> None:
    script = tmp_path / "teams.js"
    script.write_text("", encoding="utf-8")
    whole: dict[str, Any] = {
        **{"mode": "dev", "tenants": frozenset({TENANT}), "MicrosoftAppId": APP_ID},
        **{"tab_resource": RESOURCE, "teams_js": str(script)},
    }
    read_settings(**whole).check_for_serving()
    for changed, code in (
        ({"MicrosoftAppId": ""}, "BK-472"),
        ({"teams_js": str(tmp_path / "none.js")}, "BK-473"),
        ({"tab_metadata_url": "http://login.example.invalid/keys"}, "BK-315"),
    ):
        with pytest.raises(BadSettings, match=code):
            read_settings(**{**whole, **changed}).check_for_serving()
    with pytest.raises(BadSettings, match="BK-309"):
        read_settings(**{**whole, "tab_resource": "https://bot.example.invalid"})


def test_the_choice_of_the_tab_needs_the_tab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "BK_MODE": "dev",
        "BK_DATABASE_URL": f"sqlite:///{put_database(tmp_path / 'bot.db')[10:]}",
    }.items():
        monkeypatch.setenv(name, value)
    assert main(("people", "import", str(_register(tmp_path)))) == 0
    assert main(("settings", TENANT, "content=tab")) == 1
    monkeypatch.setenv("BK_TAB_RESOURCE", RESOURCE)
    assert main(("settings", TENANT, "content=tab")) == 0


def _register(folder: Path) -> Path:
    file = folder / "people.csv"
    file.write_text(
        f"tenant_id;email;name;unit;role\n{TENANT};anna@example.invalid;Anna Påhittad;Nord (påhittad);admin\n"
    )
    return file
