"""A21, B01, B05: ZIP files made to do harm; each member ends as a document or with its reason."""

from __future__ import annotations

import binascii
import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from digitizer.errors import Code, Refusal
from digitizer.intake.find import find_inputs
from digitizer.intake.scans import Limits
from digitizer.intake.unpack import Unpacker
from digitizer.intake.zip_names import objection_to, readable


def packed(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def expanded(path: Path, limits: Limits = Limits()) -> dict[str, bytes | Code]:  # noqa: B008 - frozen
    scratch = path.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    with Unpacker(limits, scratch) as unpacker:
        found = {
            each.relative: each.refusal.code if each.refusal else each.path.read_bytes()
            for each in unpacker.expanded(find_inputs([path]))
        }
    assert not list(scratch.iterdir())
    return found


def test_members_come_out_with_the_zip_s_name_before_theirs(tmp_path: Path) -> None:
    members = {
        "hồ sơ 1/a.pdf": b"%PDF-",
        "b.tif": bytes(3 << 20),
        ".x/c": b"c",
        "__MACOSX/a": b"a",
        "d/": b"",
    }
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        found = expanded(packed(tmp_path / "lô.zip", members, method))
        assert found == {"lô.zip/hồ sơ 1/a.pdf": b"%PDF-", "lô.zip/b.tif": bytes(3 << 20)}


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/x", "C:\\x", "a/../../x", "..\\x", "\\\\server\\x", "a\0b", "x" * 300 + ".pdf"]
)
def test_a21_b01_a_name_that_points_elsewhere_is_refused_and_the_others_go_on(
    tmp_path: Path, name: str
) -> None:
    path = packed(tmp_path / "a.zip", {"aaa": b"evil", "good.pdf": b"%PDF-"})
    raw = name.encode()
    data = path.read_bytes().replace(b"aaa", raw)
    data = _with_name_length(data, raw)
    path.write_bytes(data)
    found = expanded(path)
    assert found.pop("a.zip/good.pdf") == b"%PDF-"
    assert list(found.values()) == [Code.NAME]
    assert not (tmp_path.parent / "x").exists()


def _with_name_length(data: bytes, name: bytes) -> bytes:
    """Mend lengths and places after the name of the first member was replaced by one of another length."""
    grown = len(name) - 3
    end = data.rfind(b"PK\x05\x06")
    size, start = struct.unpack_from("<2L", data, end + 12)
    edited = bytearray(data)
    struct.pack_into("<H", edited, 26, len(name))
    first = start + grown
    struct.pack_into("<H", edited, first + 28, len(name))
    second = first + 46 + len(name)
    struct.pack_into("<L", edited, second + 42, struct.unpack_from("<L", edited, second + 42)[0] + grown)
    struct.pack_into("<2L", edited, end + 12, size + grown, start + grown)
    return bytes(edited)


def test_a21_a_member_out_of_proportion_is_a_bomb(tmp_path: Path) -> None:
    found = expanded(packed(tmp_path / "z.zip", {"zeros.tif": bytes(200 << 20), "a.pdf": b"%PDF-"}))
    assert found == {"z.zip/zeros.tif": Code.BOMB, "z.zip/a.pdf": b"%PDF-"}


def test_a21_a_member_that_declares_less_than_it_unpacks_to_is_cut_off(tmp_path: Path) -> None:
    path = packed(tmp_path / "z.zip", {"zeros.tif": bytes(5 << 20)})
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, at + 24, 1000)
    path.write_bytes(bytes(data))
    assert expanded(path) == {"z.zip/zeros.tif": Code.BOMB}


def test_a21_too_many_members_refuse_the_whole(tmp_path: Path) -> None:
    path = packed(tmp_path / "many.zip", {f"{n}.pdf": b"" for n in range(101)})
    assert expanded(path, Limits(max_members=100)) == {"many.zip": Code.BOMB}


def test_a21_members_that_share_bytes_refuse_the_whole(tmp_path: Path) -> None:
    path = packed(tmp_path / "shared.zip", {"a.pdf": bytes(9000), "b.pdf": b"x"})
    data = bytearray(path.read_bytes())
    second = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, second + 42, 0)
    path.write_bytes(bytes(data))
    assert expanded(path) == {"shared.zip": Code.BOMB}


def test_a21_links_and_devices_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "l.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, kind in (("link", stat.S_IFLNK), ("pipe", stat.S_IFIFO), ("plain.pdf", stat.S_IFREG)):
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (kind | 0o644) << 16
            archive.writestr(info, b"/etc/shadow")
    assert expanded(path) == {
        "l.zip/link": Code.NAME,
        "l.zip/pipe": Code.NAME,
        "l.zip/plain.pdf": b"/etc/shadow",
    }


def test_a21_a_zip_within_a_zip_is_not_opened(tmp_path: Path) -> None:
    inner = packed(tmp_path / "inner.zip", {"a.pdf": b"%PDF-"}).read_bytes()
    assert expanded(packed(tmp_path / "o.zip", {"inner.zip": inner})) == {"o.zip/inner.zip": Code.TYPE}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a21_a_name_that_stands_twice_is_refused_both_times(tmp_path: Path) -> None:
    path = tmp_path / "d.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (("a.pdf", b"one"), ("a.pdf", b"two"), ("A.pdf", b"three")):
            archive.writestr(name, data)
    with Unpacker(Limits(), tmp_path) as unpacker:
        found = [(each.name, each.refusal and each.refusal.code) for each in unpacker.members(path)]
    assert found == [
        ("a.pdf", Code.NAME),
        ("a.pdf", Code.NAME),
        ("A.pdf", None),
    ]  # B05: case tells them apart


def test_an_encrypted_member_is_refused_by_itself(tmp_path: Path) -> None:
    path = packed(tmp_path / "e.zip", {"a.pdf": b"%PDF-", "b.pdf": b"%PDF-"})
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(bytes(data))
    assert expanded(path) == {"e.zip/a.pdf": Code.ENCRYPTED, "e.zip/b.pdf": b"%PDF-"}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_zip_cut_off_is_refused(tmp_path: Path, share: float) -> None:
    path = packed(tmp_path / "c.zip", {"a.pdf": bytes(range(256)) * 99, "b.pdf": b"x" * 999})
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert expanded(path) == {"c.zip": Code.TRUNC}


def test_a_damaged_member_is_refused_and_the_others_go_on(tmp_path: Path) -> None:
    path = packed(tmp_path / "f.zip", {"a.pdf": b"a" * 99, "b.pdf": b"b" * 99}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"aaaa", b"aaax", 1))
    assert expanded(path) == {"f.zip/a.pdf": Code.CHECKSUM, "f.zip/b.pdf": b"b" * 99}


def test_an_empty_zip_and_one_that_is_none(tmp_path: Path) -> None:
    assert expanded(packed(tmp_path / "e.zip", {})) == {"e.zip": Code.EMPTY}
    (tmp_path / "n.zip").write_bytes(b"%PDF-1.4")
    assert expanded(tmp_path / "n.zip") == {"n.zip": b"%PDF-1.4"}  # left to the gate, which knows by bytes


def test_any_change_of_a_byte_ends_in_bytes_or_a_reason(tmp_path: Path) -> None:
    """A40 for ZIP: a sweep over one small file, each position once."""
    path = packed(tmp_path / "m.zip", {"a.pdf": b"hello hello hello", "b.pdf": b"%PDF-"})
    data = path.read_bytes()
    with Unpacker(Limits(), tmp_path) as unpacker:
        for at in range(0, len(data), 3):
            path.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
            for each in unpacker.expanded(find_inputs([path])):
                assert each.refusal is not None or each.path.stat().st_size <= len(data)


def test_names_in_old_code_pages_are_read() -> None:
    name = "Quyết định số 12.pdf"
    assert readable(name.encode()) == name
    decomposed = "Quyê\u0301t đi\u0323nh sô\u0301 12.pdf"
    assert readable(decomposed.encode("cp1258")) == name
    assert readable("résumé.pdf".encode("cp437")) == "résumé.pdf"


def test_the_name_beside_the_old_one_is_taken_when_it_belongs_to_it(tmp_path: Path) -> None:
    path = tmp_path / "u.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for old, bound in (("Quy_t.pdf", b"Quy_t.pdf"), ("other.pdf", b"wrong")):
            info = zipfile.ZipInfo(old)
            body = b"\1" + struct.pack("<L", binascii.crc32(bound)) + "Quyết.pdf".encode()
            info.extra = struct.pack("<2H", 0x7075, len(body)) + body
            archive.writestr(info, old.encode())
    assert set(expanded(path)) == {"u.zip/Quyết.pdf", "u.zip/other.pdf"}


def test_objections_name_what_is_wrong() -> None:
    assert objection_to("a/b.pdf") is None
    for bad in ("", "../a", "/a", "c:a", "a\0", "a/./b"):
        objection = objection_to(bad)
        assert isinstance(objection, Refusal), bad
        assert objection.code is Code.NAME


def test_a_killed_run_s_folder_is_swept(tmp_path: Path) -> None:
    (tmp_path / "zip-999999999-x").mkdir()
    with Unpacker(Limits(), tmp_path):
        assert not list(tmp_path.iterdir())


def test_a_zip_that_is_an_office_file_is_left_to_the_gate(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", b"<x/>")
    (tmp_path / "a.docx").write_bytes(buffer.getvalue())
    assert expanded(tmp_path / "a.docx") == {"a.docx": buffer.getvalue()}
