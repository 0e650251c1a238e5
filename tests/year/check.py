"""Compares the database, the messages and the figures with the model. Reads the database with SQL of its own."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from tests.same_answer.own_count import COUNTED as OF_ANSWERS
from tests.same_answer.own_count import Town
from tests.year.database import Database
from tests.year.model import Case, Model

REF = re.compile(r"SN 20\d\d/\d{4}")
TEXT = re.compile(r"Påhittad text \d+ om läget")
DATES = (*("received_on", "assigned_on", "opened_on", "planned_decision_on", "decided_on", "started_on", "closed_on"),)
REMINDS = {
    "LUCKOR": r"Beslut är planerat till (\S+)\. Det här saknas",
    "BESLUT": r"Beslut var planerat till (\S+)\. Är det fattat",
    "OLAST": r"Underlaget skickades till chef (\S+) och är inte läst än",
    "TYST": r"Underlaget skickades till chef (\S+) och är fortfarande inte läst",
    "ATER": r"Underlaget återlämnades (\S+) och har inte ändrats",
    "14D": r"(?:Förhandsbedömningen ska vara klar senast|Våldsärende: utredning ska .* senast|"
    r"Försenat: förhandsbedömningen skulle ha varit klar|Försenat: våldsärende, .* senast) (\d{4}-\d\d-\d\d)",
    "4M": r"(?:Utredningen ska vara klar senast|Försenat: utredningen skulle ha varit klar) (\d{4}-\d\d-\d\d)",
    "PAGAR": r"Beslutet fattades (\S+)\. Det här pågick",
    "6M": r"Det är \S+ månader sedan insatsen beslutades, (\d{4}-\d\d-\d\d)",
    "UPPFOLJT": r"Det här pågick när underlaget signerades()",
    "SKYDD": r"En anmälan kom in (\S+)\. Frågan",
}
"""How a reminder of each rule begins, with its date as a group."""
OTHERS = {
    "det som saknas i underlaget": "LUCKOR",
    "om beslutet är fattat": "BESLUT",
    "underlag som inte är läst": "OLAST",
    "underlag som fortfarande inte är läst": "TYST",
    "återlämnat underlag": "ATER",
    "förhandsbedömningens tidsgräns": "14D",
    "utredningens tidsgräns": "4M",
    "det som pågick vid beslutet": "PAGAR",
    "nya svar efter signeringen": "UPPFOLJT",
    "uppföljning av insatsen": "6M",
}


class Fault(AssertionError):
    """The product did something else than the model says."""


def stored(database: Database, ref: str) -> dict[str, Any]:
    """Return what is stored of a case, as plain values."""
    unit = "(select name from unit where unit.id = unit_id)"
    wanted = f"select id, children, {', '.join(DATES)}, protected_identity, {unit} from cases where ref = ?"
    rows = database.ask(wanted, ref)
    if not rows:
        return {}
    one = rows[0]
    found: dict[str, Any] = {"children": one[1]}
    found |= {name: day for name, day in zip(DATES, one[2:-2], strict=True) if day}
    found |= {"protected": bool(one[-2]), "unit": one[-1]}
    who = "select l.name, c.name from cases left join person l on l.id = lead_id left join person c on c.id = co_id"
    lead, co = database.ask(f"{who} where cases.id = ?", one[0])[0]
    found |= {"lead": (lead or "").split()[0:1], "co": (co or "").split()[0:1]}
    facts = "select child, name, value from fact where case_id = ? order by id"
    for child, name, value in database.ask(facts, one[0]):
        found[f"fact {name} {child}"] = value
    found = {name: value for name, value in found.items() if value not in ("unknown", "")}
    lists = "select f.id, child, role, status, p.name from filled_checklist f left join person p on p.id = person_id"
    rows = database.ask(f"{lists} where case_id = ? and checklist = 'decision_basis'", one[0])
    for row, child, role, status, name in rows:
        whose = "" if role == "case_worker" else f" of {name.split()[0].lower()}"
        found[f"list {child}{whose}"] = status if not whose else "begun"
        newest = "select item_id, choice, revision, motivation_kind from answer where filled_id = ? order by revision"
        for item, choice, revision, kind in database.ask(newest, row):
            found[f"{child} {item}{whose}"] = (choice, kind, revision)
    return found


def expected(case: Case, model: Model) -> dict[str, Any]:
    """Return the same as the model has it."""
    found: dict[str, Any] = {"children": case.children, "protected": case.protected}
    found["unit"] = model.register.called[case.unit]
    found |= {name: str(day) for name, day in case.dates.items()}
    found |= {"lead": [case.lead.title()] if case.lead else [], "co": [case.co.title()] if case.co else []}
    found |= {f"fact {name} {child}": value for (name, child), value in case.facts.items()}
    for child, sheet in case.sheets.items():
        found[f"list {child}"] = sheet.status
        for item, value in sheet.values.items():
            found[f"{child} {item}"] = (value.choice, value.kind, sheet.revisions[item])
    for name, reading in case.readings.items():
        for child, sheet in reading.sheets.items():
            found[f"list {child} of {name}"] = "begun"
            for item, value in sheet.values.items():
                found[f"{child} {item} of {name}"] = (value.choice, value.kind, sheet.revisions[item])
    return found


def same(what: str, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raises: Fault: two descriptions differ."""
    wrong = {
        name: (found.get(name), wanted.get(name))
        for name in sorted({*found, *wanted})
        if found.get(name) != wanted.get(name)
    }
    if wrong:
        lines = [f"{name}: it is {is_so}, it should be {should}" for name, (is_so, should) in wrong.items()]
        raise Fault(f"{what}: " + "; ".join(lines[:6]))


def case_is_right(database: Database, model: Model, ref: str) -> None:
    """Raises: Fault: a case is not stored as the model has it."""
    case = model.cases.get(ref)
    same(ref, stored(database, ref), expected(case, model) if case is not None else {})


def units_are_right(database: Database, model: Model) -> None:
    """Raises: Fault: other roles are held, on other days or in other units, than the model says."""
    query = """select p.name, u.name, r.role, r.valid_from, r.valid_to from role r join unit u on u.id = r.unit_id
        join person p on p.id = r.person_id"""
    found = {f"{name.split()[0].lower()} {role} {unit}": days for name, unit, role, *days in database.ask(query)}
    wanted = {
        f"{one.name} {one.role} {model.register.called.get(one.unit, '')}": [
            str(day) if day else None for day in (one.first, one.last)
        ]
        for one in model.register.posts
    }
    same("roles", found, wanted)


def links_are_right(database: Database, model: Model) -> None:
    """Raises: Fault: other cases are linked, or asked about, than the model says."""
    ref = "(select ref from cases where cases.id = {}_case_id)"
    query = f"select {ref.format('child')}, {ref.format('adult')}, state from case_link"
    found = {f"{child} and {adult}": state for child, adult, state in database.ask(query)}
    wanted = {" and ".join(pair): state for pair, (state, _, _) in model.links.items()}
    same("linked cases", found, wanted)


# --- messages -------------------------------------------------------------------------------------------------------


def words(part: Any) -> Iterator[tuple[str, str]]:
    """Yield (style, text) of every text block of a card, in order."""
    if isinstance(part, dict):
        if part.get("type") == "TextBlock":
            yield str(part.get("style", "")), str(part.get("text", ""))
        for value in part.values():
            yield from words(value)
    elif isinstance(part, list):
        for value in part:
            yield from words(value)


def as_text(body: Any) -> str:
    """Return a message as one text."""
    return json.dumps(body, ensure_ascii=False)


def reminded(body: Any) -> list[tuple[str, str, str]] | None:
    """Return (case, rule, date) of each reminder in a message; None if it is no bundle of reminders."""
    lines = list(words(body))
    if ("heading", "Påminnelse") not in lines:
        return None
    found, ref = [], ""
    for _, line in lines:
        if REF.fullmatch(line):
            ref = line
        for rule, pattern in REMINDS.items():
            if match := re.match(pattern, line):
                found.append((ref, rule, match[1].rstrip(".")))
        for row in line.split("\n") if line.startswith("- SN ") else ():
            of, _, reasons = row.removeprefix("- ").partition(": ")
            found += [(of, OTHERS[reason], "") for reason in reasons.split(", ")]
        if line.startswith("Dags att följa upp insatsen i"):
            found += [(of, "6M", "") for of in REF.findall(line)]
    return found


# --- figures --------------------------------------------------------------------------------------------------------


ONLY_HERE = "endast_i_boten"
COUNTED = (*OF_ANSWERS, ONLY_HERE)


def rates_wanted(town: Town, first: date, last: date) -> dict[str, Any]:
    """Return what the figures of every question are, by unit, role and question."""
    found: dict[str, Any] = {}
    for unit in town.units():
        for role in ("case_worker", "unit_manager"):
            for item, counts in town.questions(first, last, unit, role).items():
                found[f"{unit} {role} {item}"] = {code: counts[code] for code in COUNTED}
    return found


def rates_found(rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return the same of an export's rows."""
    return {
        f"{row['unit']} {row['role']} {row['item']}": {code: int(row[code]) for code in COUNTED}
        for row in rows
        if row["item"] != "*" and row["role"] != "peer_reviewer"
    }


LISTS = (
    *("due", "without_checklist", "begun", "sent", "complete", "signed", "signed_with_shortfall", "returned", "voided"),
)


def lists_wanted(town: Town, first: date, last: date) -> dict[str, Any]:
    """Return how far the workers' lists have come, by unit."""
    counted = {unit: town.whole(first, last, unit) for unit in town.units()}
    return {unit: {name: counts[name] for name in LISTS} for unit, counts in counted.items() if any(counts.values())}


def lists_found(rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return the same of an export's rows."""
    of_workers = [row for row in rows if row["role"] == "case_worker"]
    return {row["unit"]: {name: int(row[name]) for name in LISTS} for row in of_workers}


def answers_wanted(model: Model, first: date, last: date) -> dict[str, Any]:
    """Return which answers are exported, with what is written beside them: none of a protected identity."""
    found: dict[str, Any] = {}
    for case in model.cases.values():
        sheets = [("case_worker", child, sheet) for child, sheet in case.sheets.items()]
        for reading in case.readings.values():
            sheets += [("unit_manager", child, sheet) for child, sheet in reading.sheets.items()]
        for role, child, sheet in sheets if not case.protected else ():
            for item, value in sheet.values.items() if first <= sheet.begun <= last else ():
                if value.choice != "obesvarad":
                    place = f"{case.ref} {role} {child} {item}"
                    found[place] = sorted((*found.get(place, ()), (value.text, value.place, sheet.revisions[item])))
    return found


def answers_found(rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return the same of an export's rows."""
    found: dict[str, Any] = {}
    for row in rows:
        if row["role"] == "peer_reviewer":
            continue  # what is given in rounds is held against the rounds
        place = f"{row['case_ref']} {row['role']} {row['child'] or 1} {row['item']}"
        text = next(iter(TEXT.findall(row["motivation"])), "")  # where it stands in the file is said beside it as well
        told = (text, row["place"], int(row["revision"]))
        found[place] = sorted((*found.get(place, ()), told))
    return found


# --- what is gone -----------------------------------------------------------------------------------------------------

STAYS = ("event", "event_seal", "tombstone")
"""Who did what and when, without content; and that the case was disposed of."""


def nothing_is_left(database: Database, gone: Mapping[int, str], lists: Collection[int], kept: Collection[str]) -> None:
    """Raises: Fault: a row belongs to a case that was disposed of, or names it.

    gone: references by row id. kept: the references that other cases have.
    """
    for table, column, kind in database.ask(database.columns):
        of: Collection[int] = (
            gone if column == "case_id" or column.endswith("_case_id") or (table, column) == ("cases", "id") else ()
        )
        of = lists if column == "filled_id" or column.endswith("_filled_id") else of
        if of and table not in STAYS:
            query = f'select count(*) from "{table}" where "{column}" in ({", ".join(map(str, sorted(of)))})'
            if database.ask(query)[0][0]:
                raise Fault(f"{table}.{column} still has rows of what was disposed of")
        if kind.startswith(("VARCHAR", "CHARACTER", "TEXT", "JSON")):
            for ref in {*gone.values()} - {*kept}:
                query = f'select count(*) from "{table}" where cast("{column}" as text) like ?'
                if database.ask(query, f"%{ref}%")[0][0]:
                    raise Fault(f"{table}.{column} names {ref}, which was disposed of")
