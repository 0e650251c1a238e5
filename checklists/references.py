"""Case references: one normal form for storing, showing and comparing."""

import re
import unicodedata

from checklists.errors import BadCaseRef
from checklists.privacy import refuse_personal_numbers

# Permissive default: letters and digits in up to five groups, at least one digit, 3 to 24 characters.
DEFAULT_PATTERN = r"^(?=.*\d)(?=.{3,24}$)[A-Za-zÅÄÖåäö0-9]{1,10}([ /:.\-][A-Za-zÅÄÖåäö0-9]{1,10}){0,4}$"


def normal_ref(text: str, pattern: str = DEFAULT_PATTERN) -> str:
    """Return the reference as it is stored and shown: NFC, trimmed, single spaces, upper case.

    Raises: PersonalNumberInText: it reads as a personal number (tested first, the default pattern would accept it).
        BadCaseRef: it does not match `pattern`, the tenant's own regular expression.
    """
    ref = " ".join(unicodedata.normalize("NFC", refuse_personal_numbers(text)).split()).upper()
    if not re.fullmatch(pattern, ref, re.IGNORECASE):
        raise BadCaseRef
    return ref


def compiles(pattern: str) -> bool:
    """Say whether a tenant's pattern is a regular expression."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
