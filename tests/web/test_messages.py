"""Every text of the pages is there in Vietnamese, and every word of the archive in both languages."""

import tomllib
from pathlib import Path

import pytest

from digitizer.web.wording import FILTERS
from scripts.messages import known, wanted

WORDS = tomllib.loads((Path(__file__).parents[2] / "digitizer/words.toml").read_text("utf-8"))


def test_every_text_is_there_in_vietnamese():
    assert sorted(wanted() - known()) == []


@pytest.mark.parametrize("kind", WORDS)
def test_every_word_is_there_in_both_languages(kind):
    assert all(set(each) == {"vi", "en"} and all(each.values()) for each in WORDS[kind].values())


def test_a_share_is_rounded_down_and_a_half_metre_up():
    assert FILTERS["share"]("vi", 0.29999) == "29,9%"
    assert FILTERS["share"]("vi", 0.3) == "30%"
    assert FILTERS["decimal"]("vi", 0.625) == "0,63"
    assert FILTERS["decimal"]("en", 1234.25, 1) == "1,234.3"
