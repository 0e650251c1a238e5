"""What a person may be shown: the cases that are hers to know of, and what she has written or read herself."""

from typing import TYPE_CHECKING, Any

from tests.year import check
from tests.year.check import Fault
from tests.year.done import Done
from tests.year.model import NEVER
from tests.year.people import CHEF, Person

if TYPE_CHECKING:
    from tests.year.town import Town

PARTED = (
    *("har lämnats över till", "has been handed over to"),
    *("Du är nu handläggare i", "You are now the case worker for"),
    *("Du är inte längre handläggare eller medhandläggare i", "You are no longer case worker or co-worker of"),
    *("är draget tillbaka, för det hade öppnats av misstag", "has been withdrawn, because it was opened by mistake"),
)
"""What those are told from whom, or to whom, a case has been moved, or from whom it was taken."""
RENAMED = ("heter nu", "is now called")
"""What is told with a case's old number, which another case may have by then."""


def may_see(town: "Town", person: Person, body: Any, done: Done | None, message: str = "") -> None:
    """Raises: Fault: a message names a case, or quotes a text, that is not for this person.

    message: its id, if it may be an update of what she has seen already.
    """
    text = check.as_text(body)
    today, named = town.now().date(), set(check.REF.findall(text))
    before = person.named.setdefault(message, set()) if message else set()
    for ref in sorted(named - before):
        case = town.model.cases.get(ref)
        if done is not None and (ref in done.text or ref == done.other or ref in done.data.values()):
            continue
        if ref in town.model.gone:
            raise Fault(f"{person.name} was shown {ref}, which is gone")
        withdrawn = [one for one in town.model.withdrawn if one.ref == ref]  # its number may have been given anew
        handed = {name for one in (case, *withdrawn) if one is not None for name in one.parted}
        handed |= {name for one in withdrawn for name in (one.lead, one.co)}
        if person.name in handed and any(words in text for words in PARTED):
            continue
        if case is None or (person.role in ("manager", "admin") and not case.protected):
            continue
        if ref in town.rounds.drawn_for(person.name) and not case.protected:
            continue
        known = [case, *(() if case.protected else town.model.beside(ref))]
        hers = (
            town.model.works_on(person.name, one, today) or town.model.reads(person.name, one, today) for one in known
        )
        if not any(hers) and not (any(words in text for words in RENAMED) and len(named) > 1):
            raise Fault(f"{person.name} was shown {ref}, which is not hers")
    before |= named
    chefs = {person.name for person in town.people.values() if person.role in (CHEF, "deputy")}
    for words in set(check.TEXT.findall(text)):
        of, author, at = town.model.texts.get(words, (None, "", NEVER))
        case = town.model.now(of)
        if author == person.name or case is None or person.name in (case.lead, case.co):
            continue
        reading = case.readings.get(person.name)
        knows = reading is not None and reading.seen is not None and reading.seen >= at
        if not town.model.reads(person.name, case, today) or not (knows or author in chefs):
            raise Fault(f"{person.name} was shown a motivation of {case.ref} before she had read it")
