"""Which service URLs the bot may call: one rule, applied to incoming activities and to outgoing calls."""

import re
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from checklists.addresses import is_loopback

Mode = Literal["dev", "production"]

# The public connector hosts of Teams and the Bot Framework. A leading dot means every subdomain. Never use one for
# trafficmanager.net: anyone can register a name under it.
# Source: Microsoft's "Create conversations and send messages", list of global service URLs per Teams environment.
DEFAULT_SERVICE_HOSTS = frozenset({"smba.trafficmanager.net", ".teams.microsoft.com", ".botframework.com"})

# Deliberately narrower than RFC 3986: no user info, query, fragment or backslash, so that this pattern and the HTTP
# client cannot interpret a URL differently.
_SERVICE_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?(?:/[\w.~!$&'()*+,;=:%/-]*)?",
    re.IGNORECASE | re.ASCII,
)
_LONGEST = 1000


@lru_cache(maxsize=256)
def may_call(url: str, *, mode: Mode, hosts: frozenset[str]) -> bool:
    """Return whether the bot may send to this service URL.

    Args: hosts: lower-case host names; ".name" or "*.name" means every subdomain of name; "host:port" pins a port.
    In dev mode any loopback address is allowed, http or https, and no other. Production requires https and a listed
    host; http only to a loopback host listed by its exact name (a local stand-in for Teams).
    """
    match = _SERVICE_URL.fullmatch(url) if len(url) <= _LONGEST else None
    if match is None or int(match["port"] or 0) > 65535:
        return False
    host = match["host"].lower()
    loopback = is_loopback(host)
    if mode == "dev":
        return loopback
    named = host in hosts or f"{host}:{match['port']}" in hosts or host.strip("[]") in hosts
    if match["scheme"].lower() == "http":
        return loopback and named
    return named or any(_below(host, listed) for listed in hosts)


def is_safe_source(url: str) -> bool:
    """Return whether signing keys may be fetched from a URL: https, or http to this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _below(host: str, listed: str) -> bool:
    suffix = listed.removeprefix("*")
    return suffix.startswith(".") and len(suffix) > 1 and host.endswith(suffix) and host != suffix
