"""What may reach the log: our own lines of fixed words and codes. Of a library's, only its name and the crash.

A library's line may quote what it was given, and an exception's text often contains the wrong value itself.
"""

import logging
import sys
import traceback
from pathlib import Path

_OURS = ("bot", "storage", "dialogs", "reports", "app", "tryout")
_ROOT = Path(__file__).parent.parent


def configure(level: int = logging.INFO) -> None:
    """Send the log to standard error, through the filter. Called once, by `serve`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(only_codes)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)


def only_codes(record: logging.LogRecord) -> bool:
    """Remove everything from a record that may quote a value; the record itself always passes."""
    crash = crash_line(record.exc_info[1]) if record.exc_info and record.exc_info[1] else ""
    record.exc_info, record.exc_text, record.stack_info = None, None, None
    if record.name.partition(".")[0] not in _OURS:
        record.msg, record.args = f"a library's line was left out {crash}".rstrip(), ()
    elif crash:
        record.msg, record.args = f"{record.getMessage()} {crash}", ()
    return True


def crash_line(error: BaseException) -> str:
    """Return a crash as one line: its kind and its place in our own code, never its text."""
    return f"unexpected {type(error).__name__} at {places(error) or 'an unknown place'}"


def places(error: BaseException) -> str:
    """Return the last six places an error came through in our own code, innermost last; empty when it never did."""
    found = [
        f"{Path(frame.filename).relative_to(_ROOT)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_ROOT) and ".venv" not in frame.filename
    ]
    return " ".join(found[-6:])
