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
