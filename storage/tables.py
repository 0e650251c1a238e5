"""Every table, so that migrations and tests see the whole of it."""

from sqlmodel import SQLModel

from storage import (
    answers,
    audit,
    cases,
    conversations,
    drafts,
    extensions,
    filled,
    heads,
    inbox,
    outbox,
    people,
    returns,
    sealing,
    signatures,
    tenants,
)

MODULES = (
    answers,
    audit,
    cases,
    conversations,
    drafts,
    extensions,
    filled,
    heads,
    inbox,
    outbox,
    people,
    returns,
    sealing,
    signatures,
    tenants,
)
"""The modules that hold a table."""
METADATA = SQLModel.metadata
