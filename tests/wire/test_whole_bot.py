"""The whole bot as a process, addressed as Teams does: recorded JSON in; what connector and client receive."""

import json
import sqlite3
import uuid
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.browser.real_bot import RealBot, free_ports
from tests.waiting import until
from tests.wire.door import TENANT, recorded
from tests.wire.faulty_connector import Arrival, Fault, FaultyConnector
from tests.wire.test_commands import run

PEOPLE = (
    "tenant_id;object_id;email;name;unit;role\n"
    f"{TENANT};anna;;Anna Påhittad;Enhet (påhittad);case_worker\n"
    f"{TENANT};;mejl@example.invalid;Mejl Påhittad;Enhet (påhittad);case_worker\n"
)


class Teams:
    """The channel's side: posts activities for people and sees what comes back."""

    def __init__(self, bot: RealBot, connector: FaultyConnector, session: aiohttp.ClientSession) -> None:
        self.bot, self.connector, self.session = bot, connector, session

    async def posts(
        self, kind: str, who: str = "anna", *, sent: int = 0, **changes: Any
    ) -> tuple[int, Any, list[Arrival]]:
        """Post a recorded activity as someone's; return status, body and what was sent to the connector.

        sent: how many requests to wait for; a reply may come after the answer.
        """
        activity = recorded(kind) | {"id": str(uuid.uuid4()), "serviceUrl": self.connector.service_url.rstrip("/")}
        activity["from"] = {"id": f"29:{who}", "aadObjectId": who}
        if "group" not in kind:
            activity["conversation"] = {"conversationType": "personal", "tenantId": TENANT, "id": f"a:{who}"}
        before = len(self.connector.arrivals)
        async with self.session.post(self.bot.url + "/api/messages", json=activity | changes) as answer:
            text = await answer.text()
        await self.connector.until(f"{sent} requests", lambda: len(self.connector.arrivals) >= before + sent)
        return answer.status, json.loads(text) if text else None, self.connector.arrivals[before:]

    async def types(self, words: str, who: str = "anna") -> dict[str, Any]:
        """Write a line and return the message that came back."""
        before = len(self.connector.arrivals)
        await self.posts("message.text", who, text=words)

        def answers() -> list[Arrival]:
            return [a for a in self.connector.arrivals[before:] if a.method == "POST" and f"a%3A{who}/" in a.path]

        await self.connector.until(f"an answer to {who}", answers)
        message: dict[str, Any] = answers()[0].activity
        return message


def card_of(message: dict[str, Any]) -> dict[str, Any]:
    card: dict[str, Any] = message["attachments"][0]["content"]
    return card


def button(card: dict[str, Any], title: str) -> dict[str, Any]:
    return next(a for part in card["body"] for a in part.get("actions", ()) if a["title"] == title)


@pytest.fixture
async def teams(tmp_path: Path) -> AsyncIterator[Teams]:
    port, admin = free_ports(2)
    bot = RealBot(tmp_path, port, admin, {"BK_TENANTS": TENANT}, arguments=())
    bot.is_given(PEOPLE)
    await bot.start()
    async with FaultyConnector() as connector, aiohttp.ClientSession() as session:
        yield Teams(bot, connector, session)
    await bot.stop()


async def test_she_is_welcomed_once_and_a_message_with_a_card_has_no_text(teams: Teams) -> None:
    _, _, first = await teams.posts("installationUpdate.add", sent=1)
    again = [await teams.posts("conversationUpdate.start"), await teams.posts("conversationUpdate.mocked-add-user")]

    message = first[0].activity
    assert message["text"] == ""
    assert message["summary"] == "Beslutskollen har något att visa dig."
    assert "Välkommen" in json.dumps(card_of(message), ensure_ascii=False)
    assert [arrivals for _, _, arrivals in again] == [[], []]


async def test_in_a_group_it_says_one_neutral_sentence(teams: Teams) -> None:
    status, _, arrivals = await teams.posts("message.group-mention", sent=1)

    assert status == 200
    assert [a.activity["text"] for a in arrivals] == [
        "Beslutskollen svarar bara i personlig chatt. Skriv till mig där, så hjälper jag dig."
    ]
    await all_chained(teams.bot)


async def test_an_older_clients_press_moves_the_card_it_was_made_on(teams: Teams) -> None:
    facts = card_of(await teams.types("ny SN 2026/0001"))
    data = button(facts, "Spara")["fallback"]["data"] | {"violence": "nej", "child_communicated": "ja"}
    _, _, arrivals = await teams.posts("message.action-submit", sent=1, value=data, replyToId="the-card")

    assert [(a.method, a.path.rpartition("/")[2]) for a in arrivals] == [("PUT", "the-card")]
    assert button(card_of(arrivals[0].activity), "Ja")


async def test_a_press_is_answered_in_the_response_and_nothing_is_sent(teams: Teams) -> None:
    facts = card_of(await teams.types("ny SN 2026/0001"))
    action = {"verb": "save_facts", "data": button(facts, "Spara")["data"] | {"violence": "nej"}}
    status, body, arrivals = await teams.posts("invoke.adaptiveCard-action", value={"action": action})

    assert (status, body["statusCode"], arrivals) == (200, 200, [])
    assert body["type"] == "application/vnd.microsoft.card.adaptive"
    assert button(body["value"], "Nej")


async def test_an_unknown_invoke_is_400(teams: Teams) -> None:
    action = {"action": {"verb": "made_up", "data": {"token": "x"}}}

    assert (await teams.posts("invoke.adaptiveCard-action", name="task/fetch"))[0] == 400
    status, body, _ = await teams.posts("invoke.adaptiveCard-action", value=action)
    assert (status, body["type"]) == (200, "application/vnd.microsoft.activity.message")


async def test_an_email_is_bound_at_first_contact_to_its_own_person_only(teams: Teams) -> None:
    email = "mejl@example.invalid"

    def answers(who: str, **changes: str) -> None:
        member = {"id": "29:x", "aadObjectId": who, "tenantId": TENANT, "userRole": "user", "email": email} | changes
        teams.connector.script.append(Fault(200, body=json.dumps(member)))

    nobodies: tuple[dict[str, str], ...] = (
        {"tenantId": "another"},
        {"tenantId": ""},
        {"userRole": "Guest"},
        {"userPrincipalName": "mejl_example.invalid#EXT#@other"},
        {"aadObjectId": "someone"},
    )
    for number, changes in enumerate(nobodies):
        answers(f"nobody-{number}", **changes)
        assert "attachments" not in await teams.types("hej", f"nobody-{number}")
    answers("mejl", email="", userPrincipalName=email.title())

    assert "attachments" in await teams.types("hej", "mejl")
    assert [a.method for a in (await teams.posts("message.text", "mejl", sent=1, text="hej"))[2]] == ["POST"]
    answers("late")
    assert "attachments" not in await teams.types("hej", "late")
    with sqlite3.connect(teams.bot.folder / "bot.db") as database:
        denied = database.execute("select count(*) from event where act = 'denied' and actor = 'unknown'").fetchone()
    database.close()
    assert denied == (len(nobodies) + 1,), "each refused stranger must be in the trail once"


async def test_a_typed_personal_number_reaches_no_file(teams: Teams) -> None:
    message = await teams.types("640823-3234 har inte kommit till tals")

    assert "Radera meddelandet i Teams" in message["text"]
    await teams.bot.stop()
    assert b"640823" not in teams.bot.files()


async def all_chained(bot: RealBot) -> None:
    """Wait for the chainer, which comes round by itself."""
    await until("the chainer", partial(bot.command, "verify-log"), lambda said: "0 not chained" in said)


# --- commands and starting -------------------------------------------------------------------------------------------


def test_made_up_people_never_come_beside_real_credentials(tmp_path: Path) -> None:
    assert run(tmp_path, "serve", "--demo", BK_MODE="production").returncode == 2
    assert run(tmp_path, "serve", "--demo", MicrosoftAppId="x").returncode == 2


async def test_a_changed_event_is_named_by_verify_log(teams: Teams) -> None:
    await teams.types("hej")
    await teams.types("ny SN 2026/0001")
    await all_chained(teams.bot)
    await teams.bot.stop()
    with sqlite3.connect(teams.bot.folder / "bot.db") as database:
        with pytest.raises(sqlite3.IntegrityError, match="takes additions only"):
            database.execute("update event set act = 'nothing' where act = 'case_opened'")
        database.execute("drop trigger event_no_change")  # as someone who may alter the schema could
        database.execute("update event set act = 'nothing' where act = 'case_opened'")
    database.close()

    done = run(teams.bot.folder, "verify-log", BK_DATABASE_URL=f"sqlite:///{teams.bot.folder / 'bot.db'}")
    assert done.returncode == 1
    assert "was changed" in done.stderr
