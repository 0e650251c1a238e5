"""What goes to a database over the network goes by verified TLS."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from sqlalchemy import text

import app
from storage.database_address import is_readable, is_verified
from storage.desk import CannotOpen, Desk, Session, opened
from storage.sealing import Keys
from tests.conftest import TRAIL, new_database
from tests.sql.conftest import KEYS
from tests.wire.test_trail_commands import FIRST, keys

NAMES = ("PGHOST", "PGHOSTADDR", "PGSSLMODE", "PGSERVICE")


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "sqlite:///var/bot.db",
            "postgresql:///bot",
            "postgresql://127.0.0.1/bot",
            "postgres://x:y@localhost:5432/bot",
        ),
        *("postgresql://[::1]/bot", "postgresql:///bot?host=/run/postgresql", "postgresql://%2Frun%2Fpostgresql/bot"),
        *("postgresql://db.example/bot?sslmode=verify-full",),
    ],
)
def test_this_machine_and_verified_tls_are_let_through(url: str) -> None:
    assert is_verified(url)


@pytest.mark.parametrize(
    "url",
    [
        *("postgresql://db.example/bot", "postgres://192.0.2.1/bot", "postgresql:///bot?host=db.example"),
        *(f"postgresql://db.example/bot?sslmode={mode}" for mode in ("disable", "prefer", "require", "verify-ca")),
        *("postgresql://127.0.0.1,db.example/bot", "postgresql://127.0.0.1/bot?hostaddr=192.0.2.1"),
        *("postgresql://u:made@up@db.example/bot?sslmode=verify-full",),
        *("postgresql://localhost/bot?service=other", "postgresql://local host/bot"),
    ],
)
def test_anything_else_over_the_network_is_not(url: str) -> None:
    assert not is_verified(url)


@pytest.mark.parametrize("address", ["u:made%40up@db.example", "u@[::1]:5432", "a,b:1,2", "a,b", "", "%40socket"])
def test_an_address_that_is_read_as_it_was_meant(address: str) -> None:
    assert is_readable(f"postgresql://{address}/bot")


@pytest.mark.parametrize("address", ["u:made@up@db.example", "u:made/up@db.example", "[::1"])
def test_an_address_whose_password_moves_what_follows_is_not(address: str) -> None:
    assert not is_readable(f"postgresql://{address}/bot")


def test_what_an_address_leaves_out_comes_from_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "db.example")
    assert not is_verified("postgresql:///bot")
    assert is_verified("postgresql://127.0.0.1/bot")
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    assert is_verified("postgresql:///bot")
    assert not is_verified("postgresql:///bot?sslmode=require"), "the address itself goes first"


# --- its encoding ----------------------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_letter_is_refused(
    encoding: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`createdb` makes an SQL_ASCII one on a server that was set up without a locale."""
    settings = {"BK_MODE": "dev", "BK_KEYS": keys(one=FIRST), "BK_TRAIL_KEY": "08" * 32, "BK_SECRET_KEY": "07" * 32}
    with new_database(encoding=encoding) as url:
        for name, value in {**settings, "BK_DATABASE_URL": url}.items():
            monkeypatch.setenv(name, value)

        assert app.main(["migrate"]) in (1, 2)
        assert f"the database is in {encoding}" in capsys.readouterr().err
        assert app.main(["doctor"]) == 1
        assert "BK-468" in capsys.readouterr().out


# --- a primary and its standby ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("attributes", ["", "?target_session_attrs=any", "?target_session_attrs=prefer-standby"])
def test_an_address_that_could_lead_to_a_standby_is_refused(attributes: str) -> None:
    with pytest.raises(CannotOpen, match="BK-475"):
        Desk(f"postgresql://u@one,two/bot{attributes}", Keys(KEYS, TRAIL))


def test_of_two_hosts_the_one_that_takes_writes_is_used(postgres_database: str) -> None:
    parts = urlsplit(postgres_database)
    hosts = f"{parts.username}@127.0.0.1:1,{parts.hostname}:{parts.port}"
    url = urlunsplit(parts._replace(netloc=hosts, query="target_session_attrs=read-write"))
    with opened(url, Keys(KEYS, TRAIL)) as desk:
        found = desk.run_now(lambda session: session.connection().execute(text("select pg_is_in_recovery()")).scalar())
        settings = desk.run_now(
            lambda session: session.connection().execute(text("select current_setting('synchronous_commit')")).scalar()
        )

    assert found is False
    assert settings == "on"


@pytest.mark.parametrize("attributes", ["", "any", "prefer-standby", "standby", "read-only", "read-write", "primary"])
def test_whatever_the_address_says_what_is_read_and_written_is_where_writes_go(
    postgres_database: str, attributes: str
) -> None:
    parts = urlsplit(postgres_database)
    url = urlunsplit(parts._replace(query=f"target_session_attrs={attributes}" if attributes else ""))

    def asked(session: Session) -> str:
        connection: Any = session.connection().connection.driver_connection
        return str(connection.info.get_parameters()["target_session_attrs"])

    with opened(url, Keys(KEYS, TRAIL)) as desk:
        assert {desk.run_now(asked), desk.read_now(asked)} <= {"read-write", "primary"}
        wrote = desk.run_now(lambda session: session.connection().execute(text("show transaction_read_only")).scalar())

    assert wrote == "off"
