"""A follow-up round: made from a closed one by the same rule, and compared with it once it is closed too."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from actions import rounds as acts
from checklists.case_dates import read_day
from checklists.errors import UserError
from checklists.free_text import fields_again
from checklists.periods import Period
from checklists.rates import Share
from checklists.rights import ROUNDS, Right
from checklists.round_compare import Compared, in_cases, in_percent
from checklists.round_frame import default_period
from dialogs.rounds import manage, new_round, round_card
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import OfRound
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import refused
from dialogs.views.rounds import PanelField, PanelRow, PanelView
from dialogs.views.views import Button, Line
from reports.follow_up import FollowUp, follow_up
from storage import rounds
from storage.rounds import RoundRow

FOLLOW = Right("round_follow", "self", ROUNDS)
SAVE = Right("round_follow_save", "self", ROUNDS)
COMPARE = Right("round_compare", "self", ROUNDS)
MOST_ROWS = 8
BEFORE = ("rounds.compare_before", "rounds.compare_before_percent")
AFTER = ("rounds.compare_after", "rounds.compare_after_percent")


def new(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Show the form of a round that follows this one up."""
    row = round_card.of_hers(context, press.what.round_id)
    return manage.reviews(context, notices=(manage.GONE,)) if row is None else form(context, row)


def form(
    context: TurnContext, row: RoundRow, notices: tuple[Line, ...] = (), typed: Mapping[str, str] | None = None
) -> PanelView:
    """Return the form: only a name and the days, as the rest is copied. typed: what was filled in and refused."""
    period = default_period(context.today)
    given = {
        "period_first": period.first.isoformat(),
        "period_last": period.last.isoformat(),
        "opens_on": context.today.isoformat(),
        "closes_on": (context.today + timedelta(days=new_round.OPEN_DAYS)).isoformat(),
    } | fields_again(typed, context.origin.lets)

    def field(name: str, kind: Literal["text", "date"]) -> PanelField:
        return PanelField(id=name, kind=kind, label=Line(say="rounds.field_" + name), value=given.get(name, ""))

    args = {"name": rounds.name_of(context.session, row), "list": row.checklist, "version": row.version}
    rule = {"per_unit": row.per_unit, "quota": row.quota, "twice": row.twice}
    days = (field("period_first", "date"), field("period_last", "date"), field("opens_on", "date"))
    at = OfRound(row.id, made_by=context.origin.act)
    return PanelView(
        notices=notices,
        title=Line(say="rounds.follow_title", args=args),
        lines=(Line(say="rounds.follow_same", args=args), Line(say="rounds.follow_" + row.method, args=rule)),
        fields=(field("name", "text"), *days, field("closes_on", "date")),
        buttons=(Button(title=Line(say="buttons.draw_cases"), claim=claimed("round_follow_save", at)),),
        nav=(Button(title=Line(say="buttons.back_to_round"), claim=claimed("round_show", OfRound(row.id))),),
    )


def save(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Make the round and draw its cases."""
    row = round_card.of_hers(context, press.what.round_id)
    if row is None:
        return manage.reviews(context, notices=(manage.GONE,))
    try:
        days = {
            name: read_day(press.inputs.get(name, "").strip(), context.today, name)
            for name in ("period_first", "period_last", "opens_on", "closes_on")
        }
        period = Period(days["period_first"], days["period_last"])
        of = (row, press.inputs.get("name", ""), period, days["opens_on"], days["closes_on"])
        made, changes = acts.follow_up(context.session, context.origin, *of)
    except UserError as error:
        return form(context, row, refused(error), press.inputs)
    return Done(round_card.card(context, made), changes)


def compare(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Show a closed follow-up round beside the one it follows up."""
    row = round_card.of_hers(context, press.what.round_id)
    found = follow_up(context.session, row) if row is not None else None
    if row is None or found is None:
        return manage.reviews(context, notices=(manage.GONE,))
    return card(context, found, press.what.start)


def card(context: TurnContext, found: FollowUp, start: int = 0) -> PanelView:
    """Return the comparison, question by question."""
    names = {
        "after": rounds.name_of(context.session, found.row),
        "before": rounds.name_of(context.session, found.baseline),
    }
    counts = {one: found.count(one) for one in ("better", "worse")} | {"count": len(found.questions)}
    lines = [Line(say="rounds.compare", args=names)]
    lines += [Line(say="rounds.compare_sum", args=counts)] if found.questions else []
    hidden = "rounds.compare_hidden" if found.questions else "rounds.compare_none"
    lines += [Line(say=hidden, args={"count": found.hidden})] if found.hidden else []
    lines += [Line(say="rounds.compare_gone", args={"count": found.gone})] if found.gone else []
    lines += [Line(say="rounds.not_random")] if found.row.method == "first" else []
    after = start + MOST_ROWS if start + MOST_ROWS < len(found.questions) else 0
    more = Button(
        title=Line(say="buttons.show_more"), claim=claimed("round_compare", OfRound(found.row.id, start=after))
    )
    back = Button(title=Line(say="buttons.back_to_round"), claim=claimed("round_show", OfRound(found.row.id)))
    return PanelView(
        title=Line(say="rounds.compare_title"),
        lines=tuple(lines),
        rows=tuple(_row(found, one) for one in found.questions[start : start + MOST_ROWS]),
        nav=(*((more,) if len(found.questions) > MOST_ROWS else ()), back),
    )


def _row(found: FollowUp, one: Compared) -> PanelRow:
    item = f"{found.row.checklist}/{found.row.version}/{one.item_id}"
    lines = [_share(BEFORE, one.found.before, one), _share(AFTER, one.found.after, one)]
    if one.difference is not None:
        middle, low, high = one.difference
        args = {"middle": f"{middle:+d}", "low": f"{low:+d}", "high": f"{high:+d}"}
        lines.append(Line(say="rounds.compare_difference", args=args))
    if one.criticism:
        lines.append(Line(say="rounds.compare_finding", args={"codes": ", ".join(one.criticism)}))
    lines.append(Line(say="rounds.compared_" + one.found.verdict, args={"needed": one.found.needed}))
    return PanelRow(title=Line(say="rounds.question", args={"item": item}), lines=tuple(lines))


def _share(words: tuple[str, str], share: Share, one: Compared) -> Line:
    """Return a round's share. words: the text keys for cases alone, and for per cent as well."""
    of_cases, of_percent = words
    args: dict[str, str | int] = {"k": share.k, "n": share.n}
    if one.in_percent:
        return Line(say=of_percent, args=args | dict(zip(("percent", "low", "high"), in_percent(share), strict=True)))
    return Line(say=of_cases, args=args | dict(zip(("low", "high"), in_cases(share), strict=True)))


VERBS = (
    Verb(FOLLOW, new, OfRound, keeps=False),
    Verb(SAVE, save, OfRound),
    Verb(COMPARE, compare, OfRound, keeps=False),
)
COMMANDS: tuple[Command, ...] = ()
