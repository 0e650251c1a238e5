"""T9: every verb and command x every role x every relation x every place, against the endpoint itself.

In the short form each verb meets the endpoint once for each outcome, and the turn behind it in its other cells. The
table is built from the dialogs' declarations, so new verbs are included automatically. The expected outcome follows
from the declared Right alone; the actual one is read from the response and the trail.
"""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import func, select

from actions.basis import BASIS, read
from bot.cards.render import render_card, render_text
from checklists import rights
from checklists.model import Role
from checklists.rights import RELATIONS, ROLES, Right
from dialogs.turn import commands
from dialogs.turn.exchange import Turn
from dialogs.turn.presses import OnFacts
from dialogs.turn.take_turn import take_turn
from dialogs.turn.tokens import Mint
from dialogs.views.views import Claim
from dialogs.worker import facts_card
from storage import cases, filled, people, tenants
from storage.cases import CaseRow
from storage.desk import Session
from storage.filled import FilledRow
from storage.people import PersonRow, RoleRow
from storage.trail import EventRow
from tests.chat.card_hand import words
from tests.sql.conftest import add_case
from tests.wire.door import TENANT
from tests.wire.in_process_bot import FAR, SECRET, InProcessBot, activity, pressed
from texts import say

LONG = os.environ.get("BK_SLOW") == "1"
NOW = datetime(2026, 5, 12, 8, 30, tzinfo=UTC)
MINT = Mint(SECRET)
PAGES = "https://bot.example.invalid"
STRANGER, NOT_YOURS = say("common.stranger", "sv"), say("common.card_not_yours", "sv")
NO_SUCH_CASE, NOT_FOR_ROLE = say("common.no_such_case", "sv"), say("common.not_for_your_role", "sv")
NOT_PERSONAL = say("common.not_personal", "sv")
DENIALS = {STRANGER, NO_SUCH_CASE, NOT_FOR_ROLE, NOT_YOURS}
CLAIMS: dict[str, dict[str, str]] = {
    "command": {"choice": "hjälp"},
    "named_case": {"item": "hjälp"},
    "save_form": {"item": "question:child_heard", "choice": "child_heard", "revision": "0"},
    "remove_deputy": {"item": "0"},
    "hand_over": {"item": "0", "choice": "0"},
}
"""The token claims of verbs whose buttons do not have the general form below."""
BY_UNIT = ("show_report", "export_figures")
"""Verbs that also require a unit whose figures she may see; their buttons name it."""
GENERAL = {"item": "facts:1", "choice": "0"}


@dataclass(frozen=True)
class Who:
    """A person with one role and one relation to a case. relation: `far`: another municipality; `unknown`: nobody."""

    name: str
    role: Role | None
    relation: str
    tenant: str
    tenant_row: int
    person: int
    unit: int
    case: int
    filled: int
    ref: str


def move_in(session: Session) -> list[Who]:
    """Create a case per role, a person in every relation to it, and a case of the same name elsewhere."""
    found: list[Who] = []
    home, far = (tenants.ensure(session, entra_id).id for entra_id in (TENANT, FAR))
    for number, role in enumerate(ROLES):
        ref = f"SN 2026/{number + 100:04}"
        made = {relation: _person(session, home, role, relation) for relation in RELATIONS}
        unit = _unit(session, home, "Påhittade Nord")
        case, sheet = _case(session, home, ref, unit, made["lead"][0], made["co_worker"][0])
        for relation, at in made.items():
            found.append(Who(f"{role}-{relation}", role, relation, TENANT, home, *at, case, sheet, ref))
        away, far_unit = _person(session, far, role, "lead")
        _case(session, far, ref, far_unit, away, None)
        found.append(Who(f"{role}-lead", role, "far", FAR, far, away, far_unit, case, sheet, ref))
    first = found[0]
    found.append(replace(first, name="nobody", role=None, relation="unknown", person=10_000))
    return found


def _unit(session: Session, tenant: int, name: str) -> int:
    row = people.unit(session, tenant, name)
    assert row.id is not None
    return row.id


def _person(session: Session, tenant: int, role: Role, relation: str) -> tuple[int, int]:
    """Register a person with a role; return the row ids of the person and the unit."""
    row = PersonRow(tenant_id=tenant, object_id=f"{role}-{relation}", name=f"Påhittad {role} {relation}")
    session.add(row)
    session.flush()
    unit = _unit(session, tenant, "Påhittade Syd" if relation == "other" else "Påhittade Nord")
    session.add(RoleRow(tenant_id=tenant, person_id=row.id, unit_id=unit, role=role))
    return row.id, unit


def _case(session: Session, tenant: int, ref: str, unit: int, lead: int, co: int | None) -> tuple[int, int]:
    case = add_case(session, CaseRow(tenant_id=tenant, ref=ref, unit_id=unit, lead_id=lead, co_id=co))
    row = FilledRow(
        tenant_id=tenant,
        case_id=case.id,
        unit_id=unit,
        checklist="decision_basis",
        version=1,
        child=1,
        role="case_worker",
        begun_at=NOW,
    )
    filled.add(session, row)
    return case.id, row.id


def must(right: Right, who: Who) -> str:
    """Return what the declared right implies: `allowed`, or the text of the refusal."""
    if who.role is None:
        return STRANGER
    relation: Any = "other" if who.relation == "far" else who.relation
    if right.about == "self":
        return "allowed" if who.role in right.may else NOT_FOR_ROLE
    if who.relation == "far":
        return NO_SUCH_CASE  # another municipality's case does not exist for her, whatever her role
    return "allowed" if rights.may(right, [(who.role, relation)]) else NO_SUCH_CASE


@dataclass
class Ward:
    """The bot with all people and cases."""

    bot: InProcessBot
    everyone: list[Who]

    def denied(self) -> int:
        """Return the number of denials in the trail."""
        query = select(func.count()).select_from(EventRow).where(EventRow.act == "denied")
        return self.bot.desk.run_now(lambda session: session.exec(query).one())

    async def press(self, verb: str, who: Who, *, posted: bool = True) -> str:
        """Press a verb's button with a token the bot would sign for her; return the outcome.

        posted: to the endpoint; otherwise the turn is run as the adapter runs it.
        """
        carried = CLAIMS.get(verb, {})
        if verb in BY_UNIT:
            carried = {"item": str(who.unit), "choice": "2026-01-01/2026-12-31"}
        claim = Claim(verb=verb, case=who.case, filled=who.filled, version=1, **{**GENERAL, **carried})
        data = {"verb": verb, "token": MINT.sign(who.tenant_row, who.person, claim), "case_ref": who.ref}
        if not posted:
            turn = self._turn("press", who, f"{verb} {who.name} {who.tenant}", data=data, invoke=True)
            return self._taken(turn, private=True)
        status, body = await self.bot.posts(pressed(who.name, data, tenant=who.tenant))
        assert status == 200, f"{verb} as {who.name}: {status}; does it need a claim of its own in CLAIMS?"
        return _outcome(body["value"])

    def type(self, line: str, who: Who) -> str:
        """Type a line, running the turn as the adapter does; return the outcome."""
        return self._taken(self._turn("text", who, f"{line} {who.name} {who.tenant}", text=line), private=False)

    def _turn(self, kind: Any, who: Who, activity_id: str, **more: Any) -> Turn:
        return Turn(
            kind=kind,
            tenant=who.tenant,
            object_id=who.name,
            channel_id=f"a:personal-{who.name}",
            channel_user=f"29:{who.name}",
            activity_id=activity_id,
            now=NOW,
            **more,
        )

    def _taken(self, turn: Turn, *, private: bool) -> str:
        reply = self.bot.desk.run_now(lambda session: take_turn(session, turn, MINT, PAGES)).reply
        assert reply is not None
        card = render_card(reply, MINT, private=private)
        return _outcome(card if card is not None else render_text(reply))

    def forget_shown(self) -> None:
        """Let nothing have been asked of anybody last."""
        self.bot.desk.run_now(
            lambda session: session.connection().exec_driver_sql("update conversation set shown = ''")
        )


def _outcome(shown: Any) -> str:
    """Return `allowed`, or the text of the refusal, which must be the whole reply.

    A command of another role is refused by a card, which leads on to what she may do instead.
    """
    if isinstance(shown, dict) and NOT_FOR_ROLE in words(shown).splitlines():
        return NOT_FOR_ROLE
    return shown if isinstance(shown, str) and shown in DENIALS else "allowed"


@pytest.fixture
async def ward(tmp_path: Path) -> AsyncIterator[Ward]:
    async with InProcessBot(tmp_path) as bot:
        yield Ward(bot, bot.desk.run_now(move_in))


def cells(ward: Ward) -> Iterator[tuple[str, Right, Who]]:
    for verb, right in commands.RIGHTS.items():
        for who in ward.everyone:
            yield verb, right, who


async def test_every_verb_does_in_every_cell_what_its_right_says(ward: Ward) -> None:
    wrong, seen, before, met = [], 0, ward.denied(), set()
    for verb, right, who in cells(ward):
        wanted = must(right, who)
        posted = LONG or (verb, wanted) not in met
        got = await ward.press(verb, who, posted=posted)
        after = ward.denied()
        met.add((verb, wanted))
        rows, before = after - before, after
        seen += 1
        # What is posted with this verb is a refresh, which her client asks for by itself: it stores nothing.
        unseen = verb == "show_current" and posted and wanted == NO_SUCH_CASE
        if (got, rows) != (wanted, 0 if wanted == "allowed" or unseen else 1):
            wrong.append((verb, who.name, who.relation, wanted, got, rows))

    assert not wrong
    assert seen == len(commands.VERBS) * (len(ROLES) * (len(RELATIONS) + 1) + 1), "an undefined cell"


async def test_every_command_does_in_every_cell_what_its_right_says(ward: Ward) -> None:
    wrong, before = [], ward.denied()
    for command in commands.COMMANDS:
        for who in ward.everyone:
            line = f"{command.word} {who.ref}" if command.right.about == "case" else command.word
            # A lead elsewhere who types the reference finds the case of that name in her own municipality.
            standing = replace(who, relation="lead") if who.relation == "far" else who
            ward.forget_shown()  # a refusal would stand on the card of the question that was shown
            wanted, got, after = must(command.right, standing), ward.type(line, who), ward.denied()
            rows, before = after - before, after
            if (got, rows) != (wanted, 0 if wanted == "allowed" else 1):
                wrong.append((line, who.name, who.relation, wanted, got, rows))

    assert not wrong


async def test_in_groups_and_channels_no_verb_does_anything_for_anyone(ward: Ward) -> None:
    before = ward.bot.acts()
    # What is refused there does not depend on who asks: in the short form each verb is pressed by one of them, in turn.
    pressed_by = (
        [(verb, who) for verb, _, who in cells(ward)] if LONG else list(zip(commands.VERBS, cycle(ward.everyone)))
    )
    assert {who.name for _, who in pressed_by} == {who.name for who in ward.everyone}
    for place in ("groupChat", "channel"):
        for verb, who in pressed_by:
            claim = Claim(verb=verb, case=who.case, filled=who.filled, version=1, **GENERAL)
            data = {"verb": verb, "token": MINT.sign(who.tenant_row, who.person, claim)}
            status, body = await ward.bot.posts(pressed(who.name, data, place=place, tenant=who.tenant))
            assert (status, body["value"]) == (200, NOT_PERSONAL)

    assert ward.bot.acts() == before, "something was stored"


async def test_a_denial_reveals_nothing_and_is_the_same_if_the_case_does_not_exist(ward: Ward) -> None:
    for who in ward.everyone:
        if who.relation in ("other", "unknown"):
            real = ward.type(f"uppgifter {who.ref}", who)
            none = ward.type("uppgifter SN 2026/9999", who)
            assert real == none
            assert real in DENIALS
            assert who.ref not in real


async def test_an_unknown_municipality_is_refused_at_the_front_door(ward: Ward) -> None:
    body = activity("message.text", "case_worker-lead", tenant="33333333-3333-4333-8333-333333333333", text="hej")

    assert await ward.bot.posts(body) == (403, {"error": "tenant"})


async def test_a_token_of_one_municipality_opens_nothing_in_another(ward: Ward) -> None:
    home = next(who for who in ward.everyone if (who.role, who.relation) == ("case_worker", "lead"))
    far = next(who for who in ward.everyone if (who.role, who.relation) == ("case_worker", "far"))
    claim = Claim(verb="continue", case=home.case)
    stolen = {"verb": "continue", "token": MINT.sign(home.tenant_row, home.person, claim)}

    _, body = await ward.bot.posts(pressed(far.name, stolen, tenant=FAR))
    assert body["value"] == NOT_YOURS


async def test_two_municipalities_with_the_same_reference_never_see_each_other(ward: Ward) -> None:
    home = next(who for who in ward.everyone if (who.role, who.relation) == ("case_worker", "lead"))
    far = next(who for who in ward.everyone if (who.role, who.relation) == ("case_worker", "far"))
    claim = ward.bot.desk.run_now(lambda session: _facts_as_shown(session, far))
    data = {"verb": "save_facts", "token": MINT.sign(far.tenant_row, far.person, claim), "children": "7"}
    assert (await ward.bot.posts(pressed(far.name, data, tenant=FAR)))[0] == 200

    children = [ward.bot.desk.run_now(lambda session, who=who: _children(session, who)) for who in (home, far)]  # type: ignore[misc]
    assert children == [1, 7]
    assert ward.type(f"uppgifter {home.ref}", home) == ward.type(f"uppgifter {far.ref}", far) == "allowed"


def _facts_as_shown(session: Session, who: Who) -> Claim:
    case = cases.find(session, who.tenant_row, who.ref)
    assert case is not None
    basis = read(session, case, cases.facts(session, case.id), BASIS)
    shown = OnFacts(1, facts_card.revisions(basis, 1), 0)
    return Claim(verb="save_facts", case=case.id, **shown.write())


def _children(session: Session, who: Who) -> int:
    case = cases.find(session, who.tenant_row, who.ref)
    assert case is not None
    return case.children


def _own_case(ward: Ward, who: Who) -> int:
    return ward.bot.desk.run_now(lambda session: _own_case_row(session, who))


def _own_case_row(session: Session, who: Who) -> int:
    case = cases.find(session, who.tenant_row, who.ref)
    assert case is not None
    return case.id


# --- the test itself can fail ------------------------------------------------------------------------------


async def test_the_matrix_fails_without_the_check_of_rights(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = [cell for cell in cells(ward) if cell[2].relation == "other"][:: len(ROLES)]
    denied = [cell for cell in sample if must(cell[1], cell[2]) != "allowed" and cell[0] not in BY_UNIT]
    assert denied
    anything = SimpleNamespace(may_use=lambda _right, _held, _case: True)
    monkeypatch.setattr("dialogs.turn.find_case.access", anything)
    monkeypatch.setattr("dialogs.turn.commands.may", lambda _right, _standing: True)

    assert {await ward.press(verb, who) for verb, _, who in denied} == {"allowed"}
