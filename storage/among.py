"""`column among (values)`, with all the values in one parameter, so that such a statement can be prepared.

SQLAlchemy's `in_` has a parameter for each value: its SQL differs with their number, and is put together at each use.
"""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, Dialect, SQLColumnExpression, String, TypeDecorator, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeEngine


def among(column: SQLColumnExpression[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that a column has one of several values: integers or texts.

    name: of the parameter, any iterable of values.
    """
    clause: Any = column
    return _Among(clause.__clause_element__() if hasattr(clause, "__clause_element__") else clause, name)


class _Several(TypeDecorator[Any]):
    """Several values: a JSON array on SQLite, an array of the driver's on PostgreSQL."""

    impl = String
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self._of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of the parameter."""
        return dialect.type_descriptor(ARRAY(self._of) if dialect.name == "postgresql" else String())

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Return what turns the values into the driver's one."""
        return _as_json if dialect.name == "sqlite" else list


def _as_json(values: Any) -> str:
    return json.dumps(list(values))


class _Among(ColumnElement[bool]):
    __visit_name__ = "among"
    _traverse_internals = [
        ("column", InternalTraversal.dp_clauseelement),
        ("values", InternalTraversal.dp_clauseelement),
    ]
    inherit_cache = False

    def __init__(self, column: Any, name: str) -> None:
        self.column = column
        self.values = bindparam(name, type_=_Several(column.type))
        self.type = Boolean()

    def self_group(self, against: Any = None) -> "_Among":
        """Return the condition as it is: SQLAlchemy would append `= 1` on SQLite, which then reads the whole table."""
        return self


@compiles(_Among, "sqlite")
def _on_sqlite(element: _Among, compiler: Any, **more: Any) -> str:
    values = compiler.process(element.values, **more)
    return f"{compiler.process(element.column, **more)} IN (SELECT value FROM json_each({values}))"


@compiles(_Among, "postgresql")
def _on_postgresql(element: _Among, compiler: Any, **more: Any) -> str:
    return f"{compiler.process(element.column, **more)} = ANY({compiler.process(element.values, **more)})"
