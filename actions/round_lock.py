"""One transaction at a time changes what belongs to a round, and only in the states that allow it."""

from checklists.errors import RoundMoved
from storage import rounds
from storage.desk import Session
from storage.rounds import RoundRow


def still(session: Session, row: RoundRow, *states: str) -> None:
    """Lock a round and check its state. Raises: RoundMoved."""
    rounds.lock(session, row)
    if row.state not in states:
        raise RoundMoved
