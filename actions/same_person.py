"""Whether two names in the trail are one person's: rows of the register that were joined leave their old names."""

from actions.origin import Origin
from storage import people
from storage.desk import Session


def is_hers(session: Session, origin: Origin, actor: str) -> bool:
    """Return whether something was done by the caller, also by a row of the register that was joined into hers."""
    if actor == origin.actor:
        return True
    joined = people.joined_into(session, origin.person_id) if origin.person_id is not None else ()
    return actor in {f"person:{row_id}" for row_id in joined}
