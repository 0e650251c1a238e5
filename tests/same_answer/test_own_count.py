"""Every number of every surface is what somebody counts by hand from what was put in: files, page, chat and workbook.

The town is drawn anew in each run; its seed is printed when a test fails.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from random import Random, randrange
from typing import Any

import openpyxl
import pytest

from bot.pages.report_page import render
from checklists.periods import Period, quarter, year_of
from reports import checklists, rates, times
from reports.selected import Selection
from reports.workbook import Wanted, write_workbook
from storage import aggregates, cases, extensions, links, projection_queue, tenants
from storage.desk import Session
from storage.extensions import ExtensionRow
from storage.links import Link
from tests.chat.conftest import Furnished
from tests.chat.drive import fills, opens
from tests.chat.harness import NORTH, SOUTH, TENANT, Chat, Room, move_in
from tests.chat.read_drive import begins, reads
from tests.same_answer.own_count import (
    ANSWERS,
    BASIS,
    COUNTED,
    FACTS,
    INFORMED,
    OF_CHILD,
    QUESTIONS,
    Case,
    Filled,
    Said,
    Town,
    interval,
    is_complete,
    middle,
    per_cent,
)
from tests.same_answer.town import filed
from tests.sql.import_files import import_answers, import_cases
from tests.sql.kept_figures import dispose_of
from texts import say

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
    if rng.random() < 0.8:
        case.lists += [drawn_list(rng, "decision_basis", "case_worker", child + 1) for child in range(case.children)]
    if rng.random() < 0.3:
        case.lists.append(drawn_list(rng, "decision_basis", "unit_manager", 1))
    if rng.random() < 0.3:
        case.lists.append(drawn_list(rng, "intake", "case_worker", 0))
    return case


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
        dates = {name: str(case.dates.get(name, "")) for name in DATES}
        kind = "vuxen" if case.is_adult else "barn"
        about = {"case_ref": case.ref, "unit": case.unit, "case_type": kind, "children": str(case.children)}
        rows.append(about | {"protected_identity": rng.choice(("ja", "nej"))} | dates | facts)
    assert filed(room, import_cases, rows)
    lists = [(case, one) for case in drawn for one in case.lists]
    assert filed(room, import_answers, [row for case, one in lists for row in answer_rows(case, one, one.said)])
    again = []
    for case, one in rng.sample(lists, len(lists) // 4):
        item = rng.choice(sorted(one.said))
        old, said = one.said[item], Said(rng.choice(("ja", "nej")), note=True)
        if said.choice != old.choice:
            one.said[item] = said
            again += answer_rows(case, one, {item: said}, later=1)
    assert filed(room, import_answers, again)


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
    return [*done, left]


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
        del hers.said["communication_boxes_filled"]  # she is to read that question anew
        hers.seen = False
    if ending == "follow_up":
        anna.types(f"uppgifter {case.ref}").presses("Spara", {"Beslut fattat": str(TODAY)})
        case.dates["decided_on"] = TODAY
        anna.types(f"ändra 6 {case.ref}").presses("Spara", {"child_informed_decision": "Ja"})
        mine.said["child_informed_decision"] = Said("ja")


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
