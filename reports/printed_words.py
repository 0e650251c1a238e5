"""The words on a printed page, in Swedish: the case file's language."""

from texts import say

_NAMES = (
    *("protected", "case", "unit", "child", "filled_by", "version", "occasion", "file_part", "begun", "sent", "status"),
    *("facts", "answers", "number", "question", "answer", "who", "motivation", "place", "note", "in_file"),
    *(
        "no_motivation",
        "raw",
        "answered_on",
        "last",
        "earlier",
        "earlier_why",
        "extensions",
        "reason",
        "returns",
        "signatures",
    ),
    *("with_shortfall", "means", "saw", "checksum", "exact", "import", "somebody"),
)
WORDS = {name: say("printed." + name, "sv") for name in _NAMES}
"""Headings and whole sentences, by name."""
_CODES = {
    "role_": ("case_worker", "unit_manager", "deputy", "peer_reviewer", "manager", "auditor", "admin"),
    "status_": ("open", "sent", "returned", "signed", "voided", "seen"),
    "part_": ("physical", "digital"),
    "limit_": ("14d", "4m"),
    "class_": ("grounds", "organisation"),
    "date_": ("received_on", "assigned_on", "opened_on", "planned_decision_on", "decided_on", "closed_on"),
}


def answer_word(choice: str) -> str:
    """Return how an answer, or that there is none, is said."""
    return say("answers." + choice, "sv")


def code_word(kind: str, code: str) -> str:
    """Return what a code means; one without a word of its own stands as it is: a page is never held up by it."""
    return say("printed." + kind + code, "sv") if code in _CODES[kind] else code
