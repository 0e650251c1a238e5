"""Add signatures and returns, the time a reading ended, and the chef a deputy covers for.

Columns are added without constraints, because SQLite would have to rebuild tables that others refer to.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("filled_checklist", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("filled_checklist", sa.Column("return_id", sa.Integer(), nullable=True))
    op.add_column("role", sa.Column("stands_in_for_id", sa.Integer(), nullable=True))
    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("checklist", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.Integer(), nullable=False),
        sa.Column("signer_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shortfall", sa.Boolean(), nullable=False),
        sa.Column("nonce", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("view", sa.LargeBinary(), nullable=False),
        sa.Column("view_hash", sa.String(length=64), nullable=False),
        sa.Column("bound", sa.String(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_signature_case_id")),
        sa.ForeignKeyConstraint(["signer_id"], ["person.id"], name=op.f("fk_signature_signer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_signature_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    op.create_index(op.f("ix_signature_case_id"), "signature", ["case_id"])
    op.create_index(
        "uq_signature_standing",
        "signature",
        ["case_id", "checklist", "occasion"],
        unique=True,
        sqlite_where=sa.text("voided_at is null"),
        postgresql_where=sa.text("voided_at is null"),
    )
    op.create_table(
        "returned",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("checklist", sa.String(length=60), nullable=False),
        sa.Column("occasion", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nonce", sa.String(length=40), nullable=False),
        sa.Column("comment", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_returned_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_returned_person_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_returned_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned")),
    )
    op.create_index(op.f("ix_returned_case_id"), "returned", ["case_id"])
    op.create_table(
        "returned_point",
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("filled_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=60), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["filled_id"], ["filled_checklist.id"], name=op.f("fk_returned_point_filled_id")),
        sa.ForeignKeyConstraint(["return_id"], ["returned.id"], name=op.f("fk_returned_point_return_id")),
        sa.PrimaryKeyConstraint("return_id", "filled_id", "item_id", name=op.f("pk_returned_point")),
    )


def downgrade() -> None:
    op.drop_table("returned_point")
    op.drop_table("returned")
    op.drop_table("signature")
    op.drop_column("role", "stands_in_for_id")
    op.drop_column("filled_checklist", "return_id")
    op.drop_column("filled_checklist", "seen_at")
