"""What is done with a closed round's results: shown to the group, and written down at its workshop."""

from secrets import token_hex

from actions.changes import Change, Changes, record
from actions.origin import Origin
from checklists.errors import RoundMoved
from checklists.free_text import required
from checklists.workshop import prompts
from storage import workshop
from storage.desk import Session
from storage.rounds import RoundRow
from storage.workshop import WorkshopNoteRow


def shown(session: Session, origin: Origin, row: RoundRow, count: int) -> Changes:
    """Record that the group was told where a round's results are. count: how many were told."""
    return record(session, origin, Change("round_shown", detail=f"round:{row.id} to {count}"))


def note(session: Session, origin: Origin, row: RoundRow, prompt: str, text: str) -> Changes:
    """Record what was said about one prompt at a round's workshop; an earlier note on it is replaced.

    Raises: RoundMoved: there is no such prompt. CommentMissing, TextTooLong, PersonalNumberInText.
    """
    if prompt not in {one.id for one in prompts(row.checklist)}:
        raise RoundMoved
    made = WorkshopNoteRow(
        tenant_id=origin.tenant_id,
        round_id=row.id,
        prompt=prompt,
        nonce=token_hex(16),
        text=b"",
        made_by=origin.person_id or 0,
        made_at=origin.now,
    )
    workshop.put(session, made, required(text, origin.lets))
    return record(session, origin, Change("workshop_noted", detail=f"round:{row.id} {prompt}"))
