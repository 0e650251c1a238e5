"""Dates of a case: card and import accept the same ones, and no figure is based on impossible dates."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

import pytest

from tests.chat.conftest import Furnished
from tests.same_answer.expected.dates import ALL, PLANNED, may_stand
from tests.same_answer.town import Stage, case_filed, durations, kept_dates, told

TODAY = date(2026, 5, 12)
ODD: tuple[Mapping[str, str], ...] = (
    {"opened_on": "2024-02-29", "decided_on": "2024-06-29"},
    {"received_on": "2026-05-10", "closed_on": "2026-05-01"},
    {"received_on": "2026-02-29"},
    {"opened_on": "2025-02-29", "decided_on": "2025-06-28"},
    {"received_on": "2026-13-01"},
    {"received_on": "2026-00-10"},
    {"received_on": "26-05-01"},
    {"received_on": "260501"},
    {"received_on": "2026-5-1"},
    {"closed_on": "2099-01-01"},
    {"decided_on": "2026-05-13"},
    {"planned_decision_on": "2026-05-13"},
    {"planned_decision_on": "2031-05-12"},
    {"planned_decision_on": "2031-05-13"},
    {"received_on": "1989-12-31"},
    {"received_on": "1990-01-01"},
    {"opened_on": "2026-04-20", "decided_on": "2026-04-19"},
    {"decided_on": "2026-04-20", "started_on": "2026-04-19"},
    {"started_on": "2026-04-19"},
    {"opened_on": "2026-03-01", "received_on": "2026-04-01"},
    {"opened_on": "2026-03-01", "planned_decision_on": "2026-02-01", "decided_on": "2026-04-01"},
    {"opened_on": "2026-05-12", "decided_on": "2026-05-12", "closed_on": "2026-05-12"},
    {"received_on": "2026-05-12", "assigned_on": "2026-05-13"},
)
COUNT = 31


def generated() -> list[Mapping[str, str]]:
    """Return the special cases and, up to the count, random ones, close together so that every order occurs."""
    draw = Random(2026)
    found = list(ODD)
    while len(found) < COUNT:
        names = draw.sample(ALL, draw.randint(2, 5))
        found.append({name: str(TODAY - timedelta(days=draw.randint(-1, 6))) for name in names})
    return found


@pytest.mark.parametrize("dates", generated(), ids=lambda dates: ",".join(f"{k[:6]}={v}" for k, v in dates.items()))
def test_chat_files_and_figures_agree_on_dates(begun: Stage, furnished: Furnished, dates: Mapping[str, str]) -> None:
    stands = may_stand(dates, TODAY)

    room = begun.room()
    assert told(room.chat("anna"), dates) is stands
    proposed = {PLANNED} - dates.keys()  # the facts card suggests a planned day, an import does not
    by_chat = {name: day for name, day in kept_dates(room).items() if name not in proposed}
    chat_figures = durations(room)
    assert may_stand(by_chat, TODAY), "what was kept beside a refused date contradicts itself"
    assert (by_chat == dict(dates)) is stands

    room = furnished.room()
    assert case_filed(room, **dates) is stands
    if stands:
        assert kept_dates(room) == by_chat
        assert durations(room) == chat_figures
    else:
        assert durations(room) == []
    for row in (*chat_figures, *durations(room)):
        assert not row["median_days"].startswith("-")
