"""What a chef's press should do to the model, by the contract: she reads, signs, sends back."""

from datetime import datetime

from tests.year.done import Done, says_why, snapshot
from tests.year.model import Case


def read(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if reads and case.status in ("sent", "voided"):
        case.reading_of(done.person, now.date())


def differences(case: Case, done: Done, now: datetime, reads: bool) -> None:
    reading = case.readings.get(done.person)
    if not reads or reading is None or case.status not in ("sent", "voided"):
        return
    case.reading_of(done.person, now.date())
    if case.is_read_by(done.person) and not reading.ended:
        reading.seen, reading.ended = now, True


def _may_sign(case: Case, done: Done, reads: bool) -> bool:
    reading = case.readings.get(done.person)
    if not reads or reading is None or not reading.ended or case.status not in ("sent", "voided"):
        return False
    now = snapshot(case)
    return all(now[name] == done.seen.get(name) for name in ("answers", "facts", "children"))


def sign(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if _may_sign(case, done, reads) and not case.all_gaps():
        case.sign(done.person, "whole")
        case.readings[done.person].ended = True


def shortfall(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if _may_sign(case, done, reads) and case.all_gaps() and says_why(case, done, "reason"):
        case.sign(done.person, "shortfall")


def give_back(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if not reads or case.status not in ("sent", "voided") or not says_why(case, done, "comment"):
        return
    if done.seen.get("status") != snapshot(case)["status"]:
        return
    case.returned, case.touched = now, False
    case.returns += 1
    for sheet in case.sheets.values():
        sheet.status, sheet.was_returned = "returned", True
