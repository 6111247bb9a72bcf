"""What a paper says twice: a word of the subject misread in a mark or figure, mended by its repetition.

Only the same letters beside the same neighbours count, and only a form the paper itself shows oftener; what
was read stays in the value's raw text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from digitizer.model import Word
from digitizer.understanding.segments import PageView
from digitizer.understanding.vietnamese import fold

__all__ = ["Echo", "echo_of", "mended"]

Echo = Mapping[tuple[str, str, str], Counter[str]]
"""Forms of a word, counted, by the letters before it, its own, and those after it; `""` stands for any."""

SURE = 0.93
"""Confidence from which a word is believed against one neighbour."""
PROOF = 0.9
"""Confidence below which a word proves nothing about another."""
_PART = re.compile(r"[^\W_]+")
_FIGURES = str.maketrans({"l": "1", "i": "1", "o": "0", "s": "5", "|": "1"})


def echo_of(views: Iterable[PageView], apart: frozenset[int]) -> Echo:
    """The forms on the pages, but for the words whose `id` is in `apart`."""
    words = [w for view in views for line in view.lines for w in line.words if id(w) not in apart]
    parts = [(part, word.confidence >= PROOF) for word in words for part in _PART.findall(word.text)]
    cores, keys = [core for core, _ in parts], [_key(core) for core, _ in parts]
    found: dict[tuple[str, str, str], Counter[str]] = {}
    for at, (core, key) in enumerate(zip(cores, keys, strict=True)):
        if not parts[at][1]:
            continue
        before = keys[at - 1] if at else ""
        after = keys[at + 1] if at + 1 < len(keys) else ""
        for context in {(before, key, after), (before, key, ""), ("", key, after), ("", key, "")}:
            found.setdefault(context, Counter())[core.lower()] += 1
    return found


def mended(words: Sequence[Word], echo: Echo) -> list[str]:
    """The words' texts, each part as the paper writes it elsewhere beside the same neighbours."""
    parts = [(part, word.confidence < SURE) for word in words for part in _PART.findall(word.text)]
    cores, keys = [core for core, _ in parts], [_key(core) for core, _ in parts]
    better = iter([_better(at, cores, keys, echo, alone=parts[at][1]) for at in range(len(cores))])

    def given(match: re.Match[str]) -> str:
        best = next(better)
        return _cased(best, match[0]) if best else match[0]

    return [_PART.sub(given, word.text) for word in words]


def _better(at: int, cores: Sequence[str], keys: Sequence[str], echo: Echo, *, alone: bool) -> str:
    """The form to take in place of a word, or nothing: between both neighbours once, beside one twice.

    One neighbour is enough (`alone`) only where the word was read with doubt: `hồ sơ, tài liệu` is not
    mended by `Sở Tài chính`.
    """
    own = cores[at].lower()
    before = keys[at - 1] if at else ""
    after = keys[at + 1] if at + 1 < len(keys) else ""
    if not own or echo.get(("", keys[at], ""), Counter()).get(own, 0) > 1:
        return ""
    both = ((before, keys[at], after), 1)
    for context, least in (
        (both, ((before, keys[at], ""), 2), (("", keys[at], after), 2)) if alone else (both,)
    ):
        forms = echo.get(context)
        if not forms or context == ("", keys[at], ""):
            continue
        best, count = forms.most_common(1)[0]
        if best != own and count >= least and count > forms.get(own, 0):
            return best
    return ""


def _key(core: str) -> str:
    """Letters without marks; where there are figures among them, look-alike letters as figures."""
    folded = fold(core)
    return folded.translate(_FIGURES) if any(c.isdigit() for c in folded) else folded


def _cased(text: str, like: str) -> str:
    if like.isupper() and any(c.isalpha() for c in like):
        return text.upper()
    return text[:1].upper() + text[1:] if like[:1].isupper() else text
