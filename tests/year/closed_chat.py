"""Days when cases are read and written in the tab: the chat takes nothing in, and says only that something waits."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from actions import settings
from actions.origin import Origin
from checklists.tenant_settings import parse_setting
from storage import tenants
from tests.chat.harness import TENANT
from tests.year import check
from tests.year.check import Fault
from tests.year.people import Person

if TYPE_CHECKING:
    from tests.year.town import Town

WAITS = re.compile(r"(\d+) (?:ärenden som väntar|cases waiting)")
UNTIL = re.compile(r"\d{4}-\d\d-\d\d")
HAVE_A_LIMIT = ("14D", "4M", "BESLUT", "LUCKOR")
"""The rules whose day is one until which something is to be done."""
MOST_SHOWN = 4
"""The most cases of a bundle from which it is certain that each is there with its day."""
IN_FLIGHT = timedelta(minutes=1)
"""How long a message may still be on its way that was written before the chat was closed."""


async def opens(town: "Town") -> None:
    """Open the chat for cases again from the command line, since the chat itself takes nothing in."""
    at = town.now()

    def change(session: Any) -> None:
        tenant = tenants.known(session, TENANT)
        assert tenant is not None
        settings.change(session, Origin(tenant.id, "cli:sim", at), tenant, "content", parse_setting("content", "chat"))

    await town.quiet()
    await town.stacks[0].desk.run(change)
    town.model.closed_at = None
    town.note("the chat is open")


def says_nothing(town: "Town", person: Person, body: Any) -> None:
    """Raises: Fault: a message names a case, or holds what somebody wrote, although the chat is closed."""
    closed, text = town.model.closed_at, check.as_text(body)
    if closed is None or town.now() < closed + IN_FLIGHT:
        return
    if told := [*check.REF.findall(text), *check.TEXT.findall(text)]:
        raise Fault(f"{person.name} was told of {told[0]} in the chat, which is closed")


def hears(person: Person, card: Any) -> None:
    """Record that somebody is called to the tab: to how many cases, and until when."""
    lines = [line for _, line in check.words(card)]
    counts = [int(found[1]) for line in lines if (found := WAITS.search(line))]
    days = [found[0] for line in lines if (found := UNTIL.search(line))]
    person.calls.append((counts[0] if counts else 1, days[0] if days else ""))


def are_called(
    town: "Town", day: date, must: Sequence[tuple[str, str, str, str, str]], before: set[str], *, trouble: bool
) -> None:
    """Check the calls of a sweep against what is due. before: who had been called since the sweep before this.

    Raises: Fault: somebody was called to more or fewer cases, or until another day.
    """
    for name in dict.fromkeys(name for name, *_ in must):
        person = town.people[name]
        hers = [
            (ref, rule, on, (town.model.cases[ref].key, rule, mark)) for one, ref, rule, mark, on in must if one == name
        ]
        unsure = trouble or name in before or any(not person.heard.get(what, (day, True))[1] for *_, what in hers)
        new = [one for one in hers if one[3] not in person.heard]
        count, days = len({ref for ref, *_ in new}), sorted(on for _, rule, on, _ in new if rule in HAVE_A_LIMIT)
        until = days[0] if days else ""
        found = [one if count <= MOST_SHOWN else (one[0], until) for one in person.calls]
        if new and not unsure and (count, until) not in found:
            raise Fault(f"{name} was called to {person.calls} on {day}, it should be to {count} cases until {until}")
        for *_, what in hers:
            if what not in person.heard or unsure:
                person.heard[what] = (day, not unsure)
