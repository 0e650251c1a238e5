"""The words on a printed page, in Swedish, the language of the case file."""

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
"""Headings and sentences, by name."""
_CODES = frozenset(
    {
        *("role_case_worker", "role_unit_manager", "role_deputy", "role_peer_reviewer"),
        *("role_manager", "role_auditor", "role_admin"),
        *("status_open", "status_sent", "status_returned", "status_signed", "status_voided", "status_seen"),
        *("part_physical", "part_digital", "limit_14d", "limit_at_once", "limit_4m"),
        *("class_grounds", "class_organisation"),
        *("date_received_on", "date_assigned_on", "date_opened_on"),
        *("date_planned_decision_on", "date_decided_on", "date_started_on"),
        *("date_closed_on", "date_earlier_closed_on", "date_first_received_on"),
    }
)


def answer_word(choice: str) -> str:
    """Return the word for a choice, `obesvarad` included."""
    return say("answers." + choice, "sv")


def code_word(kind: str, code: str) -> str:
    """Return the word for a code, or the code itself if it has none, so that no page fails for lack of a word."""
    return say("printed." + kind + code, "sv") if kind + code in _CODES else code
