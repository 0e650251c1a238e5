"""Case references: one normal form for storage, display and comparison."""

from checklists.errors import BadCaseRef
from checklists.privacy import refuse_personal_numbers
from checklists.ref_pattern import DEFAULT_PATTERN, fits, is_vouched_for, normal


def normal_ref(text: str, pattern: str = DEFAULT_PATTERN) -> str:
    """Return a reference in the form that is stored and shown: NFC, trimmed, single spaces, upper case.

    pattern: the tenant's regular expression.

    Raises: PersonalNumberInText: it looks like a personal number, and `pattern` does not vouch for it; tested before
    the pattern, as the default one accepts a personal number. BadCaseRef: it does not follow `pattern`.
    """
    ref = normal(text)
    if is_vouched_for(ref, pattern):
        return ref
    refuse_personal_numbers(text)
    if not fits(ref, pattern):
        raise BadCaseRef
    return ref
