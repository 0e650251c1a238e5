"""Whether somebody between the bot and its database could read the traffic, or answer in the database's place."""

import os
from collections.abc import Mapping

from checklists.addresses import is_loopback

VERIFIED = "verify-full"


def is_verified(url: str) -> bool:
    """Return whether a database is on this machine, or reached over TLS with its name verified.

    url: `sqlite:///…` or `postgresql://…`; what it leaves out comes from libpq's variables, as when connecting. If it
    names several hosts, every one must qualify.
    """
    if not url.startswith(("postgresql://", "postgres://")):
        return True
    parts = parts_of(url)
    if parts is None:  # SQLAlchemy might read it all the same
        return False
    if _has_at_sign(parts):  # the "host" has a piece of the password, which an error about it would show
        return False
    if parts.get("sslmode", os.environ.get("PGSSLMODE", "")) == VERIFIED:
        return True
    if "service" in parts or "PGSERVICE" in os.environ:  # a service file says where it is
        return False
    hosts = [*_listed(parts, "host", "PGHOST"), *_listed(parts, "hostaddr", "PGHOSTADDR")]
    return all(host.startswith(("/", "@")) or is_loopback(host) for host in hosts if host)


def parts_of(url: str) -> dict[str, str] | None:
    """Return the parts of an address as libpq reads it, None where it cannot."""
    # Imported here: with SQLite the driver is not loaded.
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        return {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except ProgrammingError:
        return None


def is_readable(url: str) -> bool:
    """Return whether libpq reads the address as it was meant: an unescaped sign in a password shifts all after it."""
    parts = parts_of(url)
    if parts is None:
        return False
    ports = parts.get("port", "").split(",")  # of several hosts, each may leave it out
    return not _has_at_sign(parts) and all(port.isdigit() for port in ports if port)


def names_several_hosts(parts: Mapping[str, object]) -> bool:
    """Return whether the parts of an address name more than one host, such as a primary and its standby."""
    return any("," in str(parts.get(name, os.environ.get(f"PG{name.upper()}", ""))) for name in ("host", "hostaddr"))


def _has_at_sign(parts: Mapping[str, object]) -> bool:
    return any("@" in host[1:] for host in str(parts.get("host", "")).split(","))


def _listed(parts: dict[str, str], name: str, variable: str) -> list[str]:
    return parts.get(name, os.environ.get(variable, "")).split(",")
