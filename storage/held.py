"""Which values each column may hold, by its table's class, and what happens to an invalid row: one with any other.

Rows are checked before they are written, and again when they are read. An invalid row that is read is a named fault
(BK-463) and never crashes the work around it: if its column has a value to read `instead`, that is read; if its table
is declared `alone`, the row is left out; otherwise NotHeld is raised, and the caller leaves out the case it belongs to.
"""

import json
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import itemgetter
from pathlib import Path
from types import FrameType, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from checklists.faults import Code, Fault, fault, listed, word

NOT_HELD = "not_held"
"""Key in a session's `info`: the invalid rows it has met, by table and row key."""
MET_BEFORE = "met_before"
"""Key in a session's `info`: those that earlier transactions of this process have met, in the same way."""
_ROOT = Path(__file__).parent.parent
_UNDER_ALL = ("held.py", "rows.py", "session.py")
_PLACES = 3
_MOST_SOUND = 1000
"""How many values are remembered as sound: those that recur in many rows, such as a municipality's settings."""


class _Unread:
    """The class of UNREAD."""

    def __repr__(self) -> str:
        """Return what stands for the value in words."""
        return "?"


UNREAD = _Unread()
"""Stands for a stored value that could not even be read, such as the 30th of February. No column may hold it."""


def text_read(raw: bytes) -> Any:
    """Return a text of SQLite's, UNREAD if its bytes are no UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return UNREAD


class NotHeld(ValueError):
    """A row holds, or was to be given, a value its column may not hold. Says where, and never which value."""

    def __init__(self, table: str, row: str, columns: Iterable[str]) -> None:
        self.table, self.row, self.columns = table, row, tuple(columns)
        self.where = _where()
        super().__init__(str(self.fault))

    @property
    def fault(self) -> Fault:
        """The fault, as the log and `doctor` say it."""
        return fault(Code.ROW_NOT_HELD, table=word(self.table), row=word(self.row), columns=listed(self.columns))


def note(session: Any, table: str, row: object, *columns: str) -> NotHeld:
    """Note an invalid row, for the log; return its fault."""
    fault = NotHeld(table, str(row), columns)
    session.info.setdefault(NOT_HELD, {})[table, fault.row] = fault
    return fault


def _where() -> str:
    """Return the innermost places (`file:line`) in our own code that led to the read or write, innermost last."""
    found: list[str] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and len(found) < _PLACES:
        file = Path(frame.f_code.co_filename)
        if file.parent.parent == _ROOT or file.parent.parent.parent == _ROOT:
            found += [] if file.name in _UNDER_ALL else [f"{file.relative_to(_ROOT)}:{frame.f_lineno}"]
        frame = frame.f_back
    return " ".join(reversed(found))


@dataclass(frozen=True, slots=True)
class Column:
    """The values one column may hold. kinds: their classes. allowed: the only values; None: any.

    longest: characters. more: a further check of a value; None: none.
    """

    name: str
    kinds: tuple[type, ...]
    allowed: frozenset[Any] | None
    longest: int | None
    more: Callable[[Any], bool] | None

    def holds(self, value: Any) -> bool:
        """Return whether the column may hold a value."""
        if value is None or not self.is_known(value):
            return self.is_known(value)
        return (self.longest is None or len(value) <= self.longest) and (self.more is None or self.more(value))

    def all_read(self, values: Collection[Any]) -> bool:
        """Return whether the column may hold each of these values that were read by themselves; a text may be too long.

        None is of an outer join. Runs for every query, so without further rules their classes alone are looked at.
        """
        if self.allowed is None and self.more is None and {*self.kinds, NoneType}.issuperset(map(type, values)):
            return True
        return all(
            value is None or (self.is_known(value) and (not self.more or self.more(value))) for value in set(values)
        )

    def is_known(self, value: Any) -> bool:
        """Return whether a value is of an allowed class, and allowed itself. A datetime does not count as a date."""
        if type(value) not in self.kinds and not (isinstance(value, int | str) and isinstance(value, self.kinds)):
            return False
        return value is None or self.allowed is None or value in self.allowed


def column(name: str, about: Any, longest: int | None, more: Callable[[Any], bool] | None, *, is_id: bool) -> Column:
    """Return what a column may hold. about: its field. is_id: the database assigns it, so at first it is None."""
    kinds = {about.annotation}
    if get_origin(about.annotation) in (Union, UnionType):
        kinds = set(get_args(about.annotation))
    may_be_none = NoneType in kinds or is_id
    (kind,) = kinds - {NoneType}
    allowed = None
    if get_origin(kind) is Literal:
        allowed = frozenset(get_args(kind))
        kind = str
    elif issubclass(kind, Enum):
        allowed = frozenset(kind)
        kinds = {kind, str} | (kinds & {NoneType})
    is_text = kind is str and allowed is None
    of = tuple(kinds - {NoneType}) if allowed is not None and kind is not str else (kind,)
    return Column(name, (*of, NoneType) if may_be_none else of, allowed, longest if is_text else None, more)


def is_json(text: Any) -> bool:
    """Return whether a text is a JSON object."""
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


class Check:
    """Checks the rows of one table."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self._known: set[tuple[Any, ...]] = set()
        self._sound: set[Any] = set()
        self._words = _picking([at for at, one in enumerate(columns) if one.allowed is not None])
        self._longest = tuple((at, one.longest) for at, one in enumerate(columns) if one.longest is not None)
        self._more = tuple((at, one.more) for at, one in enumerate(columns) if one.more is not None)

    def fits(self, values: tuple[Any, ...]) -> bool:
        """Return whether a row that was read is valid; a text may be too long.

        Runs for every row, so each combination of classes and allowed values is checked only once.
        """
        known = (*map(type, values), *self._words(values))
        if known not in self._known:
            if not all(map(Column.is_known, self.columns, values)):
                return False
            self._known.add(known)
        for at, more in self._more:
            value = values[at]
            if value is not None and (at, value) not in self._sound:
                if not more(value):
                    return False
                if len(self._sound) < _MOST_SOUND:
                    self._sound.add((at, value))
        return True

    def may_be_written(self, values: tuple[Any, ...]) -> bool:
        """Return whether a row is valid, with no text that is too long."""
        if not self.fits(values):
            return False
        for at, most in self._longest:  # a loop: a generator would cost each row twice as much
            value = values[at]
            if value is not None and len(value) > most:
                return False
        return True

    def misfits(self, values: Sequence[Any]) -> list[int]:
        """Return the places of the values that may not be written."""
        return [at for at, (one, value) in enumerate(zip(self.columns, values, strict=True)) if not one.holds(value)]


def _picking(places: Sequence[int]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Return a function that picks the values at some places of a tuple."""
    if len(places) > 1:
        return itemgetter(*places)
    first, end = (places[0], places[0] + 1) if places else (0, 0)
    return itemgetter(slice(first, end))
