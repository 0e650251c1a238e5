"""Compare two periods in one plain sentence, which may say that nothing can be concluded."""

from collections.abc import Iterable

from checklists.rates import Comparison, Share, compare
from texts import Language, say


def compared(before: Share, after: Share, versions: tuple[Iterable[int], Iterable[int]] = ((), ())) -> Comparison:
    """Compare two shares. versions: of the checklist, before and after; if they differ, nothing is claimed."""
    found = compare(before, after)
    earlier, later = (set(some) for some in versions)
    if earlier and later and earlier != later and found.verdict != "no_figures":
        return Comparison("other_version", before, after)
    return found


def sentence(found: Comparison, language: Language = "sv") -> str:
    """Return a comparison as a sentence."""
    if found.verdict == "other_version":
        return say("figures.version_break", language)
    numbers = {
        "before_k": found.before.k,
        "before_n": found.before.n,
        "after_k": found.after.k,
        "after_n": found.after.n,
    }
    return say("figures." + found.verdict, language, **numbers, needed=found.needed)
