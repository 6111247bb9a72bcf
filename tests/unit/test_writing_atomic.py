"""A file appears whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

import pytest

from digitizer.model import Fixity
from digitizer.writing.atomic import fixity_of, write_atomically


def test_file_is_written_and_the_result_handed_on(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    assert write_atomically(target, lambda out: out.write(b"abc")) == 3
    assert target.read_bytes() == b"abc"
    assert [p.name for p in tmp_path.iterdir()] == ["a.pdf"]


def test_older_file_is_replaced_only_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    target.write_bytes(b"old")

    def fill(out: BinaryIO) -> None:
        out.write(b"new")
        out.flush()
        assert target.read_bytes() == b"old"
        others = [p.name for p in tmp_path.iterdir() if p != target]
        assert len(others) == 1
        assert others[0].startswith(".")

    write_atomically(target, fill)
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt])
def test_error_leaves_everything_as_it_was(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "a.pdf"
    target.write_bytes(b"old")

    def fill(out: BinaryIO) -> None:
        out.write(b"half")
        raise error

    with pytest.raises(error):
        write_atomically(target, fill)
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.pdf"]


def test_longest_name_that_a_disk_takes_is_taken(tmp_path: Path) -> None:
    target = tmp_path / ("đ" * 125 + ".json")
    write_atomically(target, lambda out: out.write(b"x"))
    assert target.exists()


def test_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    plain, atomic = tmp_path / "plain", tmp_path / "atomic"
    plain.touch()
    write_atomically(atomic, lambda out: out.write(b"x"))
    assert atomic.stat().st_mode == plain.stat().st_mode


def test_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "no" / "a", lambda out: out.write(b"x"))


@pytest.mark.parametrize("data", [b"", b"abc" * 1_000_000])
def test_fixity_is_digest_and_length(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    assert fixity_of(path) == Fixity(hashlib.sha256(data).hexdigest(), len(data))
