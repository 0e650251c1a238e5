"""Calibrations: which reviewer read which made-up file with which version of a list, and the choices she made."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import String
from sqlmodel import Field, Session, col, select

from checklists.model import ListId
from storage.held import is_json
from storage.rows import TableRow
from storage.times import Moment


class CalibrationRow(TableRow, table=True):
    """One calibration. akt: id of the made-up file. choices: JSON of the answers by item id; codes, never a text."""

    __tablename__ = "calibration"
    holds = {"choices": is_json}

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    checklist: ListId = Field(sa_type=String(60))
    version: int
    akt: str = Field(max_length=40)
    round_id: int = Field(foreign_key="review_round.id")
    at: datetime = Field(sa_type=Moment)
    choices: str

    @property
    def answers(self) -> Mapping[str, str]:
        """The answers by item id."""
        found: dict[str, str] = json.loads(self.choices)
        return found


def add(session: Session, row: CalibrationRow) -> CalibrationRow:
    """Insert a calibration."""
    session.add(row)
    session.flush()
    return row


def of_person(session: Session, person_id: int, checklist: ListId) -> Sequence[CalibrationRow]:
    """Return a person's calibrations with a list, oldest first."""
    query = select(CalibrationRow).where(CalibrationRow.person_id == person_id, CalibrationRow.checklist == checklist)
    return session.exec(query.order_by(col(CalibrationRow.id))).all()


def since(session: Session, tenant_id: int, checklist: ListId, at: datetime) -> Sequence[CalibrationRow]:
    """Return a tenant's calibrations with a list since a moment, oldest first."""
    query = select(CalibrationRow).where(CalibrationRow.tenant_id == tenant_id, CalibrationRow.checklist == checklist)
    return session.exec(query.where(col(CalibrationRow.at) >= at).order_by(col(CalibrationRow.id))).all()


def of_round(session: Session, round_id: int) -> Sequence[CalibrationRow]:
    """Return the calibrations done for a round."""
    return session.exec(select(CalibrationRow).where(CalibrationRow.round_id == round_id)).all()
