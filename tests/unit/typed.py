"""Pages as a reader would hand them on, from lines of text set on an A4 sheet of 2480 x 3508 pixels."""

from __future__ import annotations

from collections.abc import Iterable

from digitizer.model import Box, EngineId, Line, PageRecord, PageStatus, TextLayer, Word

WIDTH, HEIGHT, LETTER, LINE = 2480, 3508, 22, 44
ENGINE = EngineId("typed", "1", "vie", "0" * 64)

Placed = tuple[float, float, str]
"""Left edge (or the middle, where negative) and top as shares of the sheet, and the text."""


def line(place: Placed, confidence: float = 0.96) -> Line:
    """One printed line; capitals are wider; runs of three spaces are wide gaps."""
    at, top, text = place
    words: list[Word] = []
    left = 0
    for chunk in text.split(" "):
        if not chunk:
            left += 3 * LETTER
            continue
        wide = sum(int(LETTER * 1.25) if c.isupper() else LETTER for c in chunk)
        words.append(
            Word(chunk, Box(left, int(top * HEIGHT), left + wide, int(top * HEIGHT) + LINE), confidence)
        )
        left += wide + LETTER // 2
    shift = int(at * WIDTH) if at >= 0 else int(-at * WIDTH - words[-1].box.right / 2)
    moved = (
        Word(w.text, Box(w.box.left + shift, w.box.top, w.box.right + shift, w.box.bottom), w.confidence)
        for w in words
    )
    return Line(tuple(moved))


def page(lines: Iterable[Placed], number: int = 1) -> PageRecord:
    """A page that holds these lines in this order; a blank one where there are none."""
    read = tuple(line(each) for each in lines)
    status = PageStatus.TEXT if read else PageStatus.BLANK
    return PageRecord(number, WIDTH, HEIGHT, 300, status, layer=TextLayer(ENGINE, "typed", read))


def header(
    organ: Iterable[str], number: str, place_date: str, motto: str = "Độc lập - Tự do - Hạnh phúc"
) -> list[Placed]:
    """The header of Decree 30/2020: organ and number left, the state's name and the date right."""
    left: list[Placed] = [(-0.27, 0.06 + 0.018 * k, text) for k, text in enumerate(organ)]
    left.append((-0.27, 0.065 + 0.018 * len(left), number))
    right: list[Placed] = [
        (-0.7, 0.06, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (-0.7, 0.08, motto),
        (-0.7, 0.11, place_date),
    ]
    return [*left, *right]


def body(top: float, *texts: str) -> list[Placed]:
    """Running text from the left margin down."""
    return [(0.13, top + 0.02 * k, text) for k, text in enumerate(texts)]
