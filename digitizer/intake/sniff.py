"""The gate: what a file is, from its bytes alone, and whether its header already breaks a limit."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePath

from digitizer.errors import Code, Refusal
from digitizer.intake.headers import declared_pixels
from digitizer.intake.scans import Limits
from digitizer.model import MediaType

__all__ = ["HEAD_BYTES", "TAIL_BYTES", "gate", "sniff"]

HEAD_BYTES = 64 << 10
TAIL_BYTES = 64 << 10
_PDF_PREFIX = 1024
_TRAILER = 1024

_EXTENSIONS = {
    "pdf": MediaType.PDF,
    "tif": MediaType.TIFF,
    "tiff": MediaType.TIFF,
    "jpg": MediaType.JPEG,
    "jpeg": MediaType.JPEG,
    "jpe": MediaType.JPEG,
    "png": MediaType.PNG,
    "bmp": MediaType.BMP,
    "webp": MediaType.WEBP,
    "jp2": MediaType.JP2,
    "j2k": MediaType.JP2,
    "jpx": MediaType.JP2,
    "jpf": MediaType.JP2,
    "j2c": MediaType.JP2,
}
_ACCEPTED = (
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"II*\0", MediaType.TIFF),
    (b"MM\0*", MediaType.TIFF),
    (b"II+\0\x08\0\0\0", MediaType.TIFF),
    (b"MM\0+\0\x08\0\0", MediaType.TIFF),
    (b"\0\0\0\x0cjP  \r\n\x87\n", MediaType.JP2),
    (b"\xff\x4f\xff\x51", MediaType.JP2),
)
_FOREIGN = (
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"MZ", "Windows program"),
    (b"\x7fELF", "Linux program"),
    (b"%!PS", "PostScript"),
    (b"\xc5\xd0\xd3\xc6", "PostScript"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office document"),
    (b"{\\rtf", "RTF"),
    (b"#!", "script"),
    (b"\xca\xfe\xba\xbe", "Java class"),
    (b"8BPS", "Photoshop"),
    (b"AT&TFORM", "DjVu"),
    (b"SQLite format 3\0", "SQLite"),
    (b"\x97JB2", "JBIG2"),
    (b"qoif", "QOI"),
)
_MARKUP = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<!doctype\s+html|<html|<head|<body|<script)", re.IGNORECASE)
_HTML_ANYWHERE = re.compile(rb"<(?:html|script|body)\b", re.IGNORECASE)
_BOX_BRANDS = {
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"mif1": "HEIC",
    b"msf1": "HEIC",
    b"hevc": "HEIC",
    b"avif": "AVIF",
}


def gate(name: str, head: bytes, tail: bytes, size: int, limits: Limits) -> tuple[MediaType, tuple[str, ...]]:
    """Admit or refuse a file before any decoder sees it; returns its type and first flags.

    Args:
        name: the file's name; only compared with what the bytes say, never believed.
        head: the first `HEAD_BYTES` (or all).
        tail: the last `TAIL_BYTES` (or all).
        size: length of the file in bytes.
        limits: bounds on bytes and declared pixels.

    Raises:
        Refusal: with the code of the first objection.
    """
    if size > limits.max_bytes:
        raise Refusal(Code.SIZE, f"is {size} bytes long, more than the {limits.max_bytes} allowed")
    claimed = _EXTENSIONS.get(PurePath(name).suffix.lower().lstrip("."))
    try:
        media_type = sniff(head, tail, size)
    except Refusal as refusal:
        if claimed is None or refusal.code is not Code.TYPE:
            raise
        raise Refusal(Code.EXT, f"{refusal.message}, though its name says {_short(claimed)}") from None
    pixels = declared_pixels(media_type, head)
    if pixels is not None and pixels > limits.max_pixels:
        raise Refusal(Code.PIXELS, f"declares {pixels} pixels, more than the {limits.max_pixels} allowed")
    flags = ["extension-mismatch"] if claimed is not None and claimed is not media_type else []
    if media_type is MediaType.PDF and not head.startswith(b"%PDF-"):
        flags.append("repaired")
    return media_type, tuple(flags)


def sniff(head: bytes, tail: bytes, size: int) -> MediaType:
    """Tell the type from the bytes.

    Raises:
        Refusal: empty (`E-EMPTY`), not a type we take (`E-TYPE`, naming what it is where known), or two
            types at once (`E-POLYGLOT`).
    """
    if size == 0:
        raise Refusal(Code.EMPTY, "the file is empty")
    if not head.strip(b"\0"):
        raise Refusal(Code.EMPTY, "the file holds nothing but zero bytes")
    accepted = _accepted(head)
    pdf_at = head.find(b"%PDF-", 0, _PDF_PREFIX + 5)
    if pdf_at > 0 and (accepted or _foreign(head) or _HTML_ANYWHERE.search(head[:pdf_at])):
        raise Refusal(Code.POLYGLOT, f"is {_named(head, accepted)} and PDF at once")
    if accepted is None and pdf_at < 0:
        _refuse_other(head)
    found = accepted or MediaType.PDF
    _check_tail(found, tail, size)
    return found


def _accepted(head: bytes) -> MediaType | None:
    for magic, media_type in _ACCEPTED:
        if head.startswith(magic):
            return media_type
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return MediaType.WEBP
    if head.startswith(b"BM") and len(head) >= 26 and head[14:18] in _BMP_HEADERS:
        return MediaType.BMP
    return None


_BMP_HEADERS = {n.to_bytes(4, "little") for n in (12, 40, 52, 56, 64, 108, 124)}


def _refuse_other(head: bytes) -> None:
    foreign = _foreign(head)
    if foreign and foreign != "text" and b"%PDF-" in head:
        raise Refusal(Code.POLYGLOT, f"is {foreign} and PDF at once")
    what = f"is {foreign}" if foreign else "is of no known type"
    raise Refusal(Code.TYPE, f"{what}, not PDF, TIFF, JPEG, PNG, BMP, WebP or JPEG 2000")


def _named(head: bytes, accepted: MediaType | None) -> str:
    return _short(accepted) if accepted else (_foreign(head) or "HTML")


def _short(media_type: MediaType) -> str:
    return media_type.name


def _foreign(head: bytes) -> str:
    """What `head` is, among the types we know but do not take; empty where unknown."""
    for magic, name in _FOREIGN:
        if head.startswith(magic):
            return name
    if head[4:8] == b"ftyp":
        return _BOX_BRANDS.get(head[8:12], "a media file")
    if _MARKUP.match(head):
        return "HTML"
    start = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<?xml", b"<svg", b"<!doctype svg")):
        return "SVG" if b"<svg" in head[:4096].lower() else "XML"
    return "text" if _is_text(head) and b"%PDF-" not in head[:_PDF_PREFIX] else ""


def _is_text(head: bytes) -> bool:
    sample = head[:4096]
    if any(b < 9 or 13 < b < 27 for b in sample):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _check_tail(found: MediaType, tail: bytes, size: int) -> None:
    """Refuse what goes on as another type after its own end."""
    if _ends_as_zip(tail):
        raise Refusal(Code.POLYGLOT, f"is {_short(found)} and ZIP at once")
    end = tail.rfind(b"%%EOF")
    if found is not MediaType.PDF:
        if end >= 0 and tail.rfind(b"startxref", 0, end) >= 0 and found is not MediaType.TIFF:
            raise Refusal(Code.POLYGLOT, f"is {_short(found)} and PDF at once")
        return
    rest = tail[end + 5 :] if end >= 0 else b""
    if len(rest) > _TRAILER and (_foreign(rest.lstrip(b"\r\n\0 ")) or _HTML_ANYWHERE.search(rest)):
        raise Refusal(Code.POLYGLOT, "goes on as another file after the end of the PDF")


def _ends_as_zip(tail: bytes) -> bool:
    """Whether an unpacker would find its end-of-directory record, with its comment reaching the end."""
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(tail):
        return False
    comment = int.from_bytes(tail[at + 20 : at + 22], "little")
    return at + 22 + comment <= len(tail) <= at + 22 + comment + _TRAILER
