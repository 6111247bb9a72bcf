"""The tables of accounts and sessions, beside those of the catalogue in one database."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text

from storage.schema import metadata

__all__ = ["account", "account_fonds", "failed_log_in", "metadata", "session"]

account = Table(
    "account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("display_name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("all_fonds", Boolean, nullable=False),
    Column("clearance", Integer, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("one_time", Boolean, nullable=False),
    Column("password", Text, nullable=False),
)

account_fonds = Table(
    "account_fonds",
    metadata,
    Column("account", Text, ForeignKey("account.name"), primary_key=True),
    Column("fonds", Text, primary_key=True),
)

# `digest` is of the secret in the browser: who reads this table can open no session with it.
session = Table(
    "session",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("account", Text, ForeignKey("account.name"), nullable=False, index=True),
    Column("csrf", Text, nullable=False),
    Column("started", Float, nullable=False),
    Column("seen", Float, nullable=False),
    Column("unmasked", Text, nullable=False),
)

failed_log_in = Table(
    "failed_log_in",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False),
    Column("at", Float, nullable=False),
    Index("failed_log_in_by_key", "key", "at"),
)
