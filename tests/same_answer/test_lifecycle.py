"""A change after signing, pressed or imported, has the same effect on the signature, the chef and the figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

import pytest

from checklists.loader import newest
from storage.signatures import SignatureRow
from tests.chat.harness import REF, Room
from tests.same_answer.expected import dates as expected_dates
from tests.same_answer.expected.lifecycle import Effect, effect, keeps_signature
from tests.same_answer.town import Stage, answers_filed, case_filed, listed, moment, rated, told
from texts import say

BASIS = newest("decision_basis")
WORDS = {"ja": "Ja", "nej": "Nej", "pagaende": "Pågår", "ej_tillampligt": "Ej tillämpligt"}
UNDER_WAY = ("child_informed_intervention", "child_informed_decision", "health_check_done")
AS_SIGNED = dict.fromkeys(("child_heard", "child_informed_report", "police_report_decided"), "ja")
AS_SIGNED |= dict.fromkeys(UNDER_WAY, "pagaende")
INTERVENTION, DECISION, HEALTH = UNDER_WAY
SPRING, LEAP = date(2026, 5, 20), date(2028, 3, 1)
COUNT = 31
REASON = "Påhittad motivering: mötet blev inte av"


@dataclass(frozen=True)
class Changed:
    """A change after signing, and the dates someone tried to enter before it."""

    item: str
    now: str
    dates: Mapping[str, str]
    on: date = SPRING

    @property
    def decided_on(self) -> date | None:
        """The decision date, if it was valid."""
        if "decided_on" not in self.dates or not expected_dates.may_stand(self.dates, self.on):
            return None
        return expected_dates.day(self.dates["decided_on"])

    @property
    def effect(self) -> Effect:
        """The expected effect."""
        return effect(AS_SIGNED[self.item], self.now, self.on, self.decided_on)


DECIDED = {"opened_on": "2026-03-02", "decided_on": "2026-05-13"}
ODD = (
    Changed(DECISION, "nej", {}),
    Changed(DECISION, "nej", DECIDED),
    Changed(DECISION, "nej", {"decided_on": "2028-02-29"}, LEAP),
    Changed(HEALTH, "nej", {"decided_on": "2027-02-29"}, LEAP),
    Changed(HEALTH, "nej", {"decided_on": "2026-13-01"}),
    Changed(HEALTH, "nej", {"decided_on": "26-05-13"}),
    Changed(HEALTH, "nej", {"decided_on": "2026-06-13"}),  # in the future
    Changed(HEALTH, "nej", {"opened_on": "2026-05-14", "decided_on": "2026-05-13"}),  # decided before opened
    Changed(DECISION, "ja", {}),
    Changed(DECISION, "ja", DECIDED),
    Changed(DECISION, "pagaende", DECIDED),
    Changed(INTERVENTION, "ej_tillampligt", {}),
    Changed(INTERVENTION, "ej_tillampligt", DECIDED),
    Changed("child_heard", "nej", DECIDED),
    Changed("child_heard", "ja", DECIDED),
    Changed("police_report_decided", "ej_tillampligt", {}),
    Changed("police_report_decided", "nej", DECIDED),
    Changed("child_informed_report", "nej", {}),
)


def generated() -> list[Changed]:
    """Return the special cases and, up to the count, random changes."""
    draw = Random(29)
    found = list(ODD)
    while len(found) < COUNT:
        item = draw.choice(list(AS_SIGNED))
        allowed = [choice for choice in BASIS.by_id[item].answers if choice in WORDS]
        decided = {"decided_on": str(date(2026, 5, draw.randint(1, 19)))} if draw.random() < 0.6 else {}
        drawn = Changed(item, draw.choice(allowed), decided)
        found += [drawn] if drawn not in found else []
    return found


def what_happened(room: Room) -> Effect:
    """Return the effect of the change, from the chef's notifications and the state of the signature."""
    voided = bool(room.scalar("select count(*) from signature where voided_at is not null"))
    cecilia = room.chat("cecilia")
    heard = len(cecilia.received)
    assert room.count(SignatureRow) == 1
    if len(cecilia.prompts()) > heard:
        cecilia.receives()
        at_once = "ett svar har ändrats från Pågår till Nej sedan underlaget signerades" in cecilia.text
        assert at_once is not voided, cecilia.text
        assert ("behöver läsas om" in cecilia.text) is voided
        return "told at once" if at_once else "voided"
    assert not voided, "voided, but nobody was notified"
    room.later(days=1)
    room.sweeps()
    bundled = len(cecilia.prompts()) > heard
    assert not bundled or say("reminders.followed", "sv") in cecilia.receives().text
    return "told in the bundle" if bundled else "nothing"


def number_of(item: str) -> int:
    return [one.id for one in BASIS.items].index(item) + 1


def pressed(room: Room, change: Changed) -> bool:
    """Change the answer in chat, with a motivation if a `nej` requires one. Returns: whether it did."""
    anna = room.chat("anna")
    anna.types(f"ändra {number_of(change.item)} {REF}")
    if anna.kind() == "group":
        anna.presses("Spara", {change.item: WORDS[change.now]})
    else:
        anna.presses(WORDS[change.now])
    asked = anna.kind() == "motivation" and change.now == "nej"
    if asked:
        anna.presses("Spara", {"motivation": REASON})
    return asked


@pytest.mark.parametrize("change", generated(), ids=str)
def test_chat_files_and_figures_agree_on_what_a_change_does(signed: Stage, change: Changed) -> None:
    figures, reason = [], {}
    for by_chat in (True, False):
        room = signed.room()
        room.now = moment(change.on)
        room.chat("anna").refreshing = False
        if change.dates:
            stood = told(room.chat("anna"), change.dates) if by_chat else case_filed(room, **change.dates)
            assert stood is (change.decided_on is not None)
        if by_chat:
            reason = {"motivation": REASON} if pressed(room, change) else {}
        else:
            assert answers_filed(room, {"item": change.item, "answer": change.now, **reason})
        line = listed(room)
        keeps = keeps_signature(change.effect)
        assert (line["signed"], line["voided"]) == (("1", "0") if keeps else ("0", "1")), by_chat
        figures.append(rated(room, change.item))
        assert figures[-1][change.now] == "1"
        assert what_happened(room) == change.effect, "chat" if by_chat else "file"
    assert figures[0] == figures[1]
