"""How a form is set: items of label and value, several to a row, on dotted lines or without."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scripts.samples.fonts import Style
from scripts.samples.model import Align, Block, Columns, Para, Run, para
from scripts.samples.words import Rng, pick

Facts = dict[str, str]
NATION_PLAIN = (
    para("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Style.BOLD, align=Align.CENTRE, size=12.5, before=0),
    para("Độc lập - Tự do - Hạnh phúc", Style.BOLD, align=Align.CENTRE, size=13.5, before=0, rule=52),
)


@dataclass(frozen=True)
class Item:
    """A label with its value as printed; `name` is the record's field, `value` what the record holds.

    An empty value means that the record holds what is printed.
    """

    label: str
    printed: str
    name: str = ""
    value: str = ""


@dataclass(frozen=True)
class Form:
    """How the values of a form are set."""

    dots: bool = False
    under: bool = False
    style: Style = Style.BOLD
    before: float = 4
    apart: bool = True


def form_look(rng: Rng) -> Form:
    """One of the ways clerks fill forms: bare, up to dots, upon dots; bold or not; spaced or run on."""
    dots = bool(rng.random() < 0.45)
    return Form(
        dots,
        dots and bool(rng.random() < 0.6),
        pick(rng, (Style.BOLD, Style.REGULAR)),
        float(rng.uniform(2, 6)),
        bool(rng.random() < 0.6),
    )


def facts_of(rows: Iterable[Sequence[Item]]) -> Facts:
    """What a record holds of these rows; the first of a name wins, empty values are no values."""
    facts: Facts = {}
    for row in rows:
        for item in row:
            value = item.value or item.printed
            if item.name and value:
                facts.setdefault(item.name, value)
    return facts


def set_rows(rows: Iterable[Sequence[Item]], form: Form) -> list[Block]:
    """The rows as printed; two items to a row stand in columns or run on, as the form has it."""
    return [_row(row, form) for row in rows]


def _row(row: Sequence[Item], form: Form) -> Block:
    if len(row) == 2 and form.apart and _fits(row):
        left, right = (_para(item, form) for item in row)
        return Columns((left,), (right,), 0.53)
    runs: list[Run] = []
    for item in row:
        runs.append(Run(item.label))
        if item.printed:
            runs.append(Run(item.printed, form.style))
    return Para(
        tuple(runs), Align.LEFT, before=form.before, dots=form.dots, under=form.under and len(row) == 1
    )


def _fits(row: Sequence[Item]) -> bool:
    return all(len(item.label) + len(item.printed) < 38 for item in row)


def _para(item: Item, form: Form) -> Para:
    runs = (Run(item.label), Run(item.printed, form.style)) if item.printed else (Run(item.label),)
    return Para(runs, Align.LEFT, before=form.before, dots=form.dots, under=form.under)


def stack(items: Iterable[Item], form: Form) -> tuple[Para, ...]:
    """Items one below the other, as one column of a form."""
    return tuple(_para(item, form) for item in items)


def centred(text: str, size: float = 14, before: float = 6, style: Style = Style.BOLD) -> Para:
    """A centred line."""
    return para(text, style, align=Align.CENTRE, size=size, before=before)


def headline(title: str, *more: str, size: float = 16, before: float = 20) -> list[Block]:
    """A title and the lines below it."""
    return [centred(title, size, before), *(centred(line, size - 2.5, 1) for line in more)]


def signature(*lines: str, name: str = "", note: str = "") -> tuple[Para, ...]:
    """The lines above a signature, the room for it, the name; a note such as (Đã ký) stands in the room."""
    block = [centred(line, 13, 0) for line in lines]
    room = 88.0
    if note:
        block.append(centred(note, 13, 34, Style.REGULAR))
        room = 40.0
    if name:
        block.append(centred(name, 14, room))
    return tuple(block)


def left_head(*lines: str, under: Sequence[str] = ()) -> tuple[Para, ...]:
    """The left block of a head: the organ in bold, what stands below it plain."""
    paras = [centred(line, 12.5, 0) for line in lines]
    if paras:
        last = paras[-1]
        paras[-1] = Para(last.runs, last.align, last.size, last.before, rule=20)
    return (*paras, *(centred(line, 13, 3, Style.REGULAR) for line in under))


def recipients(*lines: str) -> tuple[Para, ...]:
    """The list of those who receive the paper, at its foot on the left."""
    top = para("Nơi nhận:", Style.BOLD_ITALIC, align=Align.LEFT, size=12, before=0)
    return (top, *(para(line, align=Align.LEFT, size=11, before=0) for line in (*lines, "- Lưu: VT.")))
