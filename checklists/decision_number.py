"""The number of a decision of the committee (nämnd), such as `SN § 45/2026`: what may be typed as one."""

import re

from checklists.errors import BadDecisionNumber
from checklists.privacy import LetThrough, refuse_personal_numbers

MOST = 30
_SHAPE = re.compile(r"[0-9A-Za-zÅÄÖåäö §/.:-]+")
_WORD = re.compile(r"[A-Za-zÅÄÖåäö]{6,}")
"""A committee is abbreviated (SN, IFN); longer words would be names, and the number stays in the trail."""

_TELLING = 6
"""With this many letters and digits, a reference identifies its case; a shorter one may occur in any number."""


def read_number(text: str, case_ref: str, lets: LetThrough) -> str:
    """Return a decision's number in its stored form: single spaces, capitals.

    Raises: BadDecisionNumber: it has no digit, or other characters or words than such a number has, is longer than
        MOST, or holds the reference of the case, which must not stay in the trail. PersonalNumberInText.
    """
    number = " ".join(text.split()).upper()
    if not (0 < len(number) <= MOST and _SHAPE.fullmatch(number)) or _WORD.search(number):
        raise BadDecisionNumber
    whole = _plain(case_ref)
    if not any(sign.isdecimal() for sign in number) or (len(whole) >= _TELLING and whole in _plain(number)):
        raise BadDecisionNumber
    return refuse_personal_numbers(number, lets)


def is_same(one: str, other: str) -> bool:
    """Return whether two people typed the same number, however they spaced it."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())
