"""Whether what goes to the database can be read or answered by somebody on the way."""

import os

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from checklists.addresses import is_loopback

VERIFIED = "verify-full"


def is_verified(url: str) -> bool:
    """Return whether a database is on this machine, or reached over TLS with its name verified.

    url: `sqlite:///…` or `postgresql://…`; what it leaves out comes from libpq's variables, as when connecting. If it
    names several hosts, each counts.
    """
    if not url.startswith(("postgresql://", "postgres://")):
        return True
    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except ProgrammingError:  # SQLAlchemy might read it all the same
        return False
    if parts.get("sslmode", os.environ.get("PGSSLMODE", "")) == VERIFIED:
        return True
    if "service" in parts or "PGSERVICE" in os.environ:  # a file says where it is
        return False
    hosts = [*_listed(parts, "host", "PGHOST"), *_listed(parts, "hostaddr", "PGHOSTADDR")]
    return all(host.startswith(("/", "@")) or is_loopback(host) for host in hosts if host)


def _listed(parts: dict[str, str], name: str, variable: str) -> list[str]:
    return parts.get(name, os.environ.get(variable, "")).split(",")
