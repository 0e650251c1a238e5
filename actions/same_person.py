"""Whether two actors in the trail are one person: a register row that was joined into another stays in old events."""

from actions.origin import Origin
from storage import people
from storage.desk import Session


def is_hers(session: Session, origin: Origin, actor: str) -> bool:
    """Return whether something was done by the caller, under her own row or one that was joined into hers."""
    if actor == origin.actor:
        return True
    joined = people.joined_into(session, origin.person_id) if origin.person_id is not None else ()
    return actor in {f"person:{row_id}" for row_id in joined}
