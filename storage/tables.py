"""Every table, so that migrations and tests see the whole of it."""

from sqlmodel import SQLModel

from storage import (
    answers,
    cases,
    changed,
    conversations,
    drafts,
    extensions,
    filled,
    heads,
    inbox,
    links,
    outbox,
    people,
    rates,
    reminders,
    returns,
    sealing,
    signatures,
    tenants,
    tombstones,
    trail,
)

MODULES = (
    answers,
    trail,
    cases,
    changed,
    conversations,
    drafts,
    extensions,
    filled,
    heads,
    inbox,
    links,
    outbox,
    people,
    reminders,
    rates,
    returns,
    sealing,
    signatures,
    tenants,
    tombstones,
)
"""The modules that hold a table."""
METADATA = SQLModel.metadata
