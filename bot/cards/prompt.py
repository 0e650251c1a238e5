"""The message that a case is waiting: which, whose, until when, and what is missing. No answers, no texts."""

from bot.cards.parts import Card, Pen, action_sets, card, notices, progress_bar, subtle, text, top
from bot.cards.summary import gap_words
from dialogs.views.chef import PromptView


def prompt_card(pen: Pen, view: PromptView) -> Card:
    """Tell a chef that a case is waiting, or a worker that one was sent back."""
    head = view.head
    body = [*notices(pen, view), *top("", pen.say("prompts." + view.reason, ref=head.case_ref))]
    body += progress_bar(head.done, head.total) if view.reason in ("sent", "resent", "voided") else []
    by_chef = view.reason in ("returned", "signed", "signed_shortfall")
    parts = [pen.say("prompts.by" if by_chef else "prompts.from", name=view.who)] if view.who else []
    parts += [pen.say("cases.date_planned", date=view.planned)] if view.planned else []
    body += [subtle(" · ".join(parts))] if parts else []
    if view.pointed:
        body.append(text(pen.say("prompts.redone", done=view.redone, total=view.pointed), weight="Bolder"))
    if view.reason == "returned":
        body += [text(pen.say("prompts.pointed"), weight="Bolder")] if view.gaps else []
    elif view.reason == "signed":
        pass
    elif view.reason == "signed_shortfall":
        body.append(text(pen.say("prompts.shortfall"), weight="Bolder"))
    elif view.gaps:
        body.append(text(pen.say("prompts.lacks", done=head.done, total=head.total), weight="Bolder"))
    else:
        body.append(text(pen.say("prompts.lacks_nothing", done=head.done, total=head.total)))
    body += [text(gap_words(pen, view.checklist, view.version, gap), spacing="Small") for gap in view.gaps]
    body += [text(pen.say("prompts.more", count=view.more_gaps), spacing="Small")] if view.more_gaps else []
    return card(pen, body + action_sets(pen, view.buttons, inputs=False, primary=1))
