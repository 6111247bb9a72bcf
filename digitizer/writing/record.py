"""The record `<stem>.json` (`digitizer.record/1`) and the page work files a killed run goes on from."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from digitizer.errors import Code
from digitizer.model import (
    Box,
    CheckResult,
    Derivative,
    DocumentPart,
    EngineId,
    FieldValue,
    Fixity,
    Line,
    Outcome,
    PageCode,
    PageRecord,
    PageStatus,
    Reason,
    Record,
    RecordState,
    SlotKind,
    SlotReading,
    Source,
    TextLayer,
    Word,
)

__all__ = [
    "RECORD_SCHEMA",
    "dump_json",
    "page_from_json",
    "page_to_json",
    "record_from_json",
    "record_to_json",
]

RECORD_SCHEMA: Final = "digitizer.record/1"

# Values of JSON, as `json` gives them; `Any` because their shape is the contract's, not a type's.
Json = dict[str, Any]


def dump_json(value: object, *, compact: bool = False) -> bytes:
    r"""`value` as JSON: UTF-8, NFC, keys in their order, ending in a line feed.

    It is indented by one space, or on one line if `compact` (page work files: a third of the size).
    A name that was not valid UTF-8 on the disk keeps its odd bytes as `\udcXX` escapes.

    Raises:
        ValueError: A number is not finite.
    """
    layout: Json = {"separators": (",", ":")} if compact else {"indent": 1}
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, **layout)
    return unicodedata.normalize("NFC", text + "\n").encode("utf-8", "backslashreplace")


def record_to_json(record: Record) -> Json:
    """The record as the contract orders it: shares with 4 decimals, degrees with 2, seconds with 3."""
    return {
        "schema": RECORD_SCHEMA,
        "source": _source_to_json(record.source),
        "recipe": {"id": record.recipe, "engines": [_engine_to_json(e) for e in record.engines]},
        "state": record.state.value,
        "reasons": [_reason_to_json(r) for r in record.reasons],
        "pages": [_page_entry(p) for p in record.pages],
        "documents": [_document_to_json(d) for d in record.documents],
        "derivatives": [_derivative_to_json(d) for d in record.derivatives],
        "seconds": {name: round(value, 3) for name, value in record.seconds},
    }


def record_from_json(value: Mapping[str, Any]) -> Record:
    """The record a JSON of `record_to_json` holds, for a run that finds a finished input.

    Words and boxes are not in the record, so its pages come back without a layer and their `text` is
    empty: such a Record says what was done, it is not for writing files again.

    Raises:
        ValueError: Another schema, or a value out of its range.
        KeyError: A key is missing.
    """
    if value["schema"] != RECORD_SCHEMA:
        raise ValueError(f"not a {RECORD_SCHEMA}: {value['schema']}")
    return Record(
        source=_source_from_json(value["source"]),
        recipe=value["recipe"]["id"],
        engines=tuple(EngineId(**e) for e in value["recipe"]["engines"]),
        state=RecordState(value["state"]),
        reasons=tuple(_reason_from_json(r) for r in value["reasons"]),
        pages=tuple(_page_from_entry(p, None) for p in value["pages"]),
        documents=tuple(_document_from_json(d) for d in value["documents"]),
        derivatives=tuple(_derivative_from_json(d) for d in value["derivatives"]),
        seconds=tuple(value["seconds"].items()),
    )


def page_to_json(page: PageRecord) -> Json:
    """Everything of one page, words and boxes too, exact and compact, for its work file.

    A line is `[block, [[text, left, top, right, bottom, confidence], …]]`.
    """
    return {
        **_page_numbers(page, exact=True),
        "layer": None if page.layer is None else _layer_to_json(page.layer),
    }


def page_from_json(value: Mapping[str, Any]) -> PageRecord:
    """The page that `page_to_json` was given.

    Raises:
        ValueError: A value is out of its range.
        KeyError: A key is missing.
    """
    layer = value["layer"]
    return _page_from_entry(value, None if layer is None else _layer_from_json(layer))


def _source_to_json(source: Source) -> Json:
    return {
        "name": source.name,
        "path": source.path,
        "sha256": source.fixity.sha256,
        "bytes": source.fixity.bytes,
        "media_type": source.media_type,
        "signed": source.signed,
    }


def _source_from_json(value: Json) -> Source:
    fixity = Fixity(value["sha256"], value["bytes"])
    return Source(value["name"], value["path"], fixity, value["media_type"], value["signed"])


def _engine_to_json(engine: EngineId) -> Json:
    return {
        "name": engine.name,
        "version": engine.version,
        "model": engine.model,
        "model_sha256": engine.model_sha256,
    }


def _reason_to_json(reason: Reason) -> Json:
    return {"code": reason.code.value, "message": reason.message, "page": reason.page}


def _reason_from_json(value: Json) -> Reason:
    return Reason(Code(value["code"]), value["message"], value["page"])


def _page_numbers(page: PageRecord, *, exact: bool) -> Json:
    return {
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "status": page.status.value,
        "reason": None if page.reason is None else _reason_to_json(page.reason),
        "rotation": page.rotation,
        "skew_degrees": page.skew_degrees if exact else round(page.skew_degrees, 2),
        "quality": page.quality if exact else round(page.quality, 4),
        "confidence": page.confidence if exact else round(page.confidence, 4),
        "flags": list(page.flags),
    } | _extras(page)


def _extras(page: PageRecord) -> Json:
    """What few pages have: codes, and digits that clerks filled in."""
    codes = {"codes": [_code_to_json(code) for code in page.codes]} if page.codes else {}
    return codes | ({"slots": [_slot_to_json(slot) for slot in page.slots]} if page.slots else {})


def _code_to_json(code: PageCode) -> Json:
    return {"kind": code.kind, "text": code.text, "box": code.box.as_list()}


def _page_entry(page: PageRecord) -> Json:
    return {**_page_numbers(page, exact=False), "text": page.text}


def _slot_to_json(slot: SlotReading) -> Json:
    return {
        "kind": slot.kind.value,
        "text": slot.text,
        "box": slot.box.as_list(),
        "confidence": round(slot.confidence, 4),
        "source": slot.source,
    }


def _slot_from_json(value: Json) -> SlotReading:
    place = Box(*value["box"])
    return SlotReading(SlotKind(value["kind"]), value["text"], place, value["confidence"], value["source"])


def _page_from_entry(value: Mapping[str, Any], layer: TextLayer | None) -> PageRecord:
    return PageRecord(
        number=value["number"],
        width=value["width"],
        height=value["height"],
        dpi=value["dpi"],
        status=PageStatus(value["status"]),
        reason=None if value["reason"] is None else _reason_from_json(value["reason"]),
        rotation=value["rotation"],
        skew_degrees=value["skew_degrees"],
        quality=value["quality"],
        confidence=value["confidence"],
        flags=tuple(value["flags"]),
        layer=layer,
        codes=tuple(PageCode(c["kind"], c["text"], Box(*c["box"])) for c in value.get("codes", ())),
        slots=tuple(_slot_from_json(slot) for slot in value.get("slots", ())),
    )


def _layer_to_json(layer: TextLayer) -> Json:
    lines = [[line.block, [word.as_list() for word in line.words]] for line in layer.lines]
    return {"engine": _engine_to_json(layer.engine), "recipe": layer.recipe, "lines": lines}


def _layer_from_json(value: Json) -> TextLayer:
    lines = tuple(
        Line(tuple(Word.from_list(word) for word in words), block) for block, words in value["lines"]
    )
    return TextLayer(EngineId(**value["engine"]), value["recipe"], lines)


def _document_to_json(part: DocumentPart) -> Json:
    return {
        "pages": list(part.pages),
        "class": part.document_class,
        "class_confidence": round(part.class_confidence, 4),
        "needs_review": part.needs_review,
        "fields": [_field_to_json(f) for f in part.fields],
    }


def _document_from_json(value: Json) -> DocumentPart:
    return DocumentPart(
        pages=tuple(value["pages"]),
        document_class=value["class"],
        class_confidence=value["class_confidence"],
        needs_review=value["needs_review"],
        fields=tuple(_field_from_json(f) for f in value["fields"]),
    )


def _field_to_json(field: FieldValue) -> Json:
    confirmed = {"confirmed_by": field.confirmed_by} if field.confirmed_by else {}
    entry: Json = {
        "name": field.name,
        "value": field.value,
        "raw": field.raw,
        "page": field.page,
        "box": field.box.as_list(),
        "confidence": round(field.confidence, 4),
        "source": field.source,
        "checks": [{"rule": c.rule, "outcome": c.outcome.value, "message": c.message} for c in field.checks],
        **confirmed,
    }
    return {**entry, "parts": dict(field.parts)} if field.parts else entry


def _field_from_json(value: Json) -> FieldValue:
    checks = (CheckResult(c["rule"], Outcome(c["outcome"]), c["message"]) for c in value["checks"])
    return FieldValue(
        name=value["name"],
        value=value["value"],
        raw=value["raw"],
        page=value["page"],
        box=Box(*value["box"]),
        confidence=value["confidence"],
        source=value["source"],
        checks=tuple(checks),
        parts=tuple(value.get("parts", {}).items()),
        confirmed_by=value.get("confirmed_by", ""),
    )


def _derivative_to_json(derivative: Derivative) -> Json:
    fixity = derivative.fixity
    entry: Json = {
        "kind": derivative.kind,
        "path": derivative.path,
        "sha256": fixity.sha256,
        "bytes": fixity.bytes,
    }
    return entry if derivative.pdfa is None else {**entry, "pdfa": derivative.pdfa}


def _derivative_from_json(value: Json) -> Derivative:
    fixity = Fixity(value["sha256"], value["bytes"])
    return Derivative(value["kind"], value["path"], fixity, value.get("pdfa"))
