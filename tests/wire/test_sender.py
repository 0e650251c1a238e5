"""The sender over HTTP, with a connector that fails in every known way."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest

from bot.door.service_hosts import DEFAULT_SERVICE_HOSTS
from bot.sending.pace import IN_TOTAL, PER_CONVERSATION, Pace
from bot.sending.sender import (
    REPLY_DEADLINE,
    TIME_OUT,
    ChatAddress,
    Failed,
    Gone,
    Sender,
    SendError,
    Throttled,
    TooLarge,
    Uncertain,
    Unreachable,
)
from bot.sending.service_token import NoServiceToken, ServiceToken, token_endpoint
from tests.waiting import PATIENCE, moved_time, patience, time_that_leaps
from tests.wire.door import TENANT
from tests.wire.faulty_connector import Fault, FaultyConnector
from tests.wire.in_process_bot import FAR

CHAT = "a:personal-anna"
HELLO = {"type": "message", "text": "hej å"}


def chat_at(url: str, chat: str = CHAT, tenant: str = TENANT) -> ChatAddress:
    return ChatAddress(url, chat, tenant)


@dataclass
class Line:
    """A connector, a sender using it, and the sender's pauses in seconds."""

    connector: FaultyConnector
    session: aiohttp.ClientSession
    pauses: list[float]
    sender: Sender
    move_time: Callable[[float], None]

    async def send(self, **how: Any) -> str:
        return await self.sender.send(chat_at(self.connector.service_url), HELLO, **how)

    async def send_now(self, **how: Any) -> str:
        return await self.sender.send_now(chat_at(self.connector.service_url), HELLO, **how)

    async def time_runs_out(self, connector: FaultyConnector | None = None, seconds: float = TIME_OUT) -> None:
        """Wait until a request hangs, then advance the clock by `seconds`."""
        at = connector or self.connector
        await at.until("a request that hangs", lambda: at.hung)
        self.move_time(seconds)


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async with FaultyConnector() as connector, aiohttp.ClientSession() as session:
        sender = Sender(session, mode="dev", service_hosts=frozenset(), sleep=pause)
        with moved_time() as move_time:
            yield Line(connector, session, pauses, sender, move_time)


@contextmanager
def raises_just(kind: type[SendError]) -> Iterator[list[SendError]]:
    """Expect exactly this error class, no subclass; yields a list that contains it afterwards."""
    seen: list[SendError] = []
    with pytest.raises(SendError) as caught:
        yield seen
    assert type(caught.value) is kind
    seen.append(caught.value)


# Calls


async def test_a_message_is_posted_and_its_id_given_back(line: Line) -> None:
    assert await line.send() == "sent"

    (arrival,) = line.connector.arrivals
    assert (arrival.method, arrival.path) == ("POST", "/_connector/v3/conversations/a%3Apersonal-anna/activities")
    assert arrival.activity == HELLO
    assert arrival.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "Authorization" not in arrival.headers


async def test_each_call_uses_its_own_method_and_url(line: Line) -> None:
    url = line.connector.service_url.rstrip("/")
    await line.sender.send(chat_at(url), HELLO, reply_to="1:2/3?#")
    await line.sender.update(chat_at(url), "a b", HELLO)
    await line.sender.delete(chat_at(url), "å")
    await line.sender.member(chat_at(url, "19:x@thread.v2"), "29:anna")

    root = "/_connector/v3/conversations"
    assert [(arrival.method, arrival.path) for arrival in line.connector.arrivals] == [
        ("POST", f"{root}/a%3Apersonal-anna/activities/1%3A2%2F3%3F%23"),
        ("PUT", f"{root}/a%3Apersonal-anna/activities/a%20b"),
        ("DELETE", f"{root}/a%3Apersonal-anna/activities/%C3%A5"),
        ("GET", f"{root}/19%3Ax%40thread.v2/members/29%3Aanna"),
    ]


@pytest.mark.parametrize("conversation", ["..", ".", ""])
async def test_an_id_that_would_escape_the_url_path_is_not_sent(line: Line, conversation: str) -> None:
    with raises_just(Failed):
        await line.sender.send(chat_at(line.connector.service_url, conversation), HELLO)
    assert line.connector.arrivals == []


async def test_a_member_is_read_and_an_unknown_one_is_none(line: Line) -> None:
    line.connector.script.extend([Fault(200, body='{"id": "29:anna", "email": "anna@example.se"}'), Fault(404)])
    ask = (chat_at(line.connector.service_url), "29:anna")

    assert await line.sender.member(*ask) == {"id": "29:anna", "email": "anna@example.se"}
    assert await line.sender.member(*ask) is None


@pytest.mark.parametrize("body", ["", "{}", "[]", "<html>", '{"id": 7}'])
async def test_a_message_taken_without_a_name_is_sent_all_the_same(line: Line, body: str) -> None:
    line.connector.script.append(Fault(200, body=body))

    assert await line.send() == ""


# Failures

STATUSES: list[tuple[int, type[SendError]]] = [
    (403, Gone),
    (404, Gone),
    (413, TooLarge),
    (412, Throttled),
    (429, Throttled),
    (502, Uncertain),
    (503, Uncertain),
    (504, Uncertain),
    (400, Failed),
    (401, Failed),
    (500, Failed),
    (301, Failed),
    (307, Failed),
]


@pytest.mark.parametrize(("status", "kind"), STATUSES)
async def test_each_status_raises_its_own_error_without_a_retry(line: Line, status: int, kind: type[SendError]) -> None:
    line.connector.script.append(Fault(status, {"Location": "/elsewhere"}))

    with raises_just(kind) as seen:
        await line.send()
    assert seen[0].status == status
    assert len(line.connector.arrivals) == 1


@pytest.mark.parametrize("how", ["hang", "drip", "reset"])
async def test_a_request_sent_without_a_response_is_uncertain(line: Line, how: str) -> None:
    line.connector.script.append(Fault(how=how))

    sending = asyncio.create_task(line.send())
    if how != "reset":
        await line.time_runs_out()
    with raises_just(Uncertain):
        await sending
    assert len(line.connector.arrivals) == 1


async def test_nothing_was_sent_when_the_connector_is_unreachable(line: Line) -> None:
    url = line.connector.service_url
    await line.connector.stop()

    with raises_just(Unreachable):
        await line.sender.send(chat_at(url), HELLO)


async def test_a_full_connection_pool_is_not_an_uncertain_send(line: Line) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
        sender = Sender(session, mode="dev", service_hosts=frozenset())
        line.connector.script.append(Fault(how="hang"))
        first, second = (
            asyncio.create_task(sender.send(chat_at(line.connector.service_url), HELLO, urgent=True)) for _ in range(2)
        )
        await line.time_runs_out(seconds=0.6 * TIME_OUT)  # half of it is reserved for connecting
        with raises_just(Unreachable):
            await second
        assert not first.done()
        await line.time_runs_out()
        with raises_just(Uncertain):
            await first

    assert len(line.connector.arrivals) == 1


async def test_an_address_that_is_not_listed_gets_nothing(line: Line) -> None:
    token = ServiceToken(line.session, app_id="app", password="x", endpoint=line.connector.service_url)
    sender = Sender(line.session, mode="production", service_hosts=DEFAULT_SERVICE_HOSTS, token=token)

    with raises_just(Failed):
        await sender.send(chat_at(line.connector.service_url), HELLO)
    assert line.connector.arrivals == []


def test_production_without_a_token_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="token"):
        Sender(None, mode="production", service_hosts=DEFAULT_SERVICE_HOSTS)  # type: ignore[arg-type]


# send_now


@pytest.mark.parametrize("status", [412, 429])
async def test_a_throttled_reply_is_sent_again_and_never_before_retry_after(line: Line, status: int) -> None:
    line.connector.script.extend([Fault(status, {"Retry-After": "3"}), Fault(status, {"Retry-After": "1"})])

    assert await line.send_now() == "sent"
    assert line.pauses == [3.0, 1.0]
    assert len(line.connector.arrivals) == 3


async def test_retry_after_is_really_waited_for() -> None:
    async with FaultyConnector() as connector, aiohttp.ClientSession() as session:
        connector.script.append(Fault(429, {"Retry-After": "1"}))
        sender = Sender(session, mode="dev", service_hosts=frozenset())
        await sender.send_now(chat_at(connector.service_url), HELLO, deadline=PATIENCE)

    first, second = connector.arrivals
    assert second.at - first.at >= 1.0


async def test_a_pause_beyond_the_deadline_is_not_begun(line: Line) -> None:
    line.connector.script.append(Fault(429, {"Retry-After": "30"}))

    with raises_just(Throttled) as seen:
        await line.send_now()
    assert isinstance(seen[0], Throttled)
    assert seen[0].retry_after == 30.0
    assert line.pauses == []


async def test_without_retry_after_the_pauses_are_random_and_the_attempts_six(line: Line) -> None:
    line.connector.script.extend([Fault(429)] * 6)

    with raises_just(Throttled):
        await line.send_now(deadline=100)
    assert len(line.connector.arrivals) == 6
    assert all(0 < pause < 0.5 * 2**n for n, pause in enumerate(line.pauses))
    assert len(set(line.pauses)) == 5


async def test_retry_after_may_be_a_date(line: Line) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    line.connector.script.extend(Fault(429, {"Retry-After": when}) for when in (later, "soon"))

    with raises_just(Throttled) as dated:
        await line.send()
    with raises_just(Throttled) as unreadable:
        await line.send()
    assert isinstance(dated[0], Throttled)
    assert 55 < (dated[0].retry_after or 0) <= 60
    assert isinstance(unreadable[0], Throttled)
    assert unreadable[0].retry_after is None


@pytest.mark.parametrize(("status", "kind"), [pair for pair in STATUSES if pair[1] is not Throttled])
async def test_nothing_but_a_throttled_reply_is_sent_twice(line: Line, status: int, kind: type[SendError]) -> None:
    line.connector.script.append(Fault(status))

    with raises_just(kind):
        await line.send_now()
    assert len(line.connector.arrivals) == 1


async def test_a_reply_that_exceeds_the_deadline_is_uncertain(line: Line) -> None:
    line.connector.script.append(Fault(how="hang"))

    sending = asyncio.create_task(line.send_now())
    await line.time_runs_out(seconds=REPLY_DEADLINE)
    with raises_just(Uncertain):
        await sending


# Rate limits


async def test_the_connector_never_receives_more_per_second_than_allowed(line: Line) -> None:
    """Forty at once, ten of them to Anna."""
    chats = [CHAT] * 10 + [f"a:personal-{number}" for number in range(30)]
    sender = Sender(line.session, mode="dev", service_hosts=frozenset())
    await asyncio.gather(*(sender.send(chat_at(line.connector.service_url, chat), HELLO) for chat in chats))

    all_at = [arrival.at for arrival in line.connector.arrivals]
    hers = [arrival.at for arrival in line.connector.arrivals if "personal-anna" in arrival.path]
    assert (len(all_at), len(hers)) == (40, 10)
    assert most_in_one_second(all_at) <= IN_TOTAL
    assert most_in_one_second(hers) <= PER_CONVERSATION


@pytest.mark.parametrize(("urgent", "share"), [(True, 0.8), (False, 0.6)])
async def test_throughput_is_close_to_the_rate_limit(urgent: bool, share: float) -> None:
    pace, went = Pace(), dict[int, float]()

    async def go(number: int) -> None:
        await pace.turn("anna" if number < 10 else str(number), urgent=urgent)
        went[number] = asyncio.get_running_loop().time()

    with time_that_leaps():
        await asyncio.gather(*(go(number) for number in range(40)))

    hers = [at for number, at in went.items() if number < 10]
    assert IN_TOTAL * share <= most_in_one_second([*went.values()]) <= IN_TOTAL
    assert PER_CONVERSATION * share <= most_in_one_second(hers) <= PER_CONVERSATION


async def all_go(pace: Pace, conversations: int) -> list[float]:
    """Have twelve replies wait for their turn, and return when each went."""
    went: list[float] = []

    async def go(number: int) -> None:
        await pace.turn(str(number % conversations), urgent=True)
        went.append(asyncio.get_running_loop().time())

    with time_that_leaps():
        await asyncio.gather(*(go(number) for number in range(12)))
    return went


def assert_apart(went: list[float], share: int) -> None:
    """Check that no more than `share` went in any half second, however a sum of floats is rounded."""
    assert all(later - earlier > 0.5 - 1e-6 for earlier, later in zip(went, went[share:], strict=False))


@pytest.mark.parametrize("conversations", [1, 100])
async def test_replies_go_at_once_until_the_window_is_full(conversations: int) -> None:
    went = await all_go(Pace(per_conversation=5, total=10, window=0.5), conversations)

    share = 5 if conversations == 1 else 10
    assert went[share - 1] == went[0]
    assert_apart(went, share)


@pytest.mark.parametrize(("replicas", "at_once"), [((1,), 10), ((2,), 5), ((3,), 3), ((100,), 1), ((2, 1), 10)])
async def test_replicas_share_the_total_rate_and_the_last_one_has_all_of_it(
    replicas: tuple[int, ...], at_once: int
) -> None:
    pace = Pace(per_conversation=100, total=10, window=0.5)
    for count in replicas:
        pace.share(count)
    went = await all_go(pace, 100)

    assert went.count(went[0]) == at_once
    assert_apart(went, at_once)


@pytest.mark.parametrize(("replicas", "at_once"), [(1, 10), (2, 5)])
async def test_one_tenants_messages_hold_up_no_other_tenants(line: Line, replicas: int, at_once: int) -> None:
    """Teams counts per tenant. Replicas share the rate of each, also of one that first writes after they were told."""
    sender = Sender(line.session, mode="dev", service_hosts=frozenset(), pace=partial(Pace, 100, 10, 60.0))
    sender.share(replicas)
    url = line.connector.service_url
    many = [asyncio.create_task(sender.send(chat_at(url, f"a:north-{n}"), HELLO, urgent=True)) for n in range(20)]
    await line.connector.until("as many as may go", lambda: len(line.connector.arrivals) == at_once)
    async with patience("messages of another tenant"):
        for number in range(at_once):
            await sender.send(chat_at(url, f"a:south-{number}", FAR), HELLO, urgent=True)

    assert Counter(arrival.path.split("/")[4][:8] for arrival in line.connector.arrivals) == {
        "a%3Anort": at_once,
        "a%3Asout": at_once,
    }
    for task in many:
        task.cancel()


def most_in_one_second(times: list[float]) -> int:
    """Return the largest number of sends in any one second."""
    return max(sum(start <= at < start + 1 for at in times) for start in times)


async def test_a_busy_conversation_keeps_nobody_else_waiting() -> None:
    pace = Pace(per_conversation=1, total=1000, window=60)
    await pace.turn("busy")
    held = [asyncio.create_task(pace.turn("busy")) for _ in range(3)]
    async with patience("the turn of a quiet conversation"):
        await pace.turn("quiet")
    assert not any(task.done() for task in held)
    for task in held:
        task.cancel()


async def test_replies_go_before_reminders_each_in_order_of_arrival() -> None:
    pace = Pace(per_conversation=1, total=1, window=0.02)
    order: list[str] = []

    async def go(name: str, urgent: bool) -> None:
        await pace.turn(name, urgent=urgent)
        order.append(name)

    await pace.turn("first")
    await asyncio.gather(go("reminder 1", False), go("reminder 2", False), go("person 1", True), go("person 2", True))
    assert order == ["person 1", "person 2", "reminder 1", "reminder 2"]


async def test_while_people_write_replies_seldom_wait_and_reminders_still_go() -> None:
    """Fifty people, each with a line every three seconds on average, while more reminders wait than can go."""
    pace = Pace()
    dice = random.Random(1)
    waits: list[float] = []
    others: list[float] = []

    async def person(name: str) -> None:
        for _ in range(20):
            await asyncio.sleep(dice.uniform(0, 6))
            asked = asyncio.get_running_loop().time()
            await pace.turn(name, urgent=True)
            waits.append(asyncio.get_running_loop().time() - asked)

    async def reminder(name: str) -> None:
        await pace.turn(name)
        others.append(asyncio.get_running_loop().time())

    with time_that_leaps():
        reminders = [asyncio.create_task(reminder(f"r{number}")) for number in range(2000)]
        await asyncio.gather(*(person(f"p{number}") for number in range(50)))
        written = asyncio.get_running_loop().time() - others[0]
        assert 1.5 < len(others) / written < 8, "some go, and never so many that people wait"
        for task in reminders:
            task.cancel()
    assert sorted(waits)[int(len(waits) * 0.95)] < 0.1, "a reminder took a reply's room"


async def test_reminders_have_all_the_room_again_when_nobody_writes() -> None:
    pace = Pace()
    went: list[float] = []

    async def go(name: str, urgent: bool = False) -> None:
        await pace.turn(name, urgent=urgent)
        went.append(asyncio.get_running_loop().time())

    with time_that_leaps():
        await asyncio.gather(*(go(f"p{number}", urgent=True) for number in range(20)))
        began = went[0]
        await asyncio.gather(*(go(f"r{number}") for number in range(100)))
    assert went[-1] - began < 4.4 + 100 / (IN_TOTAL * 0.8), "they waited for replies that nobody sent"


async def test_a_cancelled_waiter_gives_its_turn_to_the_next() -> None:
    pace = Pace(per_conversation=1, total=1, window=0.02)
    await pace.turn("a")
    gone = asyncio.create_task(pace.turn("b"))
    stays = asyncio.create_task(pace.turn("c"))
    await asyncio.sleep(0)
    gone.cancel()

    async with patience("the turn of the one who stays"):
        await stays


async def test_idle_conversations_are_forgotten() -> None:
    pace = Pace(per_conversation=1, total=1000, window=60)
    with time_that_leaps():
        for number in range(300):
            await pace.turn(str(number), urgent=True)
        assert pace.remembered == 300
        await pace.turn("last", urgent=True)
        await pace.turn("last", urgent=True)  # waits a whole window, so the others have been idle that long

    assert pace.remembered == 1


# Access token


@pytest.fixture
async def sign_in(line: Line) -> AsyncIterator[FaultyConnector]:
    async with FaultyConnector() as sign_in:
        yield sign_in


def good_token(number: int = 1, expires_in: int = 3600) -> Fault:
    return Fault(200, body=f'{{"token_type": "Bearer", "access_token": "token-{number}", "expires_in": {expires_in}}}')


def token_of(line: Line, sign_in: FaultyConnector, ticks: list[float]) -> ServiceToken:
    return ServiceToken(
        line.session,
        app_id="app",
        password="hemligt",
        endpoint=sign_in.service_url,
        ticks=lambda: ticks[0],
    )


def test_the_token_endpoint_is_the_tenants_or_the_shared_one() -> None:
    assert token_endpoint("t1") == "https://login.microsoftonline.com/t1/oauth2/v2.0/token"
    assert token_endpoint() == "https://login.microsoftonline.com/botframework.com/oauth2/v2.0/token"


async def test_one_fetch_serves_all_until_five_minutes_before_the_end(line: Line, sign_in: FaultyConnector) -> None:
    ticks = [1000.0]
    token = token_of(line, sign_in, ticks)
    sign_in.script.extend([good_token(1), good_token(2)])

    assert await asyncio.gather(*(token.get() for _ in range(10))) == ["token-1"] * 10
    ticks[0] += 3299
    assert await token.get() == "token-1"
    ticks[0] += 2
    assert await token.get() == "token-2"
    assert len(sign_in.arrivals) == 2
    assert parse_qs(sign_in.arrivals[0].body) == {
        "grant_type": ["client_credentials"],
        "client_id": ["app"],
        "client_secret": ["hemligt"],
        "scope": ["https://api.botframework.com/.default"],
    }


async def test_the_bot_shows_its_token_and_gets_a_new_one_when_it_was_not_taken(
    line: Line, sign_in: FaultyConnector
) -> None:
    sign_in.script.extend([good_token(1), good_token(2)])
    line.connector.script.extend([Fault(201), Fault(401)])
    hosts = frozenset({"127.0.0.1"})
    sender = Sender(line.session, mode="production", service_hosts=hosts, token=token_of(line, sign_in, [1000.0]))
    url = line.connector.service_url

    await sender.send(chat_at(url), HELLO)
    with raises_just(Failed):
        await sender.send(chat_at(url), HELLO)
    await sender.send(chat_at(url), HELLO)

    shown = [arrival.headers["Authorization"] for arrival in line.connector.arrivals]
    assert shown == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


NO_TOKEN = [
    Fault(400),
    Fault(401),
    Fault(500),
    Fault(302, {"Location": "/elsewhere"}),
    Fault(200, body="{}"),
    Fault(200, body="<p>"),
    Fault(how="hang"),
    Fault(how="reset"),
]


@pytest.mark.parametrize("fault", NO_TOKEN)
async def test_without_a_token_nothing_is_sent_and_the_next_attempt_fetches_one(
    line: Line, sign_in: FaultyConnector, fault: Fault
) -> None:
    sign_in.script.extend([fault, good_token()])
    token = token_of(line, sign_in, [1000.0])
    sender = Sender(line.session, mode="dev", service_hosts=frozenset(), token=token)

    sending = asyncio.create_task(sender.send(chat_at(line.connector.service_url), HELLO))
    if fault.how == "hang":
        await line.time_runs_out(sign_in)
    with raises_just(Unreachable):
        await sending
    assert line.connector.arrivals == []
    assert await sender.send(chat_at(line.connector.service_url), HELLO) == "sent"


async def test_a_refused_sign_in_tells_its_status_and_no_secret(line: Line, sign_in: FaultyConnector) -> None:
    sign_in.script.append(Fault(401, body='{"error_description": "hemligt"}'))

    with pytest.raises(NoServiceToken) as caught:
        await token_of(line, sign_in, [1000.0]).get()
    assert str(caught.value) == "401"


async def test_a_real_token_is_never_shown_to_a_stand_in_over_plain_http(line: Line) -> None:
    real = ServiceToken(line.session, app_id="app", password="x", endpoint=token_endpoint("t1"))
    sender = Sender(line.session, mode="production", service_hosts=frozenset({"127.0.0.1"}), token=real)

    await sender.send(chat_at(line.connector.service_url), HELLO)

    assert "Authorization" not in line.connector.arrivals[0].headers
