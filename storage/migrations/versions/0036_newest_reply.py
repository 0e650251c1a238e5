"""Index the newest reply of a chat: every typed line asks for it, and had to search all the replies of the chat."""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_inbox_newest", "inbox", ["tenant_id", "channel_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_inbox_newest", "inbox")
