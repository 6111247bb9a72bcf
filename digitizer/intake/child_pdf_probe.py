"""Inside the sandbox: what the record must say about a PDF: signed, active, repaired, restricted, a bomb."""

from __future__ import annotations

import mmap
import os
import re
import zlib
from typing import Any

import pikepdf

from digitizer.errors import Code, Refusal
from digitizer.intake.scans import Limits

__all__ = ["inspect", "unreadable"]

_MAX_OBJECTS = 300_000
_ACTIVE = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToE",
    "/RichMediaExecute",
    "/Rendition",
}
_MEDIA = {"/RichMedia", "/Screen", "/Movie", "/3D", "/Sound"}
_COMPRESSORS = {"/FlateDecode", "/LZWDecode", "/RunLengthDecode", "/Fl", "/LZW", "/RL"}
_REVISION = re.compile(rb"startxref\s+([1-9]\d*)\s+%%EOF")
_WORDS = (
    (b"/ByteRange", "signed"),
    (b"/JavaScript", "active-content"),
    (b"/Launch", "active-content"),
    (b"/EmbeddedFile", "embedded-files"),
    (b"/XFA", "xfa"),
    (b"/OCProperties", "optional-content"),
)
# Slips of the pen of office copiers, as qpdf words them: no object can be lost by them.
_SLIPS = ("duplicated key", "followed by carriage return only", "Resources is missing")
_BOMB_BYTES = 16 << 20
_BOMB_RATIO = 1100  # more than one Flate layer can reach
_STEP = 64 << 20


def unreadable(file: int) -> Refusal:
    """The refusal of a PDF that no library opens: cut off where its end is missing, else damaged."""
    size = os.fstat(file).st_size
    tail = os.pread(file, 2048, max(0, size - 2048))
    if b"%%EOF" not in tail:
        return Refusal(Code.TRUNC, "the PDF breaks off before its end: send the whole file")
    return Refusal(Code.MALFORMED, "the PDF has no page that can be read")


def inspect(file: int, pdf: pikepdf.Pdf | None, pages: int, limits: Limits) -> list[str]:
    """List flags for the record, each once, in a fixed order.

    Raises:
        Refusal: too many pixels in a one-page document (`E-PIXELS`), a decompression bomb (`E-BOMB`).
    """
    flags = set(_from_bytes(file))
    if pdf is None:
        flags |= _from_wreck(file)
    else:
        flags |= _from_root(pdf)
        widest = _from_objects(pdf, flags)
        if pages == 1 and widest > limits.max_pixels:
            raise Refusal(
                Code.PIXELS, f"an image declares {widest} pixels, more than the {limits.max_pixels} allowed"
            )
        if pdf.is_encrypted:
            flags.add("restrictions")
        if not all(any(slip in str(warning) for slip in _SLIPS) for warning in pdf.get_warnings()):
            flags.add("repaired")
    return sorted(flags)


def _from_bytes(file: int) -> set[str]:
    size = os.fstat(file).st_size
    with mmap.mmap(file, size, access=mmap.ACCESS_READ) as data:
        revisions = sum(1 for _ in _REVISION.finditer(data))
        linearized = data.find(b"/Linearized", 0, 1024) >= 0
        whole = data.rfind(b"%%EOF", max(0, size - 2048)) >= 0
    flags = {"incremental"} if revisions > 1 + linearized else set()
    return flags if whole else flags | {"truncated", "repaired"}


def _from_wreck(file: int) -> set[str]:
    """Signs in the bare bytes of a file that only pdfium opens; what is compressed stays unseen."""
    found = {"not-fully-checked", "repaired"}
    with mmap.mmap(file, 0, access=mmap.ACCESS_READ) as data:
        for word, flag in _WORDS:
            if data.find(word) >= 0:
                found.add(flag)
    return found


def _from_root(pdf: pikepdf.Pdf) -> set[str]:
    root: Any = pdf.Root
    flags = set()
    if _is_active(root.get("/OpenAction")) or "/AA" in root:
        flags.add("active-content")
    if "/OCProperties" in root:
        flags.add("optional-content")
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        flags.add("xfa")
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary):
        flags |= {"active-content"} if "/JavaScript" in names else set()
        flags |= {"embedded-files"} if "/EmbeddedFiles" in names else set()
    return flags | ({"embedded-files"} if "/Collection" in root else set())


def _is_active(action: Any) -> bool:
    return isinstance(action, pikepdf.Dictionary) and action.get("/S") in _ACTIVE


def _from_objects(pdf: pikepdf.Pdf, flags: set[str]) -> int:
    """Look at every object once, add flags; returns the largest declared number of pixels of an image."""
    widest = 0
    for count, item in enumerate(pdf.objects):
        if count >= _MAX_OBJECTS:
            flags.add("not-fully-checked")
            break
        if isinstance(item, pikepdf.Stream):
            widest = max(widest, _stream(item, flags))
        elif isinstance(item, pikepdf.Dictionary):
            _dictionary(item, flags)
    return widest


def _stream(item: Any, flags: set[str]) -> int:
    kinds = item.get("/Filter")
    if isinstance(kinds, pikepdf.Array) and sum(str(k) in _COMPRESSORS for k in kinds) >= 2:
        _refuse_bomb(item)
    if item.get("/Type") == "/EmbeddedFile":
        flags.add("embedded-files")
    if item.get("/Subtype") != "/Image":
        return 0
    width, height = item.get("/Width", 0), item.get("/Height", 0)
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        return width * height
    return 0


def _dictionary(item: Any, flags: set[str]) -> None:
    kind = item.get("/Type")
    if item.get("/S") in _ACTIVE or _is_active(item.get("/A")):
        flags.add("active-content")
    actions = item.get("/AA")
    if isinstance(actions, pikepdf.Dictionary) and any(_is_active(actions[k]) for k in actions.keys()):  # noqa: SIM118
        flags.add("active-content")
    if kind in {"/Sig", "/DocTimeStamp"} or ("/ByteRange" in item and "/Contents" in item):
        flags.add("signed")
    if item.get("/FT") == "/Sig" and "/V" in item:
        flags.add("signed")
    if item.get("/Subtype") in _MEDIA:
        flags.add("active-content")
    if item.get("/Subtype") == "/FileAttachment":
        flags.add("embedded-files")


def _refuse_bomb(item: Any) -> None:
    """Undo chained Flate layers under a bound; nothing honest grows like this."""
    raw = data = bytes(item.read_raw_bytes())
    for kind in item.get("/Filter"):
        if str(kind) not in {"/FlateDecode", "/Fl"}:
            return
        worker = zlib.decompressobj()
        try:
            data = worker.decompress(data, _STEP)
        except zlib.error:
            return
        if len(data) >= _BOMB_BYTES and len(data) > _BOMB_RATIO * max(1, len(raw)):
            raise Refusal(Code.BOMB, "a small stream unpacks to far more than any scan would")
