"""Who is told at once about a change: the one place that derives it from an action's changes."""

from actions.basis import written
from actions.changes import Change, Changes, Notice
from actions.origin import Origin
from dialogs.messages import linked, prompts
from dialogs.views.parts import Line
from storage.cases import CaseRow
from storage.desk import Session
from storage.people import PersonRow


def follow(session: Session, origin: Origin, changes: Changes, actor: PersonRow | None = None) -> tuple[Line, ...]:
    """Tell others what they should know at once; return the lines for the person who acted.

    actor: None for an import. The same notice about the same case is sent once per act.
    """
    told: dict[tuple[Notice, int], tuple[CaseRow, Change]] = {}
    for change in changes:
        if change.notice is not None and change.case is not None:
            told.setdefault((change.notice, change.case.id), (change.case, change))
    for case, change in told.values():
        _tell(session, origin, case, change, actor)
    return (Line(say="reading.voided_now"),) if any(what == "voided" for what, _ in told) else ()


def _tell(session: Session, origin: Origin, case: CaseRow, change: Change, actor: PersonRow | None) -> None:
    if change.other is not None:
        linked.tell_of(session, origin, case, change.other, change, actor.name if actor else "")
        return
    worker = written(session, case)
    match change.notice:
        case "returned":
            prompts.to_workers(session, origin, worker, change.points, actor.name if actor else "")
        case "asked_for" if actor is not None:
            prompts.asked_for(session, origin, case, actor)
        case "signed":
            prompts.signed(session, origin, worker, actor.name if actor else "")
        case "handed_over":
            prompts.to_old_and_new(session, origin, worker, change.was)
        case "renamed":
            prompts.renamed(session, origin, worker, change.was_ref, change.was)
        case "withdrawn":
            prompts.withdrawn(session, origin, case, change.was_ref)
        case "child_added":
            prompts.child_added(session, origin, worker)
        case "asked":
            prompts.to_asked(session, origin, worker, actor.name if actor else "")
        case "sent" | "resent" | "voided" | "followed_up":
            prompts.to_readers(session, origin, worker, change.notice)
