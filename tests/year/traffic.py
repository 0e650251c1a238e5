"""What is on its way to the bot, and what comes back: as the channel brings it, with all that can go wrong."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.door.inbound import read_activity
from dialogs.turn.exchange import Reply
from tests.chat.card_hand import button, gathered
from tests.chat.harness import STOCKHOLM, TENANT, object_id
from tests.wire.door import recorded
from tests.year import acts, check, closed_chat, languages, reminded, sight
from tests.year.channel import Delivery
from tests.year.check import Fault
from tests.year.done import ADMINISTERS, RENUMBERS, Done, snapshot
from tests.year.model import Case
from tests.year.people import Person, Shown, ref_of
from tests.year.stack import SHOWN, TURN, Stack, Taken

if TYPE_CHECKING:
    from tests.year.town import Town

MOST_TRIES = 6


class Traffic:
    """What people send from their clients, and what reaches them. pending: what was done, by its activity."""

    def __init__(self, town: "Town") -> None:
        self._town, self._chance = town, town.chance
        self._pending: dict[str, Done] = {}
        self._first_done: dict[Any, tuple[Mapping[str, Any], str]] = {}

    async def types(
        self, person: Person, text: str, what: str, ref: str = "", shown: Shown | None = None, other: str = ""
    ) -> None:
        activity = self.activity(person, "message.text", text=self._town.languages.typed(person, text))
        done = Done(activity["id"], person.name, ref, "text", what, text, other=other)
        if shown is not None:
            done.view, done.seen = shown.view, shown.seen
        await self.sends(activity, done)

    async def presses(
        self, person: Person, shown: Shown, title: str, fields: Mapping[str, str], ref: str, other: str = ""
    ) -> None:
        assert shown.card is not None
        data = gathered(shown.card, button(shown.card, title), fields)
        value = {"action": {"type": "Action.Execute", "verb": data.get("verb", ""), "data": data}}
        activity = self.activity(person, "invoke.adaptiveCard-action", value=value, replyToId=shown.message)
        done = Done(activity["id"], person.name, ref, "press", data.get("verb", ""), "", shown.view, shown.seen, title)
        done.data, done.made_by, done.meant, done.other = dict(data), shown.by, self._pending.get(shown.by), other
        done.case = shown.of if not other else None  # of two cases the one that is named first is meant
        done.fields = fields
        if fields.get("co_worker"):
            done.data = {**done.data, "co_name": fields["co_worker"].split()[0].lower()}
        await self.sends(activity, done, shown)

    def activity(self, person: Person, kind: str, **more: Any) -> dict[str, Any]:
        self._town.numbers["in"] += 1
        made = recorded(kind) | {"id": f"in-{self._town.numbers['in']}", "serviceUrl": "http://127.0.0.1:1/"}
        made["from"] = {"id": f"29:{person.name}", "aadObjectId": object_id(person.name)}
        made["channelData"] = {"tenant": {"id": TENANT}}
        made["conversation"] = {"conversationType": "personal", "tenantId": TENANT, "id": person.chat}
        return made | more

    async def sends(self, activity: dict[str, Any], done: Done | None, shown: Shown | None = None) -> None:
        """Bring one activity to the bot as the channel does: again until it is taken, now and then twice."""
        chance = self._chance
        if done is not None:
            self._pending[activity["id"]] = done
            self._town.note(done.person, done.kind, done.what, done.title or done.text)
        counts = done is not None and done.what == "undo" and chance.random() < 0.5
        if counts:  # what stood before is in the figures, and must leave them
            self._town.must_work(await self._town.stacks[0].rounds("figures"), "the figures")
        trouble = self._breaks_something() if done is not None and self._town.weeks else ""
        twice = done is not None and chance.random() < 0.05
        place = chance.randrange(len(self._town.stacks))
        taken = Taken("")
        for tries in range(MOST_TRIES):
            stack = self._town.stacks[place]
            if trouble.startswith("killed") and not tries:
                stack.fate = (1, trouble.split()[1])
            coming: list[Any] = [self._takes(stack, activity)]
            if twice:
                coming.append(self._takes(self._town.stacks[1 - place], activity))
            elif trouble == "beside":
                coming.append(self._town.stacks[1 - place].rounds("figures", "outbox", "trail"))
            found = await asyncio.gather(*coming)
            taken = found[0]
            if taken.state == "taken":
                break
            if not trouble:
                raise Fault(f"an activity was {taken.state} although nothing was wrong: {done}")
            self._mend(trouble)
            await self._town.revive()
            await asyncio.sleep(chance.choice((2, 15)))
            place = chance.randrange(len(self._town.stacks))
        else:
            raise Fault(f"an activity was never taken: {done}")
        self._mend(trouble)
        await self._town.revive()
        await self._town.settled()
        self._town.done += 1
        if done is None:
            return
        if taken.answer is not None:
            self._answered(done, taken, shown)
        if counts:
            await self._town.figures(self._town.now().date())
        if done.kind == "press" and done.what in acts.CHANGES and chance.random() < 0.04:
            await self._again(activity, done)
        if chance.random() < 0.5:
            failed = await chance.choice(self._town.stacks).rounds("outbox", "trail")
            self._town.must_work(failed, "the outbox")
            await self._town.settled()

    async def _again(self, activity: dict[str, Any], done: Done) -> None:
        """The channel sends a press again under a new id, as it does after half a minute."""
        self._town.numbers["in"] += 1
        copy = activity | {"id": f"in-{self._town.numbers['in']}"}
        self._town.note("again", done.name)
        before = check.stored(self._town.database, done.ref)
        taken = await self._takes(self._town.stacks[self._chance.randrange(2)], copy)
        if taken.state != "taken":
            raise Fault(f"a copy was {taken.state}")
        check.same(f"a copy of {done.what} in {done.ref}", check.stored(self._town.database, done.ref), before)
        await self._town.settled()

    async def _takes(self, stack: Stack, activity: dict[str, Any]) -> Taken:
        taken = await stack.take(read_activity(json.dumps(activity).encode()))
        body = check.as_text(taken.answer.body) if taken.answer is not None else ""
        self._town.note(stack.name, activity["id"], taken.state, hashlib.sha256(body.encode()).hexdigest()[:12])
        return taken

    def _breaks_something(self) -> str:
        what = self._chance.random()
        if what < 0.03:
            self._town.in_trouble = True
            kind = self._chance.choice(
                ("killed begin", "killed end", "killed kept", "full", "held", "beside", "beside")
            )
            if kind == "full":
                for stack in self._town.stacks:
                    stack.desk.fill_disk()
            if kind == "held":
                self._town.database.hold()
            self._town.note("trouble:", kind)
            return kind
        return ""

    def _mend(self, trouble: str) -> None:
        if trouble == "full":
            for stack in self._town.stacks:
                stack.desk.free_disk()
        if trouble == "held":
            self._town.database.let_go()
        for stack in self._town.stacks:
            stack.fate = None
        self._town.in_trouble = False

    def told(self, stack: Stack, left: Mapping[Any, Any]) -> None:
        """A transaction is committed: let the model do what was done in it, and compare."""
        if TURN not in left:
            return
        turn, outcome = left[TURN]
        if outcome.reply is not None and outcome.reply.person_id:
            next(one for one in self._town.people.values() if one.chat == turn.channel_id).has_app = True
        done = self._pending.get(turn.activity_id)
        if done is None:
            return
        person = self._town.people[done.person]
        if self._town.model.closed_at is not None:
            person.asked = None
            self._town.note("answered in the closed chat", turn.activity_id)
            return
        if not done.applied and outcome.result not in ("repeated", "failed"):
            done.applied = True
            case = acts.about(self._town.model, done)
            day = turn.now.astimezone(STOCKHOLM).date()
            reads = case is not None and self._town.model.reads(person.name, case, day)
            unit = self._town.model.register.unit_of(person.name, day)
            if (
                (case is None and unit)
                or reads
                or (case is not None and self._town.model.works_on(person.name, case, day))
                or done.what in (ADMINISTERS, *RENUMBERS)
            ):
                acts.apply(self._town.model, done, unit, turn.now.astimezone(STOCKHOLM), reads)
            self._town.rounds.answered(done)
            if self._town.model.register.held(person.name, day):
                languages.chosen(self._town.model, done)
                if done.what == "snooze":
                    reminded.put_off(self._town, person)
        same = (done.person, tuple(sorted(done.data.items())) if done.data else done.name)
        if outcome.result == "repeated" and same in self._first_done:
            done.after, done.shows = self._first_done[same]
        else:
            done.after, done.shows = snapshot(acts.about(self._town.model, done)), done.name
            self._first_done[same] = (done.after, done.name)
        person.asked = None
        self._town.note("kept by", stack.name, turn.activity_id, outcome.result)
        case = acts.about(self._town.model, done)
        for ref in {case.ref if case is not None else done.ref, done.other} - {""}:
            try:
                check.case_is_right(self._town.database, self._town.model, ref)
            except Fault as fault:
                raise Fault(f"after {done.person} {done.what} {done.title or done.text!r}: {fault}") from None

    def _answered(self, done: Done, taken: Taken, shown: Shown | None) -> None:
        """The response to a press has come: it takes the place of the pressed card."""
        person, reply = self._town.people[done.person], taken.reply
        assert taken.answer is not None
        body = taken.answer.body
        sight.may_see(self._town, person, body, done)
        closed_chat.says_nothing(self._town, person, body)
        value = body.get("value")
        self._town.told.append(f"{person.name} {done.name} {list(check.words(body))}")
        if reply is None or not isinstance(value, dict) or shown is None:
            return
        told_now = done.shows == done.name
        card = self._reads(person, value, reply, private=True, now=told_now)
        now = Shown(shown.message, card, reply.view, done.after, done.shows, self._of(reply.view, done))
        self._looks(person, now)
        # What the reply to an earlier press shows is not what the bot asked last: nobody types an answer to it.
        person.asked = now if told_now else None

    def _reads(self, person: Person, card: Any, reply: Reply | None, *, private: bool, now: bool) -> Any:
        """Return a card as she understands it, if it is in a language that it may be in."""
        if card.get("type") == "AdaptiveCard":
            self._town.languages.looks(person, card, now=now)
            if card["lang"] == "en" and reply is not None:
                languages.tells_the_same(reply, card, private=private)
        return languages.in_swedish(card)

    def _of(self, view: Any, done: Done | None) -> Case | None:
        """Return the case that a card is about."""
        ref, case = ref_of(view), acts.about(self._town.model, done) if done is not None else None
        return case if case is not None and ref in (case.ref, "") else self._town.model.cases.get(ref)

    def _looks(self, person: Person, shown: Shown) -> None:
        person.at = shown
        person.cards = [*person.cards[-7:], shown]

    def delivered(self, delivery: Delivery) -> None:
        """A message, or an update of one, has reached somebody's client."""
        reply, by = SHOWN.get()
        person = next(one for one in self._town.people.values() if one.chat == delivery.channel_id)
        text = check.as_text(delivery.body)
        told = hashlib.sha256(text.encode()).hexdigest()[:12]
        self._town.note(person.name, "gets", delivery.method, delivery.message, told)
        self._town.told.append(f"{person.name} {delivery.method} {delivery.message} {list(check.words(delivery.body))}")
        if leaked := check.TEXT.findall(text):
            raise Fault(f"a message to {person.name} holds what somebody wrote: {leaked[0]}")
        done = self._pending.get(by)
        sight.may_see(self._town, person, delivery.body, done, delivery.message)
        found = [one["content"] for one in delivery.body.get("attachments", ())]
        closed_chat.says_nothing(self._town, person, delivery.body)
        self._town.languages.hears(done, delivery.body)
        told_now = done is not None and done.shows == by
        card = self._reads(person, found[0], reply, private=False, now=told_now) if found else None
        view = reply.view if reply is not None else None
        ref = ref_of(view)
        seen = done.after if done is not None else snapshot(self._town.model.cases.get(ref))
        now = Shown(delivery.message, card, view, seen, by, self._of(view, done), loose=not by)
        if delivery.method == "POST":
            self._looks(person, now)
            person.asked = now if by else None
            if self._town.model.closed_at is not None and not by and card is not None:
                closed_chat.hears(person, card)
            if (reminders := check.reminded(card)) is not None:
                person.bundle = now
                reminded.hold(self._town, person, reminders, sure=delivery.sure)
        elif person.at is not None and person.at.message == delivery.message:
            self._looks(person, now)
