"""Which addresses are this machine's own, and which are well-formed."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.IGNORECASE | re.ASCII)
_BASE_URL = re.compile(r"https?://[^\s/?#@\\]+(?:/[a-z0-9._~-]+)*/?", re.IGNORECASE | re.ASCII)
_PAGE = re.compile(r"https://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d{1,5})?(?:[/?#][!-~]*)?", re.ASCII)
_LONGEST = 253


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine itself. host: an IPv6 address with or without brackets."""
    try:
        return host.lower() == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_host(written: str) -> bool:
    """Return whether this is an IP address or the name of a host, and nothing else."""
    try:
        ip_address(written)
    except ValueError:
        return len(written) <= _LONGEST and _NAME.fullmatch(written) is not None
    return True


def is_listed_host(written: str) -> bool:
    """Return whether this can stand in a list of hosts: `name`, `name:port`, or `.name` for all below a name.

    The name after a leading dot must have at least two parts: `.net` would be everybody.
    """
    if written.startswith((".", "*.")):
        name = written.removeprefix("*").removeprefix(".")
        return "." in name and _NAME.fullmatch(name) is not None
    return is_base_url(f"https://{written}") and "/" not in written


def is_page(written: str) -> bool:
    """Return whether this is the https address of a page, as used in a link."""
    return _PAGE.fullmatch(written) is not None


def is_base_url(written: str) -> bool:
    """Return whether this is an http or https base address: a host, perhaps a port and a path, and nothing else."""
    try:
        parts = urlsplit(written)
        port = parts.port  # raises if it is not a port number
    except ValueError:
        return False
    return _BASE_URL.fullmatch(written) is not None and is_host(parts.hostname or "") and port != 0
