"""Alembic's environment and revisions: each one forward only."""
