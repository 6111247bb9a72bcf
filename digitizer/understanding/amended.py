"""What a person says stands on a page, put over what a reading found there: for any reading of the same scan.

A statement is about a place. The words whose middle lies there give way to the person's; where a new reading
cut its lines otherwise, or found none, the person's text still stands, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from digitizer.model import Box, Line, Word

__all__ = ["amended_lines", "line_with_value", "said_words"]

CERTAIN = 1.0


def amended_lines(lines: Sequence[Line], said: Sequence[tuple[Box, str]]) -> tuple[Line, ...]:
    """The lines of a page with what people said of places on it, in the order it was said.

    An empty text takes the words there away.
    """
    amended = list(lines)
    for box, text in said:
        amended = _amended(amended, box, text.split())
    return tuple(amended)


def said_words(read: Sequence[Word], texts: Sequence[str], box: Box) -> tuple[Word, ...]:
    """The words a person says, each in the place of what it stands for; new ones share their neighbour's.

    A word put for one other word keeps in `read_as` what was read.
    """
    made: list[Word] = []
    matcher = SequenceMatcher(None, [word.text for word in read], list(texts), autojunk=False)
    for what, start, end, first, last in matcher.get_opcodes():
        old, new = read[start:end], texts[first:last]
        if what == "equal":
            made += [replace(word, confidence=CERTAIN) for word in old]
        elif what == "replace" and len(old) == len(new):
            made += [Word(t, w.box, CERTAIN, w.read_as or w.text) for w, t in zip(old, new, strict=True)]
        elif what == "replace":
            made += _spread(new, Box.around(word.box for word in old))
        elif what == "insert":
            made = _inserted(made, new, read[start] if start < len(read) else None, box)
    return tuple(made)


def line_with_value(lines: Sequence[Line], box: Box, was: str, value: str) -> tuple[Line, str] | None:
    """The printed line in `box` that holds the value `was`, and its text with `value` in its place.

    None where no one line in the box holds it as it was printed (a date in words, a name over two lines):
    then the value is the field's alone.
    """
    for line in lines:
        if not _lies_in(line.box, box) and not any(_shares(word.box, box) for word in line.words):
            continue
        texts = [word.text if _shares(word.box, box) else "" for word in line.words]
        found = _replaced([word.text for word in line.words], texts, was, value)
        if found is not None:
            return line, " ".join(found.split())
    return None


def _replaced(printed: Sequence[str], inside: Sequence[str], was: str, value: str) -> str | None:
    """The line with `value` for `was`, looked for in the words inside only; it must stand alone there."""
    wanted = was.split()
    for at in range(len(printed) - len(wanted) + 1):
        if wanted and list(inside[at : at + len(wanted)]) == wanted:
            return " ".join([*printed[:at], value, *printed[at + len(wanted) :]])
    if len(wanted) != 1:
        return None
    for at, word in enumerate(inside):
        before, middle, after = word.partition(wanted[0])
        if middle and not before[-1:].isalnum() and not after[:1].isalnum():
            return " ".join([*printed[:at], before + value + after, *printed[at + 1 :]])
    return None


def _amended(lines: list[Line], box: Box, texts: Sequence[str]) -> list[Line]:
    exact = [line for line in lines if line.words and line.box == box]
    whose = exact[:1] or [line for line in lines if any(_lies_in(word.box, box) for word in line.words)]
    if not whose:
        return _with_new_line(lines, box, texts) if texts else lines
    taken = [w for line in whose for w in line.words if exact or _lies_in(w.box, box)]
    words = said_words(taken, texts, box)
    made: list[Line] = []
    for line in lines:
        if not any(line is each for each in whose):
            made.append(line)
            continue
        left = _without(line.words, taken)
        if line is whose[0]:
            left = tuple(sorted((*left, *words), key=lambda w: w.box.left)) if left else words
        if left:
            made.append(replace(line, words=left))
    return made


def _without(words: Sequence[Word], taken: Sequence[Word]) -> tuple[Word, ...]:
    return tuple(word for word in words if not any(word is each for each in taken))


def _with_new_line(lines: list[Line], box: Box, texts: Sequence[str]) -> list[Line]:
    """A line where this reading found none, before the first that lies lower."""
    at = next((n for n, line in enumerate(lines) if line.box.top > box.top), len(lines))
    block = lines[at - 1].block if at else 0
    return [*lines[:at], Line(tuple(_spread(texts, box)), block), *lines[at:]]


def _inserted(made: list[Word], texts: Sequence[str], after: Word | None, box: Box) -> list[Word]:
    """Words that nothing was read for: in the gap, or sharing the place of the word before."""
    left = made[-1].box.right if made else box.left
    right = after.box.left if after else box.right
    letters = sum(len(text) for text in texts)
    if right - left >= 4 * letters:
        top, bottom = (made[-1] if made else after or Word("", box, 0)).box.as_list()[1::2]
        return [*made, *_spread(texts, Box(left, top, right, bottom))]
    if made:
        shared = made.pop()
        return [*made, *_spread([shared.text, *texts], shared.box)]
    return _spread(texts, Box(box.left, box.top, max(box.left, right), box.bottom))


def _spread(texts: Sequence[str], box: Box) -> list[Word]:
    """Words side by side in a box, each as wide as its letters and a space between."""
    letters = sum(len(text) for text in texts) + max(len(texts) - 1, 0)
    made, at = [], 0
    for text in texts:
        left = box.left + box.width * at // max(letters, 1)
        right = box.left + box.width * (at + len(text)) // max(letters, 1)
        made.append(Word(text, Box(left, box.top, right, box.bottom), CERTAIN))
        at += len(text) + 1
    return made


def _shares(word: Box, place: Box) -> bool:
    """Whether a word lies in a place, or the place in it: `125` is a part of the word `125/QĐ-UBND`."""
    return _lies_in(word, place) or _lies_in(place, word)


def _lies_in(inner: Box, outer: Box) -> bool:
    across, down = (inner.left + inner.right) / 2, (inner.top + inner.bottom) / 2
    return outer.left <= across < outer.right and outer.top <= down < outer.bottom
