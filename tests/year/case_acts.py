"""What a press on the card of a case's details should do to the model, by the contract."""

from datetime import date, datetime

from tests.same_answer.own_count import FACTS, OF_CHILD
from tests.year.done import Done, says_why, snapshot, stands
from tests.year.model import Case

DATES = ("received_on", "assigned_on", "opened_on", "planned_decision_on", "decided_on", "started_on")


def details(case: Case, done: Done, now: datetime, reads: bool) -> None:
    now_stands = snapshot(case)
    if any(done.seen.get(name) != now_stands[name] for name in ("facts", "dates", "rest", "children")):
        return
    signed = case.is_signed and (done.person, case.signatures) not in case.confirmed
    told = {name: value for name, value in done.data.items() if name.split(".")[0] in FACTS and value}
    if signed and any(stands(case, _place(name)) != value for name, value in told.items()):
        return  # she is asked first, and nothing of the card is stored
    case.protected = {"ja": True, "nej": False}.get(done.data.get("protected_identity", ""), case.protected)
    for name in DATES:
        if done.data.get(name):
            case.dates[name] = date.fromisoformat(done.data[name])
    for name in FACTS:
        for child in range(1, case.children + 1) if name in OF_CHILD else (0,):
            if value := done.data.get(f"{name}.{child}"):
                case.set_fact(name, child, value, now, now.date())
    if co := done.data.get("co_worker"):
        names = {str(row): name for row, name in done.view.workers}
        case.co = done.data.get("co_name", "") if co in names else ""


def _place(name: str) -> tuple[str, int]:
    fact, child = name.split(".")
    return fact, int(child)


def extension(case: Case, done: Done, now: datetime, reads: bool) -> None:
    given = [done.data.get(name, "") for name in ("limit", "reason_class", "decided_on", "until")]
    if all(given) and says_why(case, done, "reason"):
        limit, grounds, decided, until = given
        last = case.limit(limit)
        if last is not None and date.fromisoformat(until) <= last:
            return
        case.extensions.append((limit, grounds == "grounds", date.fromisoformat(decided), date.fromisoformat(until)))


def closing(case: Case, done: Done, now: datetime, reads: bool) -> None:
    case.dates["closed_on"] = date.fromisoformat(done.data["closed_on"])


def decided(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if "decided_on" not in case.dates:
        case.dates["decided_on"] = now.date()
