"""A tenant's own settings, typed, each with its default."""

from dataclasses import dataclass, fields
from datetime import date, datetime, time
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, TypeAdapter, ValidationError

from checklists.faults import Code, Refusal, fault, listed, word
from checklists.findings import read_standings
from checklists.model import MotivationBy
from checklists.references import DEFAULT_PATTERN, compiles
from checklists.reminder_rules import Thresholds
from checklists.workdays import Workdays


def _pattern(text: str) -> str:
    if not compiles(text):
        raise Refusal(fault(Code.NOT_A_PATTERN, setting="case_ref_pattern"))
    return text


def _findings(said: tuple[str, ...]) -> tuple[str, ...]:
    read_standings(said)
    return said


@dataclass(frozen=True, slots=True)
class TenantSettings(Thresholds):
    """The thresholds of the reminders and what else a tenant decides for itself.

    office_opens, office_closes: Swedish time of day; reminders go out from the first, none after the second.
    free_days: days on which the authority is closed besides the holidays. motivation: how motivations are given.
    findings: how far the authority's findings have come, see checklists.findings.read_standings.
    """

    case_ref_pattern: Annotated[str, AfterValidator(_pattern)] = DEFAULT_PATTERN
    office_opens: time = time(8, 0)
    office_closes: time = time(16, 30)
    free_days: tuple[date, ...] = ()
    motivation: MotivationBy = "either"
    findings: Annotated[tuple[str, ...], AfterValidator(_findings)] = ()

    @property
    def workdays(self) -> Workdays:
        """Return the working days with the tenant's own free days taken out."""
        return Workdays(frozenset(self.free_days))

    def in_office_hours(self, local: datetime) -> bool:
        """Say whether reminders may go out at a moment, given in Swedish time."""
        opens = self.office_opens <= local.time() < self.office_closes
        return opens and self.workdays.is_working(local.date())


NAMES = tuple(field.name for field in fields(TenantSettings))
DEFAULTS = TenantSettings()
_SEVERAL = tuple(name for name in NAMES if isinstance(getattr(DEFAULTS, name), tuple))
_STORED = TypeAdapter(TenantSettings)


@lru_cache(maxsize=256)
def read_settings(stored: str) -> TenantSettings:
    """Return settings from their JSON; what is not there has its default. Raises: ValueError: one is wrong."""
    return DEFAULTS if stored == "{}" else _STORED.validate_json(stored)


def parse_setting(name: str, text: str) -> Any:
    """Return one setting as it is kept in JSON, read from `NAME=VALUE`. Several dates or findings are parted by commas.

    Raises: Refusal: there is no such setting, or the value is not one.
    """
    if name not in NAMES:
        raise Refusal(fault(Code.NO_SUCH_SETTING, setting=word(name), allowed=listed(NAMES)))
    value: Any = [part.strip() for part in text.split(",") if part.strip()] if name in _SEVERAL else text
    try:
        checked = _STORED.validate_python({name: value})
    except ValidationError as error:
        cause = error.errors()[0].get("ctx", {}).get("error")
        raise (cause if isinstance(cause, Refusal) else Refusal(fault(Code.OWN_SETTING_WRONG, setting=name))) from None
    return _STORED.dump_python(checked, mode="json")[name]


def check_together(settings: TenantSettings) -> None:
    """Refuse settings that fit one by one and not together. Raises: Refusal."""
    if settings.office_opens >= settings.office_closes:
        raise Refusal(fault(Code.WRONG_ORDER, earlier="office_opens", later="office_closes"))
    if settings.gaps_first < settings.gaps_last:
        raise Refusal(fault(Code.TOO_FEW_DAYS, first="gaps_first", last="gaps_last"))
    if settings.four_months_first < settings.four_months_last:
        raise Refusal(fault(Code.TOO_FEW_DAYS, first="four_months_first", last="four_months_last"))


def show_settings(settings: TenantSettings) -> dict[str, str]:
    """Return every setting as it would be written after `NAME=`."""
    kept = _STORED.dump_python(settings, mode="json")
    shown = {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in kept.items()}
    return {name: shown[name] for name in NAMES}
