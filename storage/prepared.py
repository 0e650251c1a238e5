"""Statements that are compiled once for each dialect, and how their values are passed to the driver and back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Column, Dialect, Label, Select, Table, inspect
from sqlalchemy.orm.util import AliasedClass
from sqlmodel.sql.expression import SelectOfScalar

from storage import held
from storage.rows import Shape, TableRow, shape

Q = TypeVar("Q")
Part = Shape | None
"""One column of a result: a whole row of a table, or a plain value."""
Readers = tuple[tuple[int, Callable[[Any], Any]], ...]
"""What turns the driver's values into ours, by place; values that need nothing are left out."""


class Plain(NamedTuple):
    """A plain value in a result that is a column of a table, and so may hold only what that column may.

    at: its place among the parts. key: the places of the table's key in the driver's rows; None: not asked for.
    """

    at: int
    kind: Shape
    column: held.Column
    key: tuple[int | None, ...]


class Ready:
    """A statement compiled for one dialect, with what turns values into the driver's and back."""

    __slots__ = ("_fixed", "_named", "_names", "_of_row", "_positional", "_processors", "parts", "plain", "sql")

    def __init__(self, statement: Any, dialect: Dialect, parts: Sequence[Part] = ()) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        names = compiled.positiontup if compiled.positional else list(compiled.bind_names.values())
        self._names = tuple(names)
        self._positional = compiled.positional
        binds = compiled.binds
        processors = (binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in self._names)
        self._processors = tuple((place, process) for place, process in enumerate(processors) if process is not None)
        several = len(self._names) > 1
        self._named: Callable[[Mapping[str, Any]], tuple[Any, ...]] = (
            itemgetter(*self._names) if several else lambda values: tuple([values[name] for name in self._names])
        )
        self._of_row: Callable[[Any], tuple[Any, ...]] = (
            attrgetter(*self._names) if several else lambda row: tuple([getattr(row, name) for name in self._names])
        )
        self._fixed = {name: bind.value for name, bind in binds.items() if not bind.required}
        columns = iter(statement.selected_columns) if parts else iter(())
        self.parts = tuple(
            (part, readers_of([next(columns) for _ in range(1 if part is None else part.width)], dialect))
            for part in parts
        )
        self.plain = plain_of(statement, parts)

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """Return the values as the driver takes them."""
        return self._processed(self._named({**self._fixed, **values} if self._fixed else values))

    def of_row(self, row: Any) -> Any:
        """Return the values of a row as the driver takes them: each parameter is named as the row's attribute."""
        return self._processed(self._of_row(row))

    def _processed(self, values: tuple[Any, ...]) -> Any:
        if self._processors:
            found = list(values)
            for place, process in self._processors:
                found[place] = process(found[place])
            values = tuple(found)
        return values if self._positional else dict(zip(self._names, values, strict=True))


class Prepared:
    """A statement that is compiled once for each dialect. Its variable parts are bindparams."""

    def __init__(self, query: Any) -> None:
        self.query = query
        self.writes = not isinstance(query, Select)
        self.is_scalar = isinstance(query, SelectOfScalar)
        self._ready: dict[str, Ready] = {}

    def ready(self, dialect: Dialect) -> Ready:
        """Return the statement compiled for a dialect."""
        found = self._ready.get(dialect.name)
        if found is None:
            parts = () if self.writes else parts_of(self.query)
            found = self._ready[dialect.name] = Ready(self.query, dialect, parts)
        return found


PREPARED: dict[int, Prepared] = {}
"""By the id of the statement, which the value keeps alive, so that no other object gets its id."""


def prepared(query: Q) -> Q:
    """Let a statement of a module be compiled once instead of at each use, and return it. For those that turns run."""
    PREPARED[id(query)] = Prepared(query)
    return query


def readers_of(columns: Iterable[Any], dialect: Dialect) -> Readers:
    """Return what turns the driver's values of some columns into ours."""
    found = []
    for place, column in enumerate(columns):
        process = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if process is not None:
            found.append((place, process))
    return tuple(found)


def plain_of(query: Any, parts: Sequence[Part]) -> tuple[Plain, ...]:
    """Return which parts of a query's result are columns of tables by themselves."""
    columns = [_stored(column) for column in query.selected_columns] if None in parts else []
    found, place = [], 0
    for at, part in enumerate(parts):
        of = columns[place] if part is None else None
        if of is not None:
            kind, name = of
            key = [columns.index((kind, one)) if (kind, one) in columns else None for one in kind.key_names]
            found.append(Plain(at, kind, kind.check.columns[kind.names.index(name)], tuple(key)))
        place += 1 if part is None else part.width
    return tuple(found)


def _stored(column: Any) -> tuple[Shape, str] | None:
    """Return which column of which table one of a result's is; None: it is worked out."""
    column = column.element if isinstance(column, Label) else column
    table = getattr(column, "table", None)
    table = getattr(table, "element", table)
    kind = _kind_of(table.name) if isinstance(column, Column) and isinstance(table, Table) else None
    return None if kind is None else (kind, kind.names[[one.name for one in kind.columns].index(column.name)])


@cache
def _kind_of(table: str) -> Shape | None:
    return next((shape(one) for one in TableRow.__subclasses__() if one.__tablename__ == table), None)


def parts_of(query: Any) -> tuple[Part, ...]:
    """Return what the columns of a query's result are."""
    found: list[Part] = []
    for described in query.column_descriptions:
        expression = described["expr"]
        is_row = isinstance(expression, type | AliasedClass)
        found.append(shape(inspect(expression).mapper.class_) if is_row else None)
    return tuple(found)
