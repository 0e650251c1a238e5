"""Stored one-time links work only unaltered, once, in time, and for their purpose and person (T16)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from storage import links
from storage.desk import Desk, Session
from storage.links import LASTS, SKEW, Link
from storage.people import PersonRow
from tests.sql.conftest import NOW, OpenDesk, World, change
from tests.sql.test_sealing import in_tables
from tests.waiting import PATIENCE

SCOPE = {"period": "2026"}


def make(desk: Desk, world: World) -> str:
    return desk.run_now(lambda session: links.make(session, world.tenant, world.person, "report", SCOPE, NOW))


def look(desk: Desk, token: str, purpose: str = "report", at: datetime = NOW) -> Link | None:
    return desk.run_now(lambda session: links.look(session, token, purpose, at))


def use(desk: Desk, token: str, purpose: str = "report", at: datetime = NOW) -> Link | None:
    return desk.run_now(lambda session: links.use(session, token, purpose, at))


def test_a_link_stands_for_what_it_was_made_for_and_works_once(desk: Desk, world: World) -> None:
    token = make(desk, world)
    meant = Link(world.tenant, world.person, "report", SCOPE, NOW)

    assert [look(desk, token), look(desk, token)] == [meant, meant], "looking uses nothing up"
    assert [use(desk, token), use(desk, token), look(desk, token)] == [meant, None, None]


def test_the_token_stands_nowhere(desk: Desk, world: World) -> None:
    token = make(desk, world)
    selector, _, secret = token.partition(".")
    held = in_tables(desk)

    assert selector.encode() in held, "the search sees nothing"
    assert secret.encode() not in held
    assert token not in (make(desk, world), make(desk, world))


@pytest.mark.parametrize(
    ("after", "works"),
    [
        (timedelta(), True),
        (LASTS - timedelta(seconds=1), True),
        (LASTS, False),
        (LASTS + timedelta(seconds=1), False),
        (timedelta(minutes=5), True),
        (-SKEW, True),
        (timedelta(minutes=-5), False),
    ],
    ids=str,
)
def test_it_works_for_ten_minutes_and_not_before_it_was_made(
    desk: Desk, world: World, after: timedelta, works: bool
) -> None:
    token = make(desk, world)

    assert timedelta(minutes=10) == LASTS
    assert (look(desk, token, at=NOW + after) is not None) is works
    assert (use(desk, token, at=NOW + after) is not None) is works


def test_no_sign_of_the_token_may_be_another(desk: Desk, world: World) -> None:
    token = make(desk, world)
    for place, sign in enumerate(token):
        for other in {"A", "-", "_", ".", "å", "\0", chr(ord(sign) ^ 1)} - {sign}:
            assert use(desk, token[:place] + other + token[place + 1 :]) is None
    for other in ("", ".", token[:-1], token + "A", token + "=", f" {token}", token.partition(".")[0], token * 9):
        assert use(desk, other) is None

    assert use(desk, token) is not None, "trying used nothing up"


def test_the_halves_of_two_links_do_not_go_together(desk: Desk, world: World) -> None:
    (one, _, first), (other, _, second) = (make(desk, world).partition(".") for _ in range(2))

    assert use(desk, f"{one}.{second}") is use(desk, f"{other}.{first}") is None


def test_a_link_for_one_purpose_is_not_taken_for_another(desk: Desk, world: World) -> None:
    token = make(desk, world)

    assert look(desk, token, "export") is use(desk, token, "export") is None
    assert use(desk, token) is not None


@pytest.mark.parametrize(
    "statement",
    [
        "update link set person_id = :other",
        'update link set scope = \'{"period": "2025"}\'',
        "update link set purpose = 'export'",
        "update link set expires_at = made_at",
    ],
)
def test_a_row_changed_behind_the_bots_back_fits_no_token(desk: Desk, world: World, statement: str) -> None:
    def another(session: Session) -> int:
        row = PersonRow(tenant_id=world.tenant, object_id="bo", name="Bo Påhitt")
        session.add(row)
        session.flush()
        return row.id

    token, other = make(desk, world), desk.run_now(another)
    values = {"other": other} if ":other" in statement else {}
    assert change(desk, statement, **values) == 1

    assert [use(desk, token, purpose) for purpose in ("report", "export")] == [None, None]


def test_a_new_master_key_keeps_the_links_there_are_and_a_dropped_one_ends_them(
    desk: Desk, world: World, open_desk: OpenDesk
) -> None:
    tokens = [make(desk, world) for _ in range(2)]

    assert use(open_desk({"second": b"2" * 32, "first": b"1" * 32}), tokens[0]) is not None
    assert use(open_desk({"second": b"2" * 32}), tokens[1]) is None


def test_a_second_use_waits_for_the_first_and_gets_nothing(desk: Desk, world: World, open_desk: OpenDesk) -> None:
    token, other = make(desk, world), open_desk()
    used, done = threading.Event(), threading.Event()

    def first(session: Session) -> Link | None:
        got = links.use(session, token, "report", NOW)
        used.set()
        done.wait(0.3)  # enough for the second to get through if nothing blocks it
        return got

    def second(session: Session) -> Link | None:
        got = links.use(session, token, "report", NOW)
        done.set()
        return got

    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(desk.run_now, first)
        assert used.wait(PATIENCE)
        assert other.run_now(second) is None
        assert one.result(PATIENCE) is not None
