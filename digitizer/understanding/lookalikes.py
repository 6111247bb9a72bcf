"""Letters and figures that readers take for each other, put right where the rest leaves one answer.

Only shapes are weighed here, never meaning: `Ð` is no Vietnamese letter, `§` no sign of these papers, and
among figures a lone `l` or `O` is a figure. What was read is kept beside it (`Word.read_as`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from digitizer.model import Word

__all__ = ["mended", "with_bullet", "with_end"]

_FOREIGN = (("ĐÐ", "Đ"), ("ÐĐ", "Đ"), ("Ð", "Đ"), ("đð", "đ"), ("ðđ", "đ"), ("ð", "đ"))
_STROKES = re.compile("/?\u2044/?")  # the fraction's stroke stands on none of these papers
_AS_FIGURES = str.maketrans({"§": "8", "I": "1", "l": "1", "|": "1", "]": "1", "O": "0", "Ó": "0"})
_NUMBER = re.compile(r"(?<![\w§|\]])[(]?[\dIl|O§][\dIl|\]OÓ§.,:/\-]*[.,;:)]*$")
_BEFORE_CODE = re.compile(r"^[\dIl|O§]{1,6}(?=[/\-][A-ZĐ])")
_EIGHTS = re.compile(r"(?<=[0-79])§(?!8)|(?<!8)§(?=[0-79])")  # beside an 8 it may be that one, read twice
_DATE_WORDS = frozenset({"ngày", "tháng", "năm", "số", "điều", "khoản"})
_TWO_STROKES = re.compile(r"^[I1l|][I1l|]$")
_BULLETS = frozenset("~—_=–¬")
_NOTATION_AND_SPECK = re.compile(r"\d+(?:/\d{4})?/[A-ZĐ][A-Za-zĐđ&]*-[A-ZĐ]+[,.]")
_SPECK_DOUBT = 0.9
_END = "./."  # below it stands nothing but who gets the paper and who signs


def mended(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words of one line with foreign letters and figures read as letters put right."""
    return tuple(
        _with(word, _mended(_less_speck(word), words[at - 1].text.lower() if at else ""))
        for at, word in enumerate(words)
    )


def _less_speck(word: Word) -> str:
    """A doubtful notation without the stop that a speck behind it was read as."""
    speck = word.confidence < _SPECK_DOUBT and _NOTATION_AND_SPECK.fullmatch(word.text)
    return word.text[:-1] if speck else word.text


def with_bullet(words: Sequence[Word]) -> tuple[Word, ...]:
    """A line whose dash was read as another stroke, with its dash."""
    if len(words) > 1 and words[0].text in _BULLETS and words[1].text[:1].isalpha():
        return (_with(words[0], "-"), *words[1:])
    return tuple(words)


def with_end(words: Sequence[Word]) -> tuple[Word, ...]:
    """A line whose last word is the mark that ends a paper's text, set to the word it follows (`hành./.`)."""
    if len(words) < 2 or words[-1].text != _END or not words[-2].text.isalpha():
        return tuple(words)
    last, mark = words[-2:]
    box = replace(last.box, right=max(last.box.right, mark.box.right))
    return (*words[:-2], replace(last, text=last.text + _END, box=box, read_as=f"{last.text} {_END}"))


def _mended(text: str, before: str) -> str:
    for foreign, letter in _FOREIGN:
        text = text.replace(foreign, letter)
    text = _STROKES.sub("/", text)
    text = _BEFORE_CODE.sub(lambda match: _figures(match[0]), text)
    if _NUMBER.fullmatch(text):
        text = _figures(text)
    if before in _DATE_WORDS and _TWO_STROKES.match(text):
        text = "11"
    return _EIGHTS.sub("8", text)


def _figures(text: str) -> str:
    """`text` with its letters as figures, where at least one figure was read as such."""
    sure = any(c.isdigit() or c == "§" for c in text) and not ("8" in text and "§" in text)
    return text.translate(_AS_FIGURES) if sure else text


def _with(word: Word, text: str) -> Word:
    return word if text == word.text else replace(word, text=text, read_as=word.read_as or word.text)
