"""Every number of every surface is what somebody counts by hand from what was put in: files, page, chat and workbook.

The town is drawn anew in each run; its seed is printed when a test fails.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from html import unescape
from math import sqrt
from pathlib import Path
from random import Random, randrange
from typing import Any

import openpyxl
import pytest

from bot.pages.report_page import render
from checklists.loader import newest
from checklists.periods import Period, quarter, year_of
from dialogs.views.figures import ReportView
from reports import checklists, rates, times
from reports.selected import Selection
from reports.workbook import Wanted, write_workbook
from storage import aggregates, cases, extensions, links, projection_queue, tenants
from storage.desk import Session
from storage.extensions import ExtensionRow
from storage.links import Link
from tests.chat.conftest import Furnished
from tests.chat.drive import fills, opens
from tests.chat.harness import NORTH, SOUTH, Chat, Room, move_in
from tests.chat.read_drive import begins, reads
from tests.same_answer.own_count import (
    ANSWERS,
    BASIS,
    COUNTED,
    FACTS,
    FINDINGS,
    INFORMED,
    OF_CHILD,
    QUESTIONS,
    STEP,
    STEPS,
    Case,
    Filled,
    Said,
    Town,
    applies,
    differs,
    ends,
    interval,
    is_complete,
    middle,
    per_cent,
    states,
)
from tests.same_answer.town import filed
from tests.sql.import_files import import_answers, import_cases
from tests.sql.kept_figures import dispose_of
from texts import say

pytestmark = pytest.mark.no_cover
"""It runs the product only; what it reaches is reached by tests of the rules themselves."""
UNITS = (NORTH, SOUTH, "Åsens barn (påhittad)", "Ängens barn (påhittad)")
TODAY, PROPOSED = date(2026, 5, 12), date(2026, 9, 12)
"""The chat proposes to decide four months on."""
DATES = ("received_on", "assigned_on", "opened_on", "planned_decision_on", "decided_on", "started_on", "closed_on")
WORDS = {"ja": "Ja", "nej": "Nej", "delvis": "Delvis", "pagaende": "Pågående", "ej_tillampligt": "E/T"}
CODES = ("14d", "at_once", "4m", "opened_to_assigned", "decided_to_started")
LIMITED = CODES[:3]
OUTCOMES = ("within", "late", "open_late", "open_within", "extended")


# --- what is put in --------------------------------------------------------------------------------------------------


def draw(rng: Random, number: int) -> Case:
    """Return a case with dates in order, facts known or not, and lists as a file brings them."""
    case = Case(f"SN 2026/{1000 + number}", rng.choice((*UNITS, NORTH, SOUTH)), children=rng.choice((1, 1, 1, 2, 3)))
    case.is_adult = rng.random() < 0.06
    case.children = 0 if case.is_adult else case.children
    received = date(2025, 1, 1) + timedelta(days=rng.randrange(480))
    opened = received + timedelta(days=rng.choice((0, 1, 2, 5, 10, 14, 15, 30)))
    decided = opened + timedelta(days=rng.choice((8, 40, 100, 119, 120, 121, 122, 123, 124, 160, 200)))
    drawn = {"received_on": (received, 0.85), "opened_on": (opened, 0.85), "decided_on": (decided, 0.7)}
    drawn["assigned_on"] = (opened + timedelta(days=rng.randrange(-3, 20)), 0.5)
    drawn["started_on"] = (decided + timedelta(days=rng.randrange(60)), 0.5)
    drawn["closed_on"] = (decided + timedelta(days=60 + rng.randrange(60)), 0.3)
    for name, (day, chance) in drawn.items():
        if day <= TODAY and rng.random() < chance:
            case.dates[name] = day
    if rng.random() < 0.6:
        case.dates["planned_decision_on"] = decided + timedelta(days=rng.randrange(-9, 10))
    if case.is_adult:
        return case
    for name in FACTS:
        value = rng.choice(("ja", "nej", "nej", ""))
        for child in range(1, case.children + 1) if name in OF_CHILD else (0,):
            if value:
                case.facts[name, child] = value
    follow(rng, case)
    if rng.random() < 0.8:
        case.lists += [drawn_list(rng, "decision_basis", "case_worker", child + 1) for child in range(case.children)]
    if rng.random() < 0.3:
        case.lists.append(drawn_list(rng, "decision_basis", "unit_manager", 1))
    if rng.random() < 0.3:
        case.lists.append(drawn_list(rng, "intake", "case_worker", 0))
    return case


def follow(rng: Random, case: Case) -> None:
    """Let another report come in to some cases: a new investigation, or a report after the opening of this one."""
    after = case.dates.get("closed_on") or case.dates.get("opened_on")
    came = after + timedelta(days=rng.randrange(1, 60)) if after else TODAY
    if came >= TODAY or rng.random() < 0.4:
        return
    if "closed_on" in case.dates:
        case.closed.append(case.dates)
        case.dates = {"received_on": came}
        opened = came + timedelta(days=rng.choice((0, 1, 10, 14, 15)))
        if opened <= TODAY:
            case.dates["opened_on"] = opened
            decided = opened + timedelta(days=rng.choice((40, 119, 123)))
            case.dates |= {"decided_on": decided} if decided <= TODAY else {"planned_decision_on": decided}
    # Of violence that a file tells of after both reports nobody can say with which it became known.
    elif case.dates.get("received_on", TODAY) <= case.dates["opened_on"] and case.fact("violence", 0) != "ja":
        case.later = came


def drawn_list(rng: Random, checklist: str, role: str, child: int) -> Filled:
    begun = date(2025, 1, 1) + timedelta(days=rng.randrange(496))
    one = Filled(checklist, role, child, begun)
    mostly = rng.choice((("ja",), ("ja", "ja", "ja", "nej"), ("ja", "nej", "delvis", "pagaende", "ej_tillampligt", "")))
    for item in QUESTIONS[checklist]:
        if choice := rng.choice(mostly):
            text, place = rng.choice(((False, False), (True, False), (False, True))) if choice == "nej" else (0, 0)
            one.said[item] = Said(choice, bool(text), bool(place), note=rng.random() < 0.2)
    if not one.said:
        one.said[QUESTIONS[checklist][0]] = Said("ja")
    return one


def bring(room: Room, rng: Random, drawn: Sequence[Case]) -> None:
    """Import the cases and their answers, then some answers anew: the newest count."""
    rows = []
    for case in drawn:
        facts = {name: case.fact(name, 1) for name in FACTS}
        dates = {name: str((case.closed or [case.dates])[0].get(name, "")) for name in DATES}
        kind = "vuxen" if case.is_adult else "barn"
        about = {"case_ref": case.ref, "unit": case.unit, "case_type": kind, "children": str(case.children)}
        case.is_listed = rng.random() < 0.8
        rows.append(about | {"protected_identity": "nej" if case.is_listed else "ja"} | dates | facts)
    assert filed(room, import_cases, rows)
    again = [
        {"case_ref": case.ref} | {name: str(day) for name, day in case.dates.items()} for case in drawn if case.closed
    ]
    again += [{"case_ref": case.ref, "received_on": str(case.later)} for case in drawn if case.later]
    assert filed(room, import_cases, [{**dict.fromkeys(DATES, ""), **row} for row in again])
    lists = [(case, one) for case in drawn for one in case.lists]
    assert filed(room, import_answers, [row for case, one in lists for row in answer_rows(case, one, one.said)])
    anew: list[dict[str, str]] = []
    for case, one in rng.sample(lists, len(lists) // 4):
        item = rng.choice(sorted(one.said))
        old, said = one.said[item], Said(rng.choice(("ja", "nej")), note=True)
        if said.choice != old.choice:
            one.said[item] = said
            anew += answer_rows(case, one, {item: said}, later=1)
    assert filed(room, import_answers, anew)


def answer_rows(case: Case, one: Filled, said: Mapping[str, Said], later: int = 0) -> Iterator[dict[str, str]]:
    """Yield the rows of a file; the first answer's day begins the list."""
    about = {"case_ref": case.ref, "checklist": one.checklist, "role": one.role, "child": str(one.child or "")}
    for number, (item, answer) in enumerate(said.items()):
        day = min(one.begun + timedelta(days=number % 3 + later), TODAY)
        words = "Finns i akten: påhittat blad" if answer.place else "Påhittad motivering" if answer.text else ""
        note = f"Påhittad kommentar {later}" if answer.note else ""
        yield about | {
            **{"item": item, "answer": WORDS[answer.choice], "motivation": words, "note": note},
            "answered_on": str(day),
        }


def extend(room: Room, rng: Random, drawn: Sequence[Case]) -> None:
    """Write down extensions, half of them for a reason the law does not recognise."""
    chosen = [(case, limit, rng.random() < 0.5) for case in drawn for limit in ("14d", "4m") if rng.random() < 0.25]

    def work(session: Session) -> None:
        [tenant] = tenants.everyone(session)
        for case, limit, lawful in chosen:
            began = case.dates.get("received_on" if limit == "14d" else "opened_on")
            if began is None:
                continue
            decided, until = began + timedelta(days=rng.choice((5, 90, 300))), began + timedelta(days=170)
            row = cases.find(session, tenant.id, case.ref)
            assert row is not None
            projection_queue.enqueue(session, case_id=row.id)
            made: dict[str, Any] = {"limit": limit, "reason_class": "grounds" if lawful else "organisation"}
            made |= {"until": until, "decided_on": decided, "nonce": f"{case.ref}{limit}", "reason": b""}
            made |= {"tenant_id": tenant.id, "case_id": row.id, "author_id": 1, "at": room.now}
            extensions.add(session, ExtensionRow(**made), "påhittat skäl")
            if lawful:
                case.extended[limit] = (decided, until)

    room.desk.run_now(work)


def dispose(room: Room, rng: Random, drawn: Sequence[Case]) -> None:
    """Dispose of some cases: their numbers stay."""
    gone = rng.sample(drawn, 5)

    def work(session: Session) -> None:
        [tenant] = tenants.everyone(session)
        for case in gone:
            row = cases.find(session, tenant.id, case.ref)
            assert row is not None
            dispose_of(session, tenant, row, room.now)
            case.is_listed = False

    room.desk.run_now(work)


# --- what is done in the chat ----------------------------------------------------------------------------------------

REASONS = {"text": Said("ja", text=True), "reference": Said("ja", place=True), "missing": Said("nej")}


def told(rng: Random, case: Case) -> tuple[dict[str, str], dict[str, Said]]:
    """Draw what a worker answers, as the buttons are called, and what that is."""
    given = {item: rng.choice(("ja", "ja", "nej")) for item in BASIS}
    if rng.random() < 0.5:
        given |= dict.fromkeys(("child_informed_decision", "health_check_done"), "pagaende")
    said = {item: Said(choice, text=choice == "nej" and item in INFORMED) for item, choice in given.items()}
    for item in ("child_not_heard_motivated", "child_not_communicated_motivated", "police_report_motivated"):
        given[item] = rng.choice(sorted(REASONS))
        said[item] = REASONS[given[item]]
    return given, said


def by_chat(room: Room, rng: Random) -> list[Case]:
    """Two people work in the chat: undo, send, read, return, sign, change what is signed, follow up."""
    cecilia, anna = room.chat("cecilia").installs(), room.chat("anna").installs()
    done = []
    for number, ending in enumerate(("voided", "follow_up", "returned", "shortfall")):
        case = Case(f"SN 2026/07{number:02}", NORTH, dates={"planned_decision_on": PROPOSED})
        case.facts = {(name, int(name in OF_CHILD)): rng.choice(("ja", "nej")) for name in FACTS}
        mine = Filled("decision_basis", "case_worker", 1, TODAY)
        opens(anna, case.ref, **{name: value for (name, _), value in case.facts.items()})
        anna.types("ja").types("ångra")
        given, mine.said = told(rng, case)
        if ending == "follow_up":
            given["child_informed_decision"], mine.said["child_informed_decision"] = "pagaende", Said("pagaende")
        fills(anna, given).presses("Skicka till chef")
        mine.sent = True
        case.lists.append(mine)
        read(cecilia, rng, case, mine, ending)
        finish(room, anna, case, mine, ending)
        done.append(case)
    left = Case("SN 2026/0750", NORTH, children=2, dates={"planned_decision_on": PROPOSED})
    left.facts = {(name, int(name in OF_CHILD)): "nej" for name in FACTS}  # the second child's are not known yet
    opens(anna, left.ref, children=2, **dict.fromkeys(FACTS, "nej")).types("ja")
    left.lists = [Filled("decision_basis", "case_worker", child, TODAY) for child in (1, 2)]
    left.lists[0].said["child_heard"] = Said("ja")
    return [*done, left, *(grows(rng, anna, cecilia, ending) for ending in ("returned", "signed"))]


def grows(rng: Random, anna: Chat, chef: Chat, ending: str) -> Case:
    """A second child comes into a case that has been returned, or signed; then the lists of both are sent."""
    case = Case(f"SN 2026/076{len(ending)}", NORTH, children=2, dates={"planned_decision_on": PROPOSED})
    case.facts = {(name, int(name in OF_CHILD)): "nej" for name in FACTS}
    mine, later = (Filled("decision_basis", "case_worker", child, TODAY) for child in (1, 2))
    opens(anna, case.ref, **dict.fromkeys(FACTS, "nej")).types("ja")
    mine.said["child_heard"] = Said("ja")
    anna.types(f"vad saknas {case.ref}").presses("Skicka till chef")
    mine.sent = True
    case.lists = [mine, later]
    read(chef, rng, case, mine, ending)
    anna.types(f"uppgifter {case.ref}").presses("Spara", {"Antal barn": "2"})
    mine.signed, mine.voided = "", ending == "signed"
    if ending == "returned":
        anna.types(f"vad saknas {case.ref}").presses("Skicka till chef")
        later.sent = True
    return case


def read(chef: Chat, rng: Random, case: Case, mine: Filled, ending: str) -> None:
    """The chef answers herself, sees the differences, and signs; or she sends the list back unread."""
    begins(chef)
    hers = Filled("decision_basis", "unit_manager", 1, TODAY)
    case.lists.append(hers)
    if ending == "returned":
        chef.presses("Återlämna").presses("Återlämna", Kommentar="Påhittad kommentar")
        mine.returned = True
        return
    given = {item: rng.choice(("ja", "nej")) for item in BASIS}
    reads(chef, given).presses("Visa skillnader")
    hers.said, hers.seen, mine.read_after = {item: Said(choice) for item, choice in given.items()}, True, 0
    if "Signera" in chef.buttons:
        chef.presses("Signera")
        mine.signed = "whole"
    else:
        chef.presses("Signera med brist").presses("Signera med brist", Skäl="Påhittat skäl")
        mine.signed = "shortfall"
    assert (mine.signed == "whole") == is_complete(case, mine), "what is ongoing is no gap"


def finish(room: Room, anna: Chat, case: Case, mine: Filled, ending: str) -> None:
    """Change what is signed, so that the signature falls; or answer what was ongoing, so that it stands."""
    if ending == "voided":
        was = mine.said["communication_boxes_filled"].choice
        other = "nej" if was == "ja" else "ja"
        anna.types(f"ändra 7 {case.ref}").presses(WORDS[other])
        mine.said["communication_boxes_filled"] = Said(other)
        mine.signed, mine.voided = "", True
        [hers] = [one for one in case.lists if one.role == "unit_manager"]
        del hers.said["communication_boxes_filled"]  # she is to read that question anew; the rest she has read
    if ending == "follow_up":
        anna.types(f"uppgifter {case.ref}").presses("Spara", {"Beslut fattat": str(TODAY)})
        case.dates["decided_on"] = TODAY
        anna.types(f"ändra 6 {case.ref}").presses("Spara", {"child_informed_decision": "Ja"})
        mine.said["child_informed_decision"] = Said("ja", concludes=True)


# --- the town --------------------------------------------------------------------------------------------------------


@dataclass
class Put:
    """The room, and what was put into it. spans: the periods that are looked at."""

    room: Room
    town: Town
    spans: tuple[Period, ...]


@pytest.fixture(scope="module")
def put(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Put]:
    seed = randrange(10**9)
    print(f"seed {seed}")  # noqa: T201
    rng = Random(seed)
    made = Furnished(tmp_path_factory.mktemp("counted") / "bot.db")
    room = made.room()
    move_in(room.desk, ("mona", "Mona Påhittad", "", "manager"))
    drawn = [draw(rng, number) for number in range(60)]
    bring(room, rng, drawn)
    extend(room, rng, drawn)
    done = by_chat(room, rng)
    dispose(room, rng, drawn)
    odd = date(2025, 2, 1) + timedelta(days=rng.randrange(200))
    spans = (year_of(2026), year_of(2025), quarter(2026, rng.choice((1, 2))))
    yield Put(room, Town([*drawn, *done], TODAY), (*spans, Period(odd, odd + timedelta(days=rng.randrange(90, 280)))))
    made.close()


def rows_of(put: Put, columns: Sequence[str], function: Any, selection: Selection, **more: Any) -> list[dict[str, str]]:
    def work(session: Session) -> list[list[str]]:
        aggregates.project_all(session)
        return list(function(session, selection, TODAY, **more))

    return [dict(zip(columns, row, strict=True)) for row in put.room.desk.run_now(work)]


def same(found: Sequence[Mapping[str, Any]], by_hand: Sequence[Mapping[str, Any]]) -> None:
    """Assert that rows are equal, and show no more than where they are not."""
    assert len(found) == len(by_hand)
    for row, own in zip(found, by_hand, strict=True):
        wrong = {name: (row[name], own[name]) for name in row if row[name] != own[name]}
        assert not wrong, {name: text for name, text in row.items() if name not in wrong and not text.isdigit()}


KINDS = (("decision_basis", "case_worker"), ("decision_basis", "unit_manager"), ("intake", "case_worker"))


# --- files -----------------------------------------------------------------------------------------------------------


def rated(put: Put, span: Period, unit: str = "") -> Iterator[dict[str, str]]:
    """Yield the rows of `rates` as counted by hand; those of motivations in the bot alone at the end."""
    for checklist in ("decision_basis", "intake"):
        for name in put.town.units():
            for of, role in KINDS:
                found = put.town.questions(span.first, span.last, name, role, checklist) if of == checklist else {}
                if not found or unit not in ("", name):
                    continue
                total = sum(found.values(), start=type(found[QUESTIONS[checklist][0]])())
                for item, counts in {**found, "*": total}.items():
                    answered = sum(counts[code] for code in ANSWERS)
                    applicable = answered + counts["obesvarad"]
                    low, high = interval(counts["ja"], applicable) if applicable and item != "*" else ("", "")
                    yield {
                        **{"unit": name, "period": f"{span.first}–{span.last}", "role": role, "item": item},
                        **{"cases": str(applicable + counts["ej_tillampligt"]), "applicable": str(applicable)},
                        **{"answered": str(answered), "completion_pct": per_cent(answered, applicable)},
                        **{code: str(counts[code]) for code in (*COUNTED, "ja_med_forbehall")},
                        **{"fulfilled_pct": per_cent(counts["ja"], applicable), "low_pct": low, "high_pct": high},
                        "endast_i_boten": str(counts["endast_i_boten"]),
                    }


def test_rates_are_counted(put: Put) -> None:
    columns = (*rates.COLUMNS, "endast_i_boten")
    for span in put.spans:
        for unit in ("", *UNITS):
            selection = Selection(unit=unit, first=span.first, last=span.last)
            found = rows_of(put, columns, rates.rate_rows, selection, also=("endast_i_boten",))
            for row in found:
                assert row.pop("question")
            same(found, list(rated(put, span, unit)))


def listed(put: Put, span: Period) -> Iterator[dict[str, str]]:
    for unit in put.town.units():
        for checklist, role in sorted(KINDS):
            counts = put.town.whole(span.first, span.last, unit, role, checklist)
            if any(counts.values()):
                numbers = {name: str(counts[name]) for name in checklists.COLUMNS[4:] if name != "completion_pct"}
                about = {"unit": unit, "period": str(span), "checklist": checklist, "role": role}
                yield about | numbers | {"completion_pct": per_cent(counts["complete"], counts["begun"])}


def test_lists_and_cases_are_counted(put: Put) -> None:
    for span in put.spans:
        found = rows_of(put, checklists.COLUMNS, checklists.checklist_rows, Selection(first=span.first, last=span.last))
        by_hand = list(listed(put, span))
        same(found, sorted(by_hand, key=lambda row: row["checklist"]))


def timed(put: Put, span: Period) -> Iterator[dict[str, str]]:
    for unit in put.town.units():
        found = put.town.times(span.first, span.last, unit)
        if not any(counts for counts, _ in found.values()):
            continue
        for clock, (counts, days) in found.items():
            cells = dict.fromkeys((*OUTCOMES, "denominator", "within_pct"), "")
            if clock in LIMITED:
                whole = sum(counts[name] for name in OUTCOMES if name != "open_within")
                cells |= {name: str(counts[name]) for name in OUTCOMES} | {"denominator": str(whole)}
                cells["within_pct"] = per_cent(counts["within"] + counts["extended"], whole)
            yield {"unit": unit, "period": str(span), "clock": clock, **cells, "median_days": middle(days)}


def test_times_are_counted_with_those_still_open_and_late(put: Put) -> None:
    for span in put.spans:
        found = rows_of(put, times.COLUMNS, times.time_rows, Selection(first=span.first, last=span.last))
        same(found, list(timed(put, span)))


# --- the page and the chat -------------------------------------------------------------------------------------------


def share(k: int, n: int) -> str:
    return f"{k} av {n} ({per_cent(k, n)} %)" if n else f"{k} av {n}"


def tiles(put: Put, span: Period, unit: str) -> Iterator[tuple[Any, ...]]:
    """Yield each headline figure: name, k, n, both before, then of its time: open late, extended, late, open."""
    before, looked = span.before, []
    for of in (span, before):
        whole = put.town.whole(of.first, of.last, unit)
        clock, _ = put.town.times(of.first, of.last, unit)["4m"]
        agreed = put.town.agreed(of.first, of.last, unit).values()
        looked.append({
            "coverage": (whole["decided"] - whole["decided_without"], whole["decided"]),
            "complete": (whole["complete"], whole["begun"]),
            "in_time": (clock["within"] + clock["extended"], sum(clock.values()) - clock["open_within"]),
            "agreed": (sum(k for k, _ in agreed), sum(n for _, n in agreed)),
            "late": (clock["open_late"], clock["extended"], clock["late"], clock["open_within"]),
        })  # fmt: skip
    now, then = looked
    for name in ("coverage", "complete", "in_time", "agreed"):
        if now[name][1]:
            yield name, *now[name], *then[name], *(now["late"] if name == "in_time" else (0, 0, 0, 0))


def quarters(put: Put, span: Period, unit: str) -> Iterator[tuple[Period, int, int, str]]:
    """Yield complete and begun of up to eight quarters, by whole months up to the last of the period.

    Last the day up to which one is counted that is not counted whole, else nothing.
    """
    last = min(span.last, TODAY)
    end = (last.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    number = last.year * 4 + (last.month - 1) // 3
    for at in range(number - 7, number + 1):
        of = quarter(at // 4, at % 4 + 1)
        whole = put.town.whole(of.first, min(of.last, end), unit)
        if whole["begun"]:
            yield of, whole["complete"], whole["begun"], str(min(end, TODAY)) if min(end, TODAY) < of.last else ""


def sentences(put: Put, span: Period, unit: str) -> Iterator[str]:
    """Yield the three things to know."""
    whole = put.town.whole(span.first, span.last, unit)
    if whole["begun"]:
        yield f"{whole['complete']} av {whole['begun']} påbörjade checklistor är kompletta."
    else:
        yield "Ingen checklista har påbörjats under perioden."
    now = pairs(put.town.questions(span.first, span.last, unit))
    then = pairs(put.town.questions(span.before.first, span.before.last, unit))
    named = put.town.headline(span.first, span.last, unit)
    if named:
        lowest = min(named, key=lambda item: Fraction(*now[item]))
        k, n = now[lowest]
        yield f"Lägst andel Ja: {title(lowest)} ({k} av {n})."
    changed = [item for item in named if differs(then.get(item, (0, 0)), now[item])]
    if changed:
        largest = max(changed, key=lambda item: abs(Fraction(*now[item]) - Fraction(*then[item])))
        (k, n), (k0, n0) = now[largest], then[largest]
        which = "en ökning" if differs(then[largest], now[largest]) > 0 else "en minskning"
        yield f"{title(largest)} Från {k0} av {n0} till {k} av {n}: {which} som är större än vad slumpen brukar ge."
    elif whole["decided_without"]:
        yield f"{whole['decided_without']} av {whole['decided']} ärenden med beslut under perioden saknar checklista."


def pairs(found: Mapping[str, Counter[str]]) -> dict[str, tuple[int, int]]:
    return {item: (counts["ja"], applies(counts)) for item, counts in found.items()}


def title(item: str) -> str:
    return next(newest(name).by_id[item].question for name in QUESTIONS if item in newest(name).by_id)


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).replace("\xa0", " ").split())


def table(page: str, name: str) -> list[list[str]]:
    """Return the cells of a table of the page, without its heads."""
    found = re.search(rf'<table[^>]*aria-labelledby="{name}".*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    return [cells_of(row) for row in re.findall(r"<tr>.*?</tr>", found[1], re.DOTALL)] if found else []


def cells_of(row: str) -> list[str]:
    return [plain(cell) for cell in re.findall(r"<t[hd][^>]*>.*?</t[hd]>", row, re.DOTALL)]


def page_of(put: Put, span: Period, unit: str) -> str:
    scope = links.report_scope(unit, span.first, span.last)
    link = Link(1, 1, "report", scope, put.room.now)
    return str(put.room.desk.run_now(lambda session: render(session, link, "sv")).text)


def test_the_page_is_counted(put: Put) -> None:
    for span in put.spans:
        for unit in ("", *UNITS):
            page = page_of(put, span, unit)
            shown = re.findall(r'<section class="card tile">(.*?)</section>', page, re.DOTALL)
            assert [plain(tile) for tile in shown] == [tile_words(*tile) for tile in tiles(put, span, unit)]
            said = re.search(r'aria-labelledby="important".*?<ul>(.*?)</ul>', page, re.DOTALL)
            assert said is not None
            assert [plain(one) for one in said[1].split("</li>")][:-1] == list(sentences(put, span, unit))
            line = "; ".join(
                f"kv {(of.first.month + 2) // 3} -{of.first:%y}{part and f' (till och med {part})'}: {share(k, n)}"
                for of, k, n, part in quarters(put, span, unit)
            )
            assert line in plain(page.replace('aria-label="', ">"))
            parts = [part for *_, part in quarters(put, span, unit) if part]
            assert page.count('class="dot unfinished"') == page.count("kvartalet är inte slut") == len(parts)
            assert (f"det som har hänt till och med {TODAY}" in page) == (span.last > TODAY)
            questions_on(page, put, span, unit)
            tables_on(page, put, span, unit)


def tile_words(name: str, k: int, n: int, k0: int, n0: int, *of_time: int) -> str:
    """Return a tile of the page as it is read."""
    words = f"{say('report_page.tile_' + name, 'sv')} {k} av {n} {per_cent(k, n)} %"
    if n0:
        words += f" perioden innan {k0} av {n0}"
    if n0 and name != "agreed":
        told = ("för få för att säga", "▲ högre", "▼ lägre")[differs((k0, n0), (k, n))]
        words += f": {'samma andel' if k * n0 == k0 * n else told}"
    open_late, extended, late, open_within = of_time
    words += f" varav {extended} förlängda" if extended else ""
    words += f" {open_within} pågår i tid och räknas inte än" if open_within else ""
    words += f" klara för sent: {late}" if late else ""
    return words + (f" {open_late} pågår fast gränsen passerats" if open_late else "")


def questions_on(page: str, put: Put, span: Period, unit: str) -> None:
    """Hold every question, by its bar and in the table of all numbers."""
    found = put.town.questions(span.first, span.last, unit)
    bars = re.findall(r'<strong class="said">(.*?)</strong>', page)
    counted = pairs(found)
    assert [plain(bar) for bar in bars] == [f"{k} av {n}" if n else "–" for k, n in counted.values()]
    drawn = re.findall(r'<rect class="share" [^>]*width="([0-9.]+)"', page)
    assert drawn == [f"{100 * k / n:.1f}" for k, n in counted.values() if n]
    rows = re.findall(r"<details>.*?<tbody>(.*?)</tbody>", page, re.DOTALL)
    cells = [cells_of(row)[:7] for row in re.findall(r"<tr>.*?</tr>", rows[0], re.DOTALL)] if found else []
    by_hand = []
    for number, (item, counts) in enumerate(found.items(), start=1):
        n, answered = applies(counts), sum(counts[code] for code in ANSWERS)
        between = "–".join(interval(counts["ja"], n)) + " %" if n else "–"
        more = [str(counts["nej_motiverat"]), str(counts["ja_med_forbehall"])]
        by_hand.append([str(number), title(item), share(counts["ja"], n), between, share(answered, n), *more])
    assert cells == by_hand
    here = {number: counts["endast_i_boten"] for number, counts in enumerate(found.values(), start=1)}
    where = ", ".join(f"fråga {number}: {n}" for number, n in here.items() if n)
    assert not where or f"endast i boten: {sum(here.values())} ({where})" in plain(page)


def tables_on(page: str, put: Put, span: Period, unit: str) -> None:
    """Hold the tables of times, lists, units, agreement, the chain and the findings."""
    town, whole = put.town, put.town.whole(span.first, span.last, unit)
    assert table(page, "times") == list(times_on_page(put, span, unit))
    begun, due = whole["begun"], whole["due"] - whole["decided"]
    assert [value for _, value in table(page, "lists")] == [
        str(begun),
        *(share(whole[name], begun) for name in ("sent", "complete", "signed")),
        share(whole["signed_with_shortfall"], whole["signed"]),
        *(share(whole[name], begun) for name in ("returned", "voided")),
        *(str(whole["decided"]), share(whole["decided_without"], whole["decided"])),
        share(whole["begun_early"], whole["use_known"]),
        *(str(due), share(whole["without_checklist"] - whole["decided_without"], due)),
    ]
    told = [[title(item), share(k, n)] for item, (k, n) in town.agreed(span.first, span.last, unit).items() if k < n]
    assert table(page, "roles") == told
    if not unit:
        counts = {name: town.whole(span.first, span.last, name) for name in town.units()}
        some = {name: (of["complete"], of["begun"]) for name, of in counts.items() if of["begun"]}
        rows = [[name, share(*kn), place(kn, whole)] for name, kn in some.items()]
        if len(rows) > 1:
            rows = [[f"{at}. {name}", *told] for at, (name, *told) in enumerate(rows, start=1)]
            rows.append(["Alla enheter", share(whole["complete"], begun), "–"])
        assert table(page, "units") == rows
    now, then = (
        {
            item: kn
            for of in QUESTIONS
            for item, kn in pairs(town.questions(at.first, at.last, unit, checklist=of)).items()
        }
        for at in (span, span.before)
    )
    for step, row in zip(STEPS, table(page, "chain"), strict=True):
        k, n = added(now, [item for item in now if STEP[item] == step])
        assert row[1] == (f"{k} av {n}" if n else "Ingen fråga i det här steget gällde under perioden.")
        for item in now if n else ():
            if STEP[item] == step and now[item][1]:
                low, high = ends(*now[item])
                few = now[item][1] < 3 or low < 0.8 <= high
                kind = "För få för att säga" if few else "Styrkor" if low >= 0.8 else "Brister"
                kinds = dict(re.findall(r"(Styrkor|Brister|För få för att säga): (.*?)(?= Brister:| För få|$)", row[2]))
                assert f"{title(item)} ({now[item][0]} av {now[item][1]})" in kinds[kind]
    shares = {row[0].split()[0]: row[1] for row in table(page, "findings")}
    for code, items in FINDINGS.items():
        if any(item in now or item in then for item in items):
            k, n = added(now, items)
            assert shares[code] == (f"{k} av {n}" if n else "–")


def place(unit: tuple[int, int], whole: Counter[str]) -> str:
    """Return where a unit lies: outside if it is over three standard errors from the share of all."""
    mean, (k, n) = whole["complete"] / whole["begun"], unit
    if (k / n - mean) ** 2 <= 9 * mean * (1 - mean) / n:
        return "inom det som slumpen ger"
    return f"{'högre' if k / n > mean else 'lägre'} än slumpen ger"


def added(found: Mapping[str, tuple[int, int]], items: Sequence[str]) -> tuple[int, int]:
    some = [found.get(item, (0, 0)) for item in items]
    return sum(k for k, _ in some), sum(n for _, n in some)


def times_on_page(put: Put, span: Period, unit: str) -> Iterator[list[str]]:
    days = put.town.reading(span.first, span.last, unit)
    yield [say("workbook.time_read", "sv"), str(len(days)), "–", "–", "–", middle(days) or "–"]
    for clock, (counts, days) in put.town.times(span.first, span.last, unit).items():
        row = [say("workbook.time_" + clock, "sv"), str(len(days))]
        if clock in LIMITED:
            n = sum(counts[name] for name in OUTCOMES if name != "open_within")
            words = share(counts["within"] + counts["extended"], n) if n else "–"
            words += f", varav {counts['extended']} förlängda" if counts["extended"] else ""
            row += [words, str(counts["open_late"]), str(counts["open_within"])]
        else:
            row += ["–"] * 3
        yield [*row, middle(days) or "–"]


def test_the_chat_is_counted(put: Put) -> None:
    mona = put.room.chat("mona")
    for span in put.spans:
        for unit in ("", *UNITS):
            mona.types(f"rapport {span}")
            if unit:
                mona.presses("Visa", Enhet=unit)
            view = mona.view
            assert isinstance(view, ReportView)
            by_hand = list(tiles(put, span, unit))
            assert [
                (one.name, one.k, one.n, one.before_k, one.before_n, one.open_late, one.extended) for one in view.tiles
            ] == [tile[:7] for tile in by_hand]
            assert list(view.sentences) == list(sentences(put, span, unit))
            assert (f"det som har hänt till och med {TODAY}" in mona.text) == (span.last > TODAY)
            counted = pairs(put.town.questions(span.first, span.last, unit))
            assert [(row.item, row.k, row.n) for row in view.rows] == [(item, *kn) for item, kn in counted.items()]
            for _, k, n, *_ in by_hand:
                mona.sees(f"{k} av {n}")
            for k, n in counted.values():
                assert not n or f"{per_cent(k, n)}\xa0%" in mona.text


# --- the workbook ----------------------------------------------------------------------------------------------------


def numbers(row: Mapping[str, str], columns: Sequence[str]) -> list[object]:
    """Return a row of a file as a workbook holds it."""
    found: list[object] = []
    for column in columns:
        text = row[column]
        if column in ("unit", "period", "item"):
            found.append(text)
        elif column == "role":
            found.append(say("roles." + text, "sv"))
        elif column == "checklist":
            found.append(newest(text).title)
        elif column == "clock":
            found.append(say("workbook.time_" + text, "sv"))
        else:
            found.append(float(text.replace(",", ".")) if text else None)
    return found


def test_the_workbook_is_counted(put: Put, tmp_path: Path) -> None:
    put.room.desk.run_now(aggregates.project_all)
    for number, span in enumerate(put.spans):
        path, unit = tmp_path / f"{number}.xlsx", ("", NORTH)[number % 2]
        selection = Selection(unit=unit, first=span.first, last=span.last)
        write_workbook(put.room.desk.read_now, str(path), Wanted(selection, TODAY, with_cases=True))
        book = openpyxl.load_workbook(path, read_only=True)
        sheets = {name: [list(row) for row in book[name].iter_rows(values_only=True)] for name in book.sheetnames}

        first = [row for row in sheets["Översikt"] if row and isinstance(row[0], str)]
        shown = [row for row in first if row[0] in {say("report_page.tile_" + name, "sv") for name in TILES}]
        by_hand = [[*tile[1:3], *(tile[3:5] if tile[4] else (None, None))] for tile in tiles(put, span, unit)]
        assert [row[1:3] + row[4:6] for row in shown] == by_hand
        late = [[*tile[5:7]] for tile in tiles(put, span, unit) if tile[0] == "in_time"]
        assert [row[6:8] for row in shown if row[6] is not None] == late
        assert [row[3] for row in shown] == [as_number(k, n) for _, k, n, *_ in tiles(put, span, unit)]
        told = [row[0] for row in first]
        assert [one for one in sentences(put, span, unit) if one not in told] == []
        spans = [
            [str(of), n, k, as_number(k, n), f"inte slut: till och med {part}" if part else None]
            for of, k, n, part in quarters(put, span, unit)
        ]
        assert [[*row[:4], row[5]] for row in first if re.match(r"20\d\d-", row[0])] == spans
        assert any(f"det som har hänt till och med {TODAY}" in row[0] for row in first) == (span.last > TODAY)

        columns = [name for name in (*rates.COLUMNS, "endast_i_boten") if name != "question"]
        got = [[*row[:4], *row[5:22]] for row in sheets["Frågor"][1:]]
        assert padded(got) == padded([numbers(row, columns) for row in rated(put, span, unit)])
        clocks = [numbers(row, times.COLUMNS) for row in timed(put, span) if unit in ("", row["unit"])]
        assert padded(sheets["Tider"][1:]) == padded(clocks)
        lists = [numbers(row, checklists.COLUMNS) for row in listed(put, span) if unit in ("", row["unit"])]
        got = [row for row in sheets["Sammanfattning"] if len(row) > 3 and row[1] == str(span)]
        assert sorted(padded(got), key=by_name) == sorted(padded(lists), key=by_name)
        cases_in(sheets["Ärenden"][1:], put, span, unit)
        got = [row for row in padded(sheets["Trend"][1:]) if row[0]]
        assert sorted(got, key=by_name) == sorted(padded(list(trend(put, span, unit))), key=by_name)
        by_month(sheets["Serier"][1:], put, span, unit)
        if not unit:
            units_in(sheets.get("Enheter", []), put, span)


TILES = ("coverage", "complete", "in_time", "agreed")


def as_number(k: int, n: int) -> float:
    return float(per_cent(k, n).replace(",", "."))


def padded(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    """Return rows of one width, whatever a program leaves out at the end."""
    return [[*row, *[None] * (24 - len(row))] for row in rows]


def trend(put: Put, span: Period, unit: str) -> Iterator[list[object]]:
    """Yield what the lists of each quarter add up to: of all units together the basis, then of each unit every list."""
    last, first = min(span.last, TODAY), span.first
    while first <= last:
        month = 3 * ((first.month - 1) // 3) + 4
        end = min(last, date(first.year + month // 13, month % 12 or 12, 1) - timedelta(days=1))
        of = {name: KINDS for name in put.town.units() if unit in ("", name)} | {"": KINDS[:1]}
        for name, kinds in of.items():
            for checklist, role in kinds:
                whole = put.town.whole(first, end, name or unit, role, checklist)
                found = put.town.questions(first, end, name or unit, role, checklist)
                if found:
                    k, n = added(pairs(found), list(found))
                    about = (name or "Alla valda enheter", f"{first}–{end}", newest(checklist).title)
                    counted = (whole["begun"], whole["complete"], as_number(whole["complete"], whole["begun"]))
                    yield [*about, say("roles." + role, "sv"), *counted, n, k, as_number(k, n) if n else None]
        first = end + timedelta(days=1)


def by_month(rows: Sequence[Sequence[object]], put: Put, span: Period, unit: str) -> None:
    """Hold the series: months that are over, of whole lists and of each question, with their median."""
    months = [date(2025 + at // 12, at % 12 + 1, 1) for at in range(24)]
    months = [day for day in months if day < min(date(2026, 5, 1), span.last + timedelta(days=1))]
    ends = [(day, (day + timedelta(days=32)).replace(day=1) - timedelta(days=1)) for day in months]
    series: dict[str, list[tuple[date, int, int]]] = {say("report_page.months", "sv"): []}
    series |= {f"{number}. {title(item)}": [] for number, item in enumerate(BASIS, start=1)}
    for first, last in ends:
        whole, found = put.town.whole(first, last, unit), put.town.questions(first, last, unit)
        counted = [(whole["complete"], whole["begun"]), *(pairs(found).get(item, (0, 0)) for item in BASIS)]
        for points, (k, n) in zip(series.values(), counted, strict=True):
            points.extend([(first, k, n)] if n else [])
    by_hand = [
        [name, f"{day:%Y-%m}", k, n, as_number(k, n), pytest.approx(100 * float(half(points)), abs=0.051)]
        for name, points in series.items()
        for day, k, n in points
    ]
    assert [[*row[:6]] for row in rows] == by_hand


def half(points: Sequence[tuple[date, int, int]]) -> Fraction:
    parts = sorted(Fraction(k, n) for _, k, n in points)
    return (parts[(len(parts) - 1) // 2] + parts[len(parts) // 2]) / 2


def units_in(rows: Sequence[Sequence[object]], put: Put, span: Period) -> None:
    """Hold the units in the funnel: alphabetical, each within three standard errors of the share of all or not."""
    whole = put.town.whole(span.first, span.last)
    if sum(bool(put.town.whole(span.first, span.last, name)["begun"]) for name in put.town.units()) < 2:
        assert not rows, "one unit is no funnel"
        return
    mean = whole["complete"] / whole["begun"]
    by_hand: list[list[object]] = []
    for name in put.town.units():
        of = put.town.whole(span.first, span.last, name)
        if of["begun"]:
            spread = 3 * sqrt(mean * (1 - mean) / of["begun"])
            ends = [pytest.approx(100 * end, abs=0.051) for end in (max(0, mean - spread), min(1, mean + spread))]
            kn = (of["complete"], of["begun"])
            by_hand.append([len(by_hand) + 1, name, place(kn, whole), *kn, as_number(*kn), *ends])
    shown = [[*row[:8]] for row in rows if row and isinstance(row[0], int)]
    assert shown == by_hand
    assert [[*row[3:6]] for row in rows if len(row) > 5 and row[1] == "Alla enheter"] == [
        [whole["complete"], whole["begun"], as_number(whole["complete"], whole["begun"])]
    ]


def by_name(row: Sequence[object]) -> str:
    return str(row[:4])


def cases_in(rows: Sequence[Sequence[object]], put: Put, span: Period, unit: str) -> None:
    """Hold the sheet of cases: each list with its answers, none that is protected or disposed of."""
    by_hand = []
    for checklist, role in KINDS:
        for case, one in put.town.lists(span.first, span.last, unit, role, checklist):
            if case.is_listed:
                found = Counter(states(case, one).values())
                done = sum(found[code] for code in ANSWERS)
                whole = "Ja" if is_complete(case, one) else "Nej"
                about = (case.unit, case.ref, newest(checklist).title, say("roles." + role, "sv"), one.child or None)
                by_hand.append(str((*about, done, applies(found), whole)))
    assert sorted(str((*row[:5], *row[8:11])) for row in rows) == sorted(by_hand)
