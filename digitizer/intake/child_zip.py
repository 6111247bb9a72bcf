"""Inside the sandbox: lists what a ZIP file holds and unpacks a member, under bounds on what is declared."""

from __future__ import annotations

import binascii
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from io import FileIO
from typing import Any

from digitizer.errors import Code, Refusal
from digitizer.intake.scans import Limits
from digitizer.intake.wire import Header
from digitizer.intake.zip_names import objection_to, readable

__all__ = ["members", "unpack"]

_CHUNK = 1 << 20
_END = struct.Struct("<4s4H2LH")  # the record that closes the file: counts, length and place of the directory
_LOCAL = struct.Struct("<4s5H3L2H")  # the record before each member's bytes
_DIRECTORY_BYTES = 16 << 20
_LARGEST_COMMENT = 1 << 16
_FREE_BYTES = 64 << 20  # an unpacked member this small harms nobody, however small it was packed
_FREE_IN_ALL = 1 << 30
_ENCRYPTED = 0x1 | 0x40
_UNICODE_PATH = 0x7075
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_MEMBERS_A_FRAME = 200
_LONGEST_NAME = 1024


def members(file: int, limits: Limits) -> Iterator[Header]:
    """Frames with the members in the order of the directory; one that must not be unpacked has its refusal.

    Raises:
        Refusal: the ZIP as a whole is cut off, damaged, or a bomb.
    """
    size = os.fstat(file).st_size
    _check_directory(file, size)
    try:
        with zipfile.ZipFile(FileIO(file, "rb", closefd=False)) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError) as error:
        raise Refusal(Code.MALFORMED, "the ZIP's directory is damaged") from error
    if len(found) > limits.max_members:
        raise Refusal(Code.BOMB, f"holds {len(found)} files, more than the {limits.max_members} allowed")
    _check_overlap(found, size)
    whole = sum(each.file_size for each in found)
    if whole > _FREE_IN_ALL and whole > limits.max_ratio * size:
        raise Refusal(Code.BOMB, f"{size} bytes unpack to {whole}")
    twice = _named_twice(found)
    for start in range(0, len(found), _MEMBERS_A_FRAME):
        part = found[start : start + _MEMBERS_A_FRAME]
        rows = [_row(each, limits, twice) for each in part if not _is_left_out(each)]
        yield {"kind": "members", "members": rows}
    yield {"kind": "end"}


def _check_directory(file: int, size: int) -> None:
    """Look at the closing record before the directory is read: its length says how much that would be."""
    tail = os.pread(file, _END.size + _LARGEST_COMMENT, max(0, size - _END.size - _LARGEST_COMMENT))
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise Refusal(Code.TRUNC, "the ZIP is cut off: its directory is missing")
    length = _END.unpack_from(tail, at)[5]
    if length != 0xFFFFFFFF and length > _DIRECTORY_BYTES:
        raise Refusal(Code.BOMB, "the ZIP's directory is larger than allowed")
    if length == 0xFFFFFFFF and b"PK\x06\x06" not in tail:
        raise Refusal(Code.MALFORMED, "the ZIP's directory is damaged")
    if length == 0xFFFFFFFF:
        (length,) = struct.unpack_from("<Q", tail, tail.rfind(b"PK\x06\x06") + 40)
        if length > _DIRECTORY_BYTES:
            raise Refusal(Code.BOMB, "the ZIP's directory is larger than allowed")


def _check_overlap(found: Sequence[zipfile.ZipInfo], size: int) -> None:
    """Members that share bytes are how a small file claims to be a large one."""
    end = 0
    for each in sorted(found, key=lambda info: info.header_offset):
        if each.header_offset < end:
            raise Refusal(Code.BOMB, "members of the ZIP share the same bytes")
        end = each.header_offset + _LOCAL.size + each.compress_size
        if end > size:
            raise Refusal(Code.TRUNC, "the ZIP is cut off: a member reaches past its end")


def _named_twice(found: Sequence[zipfile.ZipInfo]) -> frozenset[str]:
    seen: set[str] = set()
    twice: set[str] = set()
    for each in found:
        name = _name(each)
        (twice if name in seen else seen).add(name)
    return frozenset(twice)


def _is_left_out(info: zipfile.ZipInfo) -> bool:
    """Folders, and what file managers put in for themselves: hidden files, as when a folder is walked."""
    parts = _name(info).rstrip("/").split("/")
    hidden = any(part.startswith(".") and part not in {".", ".."} for part in parts)
    return _name(info).endswith("/") or hidden or parts[0] == "__MACOSX"


def _name(info: zipfile.ZipInfo) -> str:
    raw = info.orig_filename
    if info.flag_bits & 0x800:
        return raw.replace("\\", "/")
    data = raw.encode("cp437", "replace")
    return (_unicode_path(info.extra, data) or readable(data)).replace("\\", "/")


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """The name in UTF-8 that some packers put beside the one in an old code page; it is bound to that one."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        body = extra[at + 4 : at + 4 + length]
        bound_to = int.from_bytes(body[1:5], "little")
        if kind == _UNICODE_PATH and body[:1] == b"\1" and bound_to == binascii.crc32(raw):
            return body[5:].decode("utf-8", "replace")
        at += 4 + length
    return ""


def _row(info: zipfile.ZipInfo, limits: Limits, twice: frozenset[str]) -> dict[str, Any]:
    name = _name(info)
    objection = objection_to(name) or _objection(info, limits)
    if objection is None and name in twice:
        objection = Refusal(Code.NAME, "stands twice in the ZIP: it is not clear which one is meant")
    row: dict[str, Any] = {
        "name": name[:_LONGEST_NAME],
        "offset": info.header_offset,
        "method": info.compress_type,
        "packed": info.compress_size,
        "bytes": info.file_size,
        "crc": info.CRC,
    }
    if objection is not None:
        row |= {"code": objection.code, "message": objection.message}
    return row


def _objection(info: zipfile.ZipInfo, limits: Limits) -> Refusal | None:
    mode = info.external_attr >> 16
    if info.create_system == 3 and stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return Refusal(Code.NAME, "is a link or a device; only plain files are taken out of a ZIP")
    if info.flag_bits & _ENCRYPTED:
        return Refusal(Code.ENCRYPTED, "needs a password: pack it again without one")
    if info.file_size > limits.max_bytes:
        return Refusal(Code.SIZE, f"is {info.file_size} bytes long, more than the {limits.max_bytes} allowed")
    if info.file_size > _FREE_BYTES and info.file_size > limits.max_ratio * max(1, info.compress_size):
        return Refusal(Code.BOMB, f"{info.compress_size} bytes unpack to {info.file_size}")
    if info.compress_type not in _METHODS:
        return Refusal(Code.TYPE, "is packed in a way that is not read here: pack it again as plain ZIP")
    return None


def unpack(request: Header, files: Sequence[int]) -> Header:
    """Write the member that starts at `request["offset"]` of the first file to the second one.

    Raises:
        Refusal: it is not what the directory said, or damaged.
    """
    source, target = files[0], files[1]
    at, left = _data_at(source, request["offset"]), int(request["packed"])
    declared, written, checksum = int(request["bytes"]), 0, 0
    engine = zlib.decompressobj(-15) if request["method"] == zipfile.ZIP_DEFLATED else None
    pending = b""
    while True:
        if not pending and left:
            pending = os.pread(source, min(_CHUNK, left), at)
            if not pending:
                raise Refusal(Code.TRUNC, "the ZIP is cut off within this file")
            at, left = at + len(pending), left - len(pending)
        data, pending, ended = _next(engine, pending)
        written += len(data)
        if written > declared:
            raise Refusal(Code.BOMB, f"unpacks to more than the {declared} bytes it declares")
        checksum = zlib.crc32(data, checksum)
        os.write(target, data)
        if ended or (not pending and not left and not data):
            break
    if written != declared or checksum != request["crc"]:
        raise Refusal(Code.CHECKSUM, "is damaged in the ZIP: its checksum does not fit")
    return {"kind": "unpacked", "bytes": written}


def _next(engine: zlib._Decompress | None, pending: bytes) -> tuple[bytes, bytes, bool]:
    """Up to a chunk of unpacked bytes, what is left of `pending`, and whether that was the end."""
    if engine is None:
        return pending, b"", False
    try:
        data = engine.decompress(pending, _CHUNK)
    except zlib.error as error:
        raise Refusal(Code.MALFORMED, "is damaged in the ZIP: it cannot be unpacked") from error
    return data, engine.unconsumed_tail, engine.eof


def _data_at(source: int, offset: int) -> int:
    head = os.pread(source, _LOCAL.size, offset)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
        raise Refusal(Code.MALFORMED, "is not where the ZIP's directory says")
    fields = _LOCAL.unpack(head)
    return offset + _LOCAL.size + int(fields[9]) + int(fields[10])
