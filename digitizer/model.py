"""The nouns: ISAD(G), PREMIS and ALTO words as frozen values. Standard library only, no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from digitizer.errors import Code

__all__ = [
    "Agent",
    "Box",
    "CheckResult",
    "Derivative",
    "DocumentPart",
    "EncodedImage",
    "EngineId",
    "Event",
    "FieldValue",
    "Fixity",
    "Line",
    "MediaType",
    "Outcome",
    "PageCode",
    "PageRecord",
    "PageStatus",
    "Reason",
    "Record",
    "RecordState",
    "SlotKind",
    "SlotReading",
    "Source",
    "TextLayer",
    "Word",
]


class MediaType(StrEnum):
    """The kinds of file the intake takes, known by their bytes, never by their name."""

    PDF = "application/pdf"
    TIFF = "image/tiff"
    JPEG = "image/jpeg"
    PNG = "image/png"
    BMP = "image/bmp"
    WEBP = "image/webp"
    JP2 = "image/jp2"


class PageStatus(StrEnum):
    """How a page ended. There is no fourth way."""

    TEXT = "text"
    BLANK = "blank"
    FAILED = "failed"


class RecordState(StrEnum):
    """How an input ended. `done` is computed from the page census, never from an exit status."""

    DONE = "done"
    DONE_WITH_GAPS = "done_with_gaps"
    REFUSED = "refused"


class Outcome(StrEnum):
    """The outcome of one check on one value."""

    PASS = "pass"  # noqa: S105 - the outcome's word in the record, not a secret
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the upright page; origin top left, right and bottom exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    def __post_init__(self) -> None:
        if self.right < self.left or self.bottom < self.top:
            raise ValueError(f"box is inside out: {self}")

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.bottom - self.top

    def as_list(self) -> list[int]:
        """`[left, top, right, bottom]`, the form of the record."""
        return [self.left, self.top, self.right, self.bottom]

    @staticmethod
    def around(boxes: Iterable[Box]) -> Box:
        """The smallest box that holds all of `boxes` (at least one)."""
        every = list(boxes)
        return Box(
            min(b.left for b in every),
            min(b.top for b in every),
            max(b.right for b in every),
            max(b.bottom for b in every),
        )


@dataclass(frozen=True, slots=True)
class Word:
    """One printed word (ALTO String): NFC text without spaces, its box, confidence 0 to 1.

    `read_as` is what the engine read where its marks were revised afterwards, else empty.
    """

    text: str
    box: Box
    confidence: float
    read_as: str = ""

    def __post_init__(self) -> None:
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence out of 0..1: {self.confidence}")

    def as_list(self) -> list[str | int | float]:
        """`[text, left, top, right, bottom, confidence]`, and `read_as` where there is one."""
        return [self.text, *self.box.as_list(), self.confidence, *([self.read_as] if self.read_as else [])]

    @staticmethod
    def from_list(values: Sequence[Any]) -> Word:
        """The word that `as_list` was made from."""
        text, left, top, right, bottom, confidence, *read_as = values
        return Word(text, Box(left, top, right, bottom), confidence, *read_as)


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line (ALTO TextLine), words from left to right; `block` groups lines (ALTO TextBlock)."""

    words: tuple[Word, ...]
    block: int = 0

    @property
    def text(self) -> str:
        """The words joined by single spaces."""
        return " ".join(w.text for w in self.words)

    @property
    def box(self) -> Box:
        """The smallest box around the words."""
        return Box.around(w.box for w in self.words)


@dataclass(frozen=True, slots=True)
class EngineId:
    """Which reader, in which version, with which model file: enough to explain a text years later."""

    name: str
    version: str
    model: str
    model_sha256: str


@dataclass(frozen=True, slots=True)
class TextLayer:
    """What one engine with one recipe read on one scan, lines in reading order; never overwritten."""

    engine: EngineId
    recipe: str
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The page's text: one printed line a line, in reading order."""
        return "\n".join(line.text for line in self.lines)

    @property
    def words(self) -> tuple[Word, ...]:
        """All words in reading order."""
        return tuple(word for line in self.lines for word in line.words)

    @property
    def confidence(self) -> float:
        """Mean word confidence, weighted by length; 0 where nothing was read."""
        letters = sum(len(w.text) for w in self.words)
        return sum(w.confidence * len(w.text) for w in self.words) / letters if letters else 0.0


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """A page image as a PDF image XObject holds it: compressed bytes and how to decode them.

    `filter` is a PDF filter name without the slash (`DCTDecode`, `CCITTFaxDecode`, `FlateDecode`,
    `JPXDecode`, `JBIG2Decode`); `decode_parms` its parameters as plain values. `colorspace` is
    `DeviceGray`, `DeviceRGB` or `Indexed` (then `palette` holds RGB triples). `orientation` is the
    EXIF orientation (1-8) that turns the stored pixels into the page as a viewer shows it.
    `width` and `height` are of the stored pixels, before `orientation`.
    """

    data: bytes
    filter: str
    width: int
    height: int
    bits: int
    colorspace: str
    decode_parms: tuple[tuple[str, int | bool], ...] = ()
    decode: tuple[float, ...] | None = None
    palette: bytes | None = None
    orientation: int = 1


@dataclass(frozen=True, slots=True)
class Fixity:
    """A message digest and size (PREMIS fixity): `sha256` in lower-case hex, `bytes` the length."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Source:
    """The input file a record is about; `path` is relative to the folder it was given in."""

    name: str
    path: str
    fixity: Fixity
    media_type: str
    signed: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an input or a page did not end as hoped: code, one clear line, page (1-based) or None."""

    code: Code
    message: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of one named rule, with a sentence a clerk understands."""

    rule: str
    outcome: Outcome
    message: str


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One field's value with its proof: raw text, page, box, confidence, origin and check results.

    `parts` is what it was taken apart into: an address its units, by name and code.
    `confirmed_by` is the person who let it stand or put it there, empty where nobody looked.
    """

    name: str
    value: str
    raw: str
    page: int
    box: Box
    confidence: float
    source: str = "printed"
    checks: tuple[CheckResult, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    confirmed_by: str = ""


class SlotKind(StrEnum):
    """Which gap between printed labels a clerk fills in: `Số: …/`, `ngày … tháng`, `tháng … năm`."""

    NUMBER = "number"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class SlotReading:
    """The digits read in one slot, in pixels of the upright page.

    `source` is `handwritten` where they were filled in after printing, by pen or numbering machine, else
    `printed`. `confidence` is calibrated: of readings at 0.95 about one in twenty is wrong.
    """

    kind: SlotKind
    text: str
    box: Box
    confidence: float
    source: str


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """One document (ISAD(G) item) inside an input: its pages (1-based), class and fields."""

    pages: tuple[int, ...]
    document_class: str
    class_confidence: float
    needs_review: bool
    fields: tuple[FieldValue, ...] = ()


@dataclass(frozen=True, slots=True)
class PageCode:
    """A QR or bar code found on a page: its kind, what it says, where it is."""

    kind: str
    text: str
    box: Box = Box(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class PageRecord:
    """One page of the record. `width`, `height` and boxes are pixels after `rotation` (clockwise degrees).

    The reference is the page as a viewer shows the input (EXIF orientation and the PDF's own /Rotate
    applied); `rotation` is what had to be turned beyond that. `skew_degrees` is positive when the page
    leans clockwise. `layer` holds the words with boxes (for ALTO, hOCR, PDF); `text` equals `layer.text`.
    `slots` are the numbers, days and months read where clerks fill them in, from top to bottom.
    """

    number: int
    width: int
    height: int
    dpi: int
    status: PageStatus
    reason: Reason | None = None
    rotation: int = 0
    skew_degrees: float = 0.0
    quality: float = 0.0
    confidence: float = 0.0
    flags: tuple[str, ...] = ()
    layer: TextLayer | None = None
    codes: tuple[PageCode, ...] = ()
    slots: tuple[SlotReading, ...] = ()

    @property
    def text(self) -> str:
        """The page's text in reading order, empty where nothing was read."""
        return self.layer.text if self.layer else ""


@dataclass(frozen=True, slots=True)
class Derivative:
    """A file made from the input: kind (`pdf`, `txt`, `alto`, `hocr`), path relative to the output folder."""

    kind: str
    path: str
    fixity: Fixity
    pdfa: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """Everything `<stem>.json` says about one input (`digitizer.record/1`)."""

    source: Source
    recipe: str
    engines: tuple[EngineId, ...]
    state: RecordState
    reasons: tuple[Reason, ...]
    pages: tuple[PageRecord, ...]
    documents: tuple[DocumentPart, ...] = ()
    derivatives: tuple[Derivative, ...] = ()
    seconds: tuple[tuple[str, float], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Agent:
    """Who did it (PREMIS agent): `person:…`, `software:digitizer/0.1.0`."""

    name: str


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to which object, when, by whom (PREMIS event); `detail` never holds recognised text."""

    kind: str
    object_id: str
    agent: Agent
    at: str
    outcome: str
    detail: tuple[tuple[str, str], ...] = ()
