"""Case references: one normal form for storage, display and comparison, and which reference a typed line means."""

import re
from collections.abc import Iterator
from itertools import chain, product

from checklists.errors import BadCaseRef, UserError
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


_BEFORE = re.compile(
    r"(?:(?:(?:barn|child)\s*\d{1,2}|ärende(?:t|nr|nummer)?|dnr|diarienr|diarienummer|nr|nummer|ref|beteckning|case"
    r"|number|no|nu|now|idag|i dag|today)\b[.:,]?\s*)+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:[\s,]+(?:(?:barn|child)\s*\d{1,2}|(?:\d{1,2}|ett|två|tre|fyra|one|two|three|four)\s+(?:barn|child(?:ren)?)"
    r"|nu|idag|i dag|tack|snälla|now|today|please|thanks))+",
    re.IGNORECASE,
)
_OF = re.compile(r"(?:(?:i|på|för|av|med|om|in|on|for|of|with|about|the)\s+)+", re.IGNORECASE)
"""What a line may have before a case it asks about: `vad saknas i SN 2026/0123`."""
_ENDS = " \t\n.,;:!?\"'”»«"
_MARKS, _MOST_PARTS = " /-:.", 4
_LAST_NUMBER = re.compile(r"(?P<before>.*?)(?P<number>\d+)(?P<after>\D*)")
_MOST_DIGITS = 6
"""The most digits that a case's number within its year is filled up to with zeros."""
_MARK = re.compile(r"[ /:.-]")
_LETTER_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_MONTHS = frozenset(("MARS", "APRIL", "MAJ", "JUNI", "JULI", "MARCH", "MAY", "JUNE", "JULY"))
"""The months that are short enough to pass for a registry's code."""
_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)")
_MOST_LETTERS = 5
"""The most letters of a registry's code where the municipality has set no pattern of its own."""


def without_fillers(text: str) -> str:
    """Return a typed reference without the words around it: `ärende`, `dnr`, `nr`, `barn 2`, `nu`."""
    kept = text.strip(_ENDS)
    begun = _BEFORE.match(kept)
    kept = kept[begun.end() :] if begun else kept
    while (ended := _AFTER.search(kept)) is not None and ended.end() == len(kept):
        kept = kept[: ended.start()].rstrip(_ENDS)
    return kept


def read_ref(text: str, pattern: str = DEFAULT_PATTERN) -> str:
    """Return a typed reference in its normal form, with a misplaced space corrected if only one reference can be meant.

    That is the case if the municipality has set a pattern of its own and exactly one way to place the space follows it:
    `sn2026/0202` is SN 2026/0202. Raises: see `normal_ref`.
    """
    try:
        return normal_ref(text, pattern)
    except BadCaseRef:
        if pattern in ("", DEFAULT_PATTERN):
            raise
        fitting = [ref for ref in respaced(normal(text)) if fits(ref, pattern)]
        if len(fitting) != 1:
            raise
        return fitting[0]


def respaced(ref: str) -> tuple[str, ...]:
    """Return a normalised reference with its spaces placed otherwise: nowhere, or between letters and digits once."""
    tight = ref.replace(" ", "")
    places = [found.start() for found in _LETTER_DIGIT.finditer(tight)]
    return tuple(one for one in (tight, *(f"{tight[:at]} {tight[at:]}" for at in places)) if one != ref)


def written_otherwise(ref: str) -> tuple[str, ...]:
    """Return a normalised reference with its spaces or marks placed otherwise: SN2026/0123, SN 2026-0123."""
    spaced = respaced(ref)
    marked = (other for one in (ref, *spaced) for other in _marked(one))
    return tuple(one for one in dict.fromkeys((*spaced, *marked)) if one != ref)


def near(ref: str) -> tuple[str, ...]:
    """Return the normalised references that differ from one only in spaces, marks and zeros before its last number:
    of SN 2026-1, among others, SN 2026/0001.
    """
    found = _LAST_NUMBER.fullmatch(ref)
    if found is None:
        return written_otherwise(ref)
    before, number, after = found["before"], found["number"].lstrip("0") or "0", found["after"]
    padded = [f"{before}{number.zfill(width)}{after}" for width in range(len(number), _MOST_DIGITS + 1)]
    others = (other for one in (ref, *padded) for other in (one, *written_otherwise(one)))
    return tuple(one for one in dict.fromkeys(others) if one != ref)


def _marked(ref: str) -> Iterator[str]:
    """Yield a reference with every mark between its parts; nothing if it has more parts than references have."""
    parts = _MARK.split(ref)
    if len(parts) <= _MOST_PARTS:
        for marks in product(_MARKS, repeat=len(parts) - 1):
            yield "".join(chain(*zip(parts, (*marks, ""), strict=True)))


def meant(text: str, pattern: str = DEFAULT_PATTERN) -> tuple[str, ...]:
    """Return the references a line may mean, in normal form: as it stands, and without the words around or behind it.

    Raises: see `normal_ref`: it means none.
    """
    found: list[str] = []
    refused: UserError = BadCaseRef()
    bare = without_fillers(text)
    for one in (text, bare, _without_remark(bare, pattern)):
        try:
            ref = read_ref(one, pattern)
        except BadCaseRef as error:
            refused = error
            continue
        found += [ref] if ref not in found else []
    if not found:
        raise refused
    return tuple(found)


def known_as(text: str, pattern: str = DEFAULT_PATTERN) -> tuple[str, ...]:
    """Return the references a case that is known may be named by: as `meant`, and also behind `i`, `för` or `med`.

    Raises: see `meant`.
    """
    begun = _OF.match(text.strip())
    lines = (text, text.strip()[begun.end() :]) if begun else (text,)
    found: list[str] = []
    refused: UserError = BadCaseRef()
    for line in lines:
        try:
            found += meant(line, pattern)
        except BadCaseRef as error:
            refused = error
    if not found:
        raise refused
    return tuple(dict.fromkeys(found))


def alone(text: str, pattern: str = DEFAULT_PATTERN) -> tuple[str, ...]:
    """Return the references a text may be with at most the words people put around one; empty if it says more.

    Raises: PersonalNumberInText: see `normal_ref`.
    """
    found: list[str] = []
    for one in (text, without_fillers(text)):
        try:
            found.append(read_ref(one, pattern))
        except BadCaseRef:
            continue
    return tuple(dict.fromkeys(found))


def reads_as_ref(text: str, pattern: str = DEFAULT_PATTERN) -> bool:
    """Return whether a text reads as a reference and nothing more.

    The permissive pattern takes more than references: `uppgifter i journal 12` asks for no case. Raises: see `alone`.
    """
    return any(not is_unlikely(ref, pattern) for ref in alone(text, pattern))


def _without_remark(text: str, pattern: str) -> str:
    """Return a reference without the words behind it that have no digit, the text itself if that is no reference.

    `SN 2026/0123 fel skrivet`: the permissive pattern takes it whole.
    """
    words = text.split()
    while words and words[-1].isalpha():
        words.pop()
    shorter = " ".join(words)
    return text if is_unlikely(normal(shorter), pattern) else shorter


_BETWEEN = re.compile(r"\s+(?:och|med|till|and|with|to|&|\+)\s+|\s*[,;]\s*", re.IGNORECASE)
_LONGEST_PAIR, _MOST_WAYS = 200, 12


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Return the ways to read a line as two references, the likeliest first: separated by a word, else by a space.

    Either part ends with a word that has a digit; whether they are references is not checked. A line too long to be two
    references gives none, and the number of ways is limited.
    """
    if len(text) > _LONGEST_PAIR:
        return ()
    between = [(text[: at.start()], text[at.end() :]) for at in _BETWEEN.finditer(text)]
    words = text.split()
    spaced = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    found = [(one.strip(_ENDS), other.strip(_ENDS)) for one, other in (*between, *spaced)]
    numbered = [both for both in dict.fromkeys(found) if _ends_in_number(both[0]) and _ends_in_number(both[1])]
    return tuple(numbered[:_MOST_WAYS])


def _ends_in_number(text: str) -> bool:
    return any(map(str.isdigit, (text.split() or [""])[-1]))


def is_unlikely(ref: str, pattern: str = DEFAULT_PATTERN) -> bool:
    """Return whether a reference that only the permissive default pattern lets through reads like something else.

    `BEDÖMNING 2026`, `SE JOURNAL 12` and `12 MAJ` are more likely words than references, and so are the words people
    put around one, with what they number: `BARN 2`, `NR 5`; and a calendar day, `DATUM 2026-10-01`.
    """
    if pattern not in ("", DEFAULT_PATTERN):
        return False
    if without_fillers(ref) != ref or _DAY.search(ref) is not None:
        return True
    words = [word for word in ref.split() if word.isalpha()]
    return len(words) > 1 or any(len(word) > _MOST_LETTERS or word in _MONTHS for word in words)
