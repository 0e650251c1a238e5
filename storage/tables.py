"""Imports every module with a table, so that METADATA is complete; for migrations and tests."""

from sqlmodel import SQLModel

from storage import (
    aggregates,
    answers,
    cases,
    conversations,
    drafts,
    extensions,
    filled,
    heads,
    import_jobs,
    inbox,
    links,
    outbox,
    people,
    projection_queue,
    replicas,
    returns,
    sealing,
    signatures,
    tenants,
    told_reminders,
    tombstones,
    trail,
    trail_marks,
)

MODULES = (
    answers,
    trail,
    cases,
    projection_queue,
    conversations,
    drafts,
    extensions,
    filled,
    heads,
    import_jobs,
    inbox,
    links,
    outbox,
    people,
    told_reminders,
    aggregates,
    replicas,
    returns,
    sealing,
    signatures,
    tenants,
    tombstones,
    trail_marks,
)
"""The modules that declare a table."""
METADATA = SQLModel.metadata
