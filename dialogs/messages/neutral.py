"""What the chat says in a municipality whose cases are read and written in the tab: only that something is waiting."""

from collections.abc import Iterator

from checklists.reminder_rules import Rule
from dialogs.turn.exchange import Reply
from dialogs.views.chef import PromptView
from dialogs.views.views import CallView, Line, ReminderView
from storage import tenants
from storage.desk import Session

_LIMITS: frozenset[Rule] = frozenset({"GRANSKA", "14D", "4M", "BESLUT", "LUCKOR"})
"""The rules whose date is a time limit; the date of the others is when something happened in the case."""


def is_neutral(session: Session, tenant_id: int) -> bool:
    """Return whether a municipality has chosen that nothing of a case passes through the chat."""
    return tenants.settings(tenants.get(session, tenant_id)).content == "tab"


def open_the_tab(address: str) -> CallView:
    """Return the answer to anything typed or pressed in the chat. address: of the tab."""
    return CallView(line=Line(say="tab.chat_is_closed"), address=address)


def neutral(reply: Reply, address: str) -> Reply:
    """Return a message as a call: how many things are waiting and until when, never what they are."""
    view, count, days = reply.view, 1, list[str]()
    if isinstance(view, ReminderView):
        summed = int(str(view.summed.args["cases"])) if view.summed else 0
        count, days = len(view.cases) + len(view.others) + summed or 1, sorted(_days(view))
    elif isinstance(view, PromptView):
        days = [view.planned] if view.planned else []
    line = Line(say="tab.call") if count == 1 else Line(say="tab.calls", args={"count": count})
    call = CallView(line=line, until=days[0] if days else "", address=address)
    return reply.model_copy(update={"view": call})


def _days(view: ReminderView) -> Iterator[str]:
    for case in view.cases:
        for point in case.points:
            if point.rule in _LIMITS:
                yield str(point.line.args["date"])
