"""Clocks of a case: entered in chat day by day or imported, the figures and "mina ärenden" show the same."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from reports import times
from tests.chat.conftest import Furnished
from tests.chat.harness import REF, Chat, Room
from tests.same_answer.expected.clocks import Case, Longer, clocks_of, months_on, verdicts
from tests.same_answer.town import case_filed, clocks, durations, moment, opened, told

DAYS = ("received_on", "opened_on", "decided_on", "closed_on")
LIMITS = {"14d": "Förhandsbedömning, 14 dagar", "4m": "Utredning, fyra månader"}
GROUNDS = {True: "Synnerliga eller särskilda skäl", False: "Arbetsbelastning, organisation eller bemanning"}
START = date(2026, 2, 3)
SAID = {
    "14d": "Förhandsbedömningen ska vara klar",
    "at_once": "Våldsärende: utredning ska inledas senast",
    "4m": "Utredningstiden går ut",
    "planned": "Planerat beslut",
}
LATE = {
    "14d": "Försenat: förhandsbedömningen skulle ha varit klar",
    "at_once": "Försenat: våldsärende, utredning skulle ha inletts senast",
    "4m": "Försenat: utredningen skulle ha varit klar",
    "planned": "Försenat: beslutet var planerat till",
}


def on(after: int, start: date = START) -> date:
    """Return the day `after` days after `start`."""
    return start + timedelta(days=after)


ODD: tuple[tuple[Case, date], ...] = (
    (Case(START), on(14)),
    (Case(START), on(15)),
    (Case(START, on(14)), on(20)),
    (Case(START, on(15)), on(20)),
    (Case(START, closed_on=on(10)), on(20)),
    (Case(date(2024, 2, 15), date(2024, 2, 29)), date(2024, 6, 29)),  # the 14 days end on a leap day
    (Case(opened_on=date(2024, 2, 29), decided_on=date(2024, 6, 29)), date(2024, 7, 1)),
    (Case(opened_on=date(2024, 2, 29), decided_on=date(2024, 6, 30)), date(2024, 7, 1)),
    (Case(opened_on=date(2025, 10, 31)), date(2026, 2, 28)),  # there is no 31 February
    (Case(opened_on=date(2025, 10, 31)), date(2026, 3, 1)),
    (Case(date(2026, 4, 1), date(2026, 3, 1)), date(2026, 5, 12)),  # a second report while the first is being assessed
    (Case(opened_on=START, decided_on=on(60), closed_on=on(200)), on(201)),
    (Case(START, START, known_on=START), on(1)),
    (Case(START, on(1), known_on=START), on(2)),
    (Case(START, on(10), known_on=START), on(11)),  # violence opened late, within the fourteen days
    (Case(START, known_on=START), on(1)),
    (Case(START, known_on=START), on(2)),
    (Case(date(2026, 5, 22), date(2026, 5, 25), known_on=date(2026, 5, 22)), date(2026, 5, 27)),  # over a weekend
    (Case(date(2026, 4, 2), date(2026, 4, 7), known_on=date(2026, 4, 2)), date(2026, 4, 8)),  # over Easter
    (Case(START, on(20), longer=(Longer("14d", True, on(10), on(25)),)), on(30)),
    (Case(START, on(20), longer=(Longer("14d", False, on(10), on(25)),)), on(30)),
    (Case(START, on(20), longer=(Longer("14d", True, on(15), on(25)),)), on(30)),  # decided after the limit
    (Case(START, on(26), longer=(Longer("14d", True, on(10), on(25)),)), on(30)),  # passed
    (Case(START, longer=(Longer("14d", True, on(10), on(25)),)), on(25)),
    (Case(START, longer=(Longer("14d", True, on(10), on(25)),)), on(26)),
)
COUNT = 31


def generated() -> list[tuple[Case, date]]:
    """Return the special cases and, up to the count, random ones with an extension that end around four months."""
    draw = Random(14)
    found = list(ODD)
    while len(found) < COUNT:
        start = date(2024, 1, 1) + timedelta(days=draw.randint(0, 500))
        limit = months_on(start, 4)
        longer = Longer("4m", draw.random() < 0.7, on(draw.randint(-9, 3), limit), on(draw.randint(5, 30), limit))
        decided = on(draw.randint(-3, 35), limit) if draw.random() < 0.7 else None
        found.append((Case(on(-9, start), start, decided, longer=(longer,)), on(36 if decided else 12, limit)))
    return found


def by_chat(room: Room, case: Case, today: date) -> Chat:
    """Enter a case in chat as it develops, each event on its own day."""
    happens: list[tuple[date, str]] = [(day, name) for name in DAYS if (day := getattr(case, name))]
    happens += [(one.decided_on, "longer") for one in case.longer] + (
        [(case.known_on, "known")] if case.known_on else []
    )
    order = ("received_on", "known", "opened_on", "longer", "decided_on", "closed_on")
    happens.sort(key=lambda one: (one[0], order.index(one[1])))
    room.now = moment(happens[0][0])
    anna = opened(room, violence="nej")
    for day, what in happens:
        room.now = moment(day)
        if what == "known":
            anna.types(f"uppgifter {REF}").presses("Spara", {"Är det ett våldsärende?": "Ja"}).sees("Sparat.")
        elif what == "longer":
            [one] = case.longer
            extends(anna, one)
        else:
            assert told(anna, {what: str(day)})
    room.now = moment(today)
    return anna


def extends(anna: Chat, longer: Longer) -> None:
    """Enter an extension, which only the chat can."""
    anna.types(f"uppgifter {REF}").presses("Förläng").presses(
        "Spara",
        {
            "Tidsgräns": LIMITS[longer.clock],
            "Typ av skäl": GROUNDS[longer.lawful],
            "Skäl": "Påhittat skäl",
            "Ny sista dag": str(longer.until),
            "Förlängningen beslutad": str(longer.decided_on),
        },
    ).sees(f"Förlängningen till {longer.until} är sparad")


def by_file(room: Room, case: Case, today: date) -> None:
    """Import everything in one row; what files cannot contain is entered in chat while the case is open."""
    room.now = moment(today)
    cells = {name: str(day) for name in DAYS if (day := getattr(case, name))}
    cells["violence"] = "ja" if case.known_on else "nej"
    closing = {"closed_on": cells.pop("closed_on")} if "closed_on" in cells else {}
    assert case_filed(room, **cells)
    for one in case.longer:
        opened_here = room.chat("anna").types(f"fortsätt {REF}")
        extends(opened_here, one)
    if closing:
        assert case_filed(room, **closing)


def running(room: Room, case: Case, today: date) -> Iterator[tuple[str, date]]:
    """Yield the days "mina ärenden" can show: the planned decision, and the last day of each running clock."""
    planned = room.case().planned_decision_on
    days = [("planned", planned)] if planned and not case.decided_on else []
    days += [(name, clock.until) for name, clock in clocks_of(case).items() if clock.end is None]
    for name, day in days:
        yield (LATE if day < today else SAID)[name], day


@pytest.mark.parametrize(("case", "today"), generated())
def test_chat_files_and_figures_agree_on_clocks(furnished: Furnished, case: Case, today: date) -> None:
    expected = verdicts(case, today)

    room = furnished.room()
    anna = by_chat(room, case, today)
    assert clocks(room) == expected
    if case.closed_on is None:
        nearest = {day: words for words, day in running(room, case, today)}
        anna.types("mina ärenden").sees(f"{nearest[min(nearest)]} {min(nearest)}" if nearest else REF)

    room = furnished.room()
    by_file(room, case, today)
    assert clocks(room) == expected


def test_violence_is_known_from_the_first_ja_on_unless_it_was_denied(furnished: Furnished) -> None:
    room = furnished.room()
    room.now = moment(START)
    anna = opened(room, violence="ja")
    assert told(anna, {"received_on": str(START)})
    room.now = moment(on(1))
    assert told(anna, {"opened_on": str(on(1))})

    for day, word, clock in ((9, "Vet inte", "14d"), (10, "Ja", "at_once"), (11, "Nej", "14d"), (12, "Ja", "14d")):
        room.now = moment(on(day))
        anna.types(f"uppgifter {REF}").presses("Spara", {"Är det ett våldsärende?": word}).sees("Sparat.")
        assert {name for name in clocks(room) if name in ("14d", "at_once")} == {clock}, (day, word)


def test_another_report_takes_nothing_from_the_times_of_the_investigation_before(furnished: Furnished) -> None:
    room = furnished.room()
    room.now = moment(on(25))
    assert case_filed(room, received_on=str(START), opened_on=str(on(20)))
    assert outcomes(room) == {"14d": {"late": 1}, "4m": {"open_within": 1}}

    room.now = moment(on(30))
    assert case_filed(room, received_on=str(on(30)))
    assert outcomes(room) == {"14d": {"late": 1}, "4m": {"open_within": 1}}, "the one it was opened on is still counted"

    room.now = moment(on(160))
    assert case_filed(room, decided_on=str(on(150)))
    assert case_filed(room, received_on=str(on(155)))
    assert outcomes(room) == {"14d": {"late": 1, "open_within": 1}, "4m": {"late": 1}}
    assert case_filed(room, closed_on=str(on(160)))
    ended = {"14d": {"late": 1, "within": 1}, "4m": {"late": 1}}
    assert outcomes(room) == ended

    room.now = moment(on(200))
    assert case_filed(room, received_on=str(on(170)))
    assert outcomes(room) == ended | {"14d": {"late": 1, "within": 1, "open_late": 1}}, "opened again, it counts both"
    assert case_filed(room, opened_on=str(on(175)))
    assert outcomes(room) == {"14d": {"late": 1, "within": 2}, "4m": {"late": 1, "open_within": 1}}


def outcomes(room: Room) -> dict[str, dict[str, int]]:
    """Return how often each clock has each outcome, zeros left out."""
    rows = {row["clock"]: {name: int(row[name] or 0) for name in times.COUNTS} for row in durations(room)}
    found = {clock: {name: count for name, count in counts.items() if count} for clock, counts in rows.items()}
    return {clock: counts for clock, counts in found.items() if counts}
