"""The record with what people corrected in it; the machine's value stays beside the person's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from storage import queries
from storage.schema import field_value

__all__ = ["with_corrections"]


def with_corrections(connection: Connection, document: Row[Any], values: dict[str, Any]) -> dict[str, Any]:
    """`values` of the last reading, each corrected field with `origin` and `machine` (its first value)."""
    wanted = queries.current(field_value, document).where(field_value.c.origin != "machine")
    for row in connection.execute(wanted.order_by(field_value.c.seq)):
        for each in values["documents"][row.part - 1]["fields"]:
            if each["name"] == row.name:
                each.setdefault("machine", {"value": each["value"], "confidence": each["confidence"]})
                each |= {"value": row.value, "confidence": 1.0, "origin": row.origin, "checks": []}
                break
    return values
