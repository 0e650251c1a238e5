"""What a change does to a list the chef has signed."""

from datetime import date
from typing import Literal

Effect = Literal["nothing", "told in the bundle", "told at once", "voided"]


def effect(signed: str, now: str, changed_on: date, decided_on: date | None) -> Effect:
    """Return what it does that an answer which was one thing when the chef signed becomes another."""
    if signed == now:
        return "nothing"
    if signed == "pagaende" and now in ("ja", "ej_tillampligt"):
        return "told in the bundle"
    if signed == "pagaende" and now == "nej" and decided_on is not None and changed_on > decided_on:
        return "told at once"
    return "voided"


def keeps_signature(what: Effect) -> bool:
    """Say whether the signature stands."""
    return what != "voided"
