"""Every table, so that migrations and tests see the whole of it."""

from sqlmodel import SQLModel

from storage import (
    answers,
    audit,
    cases,
    changed,
    conversations,
    drafts,
    extensions,
    filled,
    inbox,
    outbox,
    people,
    rates,
    returns,
    sealing,
    signatures,
    tenants,
)

MODULES = (
    answers,
    audit,
    cases,
    changed,
    conversations,
    drafts,
    extensions,
    filled,
    inbox,
    outbox,
    people,
    rates,
    returns,
    sealing,
    signatures,
    tenants,
)
"""The modules that hold a table."""
METADATA = SQLModel.metadata
