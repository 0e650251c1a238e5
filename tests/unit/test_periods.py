"""How a period is typed in the chat, and which days it covers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.errors import UnreadablePeriod
from checklists.periods import Period, is_period, read_period
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
        ("fjolåret", "2025-01-01–2025-12-31"),
        ("hela 2025", "2025-01-01–2025-12-31"),
        ("kalenderåret 2025", "2025-01-01–2025-12-31"),
        ("hela året", "2026-01-01–2026-12-31"),
        ("hittills i år", "2026-01-01–2026-12-31"),
        ("i år hittills", "2026-01-01–2026-12-31"),
        ("ytd", "2026-01-01–2026-12-31"),
        ("2026/05", "2026-05-01–2026-05-31"),
        ("05-2026", "2026-05-01–2026-05-31"),
        ("i maj", "2026-05-01–2026-05-31"),
        ("under maj månad 2025", "2025-05-01–2025-05-31"),
        ("maj förra året", "2025-05-01–2025-05-31"),
        ("maj-2025", "2025-05-01–2025-05-31"),
        ("kv 4 i fjol.", "2025-10-01–2025-12-31"),
        ("kvartal 2, 2026", "2026-04-01–2026-06-30"),
        ("kvartal två i år", "2026-04-01–2026-06-30"),
        ("senaste kvartalet", "2026-01-01–2026-03-31"),
        ("senaste 12 månaderna", "2025-05-01–2026-04-30"),
        ("de tolv senaste månaderna", "2025-05-01–2026-04-30"),
        ("rullande 12", "2025-05-01–2026-04-30"),
        ("senaste 4 kvartalen", "2025-04-01–2026-03-31"),
        ("the last three months", "2026-02-01–2026-04-30"),
        ("kv 1-2 2026", "2026-01-01–2026-06-30"),
        ("2024 kv 1 - kv 2", "2024-01-01–2024-06-30"),
        ("2024 kv 1-2025 kv 2", "2024-01-01–2025-06-30"),
        ("2025Q4–2026Q1", "2025-10-01–2026-03-31"),
        ("jan 2024 - mars", "2024-01-01–2024-03-31"),
        ("maj–juni", "2026-05-01–2026-06-30"),
        ("från januari till och med mars 2025", "2025-01-01–2025-03-31"),
        ("mellan 2026-01-01 och 2026-03-31", "2026-01-01–2026-03-31"),
        ("2025 - i år", "2025-01-01–2026-12-31"),
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
        "2025 - maj",
        "maj - 2026",
        "januari 2025 - i år",
        "nov 2025 - feb",
        "mars-jan",
        "kvartal 1 och 2 2026",
        "tertial 1-4",
        "2 kvartal",
        "kv2 26",
        "maj -26",
        "senaste året",
        "senaste halvåret",
        "senaste 2 åren",
        "senaste 30 dagarna",
        "senaste 0 månaderna",
        "senaste 61 månaderna",
        "senaste många månaderna",
        "förra kvartalet 2025",
        "från 2026",
        "från maj",
        "sedan januari",
        "kvartalet",
        "nästa kvartal",
        "våren 2026",
        "vecka 12",
        "1/1-31/3 2026",
        "2025/2026",
        "202605",
        "från BUP i maj",
        "2026" + " " * 97,
        "i norr",
        "t",
        "1-2",
    ],
)
def test_anything_else_is_no_period(written: str) -> None:
    with pytest.raises(UnreadablePeriod):
        read_period(written, TODAY)


PARTS = {
    ("kv", "kvartal", "KV.", "q"): ("04-01", "06-30", 2),
    ("T", "tertial"): ("05-01", "08-31", 2),
    ("H", "halvår", "HALVAR"): ("07-01", "12-31", 2),
}


@pytest.mark.parametrize(
    "written",
    [
        *("{part}{n} {year}", "{part} {n} {year}", "{year} {part} {n}", "{year}{part}{n}", "{year}-{part}{n}"),
        *("{year}/{part}{n}", "{part}{n}-{year}", "{part}{n}/{year}", "{part}{n}–{year}", "för {part} {n}, {year}"),
    ],
)
def test_the_parts_of_a_period_may_come_in_any_order_with_any_marks_between(written: str) -> None:
    for parts, (first, last, number) in PARTS.items():
        for part in parts:
            read = read_period(written.format(part=part, n=number, year=2025), TODAY)
            assert str(read) == f"2025-{first}–2025-{last}", (written, part)


@pytest.mark.parametrize(
    "name", ["2:a kvartalet", "2a kvartalet", "2 kvartalet", "andra kvartalet", "ANDRA KV", "2nd quarter"]
)
def test_an_ordinal_says_which_part_it_is(name: str) -> None:
    for written in (name, f"{name} 2026", f"2026 {name}", f"{name} i år"):
        assert str(read_period(written, TODAY)) == "2026-04-01–2026-06-30"


@given(DAYS, st.integers(0, 4000), st.sampled_from(["-", "–", " - ", " – "]))
def test_any_two_days_in_order_are_a_period_that_can_be_held_against_the_one_before(
    first: date, days: int, dash: str
) -> None:
    last = min(first + timedelta(days=days), date(2099, 12, 31))
    period = read_period(f"{first}{dash}{last}", TODAY)

    assert period == Period(first, last)
    assert period.before.last + timedelta(days=1) == first
    assert not has_personal_number(f"rapport {first}{dash}{last}"), "it would be refused before being parsed"


def test_with_a_word_before_it_a_period_may_be_part_of_any_text() -> None:
    assert all(is_period(text, TODAY) for text in ("", "2026kv2", "i år", "senaste 12 månaderna", "hela året"))
    assert not any(is_period(text, TODAY) for text in ("i maj", "för 2026", "under maj 2026", "våren", "maj 26"))
