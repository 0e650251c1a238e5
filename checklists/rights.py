"""Authorisation: each dialog declares its verbs and who may use them; this module collects and checks the rows.

A right names a verb and, for each role that may use it, the relation the person must have to the case. Roles come from
the people register only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from checklists.model import Role

VerbName = Literal[
    "admin",
    "admin_act",
    "admin_page",
    "answer",
    "ask_chef",
    "ask_deletion",
    "ask_worker",
    "assign",
    "back",
    "back_to_details",
    "back_to_reading",
    "begin_list",
    "calibrate",
    "change",
    "change_anyway",
    "check_access",
    "close",
    "command",
    "comment",
    "confirm_deletion",
    "continue",
    "decided",
    "decided_today",
    "deletion",
    "deputies",
    "details",
    "differences",
    "drop_deletion",
    "drop_list",
    "drop_typed",
    "duty_done",
    "duty_drop",
    "duty_new",
    "duty_save",
    "export",
    "export_figures",
    "export_people",
    "extend",
    "extract",
    "feedback",
    "finding_new",
    "finding_check",
    "finding_save",
    "finding_settle",
    "findings",
    "form",
    "go_to",
    "hand_over",
    "help",
    "how",
    "in_the_file",
    "joint",
    "language",
    "link_say",
    "link_to",
    "linked",
    "log_check",
    "measure",
    "measure_done",
    "measure_followed",
    "measure_looked",
    "measure_make",
    "measure_new",
    "measure_owner",
    "measure_save",
    "measures",
    "missing",
    "more_cases",
    "more_children",
    "more_differences",
    "more_gaps",
    "more_measures",
    "more_to_read",
    "motivate",
    "my_cases",
    "name_deputy",
    "named_case",
    "new",
    "new_occasion",
    "no_motivation",
    "not_yet",
    "open",
    "open_ref",
    "pause",
    "protection",
    "raise_it",
    "raise_now",
    "read",
    "received",
    "remove_deputy",
    "reopen",
    "report",
    "review",
    "review_begin",
    "review_tie",
    "reviews",
    "round_add",
    "round_agree",
    "round_close",
    "round_compare",
    "round_drop",
    "round_end",
    "round_follow",
    "round_follow_save",
    "round_give",
    "round_group",
    "round_lend",
    "round_links",
    "round_management",
    "round_move",
    "round_new",
    "round_replace",
    "round_save",
    "round_say",
    "round_show",
    "round_show_group",
    "round_start",
    "save_calibration",
    "same_as",
    "save_closing",
    "save_comment",
    "save_decided",
    "save_detail",
    "save_details",
    "save_extension",
    "save_facts",
    "save_form",
    "save_group",
    "save_joint",
    "save_ref",
    "save_return",
    "save_shortfall",
    "save_typed",
    "seen_at_signing",
    "send",
    "send_back",
    "show_current",
    "show_extract",
    "show_report",
    "sign",
    "sign_shortfall",
    "skip_detail",
    "snooze",
    "to_read",
    "text_for_file",
    "undo",
    "unjoint",
    "unlink",
    "unit_cases",
    "unit_page",
    "what_counts",
    "what_is",
    "wheel",
    "wheel_save",
    "withdraw",
    "workshop",
    "workshop_note",
    "wrong_case",
    "year",
]
"""The things a person can do, by pressing a button or by typing a command."""
Relation = Literal["lead", "co_worker", "own_unit", "other"]
"""The relation of a person in a role to a case: its lead, its co-worker, in the same unit, or none of these."""
RELATIONS: tuple[Relation, ...] = get_args(Relation)
ROLES: tuple[Role, ...] = get_args(Role)

ANYONE: Mapping[Role, tuple[Relation, ...]] = dict.fromkeys(ROLES, RELATIONS)
OWN_CASE: Mapping[Role, tuple[Relation, ...]] = {"case_worker": ("lead", "co_worker")}
"""A case worker on a case she is lead or co-worker of."""
READER: Mapping[Role, tuple[Relation, ...]] = {"unit_manager": ("own_unit",), "deputy": ("own_unit",)}
"""The chefs of the case's unit and their deputies. Nobody reads a case they are lead or co-worker of."""
LIST_HOLDER: Mapping[Role, tuple[Relation, ...]] = {**OWN_CASE, **READER}
"""Everyone who has a decision basis on the case: its workers the one they write, a reader the one used for reading.

Who answers another list is decided by `access.seat`, which a verb with this right also consults.
"""


@dataclass(frozen=True, slots=True)
class Right:
    """One verb and who may use it. may: the sufficient relations, by role. about: whether it concerns a case at all."""

    verb: VerbName
    about: Literal["case", "self"]
    may: Mapping[Role, tuple[Relation, ...]] = field(default_factory=dict)


def table(rights: Iterable[Right]) -> dict[str, Right]:
    """Return the declared rights by verb.

    Raises: ValueError: a verb is declared twice, or a right is empty or names an unknown role or relation.
    """
    gathered: dict[str, Right] = {}
    for right in rights:
        if right.verb in gathered:
            raise ValueError(f"the verb {right.verb} is declared twice")
        unknown = set(right.may) - set(ROLES) | {r for relations in right.may.values() for r in relations} - set(
            RELATIONS
        )
        if unknown or not right.may:
            raise ValueError(f"the verb {right.verb} has no rights, or unknown ones: {sorted(unknown)}")
        gathered[right.verb] = right
    return gathered


def may(right: Right, standing: Iterable[tuple[Role, Relation]]) -> bool:
    """Return whether a right is granted by any of a person's (role, relation) pairs."""
    return any(relation in right.may.get(role, ()) for role, relation in standing)


def sees_figures(held: Iterable[tuple[Role, str]], unit: str) -> bool:
    """Return whether a person may see the figures of a unit.

    held: her roles, as (role, name of its unit). unit: a unit's name, or "" for the whole organisation. A manager sees
    every unit and the whole; a chef and her deputy see their own units. Nobody sees anything narrower than a unit.
    """
    return any(role == "manager" or (role in ("unit_manager", "deputy") and at == unit != "") for role, at in held)


FIGURES: Mapping[Role, tuple[Relation, ...]] = dict.fromkeys(("manager", "unit_manager", "deputy"), RELATIONS)
"""Who may ask for figures at all; `sees_figures` decides for which unit."""

ROUNDS: Mapping[Role, tuple[Relation, ...]] = dict.fromkeys(("manager", "unit_manager", "deputy"), RELATIONS)
"""Who may run rounds of the unit's own review; the dialog checks for which units."""
