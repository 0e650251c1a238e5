"""One file per noun, with its table and its functions; the only layer that knows SQL."""

from sqlmodel import SQLModel

# Before the first table: names of keys and indexes are the same on both databases, so migrations can name them.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
