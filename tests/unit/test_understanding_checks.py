"""Checks between fields: what they find, what they say, and that they mend only what they prove."""

import pytest

from digitizer.model import Box, FieldValue, Outcome
from digitizer.understanding.checks import RULES, checked, default_checks
from digitizer.understanding.form_values import FORM_GRAMMARS
from digitizer.understanding.spelled import number_in, spellings


def fields(**values: str) -> list[FieldValue]:
    return [FieldValue(name, value, value, 1, Box(0, 0, 1, 1), 0.9) for name, value in values.items()]


def outcome(rule: str, **values: str) -> tuple[Outcome, str, str]:
    """Outcome, sentence and the first field's value after the rule."""
    first = checked(fields(**values))[0]
    said = next(check for check in first.checks if check.rule == rule)
    return said.outcome, said.message, first.value


WORDS = "Ngày một, tháng năm, năm hai nghìn không trăm hai mươi mốt"


def test_figures_and_words_of_a_date_agree() -> None:
    assert outcome("date-words", birth_date="01/05/2021", birth_date_words=WORDS)[0] is Outcome.PASS


def test_a_misread_word_is_mended_by_the_figures_and_the_raw_text_stays() -> None:
    read = WORDS.replace("mươi mốt", "mươi một")
    words = checked(fields(birth_date="01/05/2021", birth_date_words=read))[1]
    assert (words.value, words.raw) == (WORDS, read)


def test_a_misread_figure_is_mended_by_the_words_and_shown_to_a_person() -> None:
    result = outcome("date-words", birth_date="01/05/2027", birth_date_words=WORDS)
    assert result == (Outcome.WARN, "Ngày sinh đọc lại theo phần bằng chữ: 01/05/2021.", "01/05/2021")


def test_far_apart_they_are_only_flagged() -> None:
    result = outcome("date-words", birth_date="17/11/2003", birth_date_words=WORDS)
    assert result[0] is Outcome.FAIL
    assert result[2] == "17/11/2003"


def test_money_in_figures_and_words() -> None:
    words = "Hai triệu năm trăm nghìn đồng"
    assert outcome("amount-words", fine_amount="2.500.000", fine_words=words)[0] is Outcome.PASS
    mended = outcome("amount-words", fine_amount="2.600.000", fine_words=words)
    assert mended[::2] == (Outcome.WARN, "2.500.000")
    other = outcome("amount-words", fine_amount="9.150.000", fine_words=words)
    assert other[::2] == (Outcome.FAIL, "9.150.000")


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        ("id-province", {"personal_id": "001196012345"}, {"personal_id": "003196012345"}),
        (
            "id-sex",
            {"personal_id": "001196012345", "gender": "Nữ"},
            {"personal_id": "001196012345", "gender": "Nam"},
        ),
        (
            "id-birth-year",
            {"personal_id": "001205012345", "birth_date": "03/02/2005"},
            {"personal_id": "001205012345", "birth_date": "03/02/1905"},
        ),
        (
            "registered-after-birth",
            {"birth_date": "03/02/2005", "registration_date": "03/02/2005"},
            {"birth_date": "03/02/2005", "registration_date": "02/02/2005"},
        ),
        (
            "dossier-day",
            {"dossier_code": "H26.14-250701-0001", "received_at": "01/07/2025"},
            {"dossier_code": "H26.14-250701-0001", "received_at": "07/01/2025"},
        ),
        (
            "mother-age",
            {"birth_date": "03/02/2005", "mother_birth_year": "1993"},
            {"birth_date": "03/02/2005", "mother_birth_year": "1994"},
        ),
        ("ethnic-list", {"ethnicity": "Ê đê"}, {"ethnicity": "Kính Tây"}),
        (
            "year-of-number",
            {"registration_number": "45/2015", "registration_date": "03/02/2015"},
            {"registration_number": "45/2015", "registration_date": "03/02/2016"},
        ),
    ],
)
def test_each_rule_holds_and_breaks(rule: str, good: dict[str, str], bad: dict[str, str]) -> None:
    assert outcome(rule, **good)[0] is Outcome.PASS
    assert outcome(rule, **bad)[0] in (Outcome.FAIL, Outcome.WARN)


OURS = "Ủy ban nhân dân xã Đông Hưng, huyện Lục Nam, tỉnh Bắc Giang"


@pytest.mark.parametrize(
    ("rule", "kind", "good", "bad"),
    [
        (
            "marriage-age",
            "marriage_certificate",
            {"wife_birth_date": "03/02/2000", "registration_date": "03/02/2018"},
            {"wife_birth_date": "03/02/2000", "registration_date": "02/02/2018"},
        ),
        (
            "marriage-age",
            "marriage_certificate",
            {"husband_birth_date": "03/02/1990", "registration_date": "03/02/2009"},
            {"husband_birth_date": "03/02/1990", "registration_date": "02/02/2009"},
        ),
        (
            "id-sex",
            "marriage_extract",
            {"wife_personal_id": "001190012345"},
            {"wife_personal_id": "001090012345"},
        ),
        (
            "id-place",
            "birth_certificate",
            {"personal_id": "024220012345", "registration_place": OURS},
            {"personal_id": "027220012345", "registration_place": OURS},
        ),
        (
            "child-surname",
            "birth_extract",
            {"person_name": "TRẦN LAN", "father_name": "Lê An", "mother_name": "Trần Hà"},
            {"person_name": "TRẦN LAN", "father_name": "Lê An", "mother_name": "Vũ Hà"},
        ),
        (
            "book-of-year",
            "birth_certificate",
            {"registration_book": "01/2015", "registration_date": "03/02/2015"},
            {"registration_book": "01/2015", "registration_date": "03/02/2016"},
        ),
        (
            "change-differs",
            "civil_status_change",
            {"change_from": "Kinh", "change_to": "Tày"},
            {"change_from": "Hoà", "change_to": "Hòa"},
        ),
        (
            "decree-in-force",
            "sanction_decision",
            {"cited_decree": "82/2020/NĐ-CP", "date": "01/09/2020"},
            {"cited_decree": "82/2020/NĐ-CP", "date": "31/08/2020"},
        ),
        (
            "amount-range",
            "sanction_decision",
            {"fine_amount": "100.000.000", "cited_decree": "82/2020/NĐ-CP"},
            {"fine_amount": "100.000.001", "cited_decree": "82/2020/NĐ-CP"},
        ),
        ("notation-type", "decision", {"notation": "QĐ-BTP"}, {"notation": "TB-BTP"}),
        ("notation-type", "sanction_decision", {"notation": "QĐ-XPHC"}, {"notation": "KH-STP"}),
        (
            "party-dates",
            "party_document",
            {"party_joined_date": "03/02/2000", "party_official_date": "03/02/2001"},
            {"party_joined_date": "03/02/2001", "party_official_date": "03/02/2000"},
        ),
        (
            "party-age",
            "party_document",
            {"birth_date": "03/02/1982", "party_joined_date": "03/02/2000"},
            {"birth_date": "03/02/1982", "party_joined_date": "02/02/2000"},
        ),
        (
            "file-dates",
            "file_cover",
            {"start_date": "03/02/2000", "end_date": "03/02/2000"},
            {"start_date": "04/02/2000", "end_date": "03/02/2000"},
        ),
    ],
)
def test_rules_of_a_class_and_a_time(rule: str, kind: str, good: dict[str, str], bad: dict[str, str]) -> None:
    def ends(values: dict[str, str]) -> set[Outcome]:
        return {c.outcome for f in checked(fields(**values), kind) for c in f.checks if c.rule == rule}

    assert ends(good) == {Outcome.PASS}
    assert len(ends(bad)) == 1
    assert ends(bad) <= {Outcome.FAIL, Outcome.WARN}


def test_a_rule_of_another_class_or_time_says_nothing() -> None:
    young = {"wife_birth_date": "03/02/1990", "registration_date": "04/02/2007"}
    assert [c.outcome for f in checked(fields(**young)) for c in f.checks] == [Outcome.PASS] * 2
    assert not checked(fields(notation="TB-BTP"), "party_document")[0].checks


def test_every_row_has_a_rule_and_three_sentences() -> None:
    for row in default_checks().rows:
        assert row.how in RULES
        assert row.passed.endswith(".")
        assert row.found.endswith(".")


def test_a_rule_without_its_fields_says_nothing() -> None:
    assert checked(fields(gender="Nam"))[0].checks == ()


@pytest.mark.parametrize("number", [4, 15, 21, 105, 1005, 1990, 2024, 750_000, 12_345_678, 1_000_000_000])
def test_every_spelling_is_read_back(number: int) -> None:
    assert {number_in(text) for text in spellings(number)} == {number}


@pytest.mark.parametrize(
    ("grammar", "text", "value"),
    [
        ("registered", "117/2004 ngày 24/07/2004", "24/07/2004"),
        ("registered", "24/07/2004", None),
        ("amount_words", "Hai triệu đồng).", "Hai triệu đồng"),
        ("minutes_number", "12/BB-VPHC lập ngày 3/4/2021", "12/BB-VPHC"),
        ("birthday", "05 tháng 3 năm 1970", "05/03/1970"),
        ("ethnicity", "Bru-Vân Kiều .....", "Bru-Vân Kiều"),
    ],
)
def test_grammars_of_forms(grammar: str, text: str, value: str | None) -> None:
    found = FORM_GRAMMARS[grammar](text)
    assert (found.text if found else None) == value
