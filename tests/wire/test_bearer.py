"""The token check over HTTP, with a fake issuer on 127.0.0.1."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bot.door import bearer
from bot.door.bearer import BadToken, BearerCheck
from bot.door.front_door import AdmissionPolicy
from bot.door.key_ring import QUIET_SECONDS, REFRESH_SECONDS, KeyRing
from tests.waiting import PATIENCE, moved_time, patience
from tests.wire.door import TENANT, Door, recorded
from tests.wire.issuer import (
    APP_ID,
    ISSUER,
    SERVICE_URL,
    Issuer,
    good_claims,
    private_key,
    published,
    segment,
    signed,
    signed_with_public_key,
)

HOUR = 3600
DAY = REFRESH_SECONDS


@dataclass
class Clock:
    """A manual clock: `ticks` for the keys, `now` for the tokens."""

    passed: float = 0.0
    started: float = field(default_factory=lambda: float(good_claims()["nbf"] + 60))

    def ticks(self) -> float:
        return self.passed

    def now(self) -> float:
        return self.started + self.passed


@dataclass
class Guarded:
    """An issuer, a front door that trusts it, and their clock."""

    issuer: Issuer
    door: Door
    clock: Clock
    check: BearerCheck

    async def knocks(self, token: str, **changed: Any) -> int:
        return await self.door.post(message(**changed), {"Authorization": f"Bearer {token}"})


def message(**changed: Any) -> dict[str, Any]:
    """Return a message activity, with changes; None removes a field."""
    activity = recorded("message.text") | {"serviceUrl": SERVICE_URL} | changed
    return {name: value for name, value in activity.items() if value is not None}


@pytest.fixture
async def guarded() -> AsyncIterator[Guarded]:
    clock = Clock()
    async with Issuer() as issuer, aiohttp.ClientSession() as session:
        keys = KeyRing(session, issuer.metadata_url, fetch_seconds=PATIENCE, ticks=clock.ticks)
        check = BearerCheck(keys, app_id=APP_ID, now=clock.now)
        async with Door(AdmissionPolicy(mode="production", tenants=frozenset({TENANT}), bearer=check)) as door:
            yield Guarded(issuer, door, clock, check)
        await keys.close()


async def test_a_good_token_lets_the_activity_in(guarded: Guarded) -> None:
    assert await guarded.knocks(guarded.issuer.token()) == 200
    assert [turn.text for turn in guarded.door.turns] == ["hej"]


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic YW5uYTpoZWo=",
        "Bearer",
        "Bearer ",
        "Bearer garbage",
        "Bearer a.b",
        "Bearer a.b.c.d",
        "Bearer ..",
        "a.b.c",
    ],
)
async def test_a_header_that_is_no_token_is_401(guarded: Guarded, authorization: str) -> None:
    assert await guarded.door.post(message(), {"Authorization": authorization} if authorization else {}) == 401
    assert guarded.door.turns == []


async def test_two_authorization_headers_are_401(guarded: Guarded) -> None:
    token = guarded.issuer.token()
    async with aiohttp.ClientSession() as session:
        headers = [("Authorization", f"Bearer {token}")] * 2 + [("Content-Type", "application/json")]
        async with session.post(guarded.door.url, data=json.dumps(message()), headers=headers) as response:
            assert response.status == 401
    assert guarded.door.turns == []


FORGED: dict[str, Callable[[Issuer], str]] = {
    "alg none": lambda issuer: f"{segment({'alg': 'none', 'kid': 'one'})}.{segment(good_claims())}.",
    "alg none with a signature": lambda issuer: signed(
        {"alg": "none", "kid": "one"}, good_claims(), issuer.keys["one"]
    ),
    "HS256 with the public key": lambda issuer: signed_with_public_key("one", issuer.keys["one"]),
    "RS512 named": lambda issuer: issuer.token(header={"alg": "RS512"}),
    "alg as a list": lambda issuer: issuer.token(header={"alg": ["RS256"]}),
    "another key under a known kid": lambda issuer: signed(
        {"alg": "RS256", "kid": "one"}, good_claims(), private_key("stranger")
    ),
    "unknown kid": lambda issuer: signed({"alg": "RS256", "kid": "who"}, good_claims(), private_key("stranger")),
    "no kid": lambda issuer: signed({"alg": "RS256"}, good_claims(), issuer.keys["one"]),
    "kid of a wrong kind": lambda issuer: issuer.token(header={"kid": 1}),
    "kid that names a file": lambda issuer: issuer.token(header={"kid": "../../../../dev/null"}),
    "kid that is SQL": lambda issuer: issuer.token(header={"kid": "one' OR '1'='1"}),
    "kid with a NUL": lambda issuer: issuer.token(header={"kid": "one\0"}),
    "crit": lambda issuer: issuer.token(header={"crit": ["exp"], "exp": 1}),
    "crit b64": lambda issuer: issuer.token(header={"crit": ["b64"], "b64": True}),
    "b64 false": lambda issuer: issuer.token(header={"b64": False}),
    "header with a doubled key": lambda issuer: signed(
        '{"alg":"RS256","kid":"two","kid":"one"}', good_claims(), issuer.keys["one"]
    ),
    "claims with a doubled key": lambda issuer: signed(
        {"alg": "RS256", "kid": "one"}, json.dumps(good_claims())[:-1] + ',"aud":"someone-else"}', issuer.keys["one"]
    ),
    "claims that are a list": lambda issuer: signed({"alg": "RS256", "kid": "one"}, [], issuer.keys["one"]),
    "claims that are no JSON": lambda issuer: signed({"alg": "RS256", "kid": "one"}, b"\xff{", issuer.keys["one"]),
    "header that is no object": lambda issuer: signed('"RS256"', good_claims(), issuer.keys["one"]),
    "signature cut": lambda issuer: issuer.token()[:-8],
    "claims swapped": lambda issuer: ".".join(
        [issuer.token().split(".")[0], segment(good_claims(exp=9_999_999_999)), issuer.token().split(".")[2]]
    ),
    "expired an hour ago": lambda issuer: issuer.token(exp=good_claims()["nbf"] + 60 - HOUR),
    "expired six minutes ago": lambda issuer: issuer.token(exp=good_claims()["nbf"] + 60 - 360),
    "not yet for an hour": lambda issuer: issuer.token(nbf=good_claims()["exp"]),
    "no exp": lambda issuer: issuer.token(exp=None),
    "no nbf": lambda issuer: issuer.token(nbf=None),
    "exp as text": lambda issuer: issuer.token(exp=str(good_claims()["exp"])),
    "nbf as true": lambda issuer: issuer.token(nbf=True),
    "exp as true": lambda issuer: issuer.token(exp=True),
    "exp without end": lambda issuer: signed(
        {"alg": "RS256", "kid": "one"},
        json.dumps(good_claims(exp=0)).replace('"exp": 0', '"exp": 1e999'),
        issuer.keys["one"],
    ),
    "wrong aud": lambda issuer: issuer.token(aud="33333333-3333-4333-8333-333333333333"),
    "no aud": lambda issuer: issuer.token(aud=None),
    "aud as a list": lambda issuer: issuer.token(aud=[APP_ID]),
    "wrong iss": lambda issuer: issuer.token(iss="https://sts.windows.net/elsewhere/"),
    "iss cut to https": lambda issuer: issuer.token(iss="https"),
    "iss with a slash more": lambda issuer: issuer.token(iss=f"{ISSUER}/"),
    "iss as a list": lambda issuer: issuer.token(iss=[ISSUER]),
    "no iss": lambda issuer: issuer.token(iss=None),
    "no serviceurl": lambda issuer: issuer.token(serviceurl=None),
    "emulator's claims": lambda issuer: issuer.token(
        iss="https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/", appid=APP_ID, ver="1.0"
    ),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
async def test_a_forged_or_unfit_token_is_401_and_runs_nothing(
    guarded: Guarded, forge: Callable[[Issuer], str]
) -> None:
    assert await guarded.knocks(forge(guarded.issuer)) == 401
    assert guarded.door.turns == []


MISUSED: dict[str, dict[str, Any]] = {
    "another serviceUrl": {"serviceUrl": "https://smba.trafficmanager.net/amer/"},
    "a serviceUrl of the caller's own": {"serviceUrl": "https://elsewhere.example/"},
    "no serviceUrl": {"serviceUrl": None},
    "empty serviceUrl": {"serviceUrl": ""},
    "the emulator's channel": {"channelId": "emulator"},
    "another channel": {"channelId": "webchat"},
    "no channel": {"channelId": None},
    "another tenant": {"channelData": {"tenant": {"id": "44444444-4444-4444-8444-444444444444"}}},
    "another tenant on the conversation only": {
        "conversation": {"id": "a:personal-anna", "tenantId": "44444444-4444-4444-8444-444444444444"}
    },
    "no tenant at all": {"channelData": None, "conversation": {"id": "a:personal-anna"}},
}


@pytest.mark.parametrize("changed", MISUSED.values(), ids=MISUSED.keys())
async def test_a_good_token_with_the_wrong_activity_is_403(guarded: Guarded, changed: dict[str, Any]) -> None:
    assert await guarded.knocks(guarded.issuer.token(), **changed) == 403
    assert guarded.door.turns == []


async def test_a_token_good_for_an_unlisted_address_is_403(guarded: Guarded) -> None:
    elsewhere = "https://elsewhere.example/teams/"
    assert await guarded.knocks(guarded.issuer.token(serviceurl=elsewhere), serviceUrl=elsewhere) == 403


@pytest.mark.parametrize("endorsements", [None, [], ["webchat"], "msteams"])
async def test_a_key_that_may_not_speak_for_teams_is_403(guarded: Guarded, endorsements: Any) -> None:
    guarded.issuer.listed = [published("one", private_key("one"), endorsements=endorsements)]

    assert await guarded.knocks(guarded.issuer.token()) == 403


async def test_the_token_is_checked_before_the_body_is_parsed(guarded: Guarded) -> None:
    assert await guarded.door.post(b"{not json", {"Authorization": "Bearer a.b.c"}) == 401
    assert await guarded.door.post(b"{not json", {"Authorization": f"Bearer {guarded.issuer.token()}"}) == 400


async def test_an_address_in_the_header_is_never_followed(guarded: Guarded) -> None:
    async with Issuer() as trap:
        trap.keys = {"trap": private_key("stranger")}
        address = trap.metadata_url.replace("/openid", "/keys")
        for name in ("jku", "x5u"):
            forged = signed({"alg": "RS256", "kid": "trap", name: address}, good_claims(), private_key("stranger"))
            assert await guarded.knocks(forged) == 401
        assert trap.key_fetches == 0
    assert await guarded.knocks(guarded.issuer.token(header={"jku": address})) == 200


async def test_a_clock_five_minutes_off_is_forgiven(guarded: Guarded) -> None:
    now = int(guarded.clock.now())

    assert await guarded.knocks(guarded.issuer.token(exp=now - 299)) == 200
    assert await guarded.knocks(guarded.issuer.token(exp=now - 300)) == 401
    assert await guarded.knocks(guarded.issuer.token(nbf=now + 300)) == 200
    assert await guarded.knocks(guarded.issuer.token(nbf=now + 301)) == 401


async def test_a_token_used_again_is_checked_again(guarded: Guarded) -> None:
    token = guarded.issuer.token()
    assert await guarded.knocks(token) == 200
    assert await guarded.knocks(token, serviceUrl="https://smba.trafficmanager.net/amer/") == 403
    assert await guarded.knocks(token) == 200

    guarded.clock.passed = HOUR + 301
    assert await guarded.knocks(token) == 401


async def test_only_so_many_tokens_are_remembered_and_the_oldest_goes_first(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bearer, "_REMEMBERED", 2)
    ends = [good_claims()["exp"] + number for number in range(4)]
    tokens = [guarded.issuer.token(exp=end) for end in ends]

    def remembered() -> list[float]:
        return [one.expires for one in guarded.check._verified.values()]

    for number, token in enumerate(tokens):
        assert await guarded.knocks(token) == 200
        assert remembered() == ends[: number + 1][-2:]
    assert await guarded.knocks(tokens[3]) == 200
    assert remembered() == ends[2:], "one that is known pushes nothing out"
    assert await guarded.knocks(tokens[0]) == 200
    assert remembered() == [ends[3], ends[0]]


async def test_a_token_is_forgotten_when_its_key_is_withdrawn(guarded: Guarded) -> None:
    token = guarded.issuer.token(exp=int(guarded.clock.now() + 2 * DAY))
    assert await guarded.knocks(token) == 200

    guarded.issuer.keys = {"one": private_key("other")}
    guarded.clock.passed = DAY + 1
    assert await guarded.knocks(token) == 200  # the old keys remain valid during a fetch
    await until(lambda: guarded.knocks(token), 401)


async def until(attempt: Callable[[], Any], wanted: int) -> None:
    """Retry until the result is `wanted`."""
    async with patience(f"the answer {wanted}"):
        while await attempt() != wanted:
            pass


async def test_a_rotated_key_works_after_one_refetch(guarded: Guarded) -> None:
    assert await guarded.knocks(guarded.issuer.token()) == 200
    guarded.issuer.keys["two"] = private_key("two")

    assert await guarded.knocks(guarded.issuer.token(kid="two")) == 200
    assert await guarded.knocks(guarded.issuer.token()) == 200
    assert guarded.issuer.key_fetches == 2


async def test_unknown_keys_ask_the_key_host_at_most_once_a_minute(guarded: Guarded) -> None:
    assert await guarded.knocks(guarded.issuer.token()) == 200
    for number in range(20):
        forged = signed({"alg": "RS256", "kid": f"k{number}"}, good_claims(), private_key("stranger"))
        assert await guarded.knocks(forged) == 401
    assert guarded.issuer.key_fetches == 2

    guarded.clock.passed = QUIET_SECONDS + 1
    assert await guarded.knocks(forged) == 401
    assert guarded.issuer.key_fetches == 3


async def test_many_at_once_share_one_fetch(guarded: Guarded) -> None:
    token = guarded.issuer.token()

    assert await asyncio.gather(*(guarded.knocks(token) for _ in range(20))) == [200] * 20
    assert guarded.issuer.key_fetches == 1


async def test_known_keys_go_on_working_while_the_key_host_is_down(guarded: Guarded) -> None:
    token = guarded.issuer.token(exp=int(guarded.clock.now() + 9 * DAY))
    assert await guarded.knocks(token) == 200
    await guarded.issuer.stop()
    for day in range(1, 5):
        guarded.clock.passed = day * DAY + 1
        assert await guarded.knocks(token) == 200
    stranger = signed({"alg": "RS256", "kid": "who"}, good_claims(), private_key("stranger"))
    assert await guarded.knocks(stranger) == 401


@pytest.mark.parametrize(
    "listed", [[], ["x"], [{"kid": "one", "kty": "RSA"}], [{"kid": "one", "kty": "oct", "k": "AA"}]]
)
async def test_an_empty_or_broken_key_list_does_not_replace_the_known_keys(guarded: Guarded, listed: list[Any]) -> None:
    assert await guarded.knocks(guarded.issuer.token()) == 200
    guarded.issuer.listed = listed
    stranger = signed({"alg": "RS256", "kid": "who"}, good_claims(), private_key("stranger"))
    assert await guarded.knocks(stranger) == 401
    assert guarded.issuer.key_fetches == 2

    assert await guarded.knocks(guarded.issuer.token()) == 200


async def test_a_short_key_is_not_taken(guarded: Guarded) -> None:
    weak = private_key("weak", 1024)
    guarded.issuer.listed = [published("weak", weak), published("one", private_key("one"))]

    assert await guarded.knocks(signed({"alg": "RS256", "kid": "weak"}, good_claims(), weak)) == 401
    assert await guarded.knocks(guarded.issuer.token()) == 200


async def test_a_hanging_key_host_is_cut_and_keeps_nobody_else_waiting(guarded: Guarded) -> None:
    assert await guarded.knocks(guarded.issuer.token()) == 200
    guarded.issuer.hanging = True
    guarded.issuer.asked.clear()
    stranger = signed({"alg": "RS256", "kid": "who"}, good_claims(), private_key("stranger"))
    waiting = asyncio.create_task(guarded.knocks(stranger))
    await guarded.issuer.asked.wait()

    assert await guarded.knocks(guarded.issuer.token()) == 200
    assert not waiting.done()
    with moved_time() as move_time:
        move_time(PATIENCE)
        assert await waiting == 401


async def test_a_key_host_that_is_down_from_the_start_gives_401_until_it_is_back(guarded: Guarded) -> None:
    guarded.issuer.broken = True
    assert await guarded.knocks(guarded.issuer.token()) == 401
    assert await guarded.knocks(guarded.issuer.token()) == 401
    assert guarded.issuer.key_fetches == 1

    guarded.issuer.broken = False
    guarded.clock.passed = QUIET_SECONDS
    assert await guarded.knocks(guarded.issuer.token()) == 200


async def test_a_token_longer_than_any_real_one_is_refused_unread(guarded: Guarded) -> None:
    with pytest.raises(BadToken, match="too_long"):
        await guarded.check.check(f"Bearer {guarded.issuer.token(more='x' * 8000)}")
    for length, reason in ((8000, "not_bearer"), (8001, "too_long")):
        with pytest.raises(BadToken, match=reason):
            await guarded.check.check("x" * length)
    assert guarded.issuer.key_fetches == 0


async def test_a_check_without_an_app_id_cannot_be_made() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ValueError, match="app id"):
            BearerCheck(KeyRing(session), app_id="")
