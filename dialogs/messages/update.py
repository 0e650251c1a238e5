"""Updates of posted cards, sent after the commit; they contain nothing anyone wrote."""

from uuid import uuid4

from dialogs.messages.neutral import open_the_tab
from dialogs.turn.turn_context import TurnContext
from dialogs.views.views import AnyView, without_texts
from storage import outbox
from storage.outbox import OutboxRow


def posted_card(context: TurnContext, activity_id: str, view: AnyView) -> None:
    """Replace a posted card in this chat with a view. activity_id: of the card; empty if there is none to replace."""
    if not activity_id:
        return
    if context.content == "tab":  # posted before the municipality chose the tab
        view = open_the_tab(context.tab_url)
    row = OutboxRow(
        tenant_id=context.tenant_id,
        kind="update",
        conversation_id=context.conversation.id,
        activity_id=activity_id,
        case_id=context.touched.id if context.touched else 0,
        nonce=uuid4().hex,
        view=b"",
        due_at=context.turn.now,
        created_at=context.turn.now,
    )
    reply = context.reply(without_texts(view))
    outbox.put_own(context.session, row, reply.canonical(), context.conversation, reply)
