"""The tables of the web application's own: identities, saved searches, facts of batches."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from storage.account_tables import metadata

__all__ = ["account_identity", "batch_facts", "metadata", "saved_search"]


def _account(**more: Any) -> Column[str]:
    return Column("account", Text, ForeignKey("account.name"), nullable=False, **more)


# Who somebody of an identity provider is here: one account a person, one person an account.
account_identity = Table(
    "account_identity",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    _account(),
    UniqueConstraint("account"),
)

# A search is kept as the query part of its address; what it finds is asked anew, with the rights of that day.
saved_search = Table(
    "saved_search",
    metadata,
    Column("id", Text, primary_key=True),
    _account(index=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("at", Text, nullable=False),
    UniqueConstraint("account", "name"),
)

# What was declared of a batch as a whole; the highest version is in force.
batch_facts = Table(
    "batch_facts",
    metadata,
    Column("fonds", Text, primary_key=True),
    Column("batch", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("inventory", Text, nullable=False),
    Column("box", Text, nullable=False),
    Column("sheets", Integer),
    Column("agent", Text, nullable=False),
    Column("at", Text, nullable=False),
)
