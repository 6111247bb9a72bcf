"""Every text of the pages is there in Vietnamese, and every word of the archive in both languages."""

import tomllib
from pathlib import Path

import pytest

from scripts.messages import known, wanted

WORDS = tomllib.loads((Path(__file__).parents[2] / "digitizer/words.toml").read_text("utf-8"))


def test_every_text_is_there_in_vietnamese():
    assert sorted(wanted() - known()) == []


@pytest.mark.parametrize("kind", WORDS)
def test_every_word_is_there_in_both_languages(kind):
    assert all(set(each) == {"vi", "en"} and all(each.values()) for each in WORDS[kind].values())
