"""Faulty data of one case: that case is left out and reported, and stops no other case."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from storage.cases import CaseRow
from storage.session import UNREADABLE, Found

T = TypeVar("T")
C = TypeVar("C", bound=CaseRow)
UNFIT = UNREADABLE
"""What faulty data may raise. A database that fails is no case's fault: the whole transaction is tried again."""


class UnknownAnswer(ValueError):
    """A choice is not one that can be given. If it were stored, it would be counted as something nobody answered."""


def all_sound(read: Callable[[Sequence[C]], T], some: Sequence[C]) -> tuple[T, dict[int, Exception]]:
    """Return what `read` gives for some cases at once without the faulty ones, and these by row id with the error."""
    try:
        return read(some), {}
    except UNFIT:
        pass
    faulty: dict[int, Exception] = {}
    for case in some:
        try:
            read([case])
        except UNFIT as error:
            faulty[case.id] = error
    return read([case for case in some if case.id not in faulty]), faulty


@dataclass(frozen=True, slots=True)
class Skipped:
    """A case that could not be worked out, and why."""

    case_id: int
    error: Exception


def readable(session: Session, query: SelectOfScalar[CaseRow]) -> tuple[Sequence[CaseRow], tuple[Skipped, ...]]:
    """Run a query for cases; return those that can be read, and those that cannot, such as for an impossible date."""
    found: Found[CaseRow] = session.exec(query)  # type: ignore[assignment]
    return found.all(), tuple(Skipped(int(one.row), one) for one in found.left_out)
