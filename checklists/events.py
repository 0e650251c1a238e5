"""The event names of the audit trail, one for each kind of act. Stored names are never renamed."""

from typing import Literal, get_args

OfCase = Literal[
    "case_opened", "unit_set", "case_type_set", "lead_set", "co_worker_set", "children_set", "protected_identity_set",
    "received_on_set", "assigned_on_set", "opened_on_set", "planned_decision_on_set", "decided_on_set",
    "started_on_set", "closed", "reopened", "extended", "fact_set", "ref_changed", "withdrawn", "case_asked_for",
    "reason_added", "reason_removed",
    "worker_asked", "cases_link_asked", "cases_link_refused", "cases_linked", "cases_unlinked", "joint_assessed",
    "joint_removed",
    "list_begun", "list_withdrawn",
    "answered", "sent", "reading_begun", "differences_seen", "differences_shown", "reading_reopened", "returned",
    "signed", "signed_with_shortfall", "void_confirmed", "voided", "followed_up", "signature_shown", "still_ongoing",
    "denied", "conflict",
    "case_given", "case_moved", "case_replaced", "tie_declared", "raised", "raised_received", "raised_late",
    "measure_made", "measure_done", "measure_checked", "measure_reopened", "feedback_told",
    "deletion_asked", "deletion_withdrawn", "deletion_confirmed",
    "import", "export", "access_log", "disposed",
]  # fmt: skip
"""The events that may be about a case: each has its words, for whoever reads what was done with it."""
OF_CASE: tuple[OfCase, ...] = get_args(OfCase)
EventName = Literal[
    OfCase,
    # people, and what they choose
    "bound", "installed", "language_set", "deputy_named", "deputy_removed", "snoozed", "link_made", "person_added",
    "person_changed", "person_doubled", "email_changed",
    # rounds of the unit's own review
    "round_made", "reviewer_added", "reviewer_removed", "loan_asked", "loan_said", "round_started",
    "calibrated", "round_closed",
    # measures
    "measure_followed", "finding_made", "finding_settled", "finding_checked", "round_shown", "workshop_noted",
    # the year
    "duty_made", "duty_done", "duty_dropped", "wheel_set",
    # what the admin does
    "person_left", "person_disposed", "role_was", "person_joined", "unit_renamed", "unit_merged", "unit_closed",
    "sent_again", "send_dropped", "admin_listed", "exposed", "log_sampled", "log_checked",
    # files and upkeep
    "link_used", "setting_changed", "retention_set", "disposal_listed", "purged", "backup",
    "restored", "moved", "swept", "test_sent",
]  # fmt: skip
