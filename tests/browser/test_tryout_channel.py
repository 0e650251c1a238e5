"""The try-out's channel over HTTP: what it sends the bot, accepts, stores and refuses."""

import csv
import json
import pathlib
import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import aiohttp
import pytest

from checklists.workdays import Workdays
from tests.browser.stub_bot import ANNA, CECILIA, ROOT, SUNDAY_NIGHT, TENANT, MovedClock, StubBot, TryOut
from tests.waiting import PATIENCE
from tryout.clock import to_next_working_morning
from tryout.conversations import KEPT_PER_CONVERSATION, History

Json = dict[str, Any]

AT = "2026-11-22T01:07:00.250Z"
ACT_ID = "0b0a9610-fa93-453d-bd0b-60085a1f9f00"


class Client:
    """Talks to the channel as the page would."""

    def __init__(self, tryout: TryOut, session: aiohttp.ClientSession) -> None:
        self.tryout, self.session = tryout, session

    async def act(
        self, kind: str, *, person: str = ANNA.object_id, act_id: str | None = None, **fields: object
    ) -> Json:
        body = {"id": act_id or str(uuid.uuid4()), "at": AT, "person": person, "kind": kind, **fields}
        async with self.post("/tryout/acts", body) as response:
            assert response.status == 200, await response.text()
            answer: Json = await response.json()
            return answer

    def post(self, path: str, body: object, **headers: str) -> Any:
        own = {"Origin": self.tryout.url} | headers
        return self.session.post(self.tryout.url + path, json=body, headers=own)

    def connector(self, method: str, path: str, body: object = None) -> Any:
        return self.session.request(method, f"{self.tryout.url}/tryout/connector/v3/conversations{path}", json=body)

    async def live(self) -> aiohttp.ClientWebSocketResponse:
        return await self.session.ws_connect(self.tryout.url + "/tryout/live", headers={"Origin": self.tryout.url})

    async def chat(self, person: str = ANNA.object_id) -> list[Json]:
        async with await self.live() as page:
            await page.send_json({"show": person})
            while (event := await next_event(page))["do"] != "chat":
                pass
            entries: list[Json] = event["entries"]
            return entries


async def next_event(page: aiohttp.ClientWebSocketResponse) -> Json:
    event: Json = await page.receive_json(timeout=PATIENCE)
    return event


@pytest.fixture
def bot() -> StubBot:
    return StubBot()


@pytest.fixture
async def tryout(bot: StubBot, tmp_path: pathlib.Path) -> AsyncIterator[TryOut]:
    server = TryOut(bot, tmp_path / "chats.jsonl", MovedClock(SUNDAY_NIGHT))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def client(tryout: TryOut) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(tryout, session)


def common(bot_url: str, act_id: str, kind: str) -> Json:
    """The fields of every activity of Anna's, in Teams' format."""
    return {
        "type": kind,
        "id": act_id,
        "from": {"id": ANNA.user_id, "aadObjectId": ANNA.object_id},
        "timestamp": AT,
        "serviceUrl": f"{bot_url}/tryout/connector",
        "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": ANNA.conversation_id},
        "recipient": {"id": "28:22222222-2222-4222-8222-222222222222", "name": "Beslutskollen"},
        "channelData": {"tenant": {"id": TENANT}},
        "channelId": "msteams",
    }


def from_client(bot_url: str, kind: str) -> Json:
    """The fields her client adds."""
    activity = common(bot_url, ACT_ID, kind)
    activity["from"]["name"] = "Anna Påhittad"
    client_info = {"type": "clientInfo", "locale": "sv-SE", "country": "SE", "platform": "Web"}
    return activity | {
        "locale": "sv-SE",
        "localTimestamp": "2026-11-22T02:07:00.250+01:00",
        "localTimezone": "Europe/Stockholm",
        "entities": [client_info | {"timezone": "Europe/Stockholm"}],
    }


FROM_A_CARD = {"tenant": {"id": TENANT}, "source": {"name": "message"}}


# --- what the bot is sent ---------------------------------------------------------------------------------------------


async def test_opening_a_chat_installs_the_app_and_then_adds_the_members(
    client: Client, bot: StubBot, tryout: TryOut
) -> None:
    assert (await client.act("open", act_id=ACT_ID))["ok"]

    installed, added = bot.got
    settings = {"selectedChannel": {"id": ANNA.conversation_id}}
    expected = common(tryout.url, ACT_ID, "installationUpdate") | {
        "channelData": FROM_A_CARD | {"settings": settings},
        "locale": "sv-SE",
        "entities": [{"type": "clientInfo", "locale": "sv-SE"}],
        "action": "add",
    }
    assert installed == expected
    members = [{"id": ANNA.user_id, "aadObjectId": ANNA.object_id}, {"id": installed["recipient"]["id"]}]
    assert added == common(tryout.url, added["id"], "conversationUpdate") | {"membersAdded": members}
    assert uuid.UUID(added["id"]) != uuid.UUID(ACT_ID)


async def test_a_chat_is_installed_once_also_after_a_restart(client: Client, bot: StubBot, tryout: TryOut) -> None:
    await client.act("open")
    await tryout.stop()
    await tryout.start()
    await client.act("open")

    assert [activity["type"] for activity in bot.got] == ["installationUpdate", "conversationUpdate"]


async def test_a_refused_installation_can_be_tried_again(client: Client, bot: StubBot) -> None:
    bot.refuse = {"conversationUpdate"}
    refused = await client.act("open", act_id=ACT_ID)
    bot.refuse = set()
    taken = await client.act("open", act_id=ACT_ID)

    assert (refused, taken["ok"]) == ({"ok": False, "status": 500}, True)
    assert bot.got[:2] == bot.got[2:]


async def test_a_typed_text_is_a_message_as_teams_sends_it(client: Client, bot: StubBot, tryout: TryOut) -> None:
    await client.act("open")
    await client.act("text", act_id=ACT_ID, text="hej")

    assert bot.got[-1] == from_client(tryout.url, "message") | {"text": "hej", "textFormat": "plain"}


async def test_a_press_on_submit_is_a_message_with_a_value(client: Client, bot: StubBot, tryout: TryOut) -> None:
    await client.act("open")
    await client.act("submit", act_id=ACT_ID, reply_to="1795308937877", value={"do": "x", "hord": "ja"})

    assert bot.got[-1] == from_client(tryout.url, "message") | {
        "channelData": FROM_A_CARD,
        "replyToId": "1795308937877",
        "value": {"do": "x", "hord": "ja"},
    }


@pytest.mark.parametrize(("automatic", "more"), [(False, {}), (True, {"trigger": "automatic"})])
async def test_a_press_on_execute_is_an_invoke_whose_answer_comes_back(
    client: Client, bot: StubBot, tryout: TryOut, automatic: bool, more: Json
) -> None:
    await client.act("open")
    await client.act("text", text="ny")
    action = {"type": "Action.Execute", "title": "Ja", "verb": "answer", "data": {"step": 0, "motiv": "text"}}
    answer = await client.act("execute", act_id=ACT_ID, reply_to="179", action=action, automatic=automatic)

    assert bot.got[-1] == from_client(tryout.url, "invoke") | {
        "channelData": FROM_A_CARD,
        "replyToId": "179",
        "value": {"action": action} | more,
        "name": "adaptiveCard/action",
    }
    assert answer["invoke"]["type"] == "application/vnd.microsoft.card.adaptive"
    assert answer["invoke"]["value"]["body"][1]["text"] == "SN 2026/0123 · 1 av 3"


async def test_the_same_act_again_is_the_same_activity(client: Client, bot: StubBot) -> None:
    await client.act("open")
    bot.refuse = {"message"}
    refused = await client.act("text", act_id=ACT_ID, text="hej")
    bot.refuse = set()
    taken = await client.act("text", act_id=ACT_ID, text="hej")

    assert (refused["ok"], taken["ok"]) == (False, True)
    assert bot.got[-2] == bot.got[-1]


async def test_a_text_the_bot_never_got_does_not_stand_in_the_chat(client: Client, bot: StubBot) -> None:
    await client.act("open")
    bot.refuse = {"message"}
    await client.act("text", text="hej")

    assert await client.chat() == []


async def test_a_text_stands_before_the_answer_to_it(client: Client) -> None:
    await client.act("open")
    await client.act("text", text="hej")

    assert [entry["author"] for entry in await client.chat()] == ["person", "bot"]


@pytest.mark.parametrize(
    "wrong",
    [{"id": "7"}, {"at": "2026-11-22T01:07:00"}, {"at": "now"}, {"kind": "other"}, {"text": 5}, {"text": None}],
)
async def test_an_act_that_is_not_one_is_refused_and_not_sent(client: Client, bot: StubBot, wrong: Json) -> None:
    body = {"id": ACT_ID, "at": AT, "person": ANNA.object_id, "kind": "text", "text": "hej"} | wrong
    async with client.post("/tryout/acts", body) as response:
        assert response.status == 400
    assert not bot.got


# --- calls the bot can make -------------------------------------------------------------------------------------------


async def test_a_posted_message_is_shown_updated_and_deleted(client: Client) -> None:
    await client.act("open")
    path = f"/{ANNA.conversation_id}/activities"
    async with await client.live() as page:
        assert (await next_event(page))["do"] == "hello"
        async with client.connector("POST", path, {"type": "message", "text": "ett"}) as response:
            posted = (await response.json())["id"]
        async with client.connector("PUT", f"{path}/{posted}", {"type": "message", "text": "två"}) as response:
            assert (response.status, await response.json()) == (200, {"id": posted})
        async with client.connector("DELETE", f"{path}/{posted}") as response:
            assert response.status == 200
        async with client.connector("PUT", f"{path}/{posted}", {"type": "message", "text": "tre"}) as response:
            assert response.status == 404
        events = [await next_event(page) for _ in range(3)]

    assert [event["do"] for event in events] == ["post", "update", "delete"]
    assert [event["entry"]["id"] for event in events] == [posted] * 3
    texts = [(event["entry"]["activity"] or {}).get("text") for event in events]
    assert texts == ["ett", "två", None]


async def test_typing_is_shown_and_not_kept(client: Client) -> None:
    await client.act("open")
    async with await client.live() as page:
        await next_event(page)
        async with client.connector("POST", f"/{ANNA.conversation_id}/activities", {"type": "typing"}) as response:
            assert response.status == 200
        assert await next_event(page) == {"do": "typing", "person": ANNA.object_id}
    assert await client.chat() == []


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/a:somebody/activities", 404, "ConversationNotFound"),
        (f"/{CECILIA.conversation_id}/activities", 403, "BotNotInConversationRoster"),
    ],
)
async def test_a_chat_that_is_not_there_takes_no_message(client: Client, path: str, status: int, code: str) -> None:
    async with client.connector("POST", path, {"type": "message", "text": "hej"}) as response:
        assert (response.status, (await response.json())["error"]["code"]) == (status, code)


@pytest.mark.parametrize("member", [ANNA.user_id, ANNA.object_id])
async def test_a_member_is_found_by_either_id(client: Client, member: str) -> None:
    async with client.connector("GET", f"/{ANNA.conversation_id}/members/{member}") as response:
        found = await response.json()
    async with client.connector("GET", f"/{ANNA.conversation_id}/pagedmembers") as response:
        assert await response.json() == {"members": [found]}

    assert found["id"] == ANNA.user_id
    assert (found["aadObjectId"], found["tenantId"]) == (ANNA.object_id, TENANT)


async def test_no_other_member_is_found_in_a_personal_chat(client: Client) -> None:
    async with client.connector("GET", f"/{ANNA.conversation_id}/members/{CECILIA.user_id}") as response:
        assert response.status == 404


async def test_a_conversation_is_created_only_with_someone_who_has_the_app(client: Client) -> None:
    body = {"isGroup": False, "members": [{"id": ANNA.user_id}], "tenantId": TENANT}
    async with client.connector("POST", "", body) as response:
        assert response.status == 403
    await client.act("open")
    async with client.connector("POST", "", body) as response:
        assert (response.status, (await response.json())["id"]) == (201, ANNA.conversation_id)
    async with client.connector("POST", "", {"members": []}) as response:
        assert response.status == 400


# --- what is stored ---------------------------------------------------------------------------------------------------


async def test_what_was_said_and_posted_survives_a_restart(client: Client, tryout: TryOut) -> None:
    await client.act("open")
    await client.act("text", text="ny")
    action = {"type": "Action.Execute", "verb": "answer", "data": {"step": 0}}
    for step in range(3):
        await client.act("execute", reply_to="1", action=action | {"data": {"step": step}})
    before = await client.chat()
    await tryout.stop()
    await tryout.start()

    assert await client.chat() == before
    updated = before[1]["activity"]["attachments"][0]["content"]
    assert updated["body"][0]["text"] == "Sammanställning"


async def test_neither_invoke_answers_nor_what_was_filled_in_is_kept(client: Client, tryout: TryOut) -> None:
    await client.act("open")
    await client.act("text", text="ny")
    action = {"type": "Action.Execute", "verb": "answer", "data": {"step": 0, "comment": "hemligt-i-kortet"}}
    await client.act("execute", reply_to="1", action=action)
    kept = tryout.history.read_text(encoding="utf-8")

    assert "Har barnet kommit till tals" in kept
    assert "hemligt-i-kortet" not in kept
    assert "1 av 3" not in kept


def test_a_line_cut_off_while_written_is_dropped_and_the_rest_kept(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "chats.jsonl"
    history = History(path)
    history.open("a:1")
    history.post("a:1", {"type": "message", "text": "hel"}, AT)
    history.post("a:1", {"type": "message", "text": "halv"}, AT)
    history.close()
    whole = path.read_bytes()
    for cut in range(1, len(whole.splitlines()[-1])):
        path.write_bytes(whole[:-cut])
        again = History(path)
        texts = [entry.activity["text"] for entry in again.conversation("a:1").entries.values() if entry.activity]
        again.post("a:1", {"type": "message", "text": "ny"}, AT)
        again.close()

        assert texts == (["hel", "halv"] if cut == 1 else ["hel"])
        assert all(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def test_every_posted_message_gets_an_id_of_its_own_also_after_a_restart(tmp_path: pathlib.Path) -> None:
    ids = []
    for _ in range(3):
        history = History(tmp_path / "chats.jsonl")
        ids += [int(history.post("a:1", {"type": "message", "text": "hej"}, AT).id) for _ in range(50)]
        history.close()

    assert all(earlier < later for earlier, later in pairwise(ids))


def test_starting_tidies_the_file_to_what_is_shown(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "chats.jsonl"
    history = History(path)
    history.open("a:1")
    posted = history.post("a:1", {"type": "message", "text": "först"}, AT)
    for number in range(KEPT_PER_CONVERSATION):
        history.update("a:1", posted.id, {"type": "message", "text": f"version {number}"})
    gone = history.post("a:1", {"type": "message", "text": "tas bort"}, AT)
    history.delete("a:1", gone.id)
    history.say("a:1", {"id": "s", "timestamp": AT, "text": "kom aldrig fram"})
    history.unsay("a:1", "s")
    before = [entry.to_json() for entry in history.conversation("a:1").entries.values()]
    history.close()
    again = History(path)
    again.close()

    assert [entry.to_json() for entry in again.conversation("a:1").entries.values()] == before
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    assert "tas bort" not in path.read_text(encoding="utf-8")


def test_only_the_newest_lines_of_a_long_chat_are_kept(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "chats.jsonl"
    history = History(path)
    for number in range(KEPT_PER_CONVERSATION + 20):
        history.post("a:1", {"type": "message", "text": str(number)}, AT)
    history.close()
    again = History(path)
    again.close()
    texts = [entry.activity["text"] for entry in again.conversation("a:1").entries.values() if entry.activity]

    assert texts == [str(number) for number in range(20, KEPT_PER_CONVERSATION + 20)]


# --- access -----------------------------------------------------------------------------------------------------------


async def test_the_page_comes_with_a_policy_that_lets_nothing_else_in(client: Client) -> None:
    async with client.session.get(client.tryout.url + "/") as response:
        policy = response.headers["Content-Security-Policy"]
        assert (response.status, response.headers["Cache-Control"]) == (200, "no-store")
        assert response.headers["X-Content-Type-Options"] == "nosniff"

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/", "/tryout/page/main.js", "/tryout/live", "/tryout/nothing/../page/main.js"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:3978", "127.0.0.1.evil.example", "[::2]:3978", ""])
async def test_another_host_name_resolving_to_this_machine_is_refused(client: Client, path: str, host: str) -> None:
    async with client.session.get(client.tryout.url + path, headers={"Host": host}) as response:
        assert response.status in (400, 403)
        assert "no-store" in response.headers.get("Cache-Control", "no-store")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "LOCALHOST"])
async def test_this_machine_is_admitted_by_each_of_its_names(client: Client, name: str) -> None:
    host = f"{name}:{client.tryout.port}"
    async with client.session.get(client.tryout.url + "/", headers={"Host": host}) as response:
        assert response.status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null", ""])
@pytest.mark.parametrize("path", ["/tryout/acts", "/tryout/clock"])
async def test_another_page_cannot_act(client: Client, bot: StubBot, path: str, origin: str) -> None:
    body = {"id": ACT_ID, "at": AT, "person": ANNA.object_id, "kind": "text", "text": "hej", "step": "day"}
    async with client.post(path, body, Origin=origin) as response:
        assert response.status == 403
    assert not bot.got


async def test_another_page_cannot_listen(client: Client) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await client.session.ws_connect(client.tryout.url + "/tryout/live", headers={"Origin": "https://evil.example"})
    assert refused.value.status == 403


@pytest.mark.parametrize("header", [{"Origin": "http://127.0.0.1"}, {"Sec-Fetch-Site": "same-origin"}])
async def test_the_connector_is_not_for_browsers(client: Client, header: dict[str, str]) -> None:
    await client.act("open")
    url = f"{client.tryout.url}/tryout/connector/v3/conversations/{ANNA.conversation_id}/activities"
    async with client.session.post(url, json={"type": "message", "text": "hej"}, headers=header) as response:
        assert response.status == 403
    assert await client.chat() == []


async def test_a_body_that_is_not_json_or_too_large_is_refused(client: Client) -> None:
    url, own = client.tryout.url + "/tryout/acts", {"Origin": client.tryout.url}
    async with client.session.post(url, data="{}", headers=own | {"Content-Type": "text/plain"}) as response:
        assert response.status == 415
    for body, status in (("{", 400), ("[]", 400), ('"x"', 400), ("[" * 100_000, 400), (" " * 262_145, 413)):
        headers = own | {"Content-Type": "application/json"}
        async with client.session.post(url, data=body, headers=headers) as response:
            assert response.status == status


async def test_the_page_is_told_who_there_is(client: Client) -> None:
    await client.act("open")
    await client.act("text", text="hej")
    async with await client.live() as page:
        hello = await next_event(page)

    anna, cecilia = hello["people"][:2]
    assert (anna["name"], anna["title"]) == ("Anna Påhittad", "Handläggare, Enhet Barn Nord")
    assert (anna["opened"], cecilia["opened"], cecilia["newest"]) == (True, False, None)
    assert anna["newest"] == (await client.chat())[-1]["id"]


# --- the clock --------------------------------------------------------------------------------------------------------


async def test_moving_the_clock_moves_the_bots_and_tells_every_page(client: Client, tryout: TryOut) -> None:
    assert tryout.clock is not None
    async with await client.live() as page:
        assert (await next_event(page))["now"] == "2026-11-22T01:07:00.000Z"
        for step, now in (
            ("hour", "2026-11-22T02:07:00.000Z"),
            ("working_morning", "2026-11-23T07:05:00.000Z"),
            ("day", "2026-11-24T07:05:00.000Z"),
        ):
            async with client.post("/tryout/clock", {"step": step}) as response:
                assert await response.json() == {"now": now}
            assert await next_event(page) == {"do": "clock", "now": now}
            assert tryout.clock.now() == datetime.fromisoformat(now)
        async with client.post("/tryout/clock", {"step": "back"}) as response:
            assert response.status == 404


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-11-20T07:04:59+00:00", "2026-11-20T07:05:00+00:00"),  # Friday 08:04 in Sweden: the same morning
        ("2026-11-20T07:05:00+00:00", "2026-11-23T07:05:00+00:00"),  # Friday 08:05: Monday
        ("2026-10-23T12:00:00+00:00", "2026-10-26T07:05:00+00:00"),  # across the end of summer time
        ("2026-04-02T12:00:00+00:00", "2026-04-07T06:05:00+00:00"),  # Maundy Thursday: Tuesday after Easter
        ("2026-12-23T12:00:00+00:00", "2026-12-28T07:05:00+00:00"),  # Christmas
        ("2026-06-18T12:00:00+00:00", "2026-06-22T06:05:00+00:00"),  # midsummer
        ("2026-05-13T12:00:00+00:00", "2026-05-15T06:05:00+00:00"),  # Ascension Day
        ("2026-12-30T12:00:00+00:00", "2027-01-04T07:05:00+00:00"),  # New Year
    ],
)
def test_the_next_working_morning_is_a_swedish_one(now: str, morning: str) -> None:
    start = datetime.fromisoformat(now)

    assert start + to_next_working_morning(start, Workdays().is_working) == datetime.fromisoformat(morning)


# --- people -----------------------------------------------------------------------------------------------------------


def test_the_made_up_people_are_enough_to_try_everything() -> None:
    with (ROOT / "tryout/people.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    of_role = {
        role: {row["object_id"] for row in rows if row["role"] == role} for role in {row["role"] for row in rows}
    }

    assert list(rows[0]) == ["tenant_id", "object_id", "email", "name", "unit", "role", "valid_from", "valid_to"]
    assert {row["tenant_id"] for row in rows} == {TENANT}
    assert rows[0]["object_id"] == ANNA.object_id
    assert len({row["object_id"] for row in rows}) >= 8
    assert {role: len(ids) for role, ids in of_role.items()} == {
        "case_worker": 3,
        "peer_reviewer": 4,
        "unit_manager": 2,
        "manager": 1,
        "auditor": 1,
        "admin": 1,
    }
    assert all(row["email"].endswith(".invalid") for row in rows)


async def test_a_server_with_a_page_open_stops_at_once(client: Client, tryout: TryOut) -> None:
    async with await client.live() as page:
        await next_event(page)
        await tryout.stop()
        message = await page.receive(timeout=PATIENCE)
        assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING)
