"""Runs every bot in turn, round by round, each time as a new process, and gives the figures as ratios between bots.

CPU is the time used by the bot's processes per thousand turns, at full load; a wait is from a person's act to the
reply, with a few people. Ratios are taken within a round, whose bots share whatever else the machine did; their median
is given.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.measure import Figure, p95
from bench.peers import recorded, scripts
from bench.peers.channel import Channel, Chat, Script, Waits, WrongReply, next_ref, phase
from bench.peers.ours import PEOPLE, SETTINGS, Databases, at_rest
from bench.peers.processes import Cores, Started, compile_ours, disk_syncs, python_of_peers, start
from bench.people import pauses
from tests.browser.real_bot import free_ports

FORM, CARD = ("form", scripts.form), ("card", scripts.card)
TYPED, PRESSED = ("typed", scripts.typed_basis), ("pressed", scripts.pressed_basis)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. warm, few_for, many_for, calm_for, waiting_for: seconds of each phase.

    thinking: seconds before each act of a few people who keep to the rate at which Teams takes a bot's answers.
    reading: the same, of many who read first. grow: turns after which memory is measured again.
    """

    rounds: int = 5
    warm: float = 1.0
    few: int = 4
    few_for: float = 4.0
    many: int = 32
    many_for: float = 5.0
    thinking: float = 1.0
    calm_for: float = 30.0
    waits: bool = True
    reading: float = 3.0
    waiting_for: float = 60.0
    grow: int = 100_000


QUICK = Plan(rounds=2, warm=0.5, few_for=2.0, many_for=2.0, calm_for=20.0, waiting_for=40.0, grow=5_000)


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot that is measured. module: what Python runs. database: of ours; empty for a peer."""

    name: str
    module: tuple[str, ...]
    scripts: tuple[tuple[str, Script], ...]
    database: str = ""
    token: bool = False
    replicas: int = 1
    keeps: bool = False
    """A peer that keeps its forms in SQLite."""
    like_ours: bool = False
    """A peer that shows our own cards, recorded before the first round."""
    waits: bool = False
    """It is also measured with many people who take time to read."""
    calm: bool = False
    """It is also measured with a few people who do not write faster than Teams lets a bot answer."""


_PACED, OURS = ("app.py", "serve"), ("-m", "bench.peers.unpaced", "serve")
FLOOR = ("-m", "bench.peers.bots.floor")
_BOTH = (TYPED, PRESSED)
BOTS = (
    Bot("bare", ("-m", "bench.peers.bots.bare"), (FORM,)),
    Bot("bare-sqlite", ("-m", "bench.peers.bots.bare"), (FORM,), keeps=True),
    Bot("stock-form", ("-m", "bench.peers.bots.stock"), (FORM,), calm=True),
    Bot("lean-form", ("-m", "bench.peers.bots.lean"), (FORM,)),
    Bot("stock-card", ("-m", "bench.peers.bots.stock"), (CARD,)),
    Bot("agents-form", ("-m", "bench.peers.bots.agents"), (FORM,)),
    Bot("floor", FLOOR, _BOTH, "sqlite", token=True, like_ours=True),
    Bot("floor-shared", (*FLOOR, "shared"), _BOTH, "sqlite", token=True, like_ours=True),
    Bot("ours", OURS, _BOTH, "sqlite", token=True),
    Bot("ours-no-token", OURS, _BOTH, "sqlite"),
    Bot("ours-paced", _PACED, _BOTH, "sqlite", token=True, waits=True, calm=True),
    Bot("ours-pg", OURS, _BOTH, "postgresql", token=True),
    Bot("ours-pg-two", OURS, _BOTH, "postgresql", token=True, replicas=2),
)


@dataclass
class Found:
    """The figures of a bot in one round.

    cpu: seconds per thousand turns. few, calm, many: the waits of a few people who act as soon as they are answered, of
    a few who think for a second, and of many who take time to read. calls: to
    the connector, per press beyond one reply to each typed line; without presses, per turn. grown: the growth of its
    memory, in percent.
    """

    cold: float = 0.0
    idle: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    few: dict[str, list[float]] = field(default_factory=dict)
    calm: dict[str, list[float]] = field(default_factory=dict)
    many: dict[str, list[float]] = field(default_factory=dict)
    calls: dict[str, float] = field(default_factory=dict)
    turns: int = 0
    surplus: int = 0
    grown: float | None = None


class Comparison:
    """Runs the bots of a plan. python: the one that has the peers' libraries."""

    def __init__(
        self, plan: Plan, python: str, folder: Path, bots: tuple[Bot, ...], tell: Callable[[str], None]
    ) -> None:
        self.plan, self.found = plan, dict[str, list[Found]]()
        self.lacking: list[str] = []
        self._python, self._folder, self._tell = python, folder, tell
        self._databases = Databases(folder)
        self._bots = bots
        self._cores = Cores.of_this_machine()
        self._cards = folder / "cards.json"

    def run(self) -> None:
        """Measure every round; a bot with a wrong reply, or none, has no figures in that round."""
        bots = self._bots
        if any(bot.database == "postgresql" for bot in bots) and not self._databases.has_postgres:
            bots = tuple(bot for bot in bots if bot.database != "postgresql")
            self.lacking.append("no PostgreSQL to measure on")
        try:
            with self._cores.taken():
                if any(bot.like_ours for bot in bots):
                    self._record()
                for number in range(self.plan.rounds):
                    first = number % len(bots)
                    for bot in (*bots[first:], *bots[:first]):
                        self._once(number, bot)
        finally:
            self._databases.close()

    def _record(self) -> None:
        with self._databases.new("sqlite") as url:
            words = (sys.executable, *OURS)
            heard = asyncio.run(recorded.heard_from(words, url, self._folder / "recorded.log"))
        self._cards.write_text(json.dumps(recorded.templates(heard)), encoding="utf-8")

    def _once(self, number: int, bot: Bot) -> None:
        last = number == self.plan.rounds - 1
        try:
            found = asyncio.run(self._measured(bot, number, grow=last and bot.name == "ours" and self.plan.grow > 0))
        except (AssertionError, TimeoutError, OSError, BaseExceptionGroup, WrongReply) as error:
            self.lacking.append(f"round {number + 1}, {bot.name}: {_why(error)}")
            self._tell(f"{number + 1} {bot.name:14} NO RESULT: {_why(error)}")
            return
        self.found.setdefault(bot.name, [Found()] * number).append(found)
        cpu = ", ".join(f"{name} {value:.2f}" for name, value in found.cpu.items())
        self._tell(
            f"{number + 1} {bot.name:14} {found.turns} turns, CPU s/1000: {cpu}; "
            f"p95 {', '.join(f'{name} {1000 * p95(waits):.1f}' for name, waits in found.few.items())} ms; "
            f"cold {found.cold:.2f} s, idle {found.idle:.0f} MiB" + (f", {found.surplus} more" * bool(found.surplus))
        )

    async def _measured(self, bot: Bot, number: int, *, grow: bool) -> Found:
        found, plan = Found(), self.plan
        async with AsyncExitStack() as stack:
            channel = await stack.enter_async_context(Channel())
            channel.use_token(bot.token)
            url = stack.enter_context(self._databases.new(bot.database)) if bot.database else ""
            settings: dict[str, str] = {}
            if url:
                settings = SETTINGS | (channel.production if bot.token else {}) | {"BK_DATABASE_URL": url}
            more = [str(self._folder / f"{number}.forms")] * bot.keeps + [str(self._cards)] * bot.like_ours
            ports = free_ports(2 * bot.replicas)
            running: list[Started] = []
            began = time.perf_counter()
            for port, admin in zip(ports[::2], ports[1::2], strict=True):
                words = (sys.executable if bot.database else self._python, *bot.module, *more)
                log = self._folder / f"{bot.name}.log"
                one = await start(words, {**settings, "BK_ADMIN_PORT": str(admin)}, port, log, self._cores.bots)
                stack.push_async_callback(one.stop)
                running.append(one)
            for one in running:
                await one.listens()
            urls = tuple(one.url for one in running)

            async def rest() -> None:
                if url:
                    await at_rest(url)

            [first] = channel.chats(1, urls)
            await _first_turn(first, bot)
            found.cold = time.perf_counter() - began
            await _to_the_end(first, bot)
            await rest()
            found.idle = sum(one.mib() for one in running)
            for name, script in bot.scripts:
                await phase(channel.chats(plan.few, urls), script, plan.warm)
                found.few[name] = _of(await phase(channel.chats(plan.few, urls), script, plan.few_for), name)
                await rest()
                chats = channel.chats(min(plan.many, PEOPLE), urls)
                before, calls = sum(one.cpu() for one in running), channel.posts + channel.puts
                waits = await phase(chats, script, plan.many_for)
                await rest()
                spent = sum(one.cpu() for one in running) - before
                found.cpu[name] = 1000 * spent / waits.turns
                sent = channel.posts + channel.puts - calls
                found.calls[name] = (
                    (sent - len(waits.typed)) / len(waits.pressed) if waits.pressed else sent / waits.turns
                )
                found.turns += waits.turns
                found.surplus += sum(chat.surplus for chat in chats)
            if bot.calm and plan.waits:
                name, script = bot.scripts[0]
                thinking = pauses(0, 2 * plan.thinking)
                waits = await phase(channel.chats(plan.few, urls), script, plan.calm_for, thinking)
                found.calm[name] = _of(waits, name)
            if bot.waits and plan.waits:
                for name, script in bot.scripts:
                    reading = pauses(0, 2 * plan.reading)
                    waits = await phase(channel.chats(PEOPLE, urls), script, plan.waiting_for, reading)
                    found.many[name] = _of(waits, name)
            if grow:
                found.turns += await _more(channel.chats(plan.few, urls), plan)
                await rest()
                found.grown = 100 * (sum(one.mib() for one in running) / found.idle - 1)
        return found


def _of(waits: Waits, name: str) -> list[float]:
    return waits.pressed if name in ("pressed", "card") else waits.typed


async def _first_turn(chat: Chat, bot: Bot) -> None:
    name, _ = bot.scripts[0]
    await chat.types({"form": "start", "card": "card"}.get(name, f"ny {next_ref()}"))


async def _to_the_end(chat: Chat, bot: Bot) -> None:
    """Leave no form half filled in, as the next lap begins with its first line."""
    if bot.scripts[0][0] == "form":
        for line in ("Insats", "A-0", "No", "A made-up reason."):
            await chat.types(line)
        await chat.types("Yes", replies=2)


async def _more(chats: list[Chat], plan: Plan) -> int:
    """Let people type and press alternately for at least `plan.grow` turns; return how many there were."""
    turns = 0
    while turns < plan.grow:
        for _, script in _BOTH:
            turns += (await phase(chats, script, plan.many_for)).turns
    return turns


def _why(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"[:600]


# --- the figures -----------------------------------------------------------------------------------------------------

Get = Callable[[Found], float]
Rounds = Mapping[str, list[Found]]


def _cpu(name: str) -> Get:
    return lambda found: found.cpu[name]


def _wait(name: str) -> Get:
    return lambda found: p95(found.few[name])


def _calm_wait(name: str) -> Get:
    return lambda found: p95(found.calm[name])


def _cold(found: Found) -> float:
    return found.cold


def _idle(found: Found) -> float:
    return found.idle


_FAST = ("stock-form", _wait("form"))
_CALM = ("stock-form", _calm_wait("form"))
RATIOS: tuple[tuple[str, str, float | None, tuple[str, Get], tuple[str, Get]], ...] = (
    ("G1", "CPU, typed / stock form", 0.27, ("ours", _cpu("typed")), ("stock-form", _cpu("form"))),
    ("G1l", "CPU, typed / lean form", None, ("ours", _cpu("typed")), ("lean-form", _cpu("form"))),
    ("G1f", "CPU, typed / floor", 1.6, ("ours", _cpu("typed")), ("floor", _cpu("typed"))),
    ("G1fs", "CPU, typed / floor that shares commits", None, ("ours", _cpu("typed")), ("floor-shared", _cpu("typed"))),
    ("G2", "CPU, typed / bare form on SQLite", 6, ("ours", _cpu("typed")), ("bare-sqlite", _cpu("form"))),
    ("G3", "CPU, typed / Agents SDK form", 1.2, ("ours", _cpu("typed")), ("agents-form", _cpu("form"))),
    # At full speed a few people write more than the 25 messages a second that Teams takes, and wait for that alone.
    (
        "G4",
        "p95, typed, as shipped / stock form, within Teams' limits",
        0.3,
        ("ours-paced", _calm_wait("typed")),
        _CALM,
    ),
    ("G4x", "p95, typed, as shipped, beyond them", None, ("ours-paced", _wait("typed")), _FAST),
    ("G4l", "p95, typed, pace lifted / stock form", None, ("ours", _wait("typed")), ("stock-form", _wait("form"))),
    ("G5", "CPU, pressed / stock card", 0.16, ("ours", _cpu("pressed")), ("stock-card", _cpu("card"))),
    ("G5f", "CPU, pressed / floor", 1.6, ("ours", _cpu("pressed")), ("floor", _cpu("pressed"))),
    (
        "G5fs",
        "CPU, pressed / floor that shares commits",
        None,
        ("ours", _cpu("pressed")),
        ("floor-shared", _cpu("pressed")),
    ),
    ("G5w", "p95, pressed / stock card", None, ("ours", _wait("pressed")), ("stock-card", _wait("card"))),
    ("G6", "CPU, typed: token / none", 1.1, ("ours", _cpu("typed")), ("ours-no-token", _cpu("typed"))),
    ("G6p", "CPU, pressed: token / none", 1.1, ("ours", _cpu("pressed")), ("ours-no-token", _cpu("pressed"))),
    ("G7", "cold start to the first full turn / stock form", 1.2, ("ours-paced", _cold), ("stock-form", _cold)),
    ("G8", "idle memory / stock form", 1.1, ("ours-paced", _idle), ("stock-form", _idle)),
    ("G9", "CPU, typed: PostgreSQL / SQLite", 1.2, ("ours-pg", _cpu("typed")), ("ours", _cpu("typed"))),
    ("G9p", "CPU, pressed: PostgreSQL / SQLite", 1.2, ("ours-pg", _cpu("pressed")), ("ours", _cpu("pressed"))),
    ("G9w", "p95, typed: PostgreSQL / SQLite", 1.3, ("ours-pg", _wait("typed")), ("ours", _wait("typed"))),
    ("G9wp", "p95, pressed: PostgreSQL / SQLite", 1.3, ("ours-pg", _wait("pressed")), ("ours", _wait("pressed"))),
    ("G9r", "CPU, typed: two replicas / one", 1.1, ("ours-pg-two", _cpu("typed")), ("ours-pg", _cpu("typed"))),
    ("G9rp", "CPU, pressed: two replicas / one", 1.1, ("ours-pg-two", _cpu("pressed")), ("ours-pg", _cpu("pressed"))),
)
"""Goal, description, target, and numerator and denominator, each as (bot, figure)."""


def figures(comparison: Comparison) -> list[Figure]:
    """Return all figures, most of them ratios; one without values was not measured."""
    found = comparison.found
    made = [_ratio(found, *row) for row in RATIOS]
    pressed = tuple(one.calls["pressed"] for one in found.get("ours", ()) if one.cpu)
    made.insert(10, Figure("G5c", "calls to the connector per press", None, pressed, "the posted card follows, later"))
    grown = tuple(one.grown for one in found.get("ours", ()) if one.grown is not None)
    note = f"after {comparison.plan.grow} turns"
    made.append(Figure("G8g", "growth of its memory since it was idle", 5, grown, note, " %"))
    for goal, name, target in (("W50t", "typed", 100.0), ("W50b", "pressed", None)):
        waits = [one.many[name] for one in found.get("ours-paced", ()) if one.many]
        note = f"p50 {1000 * statistics.median(map(statistics.median, waits)):.0f} ms" if waits else ""
        what = f"p95, 50 people, {comparison.plan.reading:g} s to read, {name}, as shipped"
        made.append(Figure(goal, what, target, tuple(1000 * p95(one) for one in waits), note, " ms"))
    return made


def _ratio(
    found: Rounds, goal: str, what: str, target: float | None, ours: tuple[str, Get], peer: tuple[str, Get]
) -> Figure:
    pairs = [
        (ours[1](one), peer[1](other))
        for one, other in zip(found.get(ours[0], ()), found.get(peer[0], ()), strict=False)
        if one.cpu and other.cpu
    ]
    note = ""
    if pairs:
        note = f"{statistics.median(a for a, _ in pairs):.3g} / {statistics.median(b for _, b in pairs):.3g}"
    return Figure(goal, what, target, tuple(one / other for one, other in pairs), note)


def compare(
    folder: Path, plan: Plan, tell: Callable[[str], None], bots: tuple[Bot, ...] = BOTS
) -> tuple[list[Figure], list[str]]:
    """Run the comparison; return its figures, and what gave no result. folder: where the peers' libraries are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    python = python_of_peers(folder)
    compile_ours()
    with tempfile.TemporaryDirectory(dir=folder) as name:
        sync = disk_syncs(Path(name))
        pinned = "bots on a core of their own" if Cores.of_this_machine().bots is not None else "no core of their own"
        tell(f"fdatasync of the disk: p50 {sync[0]:.2f} ms, p95 {sync[1]:.2f} ms; {os.cpu_count()} cores, {pinned}")
        comparison = Comparison(plan, python, Path(name), bots, tell)
        comparison.run()
    for line in comparison.lacking:
        tell(f"NO RESULT: {line}")
    return figures(comparison), comparison.lacking
