"""What the running bot keeps in memory: every cache and every store of a long-lived object, each with its bound.

None holds what people write. A new one is listed here with what bounds it, or the test fails.
"""

import ast
import random
import tracemalloc
from collections.abc import Iterator

from bot.background.outbox_worker import MAX_IN_FLIGHT
from bot.door.bearer import _REMEMBERED
from checklists.loader import newest
from checklists.model import Motivation
from dialogs.turn.exchange import Reply
from dialogs.turn.shown import Shown
from dialogs.views.chef import Comparison
from dialogs.views.views import Line, SayView
from storage import contributions, sealing
from tests.conftest import ROOT

RUNNING = ("bot", "dialogs", "actions", "reports", "checklists", "storage", "texts")
LONG_LIVED = ("bot/", "storage/")
"""Where objects live as long as the process; elsewhere they live for a turn."""
CACHES = {
    "bot/cards/explained.py folded_facts": "the sets of facts that stand on a card, in each language",
    "bot/cards/explained.py folded_items": "the groups of the shipped versions, as they apply, in each language",
    "bot/cards/extract_words.py _questions": "one",
    "bot/door/service_hosts.py may_call": "256 addresses",
    "bot/pages/pages.py _environment": "one",
    "bot/sending/sender.py _segment": "1,000 ids of chats and messages",
    "checklists/calibration.py akts": "one a list",
    "checklists/concepts.py all_concepts": "one",
    "checklists/findings.py all_findings": "one",
    "checklists/instruments.py questions": "one",
    "checklists/list_names.py _by_name": "one",
    "checklists/loader.py all_checklists": "one",
    "checklists/loader.py all_facts": "one",
    "checklists/loader.py checklist_version": "the shipped versions",
    "checklists/tenant_settings.py read_settings": "256 settings",
    "checklists/workdays.py free_days": "the years the rule for dates takes",
    "checklists/workshop.py _every": "one",
    "dialogs/turn/commands.py _by_title": "the titles of buttons that lead to a command",
    "dialogs/turn/typed.py _fixed_titles": "the titles of buttons",
    "dialogs/turn/typed.py _names": "the words of commands, buttons and fields",
    "dialogs/turn/commands.py _titles": "the titles of buttons",
    "reports/answers.py _as_counted": "100 units and checklists",
    "reports/answers.py _without_texts": "10,000 sets of letters",
    "reports/printed.py _templates": "one",
    "storage/rows.py shape": "the tables",
    "storage/aggregates.py _questions": "one set a list",
    "storage/session.py _by_key": "two a table",
    "storage/session.py _inserting": "four a table",
    "storage/session.py _places": "one",
    "storage/session.py _updating": "the sets of columns that are written together",
    "storage/unopened.py owner_of_list": "1,000 lists, while the rows of a table are tried",
    "storage/contributions.py _answer": "4,000 answers without texts",
    "storage/aggregates.py _adding": "the two dialects",
    "storage/contributions.py _fact": "500 facts",
    "storage/contributions.py _states_and_complete": "2,000 sets of answers without texts",
    "storage/times.py _day_of_hour": "10,000 hours",
    "storage/prepared.py _kind_of": "the tables",
    "texts/__init__.py sentences": "the languages",
}
STORES = {
    "bot/adapter.py _sending": "sends in progress, each ended by its timeout",
    "bot/background/chainer.py _reached": "one place a tenant",
    "bot/background/outbox_worker.py _in_flight": "MAX_IN_FLIGHT",
    "bot/sending/pace.py _of": "the tenants that the bot serves",
    "bot/background/outbox_worker.py _leased": "one batch",
    "bot/background/import_folder.py _seen": "the files that lie in the folder now",
    "bot/turns.py _notes": "replies in progress",
    "bot/background/sweeper.py _swept": "today's, one a tenant",
    "bot/door/bearer.py _verified": "1,000 digests of tokens",
    "bot/door/key_ring.py _keys": "one published set of keys",
    "bot/health.py _last": "the reasons there are",
    "bot/sending/pace.py _conversations": "conversations sent to within the window",
    "bot/sending/pace.py _normal": "sends that wait, as many as MAX_IN_FLIGHT and the requests in progress",
    "bot/sending/pace.py _others": "as many as the pace allows in a window",
    "bot/sending/pace.py _recent": "as many as the pace allows",
    "bot/sending/pace.py _replies": "as many as the pace allows in four windows",
    "bot/sending/pace.py _urgent": "sends that wait, as many as MAX_IN_FLIGHT and the requests in progress",
    "bot/background/outbox_worker.py _sent": "sends in progress",
    "storage/desk.py _waiting": "the turns whose answer somebody waits for",
    "storage/desk.py _reported": "those of `not_held` before the last sweep",
    "storage/desk.py not_held": "the rows that cannot be held, each once",
    "storage/held.py _known": "the classes and words that go together in the rows of a table",
    "storage/held.py _sound": "1,000 a table",
    "storage/prepared.py PREPARED": "the statements of the modules",
    "storage/session.py _added": "what a transaction adds",
    "storage/session.py _changed": "what a transaction changes",
    "storage/session.py _gone": "what a transaction deletes",
    "storage/session.py _known": "the rows of a transaction",
    "storage/prepared.py _ready": "the dialects",
    "storage/session.py info": "what a transaction carries along",
    "storage/sealing.py _opened": "4,096 keys, each for a minute",
}
_EMPTY = ("dict", "list", "set", "OrderedDict", "defaultdict", "deque", "Counter")


def sources() -> Iterator[tuple[str, ast.Module]]:
    for room in RUNNING:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts and "commandline" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def name_of(node: ast.expr) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""


def caches() -> Iterator[str]:
    """Yield every function that remembers its results for as long as the process runs."""
    for file, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if {name_of(one) for one in node.decorator_list} & {"cache", "lru_cache"}:
                    yield f"{file} {node.name}"
            elif isinstance(node, ast.Call) and name_of(node) == "cache":
                yield f"{file} line {node.lineno}"


def is_store(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Dict | ast.List | ast.Set):
        return not (value.keys if isinstance(value, ast.Dict) else value.elts)
    return isinstance(value, ast.Call) and name_of(value) in _EMPTY and not value.args


def stores() -> Iterator[str]:
    """Yield every empty container that a long-lived object gets when it is made, and every module-level one."""
    for file, tree in (one for one in sources() if one[0].startswith(LONG_LIVED)):
        for node in ast.walk(tree):
            inits = [node] if isinstance(node, ast.FunctionDef) and node.name == "__init__" else []
            for statement in (one for init in inits for one in ast.walk(init)):
                if isinstance(statement, ast.Assign | ast.AnnAssign) and is_store(statement.value):
                    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                    yield from (f"{file} {name_of(one)}" for one in targets if isinstance(one, ast.Attribute))
        for statement in tree.body:
            if isinstance(statement, ast.Assign | ast.AnnAssign) and is_store(statement.value):
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                yield from (f"{file} {name_of(one)}" for one in targets)


def test_every_cache_is_listed_with_its_bound() -> None:
    assert set(caches()) == set(CACHES)


def test_every_store_of_a_long_lived_object_is_listed_with_its_bound() -> None:
    assert set(stores()) == set(STORES)


def test_the_cache_that_all_counting_fills_stays_small() -> None:
    """It gets by far the most entries: each second, those of every case somebody is answering."""
    counted, luck = contributions._states_and_complete, random.Random(1)
    basis, facts = newest("decision_basis"), (contributions._fact("violence", "ja"),)
    counted.cache_clear()
    tracemalloc.start()
    try:
        for _ in range(2_500):
            chosen: dict[str, tuple[str, Motivation]]
            chosen = {item: (luck.choice(("ja", "nej")), luck.choice(("text", ""))) for item in basis.by_id}
            given = (contributions._answer(item, *how, False, False, False) for item, how in chosen.items())
            counted("decision_basis", basis.version, "case_worker", facts, tuple(given))
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    full = counted.cache_info()
    counted.cache_clear()
    assert full.currsize == full.maxsize
    assert used < 2_000_000, f"{used / full.currsize:.0f} bytes each"


def test_the_parser_remembers_nothing_of_what_people_wrote() -> None:
    """It keeps thousands of short strings, of all JSON that the process has read, unless a model says otherwise."""
    line = Line(say="fill.noted", args={"text": "en påhittad mening"})
    reply = Reply(tenant_id=1, person_id=1, channel_user="29:1", language="sv", view=SayView(notices=(line,)))
    first, second = (Reply.model_validate_json(reply.canonical()).view.notices[0].args["text"] for _ in range(2))
    assert first == second
    assert first is not second
    assert {model.model_config["cache_strings"] for model in (Reply, Shown, Comparison)} == {"keys"}


def test_the_table_says_the_bound_that_is_in_the_source() -> None:
    assert (_REMEMBERED, sealing._REMEMBERED, MAX_IN_FLIGHT) == (1000, 4096, 20)
