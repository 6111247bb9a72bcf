"""J03, J04: what is hidden is gone from every picture; what is personal is found, on a labelled set."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitizer.model import Box, Word
from digitizer.services.iiif import cut
from digitizer.services.masking import hidden_boxes, masked_numbers, split_numbers
from digitizer.services.page_image import PageImages, PageView
from storage.objects import DirectoryStore
from tests.contracts.fakes import fixity
from tests.contracts.samples import document, lines

HIDDEN = (Box(203, 301, 417, 338), Box(601, 77, 650, 91))


def pictures(folder: Path, pixels, rotation, hidden=HIDDEN):
    """Every picture of a page that anybody can get, as bytes."""
    folder.mkdir()
    masters = DirectoryStore(folder / "masters")
    data = b"scan"
    kept = document(data)
    masters.put(
        f"sha256/{kept.fixity.sha256[:2]}/{kept.fixity.sha256[2:4]}/{kept.fixity.sha256}",
        io.BytesIO(data),
        fixity(data),
    )
    images = PageImages(masters, folder, lambda *_: pixels, threading.Lock())
    view = PageView(kept, 1, rotation, hidden)
    width, height = (pixels.shape[1], pixels.shape[0])[:: 1 if rotation in (0, 180) else -1]
    tiles = [
        cut(
            width,
            height,
            f"0,0,{min(1024, width)},{min(1024, height)}",
            f"{min(1024, width)},{min(1024, height)}",
        )
    ]
    made = [images.picture(view, size) for size in ("thumb", "view", "full")]
    made += [images.part(view, each.region, (each.width, each.height)) for each in tiles]
    return [*made, images.strip(view, 300, 340)]


@pytest.mark.parametrize("rotation", [0, 90])
@pytest.mark.parametrize("colours", [(), (3,)], ids=["grey", "colour"])
def test_j03_nothing_of_what_is_hidden_is_left_in_any_picture(tmp_path, rotation, colours):
    rng = np.random.default_rng(3)
    page = rng.integers(0, 256, (1207, 1811, *colours), np.uint8)
    other = page.copy()
    upright = np.rot90(other, -1) if rotation == 90 else other  # a view of the same pixels
    for box in HIDDEN:
        part = upright[box.top : box.bottom, box.left : box.right]
        part[...] = rng.integers(0, 256, part.shape, np.uint8)
    assert not np.array_equal(page, other)
    one, two = pictures(tmp_path / "a", page, rotation), pictures(tmp_path / "b", other, rotation)
    assert one == two  # byte by byte: the hidden letters change nothing, not even the ringing beside them
    shown = pictures(tmp_path / "c", page, rotation, ()), pictures(tmp_path / "d", other, rotation, ())
    assert shown[0] != shown[1]


def test_j03_a_picture_has_no_layer_but_its_pixels(tmp_path):
    page = np.full((400, 800, 3), 200, np.uint8)
    for data in pictures(tmp_path / "a", page, 0):
        image = Image.open(io.BytesIO(data))
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert not image.getexif()


#: What must be hidden, as clerks type it and readers read it; `?`: in a way the detector does not know, kept
#: so that the figure says what it misses. All people and numbers are made up.
PERSONAL = """
Số định danh cá nhân: [001099012345]
CCCD số [036185004417] cấp ngày 12/05/2021
CCCD số [001 099 012 345] cấp ngày 12/05/2021
Số CMND: [012345678] do CA tỉnh Mẫu cấp
số [0010.9901.2345]
căn cước [079.201.004.417]
căn cước [079-201-004-417]
(cccd:[001300012345])
Hộ chiếu và căn cước [001300012345], [012345679]
[0010 9901 2345]
Điện thoại: [0912345678]
ĐT [0912 345 678], bà Sậy
Đt. [098.765.4321]
di động [03-12345678]?
liên hệ: [0377 123 456].
""".strip().splitlines()
#: What must be read: numbers of papers, dates, sums, codes of archives and of procedures.
PLAIN = """
Số: 125/QĐ-UBND ngày 05 tháng 02 năm 2025
Số tiền: 1.250.000.000 đồng
Số tiền: 125.000.000 đồng
12.345.678 đồng, thuế 1.234.567
H49.64.33.2001.160
G09.01_QD_000001_V1_20250102.pdf
Mã hồ sơ 000.00.04.G18-210315-0001
Nghị định 30/2020/NĐ-CP ngày 05/03/2020
từ 2001 2002 2003 đến 2010
Tờ 12 13 14, thửa 201
05 02 2025
Quyển số 01/2019, trang 45 46 47
mã bưu chính 100000
tài khoản kho bạc 3713.0.1054321.00000
Công báo số 1023 + 1024
""".strip().splitlines()


def asked(line):
    """A labelled line without its brackets, and the pieces in them."""
    pieces = [part.partition("]")[0] for part in line.split("[")[1:]]
    return line.replace("[", "").replace("]", ""), pieces


def hidden_in(text):
    """The words of a printed line that nobody without a reason can read."""
    (line,) = lines(text)
    boxes = hidden_boxes(line.words, [], 1)
    return [word.text for word in line.words if word.box in boxes]


def test_j04_recall_and_false_hits_on_the_labelled_set():
    there = found = 0
    for line in PERSONAL:
        text, pieces = asked(line)
        dark = " ".join(hidden_in(text))
        for piece in pieces:
            there += 1
            found += all(part in dark for part in piece.split())
    wrong = [line for line in PLAIN if hidden_in(line)]
    assert (found, there) == (15, 16), "recall changed: say so in docs/reliability.md"
    assert wrong == []


def test_j04_text_and_pictures_hide_the_same():
    for line in PERSONAL:
        text, pieces = asked(line)
        if any(f"[{piece}]?" in line for piece in pieces):
            continue
        shown = masked_numbers(text)
        assert all(piece not in shown for piece in pieces), line
    assert all(masked_numbers(line) == line for line in PLAIN)


def test_j04_groups_on_two_lines_are_two_numbers():
    words = [Word("001", Box(0, 0, 30, 20), 0.9), Word("099", Box(0, 40, 30, 60), 0.9)]
    words += [Word("112", Box(40, 40, 70, 60), 0.9), Word("345", Box(80, 40, 110, 60), 0.9)]
    assert split_numbers(words) == ()
