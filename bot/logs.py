"""Log filter: our own messages consist of fixed words and codes; those of libraries are replaced.

A library may log its input, and an exception's message often quotes the offending value, which may be personal data.
"""

import ipaddress
import logging
import re
import sys
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from random import getrandbits

_OURS = ("app", "bot", "imports", "dialogs", "actions", "reports", "storage", "checklists", "tryout")
_ROOT = Path(__file__).parent.parent
_LINE = "%(asctime)s %(levelname)s %(name)s %(request)s %(source)s %(message)s"
_ID = re.compile("[0-9A-Fa-f-]{8,64}")

REQUEST_ID = "X-Request-ID"
REQUEST: ContextVar[tuple[str, str | None]] = ContextVar("REQUEST", default=("", None))
"""The request being answered, also in tasks started by it: its id, and the remote address.

Set where a request is received. Background loops have none.
"""


def configure(level: int = logging.INFO) -> None:
    """Log to standard error through `only_codes`. Called once, by `serve`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(only_codes)
    handler.addFilter(of_request)
    handler.setFormatter(_Formatter(_LINE))
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)


def only_codes(record: logging.LogRecord) -> bool:
    """Logging filter: strip everything from a record that may quote a value. Always returns True."""
    crash = crash_line(record.exc_info[1]) if record.exc_info and record.exc_info[1] else ""
    record.exc_info, record.exc_text, record.stack_info = None, None, None
    if record.name.partition(".")[0] not in _OURS:
        record.msg, record.args = f"a library's line was left out {crash}".rstrip(), ()
    elif crash:
        record.msg, record.args = f"{record.getMessage()} {crash}", ()
    return True


def of_request(record: logging.LogRecord) -> bool:
    """Logging filter: say which request a line is about, and what kind of address it came from. Always returns True."""
    request, remote = REQUEST.get()
    record.request = request if _ID.fullmatch(request) else "-"
    record.source = kind_of(remote)
    return True


def name_request(headers: Mapping[str, str], remote: str | None) -> None:
    """Name the request now being answered in every line of its log: as the proxy named it, or else by chance."""
    REQUEST.set((headers.get(REQUEST_ID) or f"{getrandbits(64):016x}", remote))


def kind_of(remote: str | None) -> str:
    """Return what kind of address it is: loopback, private or public; never the address itself."""
    try:
        found = ipaddress.ip_address(remote or "")
    except ValueError:
        return "-"
    return "loopback" if found.is_loopback else "private" if found.is_private else "public"


class _Formatter(logging.Formatter):
    """Writes the time as in ISO 8601, with milliseconds and the offset from UTC."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        return datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds")


def crash_line(error: BaseException) -> str:
    """Describe an exception in one line: its class and where in our code it happened, never its message."""
    return f"unexpected {type(error).__name__} at {places(error) or 'an unknown place'}"


def places(error: BaseException) -> str:
    """Return the last six `file:line` in our own code of an error's traceback, innermost last; empty if none."""
    found = [
        f"{Path(frame.filename).relative_to(_ROOT)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if _is_ours(Path(frame.filename))
    ]
    return " ".join(found[-6:])


def _is_ours(file: Path) -> bool:
    """Return whether a file is the bot's own: installed as a wheel, it lies beside the libraries."""
    if not file.is_relative_to(_ROOT) or ".venv" in file.parts:
        return False
    return _ROOT.name != "site-packages" or file.relative_to(_ROOT).parts[0].removesuffix(".py") in _OURS
