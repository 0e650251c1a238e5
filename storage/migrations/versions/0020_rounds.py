"""Rounds of the unit's own review: frame, draw, reviewers, readings, consents, calibrations, and what was raised."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLES = (
    "review_round",
    "review_round_unit",
    "review_round_case",
    "review_round_reviewer",
    "review_reading",
    "review_consent",
    "calibration",
    "raised_case",
    "raised_to",
)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), primary_key=True)


def _of(name: str, table: str, *, null: bool = False, key: bool = False, index: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{table}.id"), nullable=null, primary_key=key, index=index)


def _moment(name: str, *, null: bool = False, index: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null, index=index)


def _day(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=null)


def _code(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _yes_no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "review_round",
        _id(),
        _of("tenant_id", "tenant", index=True),
        _code("nonce", 40),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("pool", sa.LargeBinary(), nullable=False),
        _code("checklist", 60),
        _number("version"),
        _day("first"),
        _day("last"),
        _code("method", 10),
        _code("seed", 64),
        _number("per_unit"),
        _number("quota"),
        _number("twice"),
        _day("opens_on"),
        _day("closes_on"),
        _code("state", 10),
        _of("made_by", "person"),
        _moment("made_at"),
        _moment("started_at", null=True),
        _moment("closed_at", null=True),
        _number("total"),
        _number("protected"),
        _number("recent"),
        _number("readings"),
        _number("done"),
    )
    op.create_table("review_round_unit", _of("round_id", "review_round", key=True), _of("unit_id", "unit", key=True))
    op.create_table(
        "review_round_case",
        _id(),
        _of("tenant_id", "tenant"),
        _of("round_id", "review_round", index=True),
        _of("case_id", "cases", index=True),
        _of("unit_id", "unit"),
        _day("decided_on"),
        _number("place"),
        _yes_no("flagged"),
        _yes_no("drawn"),
        _yes_no("replaced"),
        _yes_no("twice"),
        _code("why_not", 20),
        sa.UniqueConstraint("round_id", "case_id"),
    )
    op.create_table(
        "review_round_reviewer",
        _id(),
        _of("tenant_id", "tenant"),
        _of("round_id", "review_round", index=True),
        _of("person_id", "person"),
        _of("unit_id", "unit"),
        _number("capacity"),
        _day("away_first", null=True),
        _day("away_last", null=True),
        sa.UniqueConstraint("round_id", "person_id"),
    )
    op.create_table(
        "review_reading",
        _id(),
        _of("tenant_id", "tenant"),
        _of("round_id", "review_round", index=True),
        _of("case_id", "cases", index=True),
        _of("person_id", "person", index=True),
        _yes_no("second"),
        _code("declared", 10),
        _moment("declared_at", null=True),
        _code("ended", 10),
    )
    op.create_table(
        "review_consent",
        _id(),
        _of("tenant_id", "tenant"),
        _of("round_id", "review_round", index=True),
        _of("person_id", "person"),
        _of("unit_id", "unit"),
        _code("side", 10),
        _code("said", 5),
        _of("by_id", "person", null=True),
        _moment("at", null=True),
        sa.UniqueConstraint("round_id", "person_id", "unit_id", "side"),
    )
    op.create_table(
        "calibration",
        _id(),
        _of("tenant_id", "tenant", index=True),
        _of("person_id", "person", index=True),
        _code("checklist", 60),
        _number("version"),
        _code("akt", 40),
        _of("round_id", "review_round"),
        _moment("at"),
        sa.Column("choices", sa.String(), nullable=False),
    )
    op.create_table(
        "raised_case",
        _id(),
        _of("tenant_id", "tenant", index=True),
        _of("round_id", "review_round"),
        _of("case_id", "cases", index=True),
        _of("by_id", "person"),
        _moment("at"),
        _moment("due_at", index=True),
        _moment("received_at", null=True),
        _of("received_by", "person", null=True),
        _moment("late_at", null=True),
    )
    op.create_table("raised_to", _of("raised_id", "raised_case", key=True), _of("person_id", "person", key=True))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
