"""Case references: one normal form for storage, display and comparison."""

import re
import unicodedata

from checklists.errors import BadCaseRef
from checklists.privacy import refuse_personal_numbers

# Permissive default: up to five groups of letters and digits, at least one digit, 3 to 24 characters.
DEFAULT_PATTERN = r"^(?=.*\d)(?=.{3,24}$)[A-Za-zÅÄÖåäö0-9]{1,10}([ /:.\-][A-Za-zÅÄÖåäö0-9]{1,10}){0,4}$"


def normal_ref(text: str, pattern: str = DEFAULT_PATTERN) -> str:
    """Return a reference in the form that is stored and shown: NFC, trimmed, single spaces, upper case.

    pattern: the tenant's regular expression.

    Raises: PersonalNumberInText: it looks like a personal number; tested first, as the default pattern accepts one.
    BadCaseRef: it does not match `pattern`.
    """
    ref = " ".join(unicodedata.normalize("NFC", refuse_personal_numbers(text)).split()).upper()
    if not re.fullmatch(pattern, ref, re.IGNORECASE):
        raise BadCaseRef
    return ref


def compiles(pattern: str) -> bool:
    """Return whether a pattern is a valid regular expression."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
