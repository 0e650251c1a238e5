"""Limits the calls and queries of one press, so that a detour is noticed before users have to wait for it."""

from pathlib import Path

from bench.trace import trace_one_answer

MOST = {"files": 47, "functions": 158, "calls": 330, "statements": 8}


async def test_one_answer_runs_through_no_more_than_it_has_to(tmp_path: Path) -> None:
    found = await trace_one_answer(tmp_path)

    assert found.calls[0] == ("bot/web.py", "messages")
    assert ("storage/inbox.py", "keep") in found.calls, "the trace did not include storing the reply"
    assert {what: (count, MOST[what]) for what, count in found.counts.items() if count > MOST[what]} == {}
