"""One turn of the floor (`floor.py`): what it reads, decides and writes, and the card it fills in."""

import hashlib
import hmac
import json
import os
import sqlite3
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from checklists import route
from checklists.loader import all_facts, newest
from checklists.model import Answer
from checklists.privacy import has_personal_number
from checklists.rules import Applied
from storage.sealing import Keys, parse_keys

LIST = newest("decision_basis")
SAID = {"ja": "ja", "j": "ja", "nej": "nej", "n": "nej", "pågår": "pagaende"}
KINDS = {"motivate": "text", "in_the_file": "reference", "no_motivation": "missing"}
PRAGMAS = ("journal_mode=wal", "synchronous=full", "foreign_keys=on", "secure_delete=on")
WHO = """
select t.id, p.id, r.unit_id, c.id, c.case_id, c.shown, c.card, c.card_case_id
from person p join tenant t on t.id = p.tenant_id
join role r on r.person_id = p.id and r.role = 'case_worker' and coalesce(r.valid_from, :day) <= :day
    and coalesce(r.valid_to, :day) >= :day
left join conversation c on c.tenant_id = t.id and c.channel_id = :channel
where t.entra_id = :tenant and p.object_id = :person"""
SEEN = """
select 1 from inbox where tenant_id = :t and channel_id = :channel and activity_id = :activity
union all select 1 from inbox where tenant_id = :t and press = :press"""
CASE = """
select c.ref, c.lead_id, c.case_type, c.children, f.name, max(f.id), f.value
from cases c left join fact f on f.case_id = c.id
where c.tenant_id = ? and c.id = ? and not c.withdrawn and c.closed_on is null group by f.child, f.name"""
ANSWERS = "select item_id, max(revision), choice, motivation_kind from answer where filled_id = ? group by item_id"
DRAFT = "select text, place from draft where filled_id = ? and item_id = ? and person_id = ?"
NEXT_ID = "select max(coalesce((select max(id) from {}), 0), coalesce((select max({}) from tombstone), 0)) + 1"
SHOWN = "update conversation set case_id = ?, shown = ?, card = ?, card_case_id = ? where id = ?"
SIGNED = ("verb", "token")
Held = dict[str, str]


class Put(NamedTuple):
    """A posted card that is replaced after the reply. row: in the outbox."""

    row: int
    card: str
    body: str


class Taken(NamedTuple):
    """A turn that was taken. inbox, conversation: its rows."""

    reply: str
    inbox: int
    conversation: int
    put: Put | None


class Kept:
    """The database, the keys and the recorded cards."""

    def __init__(self, cards: dict[str, Any]) -> None:
        masters = parse_keys(os.environ["BK_KEYS"])
        self.keys = Keys(masters, bytes.fromhex(os.environ["BK_TRAIL_KEY"]))
        path = os.environ["BK_DATABASE_URL"].removeprefix("sqlite:///")
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, cached_statements=256)
        for pragma in PRAGMAS:
            self.db.execute(f"pragma {pragma}").close()
        self._cards, self._secret = cards, bytes.fromhex(os.environ["BK_SECRET_KEY"])
        self._master = AESGCM(masters[self.keys.newest])
        self._key = lru_cache(4096)(self._read_key)

    def insert(self, table: str, **row: Any) -> int:
        """Insert a row and return its id."""
        return self.db.execute(_insert(table, tuple(row)), tuple(row.values())).lastrowid or 0

    def new_key(self, tenant: int, case: int) -> None:
        """Make the key of a new case."""
        nonce = os.urandom(12)
        wrapped = nonce + self._master.encrypt(nonce, AESGCM.generate_key(256), f"key|{tenant}|{case}".encode())
        self.insert("sealing_key", tenant_id=tenant, case_id=case, master_id=self.keys.newest, wrapped=wrapped)

    def _read_key(self, tenant: int, case: int) -> AESGCM:
        found = self.db.execute("select wrapped from sealing_key where tenant_id = ? and case_id = ?", (tenant, case))
        [wrapped] = found.fetchone()
        return AESGCM(self._master.decrypt(wrapped[:12], wrapped[12:], f"key|{tenant}|{case}".encode()))

    def seal(self, tenant: int, case: int, field: str, row: str, text: str) -> bytes:
        """Encrypt a text for its place."""
        nonce = os.urandom(12)
        return nonce + self._key(tenant, case).encrypt(nonce, text.encode(), f"{tenant}|{case}|{field}|{row}".encode())

    def digest(self, *parts: str) -> str:
        """Return the keyed digest of what came in."""
        return hmac.digest(self.keys.digest_key, "\x1f".join(parts).encode(), hashlib.sha256).hex()

    def token(self, payload: bytes) -> str:
        """Return the token of a button."""
        tag = hmac.digest(self._secret, payload, hashlib.sha256)[:20]
        return f"{urlsafe_b64encode(payload).rstrip(b'=').decode()}.{urlsafe_b64encode(tag).rstrip(b'=').decode()}"

    def filled_in(self, name: str, values: dict[str, Any]) -> str:
        """Return a recorded card with new values, and new tokens on its buttons."""
        card = self._cards[name]
        tokens = {one: self.token((payload % values).encode()) for one, payload in card["tokens"].items()}
        return str(card["body"] % (values | tokens))


@lru_cache
def _insert(table: str, names: tuple[str, ...]) -> str:
    return f"insert into {table} ({', '.join(names)}) values ({', '.join('?' * len(names))})"


class Turn:
    """One activity: `take` reads, decides and writes."""

    def __init__(self, kept: Kept, activity: dict[str, Any]) -> None:
        self._kept, self._db, self._activity = kept, kept.db, activity
        self._now = datetime.now(UTC)
        self._at, self._act = self._now.replace(tzinfo=None).isoformat(" ", "microseconds"), uuid4().hex
        self._tenant = self._person = self._unit = self._case = self._filled = self._event = 0
        self._ref, self._facts, self._answers = "", dict[str, str](), dict[str, Answer]()

    def take(self) -> Taken:
        """Take the turn."""
        kept, activity, where = self._kept, self._activity, self._activity["conversation"]
        channel, is_press = where["id"], activity["type"] == "invoke"
        ids = {"tenant": where["tenantId"], "person": activity["from"]["aadObjectId"], "channel": channel}
        who = self._db.execute(WHO, ids | {"day": self._now.date().isoformat()}).fetchone()
        self._tenant, self._person, self._unit, conversation, case, shown, card, card_case = who
        if conversation is None:
            conversation, card = self._met(), ""
        verb, item, revision, choice, held = self._pressed() if is_press else self._typed(case, shown)
        digest = kept.digest(activity["type"], *(f"{name}={held[name]}" for name in sorted(held)))
        press = kept.digest(str(self._person), digest) if is_press else None
        seen = {"t": self._tenant, "channel": channel, "activity": activity["id"], "press": press}
        assert self._db.execute(SEEN, seen).fetchone() is None, "nothing is sent to the floor twice"
        assert not any(has_personal_number(text) for name, text in held.items() if name not in SIGNED)
        key = self._open(held["text"]) if verb == "ny" else self._store(verb, item, revision, choice, held)
        values: dict[str, Any] = {"tenant": self._tenant, "person": self._person, "case": self._case}
        values |= {"filled": self._filled, "card": card, "user": activity["from"]["id"]}
        values |= {"ref": self._ref, "act": self._act, "event": self._event, "activity": activity["id"]}
        reply, put = kept.filled_in(f"{'pressed' if is_press else 'typed'} {key}", values), None
        if (key == "summary") if is_press else (card and card_case == self._case):
            body = kept.filled_in("put summary" if is_press else "put moved", values)
            put = Put(self._put(conversation, card, body), card, body)
        shown = json.dumps([self._case, self._filled, key])
        self._db.execute(SHOWN, (self._case, shown, card if is_press else "", self._case, conversation))
        row = {"tenant_id": self._tenant, "channel_id": channel, "activity_id": activity["id"], "digest": digest}
        row |= {"press": press, "case_id": self._case, "at": self._at, "posted": ""}
        sealed = kept.seal(self._tenant, self._case, "inbox.reply", f"{channel}:{activity['id']}", reply)
        return Taken(reply, kept.insert("inbox", **row, reply=sealed), conversation, put)

    # --- what was meant ---

    def _pressed(self) -> tuple[str, str, str, str, Held]:
        held = {name: str(value) for name, value in self._activity["value"]["action"]["data"].items()}
        body = held["token"].partition(".")[0]
        payload = urlsafe_b64decode(body + "=" * (-len(body) % 4))
        assert hmac.compare_digest(self._kept.token(payload), held["token"])
        tenant, person, verb, self._case, self._filled, item, revision, _, choice, *_ = json.loads(payload)
        assert (tenant, person, verb) == (self._tenant, self._person, held["verb"])
        return verb, item, revision, choice, held

    def _typed(self, case: int, shown: str) -> tuple[str, str, str, str, Held]:
        line = self._activity["text"].strip()
        if line.startswith("ny "):
            return "ny", "", "", "", {"text": line.removeprefix("ny ")}
        self._case, self._filled, item = json.loads(shown)
        assert self._case == case
        kind, _, first = item.partition(":")
        if kind == "question":
            said, _, why = line.partition(", ")
            return "answer", item, "", SAID[said], {"text": line, "motivation": why}
        if kind == "motivation":
            return "no_motivation" if line == "nej" else "motivate", item, "", "", {"motivation": line}
        group = [one.id for one in LIST.items if kind == "group" and one.group == LIST.by_id[first].group]
        words = zip(group or all_facts(), line.split(), strict=True)
        held = {"text": line} | {name: SAID[word] for name, word in words}
        return "save_group" if group else "save_facts", item, "", "", held

    # --- what is stored ---

    def _entered(self, act: str, item: str = "", revision: int | None = None, detail: str = "") -> None:
        """Enter an event into the trail, with its MAC."""
        nonce, actor, filled = os.urandom(16).hex(), f"person:{self._person}", self._filled or None
        content = [self._tenant, self._now.isoformat(), actor, act, self._case, filled, item, revision, detail]
        row = {"tenant_id": self._tenant, "at": self._at, "actor": actor, "act": act, "case_id": self._case}
        row |= {"filled_id": filled, "item_id": item, "revision": revision, "detail": detail, "sealed": 0}
        mac = f"{nonce}:{self._kept.keys.trail_mac(['event', nonce, *content])}"
        self._event = self._kept.insert("event", **row, mac=mac)

    def _met(self) -> int:
        """Store the chat of somebody who writes for the first time."""
        names = {"user": "from", "bot": "recipient", "conversation": "conversation", "serviceUrl": "serviceUrl"}
        reference = json.dumps({name: self._activity[of] for name, of in names.items()})
        row = {"tenant_id": self._tenant, "person_id": self._person, "service_url": self._activity["serviceUrl"]}
        row |= {"channel_id": self._activity["conversation"]["id"], "installed": 1, "shown": "", "card": ""}
        return self._kept.insert("conversation", **row, reference=reference)

    def _open(self, ref: str) -> str:
        """Open a new case; return which card is shown next."""
        row = {"tenant_id": self._tenant, "ref": ref, "unit_id": self._unit, "lead_id": self._person}
        known = self._db.execute("select id from cases where tenant_id = ? and ref = ?", (self._tenant, ref))
        assert known.fetchone() is None
        self._ref, [self._case] = ref, self._db.execute(NEXT_ID.format("cases", "case_id")).fetchone()
        self._kept.insert("cases", id=self._case, **row, case_type="barn", children=1, protected_identity=0)
        self._kept.new_key(self._tenant, self._case)
        self._entered("case_opened", detail=f"{self._unit} {self._person}")
        self._kept.insert("changed", case_id=self._case, filled_id=0)
        return "facts:1"

    def _store(self, verb: str, item: str, revision: str, choice: str, held: Held) -> str:
        """Store the facts or an answer; return which card is shown next."""
        rows = self._db.execute(CASE, (self._tenant, self._case)).fetchall()
        self._ref, lead, case_type, children, *_ = rows[0]
        assert lead == self._person, "she may"
        self._facts = {name: value for *_, name, _, value in rows if name and value != "unknown"}
        self._facts |= {"case_type": case_type, "children": "some" if children else "none"}
        if verb == "save_facts":
            self._begin(held)
        else:
            for name, number, said, kind in self._db.execute(ANSWERS, (self._filled,)):
                self._answers[name] = Answer(said, number, kind)
            applied = Applied(LIST, self._facts, self._answers)
            stop = next(one for one in route.stops(applied, "case_worker") if one.key == item)
            now = [self._answers[one].revision if one in self._answers else 0 for one in stop.items]
            assert revision in ("", ",".join(map(str, now))), "the card is the newest"
            self._answer(verb, stop, applied, choice, held)
        self._kept.insert("changed", case_id=self._case, filled_id=self._filled)
        applied = Applied(LIST, self._facts, self._answers)
        then = route.next_open(route.stops(applied, "case_worker"), applied, item)
        if then is not None and then.kind == "motivation":
            assert self._db.execute(DRAFT, (self._filled, then.items[0], self._person)).fetchone() is None
        return then.key if then else "summary"

    def _begin(self, held: Held) -> None:
        row = {"tenant_id": self._tenant, "case_id": self._case, "author_id": self._person, "at": self._at}
        for name, fact in all_facts().items():
            child, self._facts[name] = int(fact.per == "child"), held[name]
            self._kept.insert("fact", **row, child=child, name=name, revision=1, value=held[name])
            self._entered("fact_set", name, 1, "child 1" * child)
        if day := held.get("planned"):
            self._db.execute("update cases set planned_decision_on = ? where id = ?", (day, self._case))
            self._entered("planned_date_set", detail=day)
        [self._filled] = self._db.execute(NEXT_ID.format("filled_checklist", "last_filled_id")).fetchone()
        row = {"tenant_id": self._tenant, "case_id": self._case, "unit_id": self._unit, "begun_at": self._at}
        row |= {"checklist": LIST.id, "version": LIST.version, "occasion": 1, "child": 1, "role": "case_worker"}
        row |= {"person_id": 0, "round_id": 0, "file_part": "", "status": "open"}
        self._kept.insert("filled_checklist", id=self._filled, **row)
        self._entered("list_begun")

    def _answer(self, verb: str, stop: route.Stop, applied: Applied, choice: str, held: Held) -> None:
        why, kind = held.get("motivation", ""), KINDS.get(verb, "")
        if not kind:
            for item in stop.items:
                said = choice or held[item]
                assert said in applied.allowed(LIST.by_id[item])
                self._revise(item, said)
            if why and (sibling := route.motivated_by(applied, LIST.by_id[stop.items[0]], choice)):
                self._revise(sibling.id, "ja", "text", why)
            return
        for item in stop.items:
            said = self._answers[item].choice if not stop.about else "nej" if kind == "missing" else "ja"
            self._revise(item, said, kind, why if kind == "text" else "", held.get("place", ""))

    def _revise(self, item: str, choice: str, kind: Any = "", why: str = "", place: str = "") -> None:
        """Store a new revision of an answer, its texts sealed."""
        number = self._answers[item].revision + 1 if item in self._answers else 1
        row: dict[str, Any] = {"tenant_id": self._tenant, "filled_id": self._filled, "item_id": item, "choice": choice}
        row |= {"revision": number, "option": "", "motivation_kind": kind, "author_id": self._person, "undo_of": ""}
        for name, text in (("motivation", why), ("place", place)):
            at = f"{self._filled}:{item}:{number}"
            row[name] = self._kept.seal(self._tenant, self._case, f"answer.{name}", at, text) if text else None
        self._kept.insert("answer", **row, at=self._at, act=self._act)
        self._entered("answered", item, number)
        self._answers[item] = Answer(choice, number, kind)

    def _put(self, conversation: int, card: str, body: str) -> int:
        """Store that a posted card is to be replaced, by this process; return the row."""
        nonce = uuid4().hex
        row = {"tenant_id": self._tenant, "kind": "update", "conversation_id": conversation, "activity_id": card}
        row |= {"case_id": self._case, "nonce": nonce, "state": "waiting", "attempts": 1, "sends": 1, "rank": 0}
        row |= {"due_at": self._at, "created_at": self._at, "leased_until": self._at, "leased_by": "floor"}
        view = self._kept.seal(self._tenant, self._case, "outbox.view", nonce, body)
        return self._kept.insert("outbox", **row, view=view)
