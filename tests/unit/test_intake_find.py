"""The walk meets every file once, in the order people count, and opens none."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitizer.errors import Code, UsageError
from digitizer.intake.find import find_inputs, safe_display


def _touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def test_natural_order_within_and_across_folders(tmp_path: Path) -> None:
    for name in ("scan10.pdf", "scan2.pdf", "Scan1.pdf", "box 2/p.tif", "box 10/p.tif", "a.txt"):
        _touch(tmp_path / name)
    found = [f.relative for f in find_inputs([tmp_path])]
    assert found == ["a.txt", "box 2/p.tif", "box 10/p.tif", "Scan1.pdf", "scan2.pdf", "scan10.pdf"]


def test_a_file_is_known_by_its_name_and_unknown_types_are_met_too(tmp_path: Path) -> None:
    file = _touch(tmp_path / "deep" / "letter.docx")
    assert [(f.relative, f.refusal) for f in find_inputs([file])] == [("letter.docx", None)]


def test_hidden_files_are_left_out_unless_named(tmp_path: Path) -> None:
    hidden = _touch(tmp_path / ".DS_Store")
    _touch(tmp_path / ".git" / "config")
    assert list(find_inputs([tmp_path])) == []
    assert [f.relative for f in find_inputs([hidden])] == [".DS_Store"]


def test_links_and_pipes_are_reported_and_never_opened(tmp_path: Path) -> None:
    """B06: a link to a secret, a link to a folder, a pipe that would block whoever opens it."""
    (tmp_path / "a.pdf").symlink_to("/etc/hostname")
    (tmp_path / "b").symlink_to("/etc")
    os.mkfifo(tmp_path / "c.tif")
    found = {f.relative: f.refusal.code if f.refusal else None for f in find_inputs([tmp_path])}
    assert found == {"a.pdf": Code.NAME, "b": Code.NAME, "c.tif": Code.TYPE}


def test_a_missing_path_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        find_inputs([tmp_path / "nothing"])


def test_names_that_are_no_utf8_get_a_safe_relative_path(tmp_path: Path) -> None:
    _touch(Path(os.fsdecode(os.fsencode(tmp_path) + b"/c\xf4ng v\x03n.pdf")))
    (found,) = find_inputs([tmp_path])
    assert found.relative == "c\\xf4ng v\\x03n.pdf"
    found.relative.encode("utf-8")
    assert found.path.read_bytes() == b"x"


def test_both_normal_forms_of_a_name_are_kept_apart(tmp_path: Path) -> None:
    """B03: names that look alike are two files; identity is never normalised away."""
    for form in ("NFC", "NFD"):
        _touch(tmp_path / f"{unicodedata.normalize(form, 'Quyết định')}.pdf")
    assert len({f.relative for f in find_inputs([tmp_path])}) == 2


@given(st.text(alphabet=st.characters(max_codepoint=sys.maxunicode)))
def test_a_displayed_name_can_always_be_printed_and_stored(name: str) -> None:
    shown = safe_display(name)
    shown.encode("utf-8")
    assert not set(shown) & set("\n\r\t\x1b\u202e\u2066")
