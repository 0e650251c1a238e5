"""What the front door admits, what it refuses, and with which status, over HTTP."""

import asyncio
import json
import logging
import unicodedata
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.door.front_door import MAX_BODY, AdmissionPolicy, server_options
from bot.door.inbound import clean_text, clean_value, read_activity
from bot.door.service_hosts import DEFAULT_SERVICE_HOSTS, may_call
from tests.waiting import patience
from tests.wire.door import DEV, RECORDED, TENANT, Door, recorded

ALLOWED = {200, 400, 401, 403, 413, 415}
MESSAGE = recorded("message.text")
HEAD = b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
ACTIVITIES = sorted(path.stem for path in RECORDED.glob("*.json") if path.stem != "request-headers")


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with Door(DEV) as opened:
        yield opened


def message(**changed: Any) -> dict[str, Any]:
    return MESSAGE | changed


async def raw_exchange(port: int, *parts: bytes) -> bytes:
    """Send raw bytes and read until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        return await reader.read()
    finally:
        writer.close()


# Admitted


@pytest.mark.parametrize("name", ACTIVITIES)
async def test_every_recorded_activity_is_admitted(name: str) -> None:
    activity = recorded(name)
    tenant = activity["conversation"]["tenantId"]
    async with Door(AdmissionPolicy(mode="dev", tenants=frozenset({tenant}))) as door:
        assert await door.post(activity, recorded("request-headers") | {"Content-Length": "", "Host": ""}) == 200

        (inbound,) = door.turns
        assert inbound.raw == activity
        assert (inbound.type, inbound.id, inbound.tenant_id) == (activity["type"], activity.get("id"), tenant)
        assert inbound.service_url == activity["serviceUrl"]
        assert inbound.conversation.id == activity["conversation"]["id"]
        assert inbound.from_ is not None
        assert inbound.from_.aad_object_id == activity["from"]["aadObjectId"]


def test_a_press_keeps_its_verb_data_and_the_card_it_was_on() -> None:
    inbound = read_activity(json.dumps(recorded("invoke.adaptiveCard-action")).encode())

    assert inbound.name == "adaptiveCard/action"
    assert inbound.reply_to_id == "1795308970106"
    assert inbound.value is not None
    assert inbound.value["action"]["verb"] == "inputs"
    assert inbound.value["action"]["data"]["hord"] == "ja"


def test_who_came_and_what_was_installed_is_read() -> None:
    assert read_activity(json.dumps(recorded("installationUpdate.remove")).encode()).action == "remove"
    added = read_activity(json.dumps(recorded("conversationUpdate.start")).encode()).members_added
    assert [member.id for member in added] == ["29:anna", "28:22222222-2222-4222-8222-222222222222"]


def test_mentions_of_the_bot_are_removed() -> None:
    inbound = read_activity(json.dumps(recorded("message.group-mention")).encode())

    assert (inbound.text, inbound.conversation.is_group) == ("exec", True)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("<at>Beslutskollen</at>&nbsp;ja", "&nbsp;ja"),
        ('<at id="0">Beslutet</at> ja', "Beslutet ja"),
        ("fråga <at>Beda Påhittad</at> först", "fråga Beda Påhittad först"),
        ("a < b och <attans", "a < b och <attans"),
        ("  ja\r\nnej\0 ", "  ja\nnej "),
        ("a\u030a\u00a0e\u0301", "å\u00a0é"),
        ("\U0001f469\u200d\U0001f467 \u202bشبح\u202c", "\U0001f469\u200d\U0001f467 \u202bشبح\u202c"),
    ],
)
def test_text_is_normalized(typed: str, read: str) -> None:
    assert read_activity(json.dumps(message(text=typed)).encode()).text == read


def test_a_mention_is_the_bots_when_its_entity_says_so_whatever_it_is_called() -> None:
    entity = {"type": "mention", "mentioned": {"id": MESSAGE["recipient"]["id"]}, "text": "<at>Kollen</at>"}

    assert read_activity(json.dumps(message(text="<at>Kollen</at> hej", entities=[entity])).encode()).text == "hej"


def test_every_string_in_a_value_is_cleaned_however_deep() -> None:
    value = {"a": ["e\u0301\0", {"b": "x\r\ny", "n": 1, "t": True, "tom": None}]}
    cleaned = {"a": ["é", {"b": "x\ny", "n": 1, "t": True, "tom": None}]}

    assert clean_value(value) == cleaned
    assert read_activity(json.dumps(message(value=value)).encode()).value == cleaned


def test_nul_is_removed_everywhere_but_an_escaped_backslash_before_u0000_is_kept() -> None:
    body = json.dumps(message(text="NUL\0NUL", locale=r"a\u0000b")).encode()
    read = read_activity(body.replace(b'"Beslutskollen"', b'"Besluts\\u0000kollen"'))

    assert read.raw["recipient"]["name"] == "Beslutskollen"
    assert (read.text, read.locale) == ("NULNUL", r"a\u0000b")


@settings(deadline=None)
@given(st.text(max_size=300).filter(lambda text: not any("\ud800" <= character <= "\udfff" for character in text)))
def test_cleaned_text_can_be_stored_and_loses_nothing_but_what_is_said(text: str) -> None:
    expected = unicodedata.normalize("NFC", text.replace("\0", "").replace("\r\n", "\n"))

    assert clean_text(text) == expected
    assert "\0" not in clean_text(text).encode().decode()


@pytest.mark.parametrize("pile", ["\u0315\u0300" * 25_000, "\u0f73" * 30_000, "\u0344\u0315" * 20_000])
def test_stacked_combining_marks_that_would_stall_nfc_are_rejected(pile: str) -> None:
    with pytest.raises(ValueError, match="combining"):
        clean_text(f"a{pile}")


def test_what_was_said_and_by_whom_is_not_printed() -> None:
    printed = repr(read_activity(json.dumps(recorded("message.action-submit")).encode()))

    assert "installation" not in printed
    for secret in ("hej å", "Anna", "submit1"):
        assert secret not in printed


# Refused


def nested(depth: int) -> bytes:
    return json.dumps(message()).encode()[:-1] + b', "value": ' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"


BODIES: dict[str, bytes] = {
    "empty": b"",
    "empty object": b"{}",
    "list": b"[]",
    "null": b"null",
    "text": b'"hej"',
    "number": b"7",
    "cut": json.dumps(message()).encode()[:-5],
    "two values": json.dumps(message()).encode() * 2,
    "bad UTF-8": json.dumps(message()).encode().replace(b"hej", b"h\xe5j"),
    "UTF-16": json.dumps(message()).encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + json.dumps(message()).encode(),
    "NaN": json.dumps(message(value={"x": float("nan")})).encode(),
    "Infinity": json.dumps(message(value={"x": float("-inf")})).encode(),
    "number without end": json.dumps(message(value={"x": 7})).replace(": 7}", ": 1e999}").encode(),
    "5000 digits": json.dumps(message(value={"x": 7})).replace(": 7}", ": " + "7" * 5000 + "}").encode(),
    "65 bits": json.dumps(message(value={"x": 2**63})).encode(),
    "repeated key": json.dumps(message()).encode()[:-1] + b', "type": "invoke"}',
    "repeated key far in": json.dumps(message(value={"x": 7})).replace('{"x": 7}', '{"x": 7, "x": 8}').encode(),
    "deep": nested(100),
    "very deep": nested(40_000),
    "deep lists": b"[" * 100_000,
    "lone surrogate in text": json.dumps(message(text="a\ud800")).encode(),
    "lone surrogate in value": json.dumps(message(value={"x": ["\udfff"]})).encode(),
    "lone surrogate in a key": json.dumps(message(value={"\udfff": 1})).encode(),
    "control character": json.dumps(message(text="a\tb")).replace("\\t", "\t").encode(),
    "type missing": json.dumps({name: value for name, value in MESSAGE.items() if name != "type"}).encode(),
    "type a number": json.dumps(message(type=1)).encode(),
    "text a list": json.dumps(message(text=["hej"])).encode(),
    "value a list": json.dumps(message(value=[1])).encode(),
    "value text": json.dumps(message(value="ja")).encode(),
    "from text": json.dumps(message(**{"from": "29:anna"})).encode(),
    "from missing": json.dumps(message(**{"from": None})).encode(),
    "id missing": json.dumps(message(id=None)).encode(),
    "id a number": json.dumps(message(id=7)).encode(),
    "id too long": json.dumps(message(id="x" * 501)).encode(),
    "id with a line end": json.dumps(message(id="a\nb")).encode(),
    "conversation missing": json.dumps(message(conversation=None)).encode(),
    "conversation without id": json.dumps(message(conversation={"tenantId": TENANT})).encode(),
    "isGroup text": json.dumps(message(conversation=MESSAGE["conversation"] | {"isGroup": "no"})).encode(),
    "members an object": json.dumps(recorded("conversationUpdate.start") | {"membersAdded": {}}).encode(),
    "entities text": json.dumps(message(entities="x")).encode(),
    "serviceUrl a number": json.dumps(message(serviceUrl=1)).encode(),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_body_that_is_not_an_activity_is_400(door: Door, body: bytes) -> None:
    assert await door.post(body) == 400
    assert door.turns == []


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "json", "application/json; charset=",
     "application/json; charset=utf-16", "application/json; charset=nonsense", "application/json; charset=latin-1"],
)  # fmt: skip
async def test_anything_but_json_in_utf_8_is_415(door: Door, content_type: str) -> None:
    assert await door.post(message(), {"Content-Type": content_type}) == 415


@pytest.mark.parametrize("content_type", ["application/json", 'Application/JSON; Charset="UTF-8"', "application/json;"])
async def test_json_in_utf_8_is_admitted_however_the_content_type_is_written(door: Door, content_type: str) -> None:
    assert await door.post(message(), {"Content-Type": content_type}) == 200


async def test_a_compressed_body_is_415(door: Door) -> None:
    assert await door.post(message(), {"Content-Encoding": "gzip"}) == 415


async def test_a_body_over_256_kib_is_413_and_one_of_exactly_256_kib_is_read(door: Door) -> None:
    body = json.dumps(message()).encode()

    assert await door.post(body + b" " * (MAX_BODY - len(body))) == 200
    assert await door.post(body + b" " * (MAX_BODY - len(body) + 1)) == 413


async def test_a_content_length_over_the_limit_is_413_before_the_body_is_sent(door: Door) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(HEAD + b"Content-Length: 999999\r\n\r\n")
    async with patience("an answer before the body"):
        assert (await reader.readline()).startswith(b"HTTP/1.1 413")
    writer.close()


async def test_a_body_without_content_length_is_measured_while_read(door: Door) -> None:
    head = HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"

    answer = await raw_exchange(door.port, head, *[chunk] * 9, b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413")


async def test_an_incomplete_body_times_out() -> None:
    head = HEAD + b"Content-Length: 100\r\n\r\n{"
    policy = AdmissionPolicy(mode="dev", tenants=frozenset({TENANT}), read_seconds=0.1)
    async with Door(policy, read_seconds=0.1) as door, patience("the body to time out"):
        assert (await raw_exchange(door.port, head)).startswith(b"HTTP/1.1 400")


async def test_incomplete_headers_time_out() -> None:
    async with Door(DEV, read_seconds=0.1) as door, patience("the headers to be given up"):
        assert await raw_exchange(door.port, b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Ty") == b""


async def test_a_body_whose_chunks_are_broken_is_400(door: Door) -> None:
    head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

    assert b" 400 " in (await raw_exchange(door.port, head, b"5\r\n{    \r\nzz\r\n")).splitlines()[0]
    assert door.turns == []


async def test_a_caller_that_disconnects_halfway_has_no_effect(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    head = HEAD + b"Content-Length: 100\r\n\r\n{"
    _, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(head)
    await writer.drain()
    writer.transport.abort()
    async with patience("a line in the log", lambda: caplog.text):
        while "400 broken_body" not in caplog.text:
            assert await door.post(message()) == 200

    assert "http:" not in caplog.text
    assert all(turn.text == "hej" for turn in door.turns)


@pytest.mark.parametrize("length", [9_000, 100_000, 1_000_000])
async def test_a_giant_token_is_refused_and_never_logged(
    door: Door, caplog: pytest.LogCaptureFixture, length: int
) -> None:
    with caplog.at_level(logging.DEBUG):
        head = b"POST /api/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer KANARIE" + b"A" * length
        try:
            answer = await raw_exchange(door.port, head, b"\r\n\r\n")
        except ConnectionError:  # the server closed before the whole megabyte was sent
            answer = b"- 400 -"

    assert b" 400 " in answer.splitlines()[0]
    assert "http: LineTooLong" in caplog.text
    assert "KANARIE" not in caplog.text
    assert await door.post(message()) == 200
    assert len(door.turns) == 1


@pytest.mark.parametrize(
    "text", ["x" * 250_000, "<at>" * 60_000, "<at " * 60_000, "<blockquote " * 20_000, "å" * 40_000]
)
async def test_a_message_that_is_too_long_comes_in_so_that_it_can_be_answered(door: Door, text: str) -> None:
    assert await door.post(message(text=text)) == 200
    assert door.turns[0].said == text


async def test_forty_thousand_entities_do_no_harm(door: Door) -> None:
    crowd: list[dict[str, str]] = [{}] * 40_000

    assert await door.post(message(entities=crowd)) == 200
    assert await door.post(message(entities=crowd, conversation=None)) == 400


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff", "not_utf8"),
        (b"{", "not_json"),
        (b"[]", "not_an_object"),
        (b'{"type": "a", "type": "a"}', "repeated_key"),
        (b'{"a": NaN}', "no_number"),
        (b'{"a": 1e999}', "number_too_large"),
        (b'{"a": "\\ud800"}', "lone_surrogate"),
        (b"[" * 100 + b"]" * 100, "too_deep"),
        (json.dumps(message(conversation=None)).encode(), "field_conversation"),
        (json.dumps(message(id=None)).encode(), "no_author"),
    ],
)
async def test_what_is_wrong_with_a_body_is_told_apart_without_quoting_it(
    door: Door, caplog: pytest.LogCaptureFixture, body: bytes, reason: str
) -> None:
    assert await door.post(body) == 400
    assert f"refused: 400 body {reason}" in caplog.text
    assert "KANARIE" not in caplog.text


async def test_a_refusal_returns_one_code_and_logs_only_codes(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(door.url, json=message(type="KANARIE" * 100)) as response,
    ):
        assert (response.status, await response.json()) == (400, {"error": "body"})
    assert "refused: 400 body field_type" in caplog.text
    assert "KANARIE" not in caplog.text


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"channelData": {"tenant": {"id": "t2"}}, "conversation": {"id": "a", "tenantId": "t2"}}, 403),
        ({"channelData": {"tenant": {"id": "t2"}}}, 403),
        ({"channelData": None, "conversation": {"id": "a"}}, 403),
        ({"channelData": {"tenant": {"id": TENANT}}, "conversation": {"id": "a"}}, 200),
        ({"channelData": None}, 200),
        ({"channelId": "emulator"}, 403),
        ({"channelId": None}, 403),
        ({"serviceUrl": None}, 403),
        ({"serviceUrl": "http://10.0.0.7/_connector"}, 403),
        ({"serviceUrl": "https://smba.trafficmanager.net/emea/"}, 403),
        ({"serviceUrl": "https://[::1]:8443/"}, 200),
    ],
)
async def test_tenant_channel_and_service_url_must_be_listed(door: Door, changed: dict[str, Any], status: int) -> None:
    assert await door.post(message(**changed)) == status
    assert len(door.turns) == (status == 200)


def test_one_tenant_stated_in_two_cases_is_one_tenant() -> None:
    stated = {"channelData": {"tenant": {"id": "MADE-UP"}}, "conversation": {"id": "a", "tenantId": "Made-Up"}}

    assert read_activity(json.dumps(message(**stated)).encode()).tenant_id == "made-up"


def test_production_without_a_token_check_or_tenants_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="token check"):
        AdmissionPolicy(mode="production", tenants=frozenset({TENANT}))


# Addresses


@pytest.mark.parametrize(
    "url",
    ["https://smba.trafficmanager.net/emea/", "https://smba.trafficmanager.net/teams", "https://SMBA.trafficmanager.net:443/x/",
     "https://smba.infra.gcc.teams.microsoft.com/teams", "https://europe.api.botframework.com"],
)  # fmt: skip
def test_teams_own_addresses_may_be_called(url: str) -> None:
    assert may_call(url, mode="production", hosts=DEFAULT_SERVICE_HOSTS)


@pytest.mark.parametrize(
    "url",
    ["", "smba.trafficmanager.net", "http://smba.trafficmanager.net/", "ftp://smba.trafficmanager.net/",
     "https://evil.trafficmanager.net/", "https://trafficmanager.net/", "https://smba.trafficmanager.net.evil.example/",
     "https://evil.example/smba.trafficmanager.net/", "https://smba.trafficmanager.net@evil.example/",
     "https://evil.example#smba.trafficmanager.net/", "https://evil.example\\@smba.trafficmanager.net/",
     "https://evil.example?.teams.microsoft.com/", "https://evilteams.microsoft.com/", "https://.teams.microsoft.com/x\n",
     "https://smba.trafficmanager.net:99999/", "https://smba.trafficmanager.net\t/", "https://smba.trafficmanager.net./",
     "https://127.0.0.1/", "http://localhost/", "https://smba.trafficmanager.net/" + "x" * 1000],
)  # fmt: skip
def test_hosts_that_only_resemble_them_may_not_be_called(url: str) -> None:
    allowed = may_call(url, mode="production", hosts=DEFAULT_SERVICE_HOSTS)

    assert not allowed


def test_a_listed_loopback_host_may_be_called_without_tls_and_no_other() -> None:
    hosts = frozenset({"127.0.0.1", "localhost:8001", "proxy.example"})

    assert may_call("http://127.0.0.1:4000/_connector", mode="production", hosts=hosts)
    assert may_call("http://localhost:8001/", mode="production", hosts=hosts)
    assert not may_call("http://localhost:8002/", mode="production", hosts=hosts)
    assert not may_call("http://proxy.example/", mode="production", hosts=hosts)
    assert may_call("https://proxy.example/", mode="production", hosts=hosts)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1.evil.example/", "http://0.0.0.0/", "http://127.1/", "http://2130706433/"]
)
def test_dev_mode_calls_loopback_only(url: str) -> None:
    assert may_call("http://localhost:3978/_connector", mode="dev", hosts=frozenset())
    assert not may_call(url, mode="dev", hosts=frozenset({"127.0.0.1.evil.example"}))


# Arbitrary input

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
)
FIELDS = {name: JSON | st.just(value) for name, value in MESSAGE.items()}
OTHERS = dict.fromkeys(["value", "membersAdded", "membersRemoved", "action", "name", "replyToId"], JSON)
ANY_ACTIVITY = st.fixed_dictionaries({}, optional=FIELDS | OTHERS)


def test_whatever_json_is_posted_is_answered_with_an_allowed_status() -> None:
    with asyncio.Runner() as runner:
        door = Door(DEV)
        runner.run(door.__aenter__())

        @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(ANY_ACTIVITY | JSON)
        def post_it(body: Any) -> None:
            assert runner.run(door.post(body)) in ALLOWED

        @settings(max_examples=150, deadline=None)
        @given(st.sampled_from(ACTIVITIES), st.data())
        def change_bytes(name: str, data: st.DataObject) -> None:
            body = bytearray(json.dumps(recorded(name)).encode())
            for _ in range(data.draw(st.integers(1, 5))):
                body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
            assert runner.run(door.post(bytes(body))) in ALLOWED

        try:
            post_it()
            change_bytes()
        finally:
            runner.run(door.__aexit__(None, None, None))


def test_the_server_does_not_decompress_bodies_or_log_requests() -> None:
    options = server_options()

    assert (options["keepalive_timeout"], options["auto_decompress"], options["access_log"]) == (10.0, False, None)
