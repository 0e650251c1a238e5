"""Rows: a table's class names its columns; what a transaction reads and writes are slotted objects of that shape.

A subclass of `TableRow`, such as `AnswerRow`, declares a table as SQLModel does, for queries and migrations. Calling it
makes a light row: an object with a slot for each column, without validation or instrumentation, at a twentieth of the
cost of a mapped object. `storage.session` loads and stores them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, make_dataclass, replace
from functools import cache
from operator import attrgetter
from types import FunctionType
from typing import Any, ClassVar, Self

from sqlalchemy import Column, Table, inspect
from sqlmodel import SQLModel
from sqlmodel.main import SQLModelMetaclass

from storage import held


class LightRow:
    """What all light rows share. kept_: the values as the database has them, None for a row not stored yet.

    session_: the session it was loaded by or added to.
    """

    __slots__ = ("kept_", "session_")
    shape_: "Shape"
    kept_: tuple[Any, ...] | None
    session_: Any

    def __eq__(self, other: object) -> bool:
        """Return whether the other is a row of the same table with the same values."""
        if not isinstance(other, LightRow) or other.shape_ is not self.shape_:
            return NotImplemented
        return self is other or self.shape_.values(self) == self.shape_.values(other)

    __hash__ = None  # type: ignore[assignment]

    def model_dump(self, *, exclude: Iterable[str] = ()) -> dict[str, Any]:
        """Return the values by column."""
        return {name: getattr(self, name) for name in self.shape_.names if name not in exclude}

    def model_copy(self, *, update: Mapping[str, Any]) -> Any:
        """Return a new row with the same values, except some."""
        return self.shape_.make(**{**self.model_dump(), **update})


class Shape:
    """The columns of a table as light rows have them.

    new: the class of rows not stored yet. stored: that of stored rows, whose changes are noted. keys: places of the
    primary key. only_key: the place of a key of one column, else None. width: how many columns there are. serial: name
    of the id the database assigns, "" if it assigns none.
    """

    def __init__(self, table_class: type[SQLModel]) -> None:
        mapper = inspect(table_class)
        self.table: Table = mapper.local_table
        self.of = table_class
        self.names = tuple(attribute.key for attribute in mapper.column_attrs)
        self.columns: tuple[Column[Any], ...] = tuple(attribute.columns[0] for attribute in mapper.column_attrs)
        self.keys = tuple(self.columns.index(column) for column in self.table.primary_key)
        self.only_key = self.keys[0] if len(self.keys) == 1 else None
        self.width = len(self.names)
        self.key_names = tuple(self.names[place] for place in self.keys)
        assigned = self.table.autoincrement_column
        self.serial = "" if assigned is None else self.names[self.columns.index(assigned)]
        get = attrgetter(*self.names)
        self.values: Callable[[Any], tuple[Any, ...]] = get
        declared: dict[str, Any] = getattr(table_class, "holds", {})
        self.alone: bool = getattr(table_class, "alone", True)
        self.instead: Mapping[str, Any] = getattr(table_class, "instead", {})
        fields, columns = [], []
        for name, stored in zip(self.names, self.columns, strict=True):
            about = table_class.model_fields[name]
            longest = getattr(stored.type, "length", None)
            one = held.column(name, about, longest, declared.get(name), is_id=name == self.serial)
            columns.append(replace(one, allowed=None) if name in getattr(table_class, "open_ended", ()) else one)
            fields.append((name, Any, field(default=None if about.is_required() else about.default)))
        self.check = held.Check(columns)
        self.fits, self.may_be_written = self.check.fits, self.check.may_be_written
        more = {
            "__tablename__": table_class.__tablename__,
            "shape_": self,
            "__module__": table_class.__module__,
            "__doc__": table_class.__doc__,
        }
        more |= dict(_own(table_class))
        # eq=False keeps the base's __eq__.
        self.new: type[Any] = make_dataclass(
            table_class.__name__, fields, bases=(LightRow,), namespace=more, slots=True, eq=False, repr=False
        )
        self.stored: type[Any] = type(table_class.__name__, (self.new,), {"__slots__": (), "__setattr__": _noted})

    def make(self, **values: Any) -> Any:
        """Return a new row."""
        row = self.new(**values)
        row.kept_ = row.session_ = None
        return row

    def loaded(self, values: tuple[Any, ...], session: Any) -> Any:
        """Return a row as the database has it. Raises: NotHeld."""
        if not self.fits(values):
            raise self.not_held(values)
        row = self.new(*values)
        row.kept_, row.session_ = values, session
        row.__class__ = self.stored
        return row

    def not_held(self, values: Sequence[Any]) -> held.NotHeld:
        """Return the fault of an invalid row."""
        return held.NotHeld(self.table.name, self.key_of(values), [self.names[at] for at in self.check.misfits(values)])

    def key_of(self, values: Sequence[Any]) -> str:
        """Return a row's primary key in words, "?" for what cannot be read."""
        return ":".join("?" if values[at] is held.UNREAD else str(values[at]) for at in self.keys)

    def read_instead(self, values: Sequence[Any]) -> tuple[Any, ...] | None:
        """Return the values, with what is read `instead` of each invalid one; None if that is not declared for one."""
        bad = self.check.misfits(values)
        if not all(self.names[at] in self.instead for at in bad):
            return None
        taken = list(values)
        for at in bad:
            other = self.instead[self.names[at]]
            taken[at] = other(values[at]) if callable(other) else other
        return tuple(taken)


def _noted(row: Any, name: str, value: Any) -> None:
    """Set an attribute of a stored row, and tell its session."""
    object.__setattr__(row, name, value)
    if row.session_ is not None:
        row.session_.changed(row)


def _own(table_class: type[SQLModel]) -> Iterable[tuple[str, Any]]:
    """Yield the methods and properties that a table's class defines itself."""
    for name, value in vars(table_class).items():
        if isinstance(value, property | FunctionType) and not name.startswith("_"):
            yield name, value


@cache
def shape(table_class: type[SQLModel]) -> Shape:
    """Return the shape of a table's rows."""
    return Shape(table_class)


class RowType(SQLModelMetaclass):
    """Makes a table's class give light rows when called."""

    def __call__(self, *args: Any, **values: Any) -> Any:
        """Return a new row."""
        return shape(self).make(*args, **values)

    def __instancecheck__(self, instance: Any) -> bool:
        """Return whether an object is a row of this table."""
        return isinstance(instance, LightRow) and issubclass(instance.shape_.of, self)


class TableRow(SQLModel, metaclass=RowType):
    """The base of every table's class.

    What happens to an invalid row (see `storage.held`) is declared by the table. alone: whether it is left out of what
    a query finds, or else raises NotHeld. instead: by column, what to read in place of an invalid value, or a function
    of that value. holds: by column, a check beyond the class of a value. open_ended: columns whose words need
    not be known ones, and are then shown as they are.
    """

    alone: ClassVar[bool] = True
    instead: ClassVar[Mapping[str, Any]] = {}
    holds: ClassVar[Mapping[str, Callable[[Any], bool]]] = {}
    open_ended: ClassVar[frozenset[str]] = frozenset()

    model_config = {"defer_build": True}  # rows are light ones: nothing is ever validated by these classes

    @classmethod
    def model_validate(cls, obj: Any, **_: Any) -> Self:
        """Return a new row with the values of a mapping, or of another row."""
        return cls(**(obj.model_dump() if isinstance(obj, LightRow) else obj))
