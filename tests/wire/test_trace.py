"""Limits what a turn executes, so that a detour is noticed before users have to wait for it."""

import re
from pathlib import Path

from bench.trace import trace_one_answer

MOST = {"files": 51, "functions": 184, "calls": 399, "statements": 8}
PRESS = ["select tenant", "select cases", "select filled_checklist"]
PRESS += ["insert event", "insert answer", "insert changed", "update conversation", "insert inbox"]
TYPED = [
    "select tenant",
    "select cases",
    "select filled_checklist",
    "select draft",
]
TYPED += ["insert event", "insert answer", "insert changed", "update conversation", "insert inbox", "insert outbox"]
TYPED += ["update inbox", "update conversation"]


def _named(statement: str) -> str:
    """Return what a statement does to which table first."""
    found = re.search(r"\b(?:FROM|INTO|UPDATE) (\w+)", statement)
    assert found, statement
    return f"{statement.split()[0].lower()} {found[1]}"


async def test_one_answer_runs_through_no_more_than_it_has_to(tmp_path: Path) -> None:
    found = await trace_one_answer(tmp_path)

    assert found.calls[0] == ("bot/web.py", "messages")
    assert ("storage/inbox.py", "keep") in found.calls, "the trace did not include storing the reply"
    assert {what: (count, MOST[what]) for what, count in found.counts.items() if count > MOST[what]} == {}
    # One that is added is to be seen here; one that is saved is taken out here.
    assert sorted(map(_named, found.statements)) == sorted(PRESS)
    assert found.commits == 1
    assert found.typed is not None
    assert sorted(map(_named, found.typed.statements)) == sorted(TYPED)
    assert found.typed.commits == 2, "the turn, and under which id its reply is out"
