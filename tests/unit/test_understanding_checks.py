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
