"""Persistence: one module per noun, with its table and its functions. The only layer that knows SQL."""

from sqlmodel import SQLModel

# Set before the first table is declared. Keys and indexes get the same names on both databases, for migrations to use.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
