"""Log filter: our own messages consist of fixed words and codes; those of libraries are replaced.

A library may log its input, and an exception's message often quotes the offending value, which may be personal data.
"""

import logging
import sys
import traceback
from pathlib import Path

_OURS = ("app", "bot", "imports", "dialogs", "actions", "reports", "storage", "checklists", "tryout")
_ROOT = Path(__file__).parent.parent


def configure(level: int = logging.INFO) -> None:
    """Log to standard error through `only_codes`. Called once, by `serve`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(only_codes)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)


def only_codes(record: logging.LogRecord) -> bool:
    """Logging filter: strip from a record all that may quote a value. Always returns True."""
    crash = crash_line(record.exc_info[1]) if record.exc_info and record.exc_info[1] else ""
    record.exc_info, record.exc_text, record.stack_info = None, None, None
    if record.name.partition(".")[0] not in _OURS:
        record.msg, record.args = f"a library's line was left out {crash}".rstrip(), ()
    elif crash:
        record.msg, record.args = f"{record.getMessage()} {crash}", ()
    return True


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
