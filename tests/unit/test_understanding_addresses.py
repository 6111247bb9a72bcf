"""Addresses: units by code and validity, both models, what is mended and what is left as printed."""

from __future__ import annotations

import datetime

import pytest

from digitizer.model import Box, Outcome, Word
from digitizer.understanding.address_values import RULE, with_units
from digitizer.understanding.addresses import parse_address
from digitizer.understanding.found import field_of
from digitizer.understanding.segments import segment
from digitizer.understanding.units import default_units
from digitizer.writing.record import _field_from_json, _field_to_json

OLD, NEW = datetime.date(2010, 1, 1), datetime.date(2026, 1, 1)


def test_one_code_names_different_units_at_different_times() -> None:
    units = default_units()
    names = [unit.name for day in (OLD, NEW) if (unit := units.at("24", day))]
    assert names == ["Tỉnh Bắc Giang", "Tỉnh Bắc Ninh"]
    assert [unit.name for unit in units.became("24")] == ["Tỉnh Bắc Giang", "Tỉnh Bắc Ninh"]


def test_a_commune_that_was_divided_has_several_that_followed() -> None:
    units = default_units()
    divided = units.at("00007", OLD)
    assert divided is not None
    assert divided.name == "Phường Cống Vị"
    followed = [unit.name for code in divided.followed if (unit := units.at(code, NEW))]
    assert followed == ["Phường Ngọc Hà", "Phường Giảng Võ"]


@pytest.mark.parametrize(
    ("text", "day", "parts"),
    [
        (
            "Thôn 2, xã Đông Hưng, huyện Lục Nam, tỉnh Bắc Giang",
            OLD,
            {"model": "legacy", "province_code": "24", "district_code": "218", "commune_code": "07450"},
        ),
        ("Phường Ba Đình, thành phố Hà Nội", NEW, {"model": "2025", "commune_code": "00004"}),
        (
            "Ủy ban nhân dân phường Láng Hạ, quận Đống Đa, TP. Hà Nội, Việt Nam",
            None,
            {"model": "legacy", "commune": "Phường Láng Hạ", "detail": "Ủy ban nhân dân"},
        ),
        ("xã Không Có Ở Đâu, huyện Lục Nam, tỉnh Bắc Giang", OLD, {"district_code": "218"}),
    ],
)
def test_an_address_is_counted_from_its_end(
    text: str, day: datetime.date | None, parts: dict[str, str]
) -> None:
    address = parse_address(text, default_units(), day)
    assert address is not None
    assert parts.items() <= dict(address.parts).items()


@pytest.mark.parametrize("text", ["", "Không rõ", "Trạm xá", "Paris, Pháp"])
def test_what_names_no_province_is_no_address(text: str) -> None:
    assert parse_address(text, default_units()) is None


def read(text: str, *doubtful: str) -> tuple[str, dict[str, Outcome], dict[str, str]]:
    """Value, outcomes and parts of an address whose words were read surely but for the doubtful ones."""
    boxes = [Box(40 * at, 0, 40 * at + 30, 20) for at in range(40)]
    words = [
        Word(word, box, 0.4 if word.strip(",") in doubtful else 0.97)
        for word, box in zip(text.split(), boxes, strict=False)
    ]
    line = segment(words, 1, 0)
    found = with_units(field_of("residence", text, line), line)
    assert _field_from_json(_field_to_json(found)).parts == found.parts
    return found.value, {check.rule: check.outcome for check in found.checks}, dict(found.parts)


def test_a_word_read_with_doubt_takes_the_marks_of_the_one_unit_it_can_be() -> None:
    value, said, parts = read("xã Đông Hung, huyện Lục Nam, tỉnh Bắc Giang", "Hung")
    assert (value, said[RULE]) == ("xã Đông Hưng, huyện Lục Nam, tỉnh Bắc Giang", Outcome.PASS)
    assert parts["commune_code"] == "07450"


def test_a_word_read_surely_stays_as_printed() -> None:
    value, _, parts = read("xã Ea Trul, huyện Krông Bông, tỉnh Đăk Lăk")
    assert value.endswith("Đăk Lăk")
    assert parts["province"] == "Tỉnh Đắk Lắk"


def test_a_unit_found_but_for_a_letter_is_shown_to_a_person() -> None:
    _, said, _ = read("xã Đông Hưng, huyện Lục Nem, tỉnh Bắc Giang")
    assert said[RULE] is Outcome.WARN


def test_the_smallest_part_is_called_by_a_word_of_the_list() -> None:
    assert read("Khám 13, xã Đông Hưng, huyện Lục Nam, tỉnh Bắc Giang", "Khám")[0].startswith("Khóm 13,")


@pytest.mark.parametrize(
    ("printed", "doubtful", "value", "outcome"),
    [
        ("Xã Tạm Sơn, huyện Cẩm Khê, tỉnh Phú Thọ", "", "Xã Tam Sơn, huyện Cẩm Khê, tỉnh Phú Thọ", "warn"),
        ("xã Tam Sơn, huyện Cẩm Khê, tỉnh Phú Tho", "", "xã Tam Sơn, huyện Cẩm Khê, tỉnh Phú Tho", "warn"),
        (
            "Khu phố 7 xã Giao Yến, huyện Giao Thủy tỉnh Nam Định",
            "",
            "Khu phố 7, xã Giao Yến, huyện Giao Thủy, tỉnh Nam Định",
            "pass",
        ),
        (
            "xã Minh Hòa, huyện Hữu Lũng, tỉnh Sơn",
            "",
            "xã Minh Hòa, huyện Hữu Lũng, tỉnh Lạng Sơn",
            "warn",
        ),
        (
            "xã Ca Thành, huyện Nguyên Bình, tỉnh Can Bằng",
            "",
            "xã Ca Thành, huyện Nguyên Bình, tỉnh Cao Bằng",
            "warn",
        ),
        ("Tổ dân phế số 6, phường Chiềng Sinh, thành phố Sơn La, tỉnh Sơn", "phế", "", "warn"),
        (
            "Số 7 đường Trân Hưng Đạo, xã Đông Hưng, huyện Lục Nam, tỉnh Bắc Giang",
            "Trân",
            "Số 7 đường Trần Hưng Đạo, xã Đông Hưng, huyện Lục Nam, tỉnh Bắc Giang",
            "pass",
        ),
    ],
)
def test_what_the_list_proves_is_mended_and_what_reading_did_not_doubt_is_shown(
    printed: str, doubtful: str, value: str, outcome: str
) -> None:
    given, said, _ = read(printed, doubtful)
    expected = value or "Tổ dân phố số 6, phường Chiềng Sinh, thành phố Sơn La, tỉnh Sơn La"
    assert (given, said[RULE]) == (expected, Outcome(outcome))


def test_an_address_that_ends_in_a_province_nobody_knows_goes_to_a_person() -> None:
    assert read("Ấp Bình Hòa, xã Không Rõ, tỉnh Vô Danh")[1][RULE] is Outcome.WARN


def test_a_phrase_that_is_whole_is_not_mended_into_a_shorter_one() -> None:
    text = "Trung tâm y tế xã Đông Hưng, huyện Lục Nam, tỉnh Bắc Giang"
    assert read(text, "tâm")[0] == text
