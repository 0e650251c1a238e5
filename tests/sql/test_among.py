"""A prepared statement with any number of values in one condition finds what SQLAlchemy's `in_` finds."""

import pytest
from sqlalchemy import bindparam, delete, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from storage.among import among
from storage.desk import Desk, Session
from storage.prepared import prepared
from storage.projection_queue import ChangedRow
from storage.session import many
from storage.tenants import TenantRow

_QUEUE = ChangedRow.__table__  # type: ignore[attr-defined]
_PUT = prepared(insert(_QUEUE).inline().values(id=bindparam("row"), case_id=bindparam("of_case"), filled_id=0))
_FIND = prepared(select(ChangedRow.id).where(among(col(ChangedRow.case_id), "cases")).order_by(col(ChangedRow.id)))
_TAKE = prepared(delete(_QUEUE).where(among(_QUEUE.c.id, "ids")))
_NAMED = prepared(select(TenantRow.entra_id).where(among(col(TenantRow.entra_id), "names")))
BIG = 2**31 - 1


def _filled(session: Session) -> None:
    many(session, _PUT, [{"row": row, "of_case": case} for row, case in ((1, 7), (2, 8), (3, 7), (4, BIG))])


@pytest.mark.parametrize(
    ("cases", "rows"), [((), []), ((7,), [1, 3]), ((8, 7, 8), [1, 2, 3]), ((BIG, 1), [4]), (range(9), [1, 2, 3])]
)
def test_it_finds_the_rows_that_have_one_of_the_values(desk: Desk, cases: tuple[int, ...], rows: list[int]) -> None:
    def work(session: Session) -> list[int]:
        _filled(session)
        return list(session.exec(_FIND, params={"cases": cases}).all())

    assert desk.run_now(work, keep=False) == rows


def test_a_delete_takes_those_alone(desk: Desk) -> None:
    def work(session: Session) -> list[int]:
        _filled(session)
        session.exec(_TAKE, params={"ids": {1, 4}})
        return list(session.exec(select(ChangedRow.id).order_by(col(ChangedRow.id))).all())

    assert desk.run_now(work, keep=False) == [2, 3]


def test_texts_are_compared_as_they_are(desk: Desk) -> None:
    odd = ("a'b", 'c"d', "å\\n,}", "{}")

    def work(session: Session) -> set[str]:
        session.add_all([TenantRow(entra_id=one) for one in (*odd, "other")])
        return set(session.exec(_NAMED, params={"names": [*odd, "unknown"]}).all())

    assert desk.run_now(work, keep=False) == set(odd)


def test_a_row_that_the_database_refuses_is_sqlalchemys_error(desk: Desk) -> None:
    def work(session: Session) -> None:
        _filled(session)
        _filled(session)

    with pytest.raises(IntegrityError):
        desk.run_now(work, keep=False)
