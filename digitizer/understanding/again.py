"""Names that a paper says twice (`Xét đề nghị của ông Phạm Đức Lộc`): held against one another.

Said alike both times, a name is proven. Said in other marks, the form all of whose words are names is taken;
with a word more elsewhere, the longer. A person sees both changes; what was read stays in the raw text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from digitizer.model import Box, CheckResult, FieldValue, Outcome, Word
from digitizer.understanding.names import is_known
from digitizer.understanding.segments import PageView, letters
from digitizer.understanding.tables import Tables
from digitizer.understanding.vietnamese import canonical, fold, nfc

__all__ = ["said_again"]

RULE = "name-again"
_SAME = "Tên này được ghi hai lần trên giấy và khớp nhau."
_OTHER = "Tên được ghi ở chỗ khác trên giấy là «{}»: đối chiếu ảnh."
_EDGES = " .,;:…()[]\"'“”-–"
_SHORTEST, _LONGEST = 2, 6  # words of a name


@dataclass(frozen=True, slots=True)
class _Form:
    """How a name is written at one place."""

    text: str
    confidence: float


def said_again(
    found: Iterable[FieldValue], views: Sequence[PageView], tables: Tables
) -> Iterator[FieldValue]:
    """The fields, names of people held against the other places where the paper says them."""
    names = frozenset(tables.lists.get("people", ()))
    for field in found:
        yield _held(field, views, tables) if field.name in names else field


def _held(field: FieldValue, views: Sequence[PageView], tables: Tables) -> FieldValue:
    size = len(field.value.split())
    if not _SHORTEST <= size <= _LONGEST:
        return field
    key, forms, longer = _key(field.value), [], []
    for words in _lines_outside(field, views):
        for at in range(len(words)):
            for more in (-1, 0, 1):
                part = words[at : at + size + more]
                whole = len(part) == size + more and not _runs_on(part[-1], words[at + size + more :])
                if whole and _key(" ".join(w.text for w in part)) == key:
                    forms.append(_form(part))
            part = words[at : at + size + 1]
            if size == _SHORTEST and len(part) == size + 1 and _goes_on(part, words[at + size + 1 :], key):
                longer.append(_form(part))
    if longer and len({canonical(form.text) for form in longer}) == 1 and not forms:
        return _taken(field, longer[0], tables)
    if not forms:
        return field
    if any(canonical(form.text) == canonical(field.value) for form in forms):
        return replace(field, checks=(*field.checks, CheckResult(RULE, Outcome.PASS, _SAME)))
    return _taken(field, max(forms, key=lambda form: (_known(form.text, tables), form.confidence)), tables)


def _taken(field: FieldValue, form: _Form, tables: Tables) -> FieldValue:
    """The field with the other form where that is the better one; in either case a person is asked."""
    own, other = _known(field.value, tables), _known(form.text, tables)
    more = len(_key(form.text)) > len(_key(field.value))
    better = other > own or more or (other == own and form.confidence > field.confidence)
    value = (form.text.upper() if field.value.isupper() else form.text) if better else field.value
    check = CheckResult(RULE, Outcome.WARN, _OTHER.format(form.text))
    return replace(field, value=value, checks=(*field.checks, check))


def _lines_outside(field: FieldValue, views: Sequence[PageView]) -> Iterator[tuple[Word, ...]]:
    for view in views:
        for line in view.lines:
            words = tuple(w for w in line.words if view.number != field.page or not _inside(w.box, field.box))
            if words:
                yield words


def _inside(word: Box, box: Box | None) -> bool:
    if box is None:
        return False
    across, down = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return box.left <= across <= box.right and box.top <= down <= box.bottom


def _goes_on(part: Sequence[Word], rest: Sequence[Word], key: str) -> bool:
    """Whether the words are the name and one word more, which ends it."""
    own, last = part[:-1], part[-1].text
    joined = all(not w.text.endswith(tuple(",.;:")) for w in own)
    ends = last.endswith(tuple(",.;")) or not rest or rest[0].text[:1].islower()
    return joined and ends and last[:1].isupper() and _key(" ".join(w.text for w in own)) == key


def _runs_on(last: Word, rest: Sequence[Word]) -> bool:
    """Whether a name goes on behind its last word."""
    return last.text[-1:].isalpha() and bool(rest) and rest[0].text[:1].isupper()


def _form(words: Sequence[Word]) -> _Form:
    text = nfc(" ".join(w.text.strip(_EDGES) for w in words))
    return _Form(text, min(w.confidence for w in words))


def _known(text: str, tables: Tables) -> int:
    """How many of its words are known in names, less those that are not."""
    words = text.split()
    return 2 * sum(is_known(word, tables) for word in words) - len(words)


def _key(text: str) -> str:
    return letters(fold(text)).replace(" ", "")
