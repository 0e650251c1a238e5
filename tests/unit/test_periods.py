"""How a period is typed in the chat, and which days it covers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.errors import UnreadablePeriod
from checklists.periods import Period, read_period
from checklists.privacy import has_personal_number

TODAY = date(2026, 5, 12)
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("", "2026-01-01–2026-12-31"),
        ("  ", "2026-01-01–2026-12-31"),
        ("2025", "2025-01-01–2025-12-31"),
        ("2026-05", "2026-05-01–2026-05-31"),
        ("2024-02", "2024-02-01–2024-02-29"),
        ("2026-12", "2026-12-01–2026-12-31"),
        ("2026 kv 2", "2026-04-01–2026-06-30"),
        ("2026  KV4", "2026-10-01–2026-12-31"),
        ("2026 kvartal 1", "2026-01-01–2026-03-31"),
        ("2026-kv2", "2026-04-01–2026-06-30"),
        ("2026-Q2", "2026-04-01–2026-06-30"),
        ("2025-kvartal 4", "2025-10-01–2025-12-31"),
        ("2025 – kv 2 2026", "2025-01-01–2026-06-30"),
        ("2026 q 3", "2026-07-01–2026-09-30"),
        ("2026-01-01–2026-03-31", "2026-01-01–2026-03-31"),
        ("2026-01-01-2026-03-31", "2026-01-01–2026-03-31"),
        ("2026-01-01 - 2026-03-31", "2026-01-01–2026-03-31"),
        ("2026-02-28 — 2026-02-28", "2026-02-28–2026-02-28"),
        ("2026-01-01 till 2026-03-31", "2026-01-01–2026-03-31"),
        ("maj", "2026-05-01–2026-05-31"),
        ("juni", "2025-06-01–2025-06-30"),
        ("Maj 2025", "2025-05-01–2025-05-31"),
        ("2025 maj", "2025-05-01–2025-05-31"),
        ("oct 2024", "2024-10-01–2024-10-31"),
        ("jan-mars", "2026-01-01–2026-03-31"),
        ("januari till mars 2025", "2025-01-01–2025-03-31"),
        ("nov 2025 – feb 2026", "2025-11-01–2026-02-28"),
        ("nov–feb", "2025-11-01–2026-02-28"),
        ("2026-01–2026-03", "2026-01-01–2026-03-31"),
        ("2024–2025", "2024-01-01–2025-12-31"),
        ("kv 2", "2026-04-01–2026-06-30"),
        ("kv4", "2025-10-01–2025-12-31"),
        ("q2 2026", "2026-04-01–2026-06-30"),
        ("första kvartalet", "2026-01-01–2026-03-31"),
        ("second quarter 2025", "2025-04-01–2025-06-30"),
        ("tertial 1", "2026-01-01–2026-04-30"),
        ("2025 tertial 3", "2025-09-01–2025-12-31"),
        ("andra halvåret 2025", "2025-07-01–2025-12-31"),
        ("förra månaden", "2026-04-01–2026-04-30"),
        ("förra kvartalet", "2026-01-01–2026-03-31"),
        ("det här kvartalet", "2026-04-01–2026-06-30"),
        ("denna månad", "2026-05-01–2026-05-31"),
        ("last month", "2026-04-01–2026-04-30"),
        ("i år", "2026-01-01–2026-12-31"),
        ("förra året", "2025-01-01–2025-12-31"),
        ("i fjol", "2025-01-01–2025-12-31"),
    ],
)
def test_a_period_is_read_as_it_is_written(written: str, means: str) -> None:
    assert str(read_period(written, TODAY)) == means


@pytest.mark.parametrize(
    "written",
    [
        "26",
        "20266",
        "0026",
        "2126",
        "2026-13",
        "2026-00",
        "2026-5",
        "2026 kv 5",
        "2026 kv",
        "2026-02-29–2026-03-31",
        "2026-03-31–2026-01-01",
        "2026-01-01",
        "2026-01-01–",
        "2026-01-01 2026-03-31",
        "2026 x",
        "hösten",
        "kv 5",
        "tertial 4",
        "halvår 3",
        "mars-jan 2026",
        "2026–2025",
        "femte kvartalet",
        "första",
        "förra",
        "i",
        "maj maj",
        "maj 26",
        "2026 2026",
        "2026 maj 2025",
        "２０２６",
        "2026-01-01–2026-03-31 nord",
    ],
)
def test_anything_else_is_no_period(written: str) -> None:
    with pytest.raises(UnreadablePeriod):
        read_period(written, TODAY)


@given(DAYS, st.integers(0, 4000), st.sampled_from(["-", "–", " - ", " – "]))
def test_any_two_days_in_order_are_a_period_that_can_be_held_against_the_one_before(
    first: date, days: int, dash: str
) -> None:
    last = min(first + timedelta(days=days), date(2099, 12, 31))
    period = read_period(f"{first}{dash}{last}", TODAY)

    assert period == Period(first, last)
    assert period.before.last + timedelta(days=1) == first
    assert not has_personal_number(f"rapport {first}{dash}{last}"), "it would be refused before being parsed"
