"""What a change does to a signed list."""

from datetime import date
from typing import Literal

Effect = Literal["nothing", "told in the bundle", "told at once", "voided"]


def effect(signed: str, now: str, changed_on: date, decided_on: date | None) -> Effect:
    """Return the effect of an answer changing after signing."""
    if signed == now:
        return "nothing"
    if signed == "pagaende" and now in ("ja", "ej_tillampligt"):
        return "told in the bundle"
    if signed == "pagaende" and now == "nej" and decided_on is not None and changed_on > decided_on:
        return "told at once"
    return "voided"


def keeps_signature(what: Effect) -> bool:
    """Return whether the signature remains valid."""
    return what != "voided"
