"""A column that SQLite shall not look up by an index, since another condition of the query narrows it down more.

SQLite knows nothing of how many rows have a value and takes "the tenant's" for a few, where they are nearly all.
PostgreSQL counts, and decides for itself.
Source: SQLite's "Query Planning", disqualifying terms using unary "+".
"""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, SQLColumnExpression
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal

T = TypeVar("T")


def unindexed(column: SQLColumnExpression[T]) -> ColumnElement[T]:
    """Return the column, for a condition that is only checked on what the other conditions find."""
    clause: Any = column
    return _Unindexed(clause.__clause_element__() if hasattr(clause, "__clause_element__") else clause)


class _Unindexed(ColumnElement[Any]):
    __visit_name__ = "unindexed"
    _traverse_internals = [("column", InternalTraversal.dp_clauseelement)]
    inherit_cache = True

    def __init__(self, column: Any) -> None:
        self.column = column
        self.type = column.type


@compiles(_Unindexed, "sqlite")
def _on_sqlite(element: _Unindexed, compiler: Any, **more: Any) -> str:
    return f"+{compiler.process(element.column, **more)}"


@compiles(_Unindexed)
def _elsewhere(element: _Unindexed, compiler: Any, **more: Any) -> str:
    return str(compiler.process(element.column, **more))
