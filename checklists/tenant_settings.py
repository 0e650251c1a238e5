"""The settings of one tenant (municipality), typed, each with a default."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from functools import lru_cache
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from checklists.faults import Code, Refusal, fault, listed, word
from checklists.findings import read_standings
from checklists.identity import address
from checklists.instruments import read_instruments
from checklists.loader import newest
from checklists.model import ListId, MotivationBy
from checklists.privacy import has_personal_number
from checklists.ref_pattern import DEFAULT_PATTERN, compiles, may_be_slow
from checklists.reminder_rules import MAY_BE, SwedishTime, Thresholds
from checklists.workdays import Workdays
from checklists.year import THREE_A_YEAR

Decides = Literal[
    "open:case_worker", "open:senior_case_worker", "open:unit_manager", "open:together",
    "not_open:case_worker", "not_open:senior_case_worker", "not_open:unit_manager", "not_open:together",
]  # fmt: skip
MOST_OF_NAME = 60
"""The most characters in the municipality's name."""
Content = Literal["chat", "tab"]
Buttons = Literal["by_client", "execute", "submit"]
MOST_REASONS, MOST_OF_REASON = 30, 40
"""The most reasons to choose from, and the most characters in one."""
ViolenceMeasure = Literal["decided_by_chef", "two_workers", "with_police"]


def _pattern(text: str) -> str:
    if not compiles(text):
        raise Refusal(fault(Code.NOT_A_PATTERN, setting="case_ref_pattern"))
    return text


def _findings(said: tuple[str, ...]) -> tuple[str, ...]:
    read_standings(said)
    return said


def _line(said: str) -> str:
    line = " ".join(said.split())
    if len(line) > MOST_OF_NAME or not line.isprintable():
        raise ValueError
    return line


def _questions(said: tuple[str, ...]) -> tuple[str, ...]:
    for one in said:
        name, _, item_id = one.partition("/")
        item = newest(name).by_id[item_id] if name in get_args(ListId) and item_id in newest(name).by_id else None
        if item is None or item.how is not None or item.ways is None:
            raise ValueError
    return said


def _reasons(said: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(" ".join(one.split()) for one in said)
    if len(found) > MOST_REASONS:
        raise ValueError
    if any(not one.isprintable() or len(one) > MOST_OF_REASON or has_personal_number(one) for one in found):
        raise ValueError
    return found


def _instruments(said: tuple[str, ...]) -> tuple[str, ...]:
    read_instruments(said)
    return said


def _addresses(said: tuple[str, ...]) -> tuple[str, ...]:
    if not all("@" in one for one in said):
        raise ValueError
    return tuple(map(address, said))


@dataclass(frozen=True, slots=True)
class TenantSettings(Thresholds):
    """The reminder thresholds, and everything else a tenant decides for itself.

    municipality: its name, at the top of reports.
    office_opens, office_closes: Swedish times of day; reminders are sent from the first and before the second.
    free_days: closing days in addition to the holidays. motivation: the form of motivation required.
    findings: the standing of the supervisory authority's findings, as `findings.read_standings` parses it.
    target: the share of Ja, in per cent, that a question is compared with in reports.
    decides: who decides on opening an investigation, `open:WHO`, and on not opening one, `not_open:WHO`.
    violence_cases: what else the municipality has decided on cases of violence; shown with the case, like `decides`.
    ask_source: questions, `LIST/ITEM`, where one press may say what kind of source is behind a Ja.
    instruments: the assessment method decided on for a kind of case, as `instruments.read_instruments` parses it.
    reasons: the reasons for a case to choose from, in the municipality's own words; empty: nobody is asked for one.
    out_of_hours: e-mail addresses, as in the register, of those told instead of the chef, outside office hours, of a
    report without a protection assessment.
    wheel: the months of the year in which each unit is to open a round, unless it has months of its own; empty: none.
    content: where cases are read and written; with `tab`, chat and cards only say that something is waiting.
    buttons: what they are on cards: `Action.Submit` for whoever last used a phone, for nobody, or for everybody.
    """

    municipality: Annotated[str, AfterValidator(_line)] = ""
    case_ref_pattern: Annotated[str, AfterValidator(_pattern)] = DEFAULT_PATTERN
    office_opens: SwedishTime = time(8, 0)
    office_closes: SwedishTime = time(16, 30)
    free_days: tuple[date, ...] = ()
    motivation: MotivationBy = "either"
    findings: Annotated[tuple[str, ...], AfterValidator(_findings)] = ()
    target: Annotated[int, Field(ge=1, le=100)] = 80
    decides: tuple[Decides, ...] = ()
    violence_cases: tuple[ViolenceMeasure, ...] = ()
    instruments: Annotated[tuple[str, ...], AfterValidator(_instruments)] = ()
    reasons: Annotated[tuple[str, ...], AfterValidator(_reasons)] = ()
    ask_source: Annotated[tuple[str, ...], AfterValidator(_questions)] = ()
    out_of_hours: Annotated[tuple[str, ...], AfterValidator(_addresses)] = ()
    wheel: tuple[Annotated[int, Field(ge=1, le=12)], ...] = THREE_A_YEAR
    content: Content = "chat"
    buttons: Buttons = "by_client"

    def submits(self, *, on_phone: bool) -> bool:
        """Return whether the buttons of somebody's cards are `Action.Submit`. on_phone: she last used a phone."""
        return on_phone if self.buttons == "by_client" else self.buttons == "submit"

    @property
    def workdays(self) -> Workdays:
        """The working-day calendar, with the tenant's own closing days."""
        return Workdays(frozenset(self.free_days))

    def in_office_hours(self, local: datetime) -> bool:
        """Return whether reminders may be sent at a moment given in Swedish time."""
        opens = self.office_opens <= local.time() < self.office_closes
        return opens and self.workdays.is_working(local.date())


EXAMPLES = {
    "municipality": "Påhittade kommun",
    "free_days": "2026-12-23,2026-12-30",
    "findings": "B2:kritik,N4:atgardskrav:2026-09-01",
    "decides": "open:unit_manager,not_open:together",
    "violence_cases": "decided_by_chef,two_workers",
    "instruments": "vuxen:freda,barn:bbic",
    "reasons": "våld,missbruk,omsorgssvikt",
    "ask_source": "decision_basis/child_informed_report",
    "out_of_hours": "jour@kommunen.example",
}
"""A value of each setting whose default is empty; a refusal shows how a value is written."""
_OWN_WORDS = ("municipality", "out_of_hours")
NAMES = tuple(field.name for field in fields(TenantSettings))
DEFAULTS = TenantSettings()
_SEVERAL = tuple(name for name in NAMES if isinstance(getattr(DEFAULTS, name), tuple))
_WHOLE = re.compile(r"[0-9]{1,3}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:00)?")
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}){2}")
_WRITTEN = {
    **{name: _WHOLE for name in NAMES if isinstance(getattr(DEFAULTS, name), int)},
    **{name: _TIME for name in NAMES if isinstance(getattr(DEFAULTS, name), time)},
    "wheel": _WHOLE,
    "free_days": _DAY,
}
"""How a number, a time and a day are written: much else can be read as one, such as `1_0` or a day in seconds."""
_STORED = TypeAdapter(TenantSettings)


@lru_cache(maxsize=256)
def read_settings(stored: str) -> TenantSettings:
    """Parse stored JSON; a missing setting has its default. Raises: ValueError: a value is invalid."""
    return DEFAULTS if stored == "{}" else _STORED.validate_json(stored)


def can_be_read(stored: str) -> bool:
    """Return whether stored settings can be read."""
    try:
        read_settings(stored)
    except ValueError:
        return False
    return True


def what_can_be_read(stored: Any) -> str:
    """Return the stored settings as JSON without those that cannot be read, which then have their defaults.

    An unreadable `content` becomes `tab` instead, so that nothing about a case is sent to the chat by mistake.
    """
    try:
        kept = json.loads(stored)
    except (TypeError, ValueError):
        kept = None
    if not isinstance(kept, dict):
        return json.dumps({"content": "tab"})
    try:
        _STORED.validate_json(json.dumps(kept))
    except ValidationError as error:
        for name in {str(one["loc"][0]) for one in error.errors() if one["loc"]}:
            kept.pop(name, None)
            if name == "content":
                kept[name] = "tab"
    return json.dumps(kept, ensure_ascii=False)


def parse_setting(name: str, text: str) -> Any:
    """Parse the value of one setting, as text, into the form stored in JSON. A list is comma-separated.

    Raises: Refusal: an unknown setting, or an invalid value; the message says which.
    """
    if name not in NAMES:
        raise Refusal(fault(Code.NO_SUCH_SETTING, setting=word(name), allowed=listed(NAMES)))
    if name in _OWN_WORDS and has_personal_number(text):  # not when read: what was stored earlier stays readable
        raise _wrong(name)
    parts = [part.strip() for part in (text.split(",") if name in _SEVERAL else [text])]
    if name in _WRITTEN and not all(_WRITTEN[name].fullmatch(part) for part in parts if part):
        raise _wrong(name)
    value: Any = [part for part in parts if part] if name in _SEVERAL else text
    try:
        checked = _STORED.validate_python({name: value})
    except ValidationError as error:
        cause = error.errors()[0].get("ctx", {}).get("error")
        raise (cause if isinstance(cause, Refusal) else _wrong(name)) from None
    parsed = _STORED.dump_python(checked, mode="json")[name]
    least, most = MAY_BE.get(name, (parsed, parsed))
    if not least <= parsed <= most:
        raise _wrong(name)
    if name in _SEVERAL:
        _refuse_twice(name, parsed)
    if name == "case_ref_pattern" and may_be_slow(parsed):  # not when read, like the bounds
        raise Refusal(fault(Code.SLOW_PATTERN, setting=name))
    return parsed


def _refuse_twice(name: str, parsed: Collection[object]) -> None:
    """Refuse two values about the same; not when read, like the bounds. Raises: Refusal: says which of them."""
    seen: set[str] = set()
    for place, one in enumerate(parsed, start=1):
        # One decision is taken at one level: `open:WHO` and `not_open:WHO` stand once each.
        about = str(one).partition(":")[0] if name == "decides" else str(one).casefold()
        if about in seen:
            raise Refusal(fault(Code.OWN_SETTING_TWICE, setting=name, place=place))
        seen.add(about)


def _wrong(name: str) -> Refusal:
    example = EXAMPLES.get(name) or show_settings(DEFAULTS)[name]
    return Refusal(fault(Code.OWN_SETTING_WRONG, setting=name, example=example))


def check_together(settings: TenantSettings, changed: Collection[str] = (), *, has_tab: bool = True) -> None:
    """Check that settings valid by themselves are consistent with each other. has_tab: whether the bot has its tab.

    changed: those being set now. The latest hour of SKYDD is within office hours when it is set; hours that are
    shortened later leave it as it is.
    Raises: Refusal: they are not.
    """
    if settings.content == "tab" and not has_tab:
        raise Refusal(fault(Code.CONTENT_WITHOUT_TAB))
    if settings.office_opens >= settings.office_closes:
        raise Refusal(fault(Code.WRONG_ORDER, earlier="office_opens", later="office_closes"))
    if "protection_latest" in changed and settings.protection_latest >= settings.office_closes:
        raise Refusal(fault(Code.WRONG_ORDER, earlier="protection_latest", later="office_closes"))
    if settings.gaps_first < settings.gaps_last:
        raise Refusal(fault(Code.TOO_FEW_DAYS, first="gaps_first", last="gaps_last"))
    if settings.four_months_first < settings.four_months_last:
        raise Refusal(fault(Code.TOO_FEW_DAYS, first="four_months_first", last="four_months_last"))


def show_settings(settings: TenantSettings) -> dict[str, str]:
    """Return every setting by name, in the form that `parse_setting` reads."""
    kept = _STORED.dump_python(settings, mode="json")
    shown = {name: ",".join(map(str, value)) if isinstance(value, list) else str(value) for name, value in kept.items()}
    return {name: shown[name] for name in NAMES}
