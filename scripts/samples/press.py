"""Prints a paper: breaks lines, justifies, paginates, and notes each printed line in reading order."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from scripts.samples.fonts import Style, face
from scripts.samples.model import Align, Columns, Look, Mark, Page, Paper, Para, Run, Table

SIZE_MM = (210, 297)
MARGIN_MM = {"left": 30, "right": 17, "top": 20, "bottom": 20}
Word = tuple[str, Style]


@dataclass(frozen=True)
class Span:
    """A stretch of the page across which lines are set: left edge and width in pixels."""

    left: float
    width: float


def blank_page(dpi: int) -> Page:
    """A page with nothing on it: the back of a sheet."""
    width, height = (round(mm / 25.4 * dpi) for mm in SIZE_MM)
    return Page(np.full((height, width), 255, np.uint8), (), dpi)


def print_paper(paper: Paper, look: Look) -> list[Page]:
    """The pages of a paper, in order."""
    press = Press(look)
    press.columns(paper.head)
    for block in paper.body:
        if isinstance(block, Table):
            press.table(block)
        elif isinstance(block, Columns):
            press.beside(block)
        else:
            press.paragraph(block)
    if paper.close is not None:
        press.closing(paper.close)
    return press.finish()


class Press:
    """Holds the sheet in the machine, the height reached on it, and the sheets already done."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.done: list[Page] = []
        width = self.mm(SIZE_MM[0] - MARGIN_MM["left"] - MARGIN_MM["right"])
        self.text = Span(self.mm(MARGIN_MM["left"]), width)
        self._load()

    def mm(self, length: float) -> float:
        """Millimetres to pixels."""
        return length / 25.4 * self.look.dpi

    def pt(self, length: float) -> float:
        """Points to pixels."""
        return length / 72 * self.look.dpi

    def font(self, style: Style, size: float) -> ImageFont.FreeTypeFont:
        """The face of a cut; sizes follow the body size of the look."""
        return face(self.look.family, style, round(self.pt(size * self.look.size / 14)))

    def _load(self) -> None:
        """Put an empty sheet into the machine; later ones carry their number at the top."""
        size = tuple(round(self.mm(side)) for side in SIZE_MM)
        self.sheet = Image.new("L", (size[0], size[1]), 255)
        self.draw = ImageDraw.Draw(self.sheet)
        self.lines: list[tuple[Mark, ...]] = []
        self.signed: tuple[int, int] | None = None
        self.y = self.mm(MARGIN_MM["top"])
        if self.done:
            numeral, font = str(len(self.done) + 1), self.font(Style.REGULAR, 13)
            middle = self.text.left + (self.text.width - font.getlength(numeral)) / 2
            self.lines.append((self._write(numeral, (middle, self.mm(10)), font),))

    def _eject(self) -> None:
        lines = tuple(" ".join(mark.text for mark in line) for line in self.lines)
        page = Page(np.asarray(self.sheet), lines, self.look.dpi, self.signed, tuple(self.lines))
        self.done.append(page)

    def finish(self) -> list[Page]:
        """Eject the last sheet and hand over all."""
        self._eject()
        return self.done

    def _write(self, text: str, at: tuple[float, float], font: ImageFont.FreeTypeFont) -> Mark:
        place = (round(at[0]), round(at[1]))
        self.draw.text(place, text, fill=0, font=font)
        left, top, right, bottom = self.draw.textbbox(place, text, font=font)
        return Mark(text, (round(left), round(top), round(right), round(bottom)))

    def _room(self, height: float) -> None:
        """Begin a new sheet when the height does not fit on this one."""
        if self.y + height > self.mm(SIZE_MM[1] - MARGIN_MM["bottom"]):
            self._eject()
            self._load()

    def paragraph(self, para: Para) -> None:
        """Set a paragraph across the text width, over as many sheets as it needs."""
        self.y += self.pt(para.before)
        lines = self._break(para, self.text.width)
        for index, words in enumerate(lines):
            self._room(self._height(para))
            self._line(para, words, self.text, first=index == 0, last=index == len(lines) - 1)
            self.y += self._height(para)
        self._rule(para, self.text)

    def columns(self, columns: Columns) -> None:
        """Set two blocks side by side from the same height and go on below the longer."""
        top = self.y
        left, right = self._spans(columns)
        low = self._stack(columns.left, left)
        self.y = top
        self.y = max(low, self._stack(columns.right, right))

    def beside(self, columns: Columns) -> None:
        """Set the two columns of a form in one piece, inside the text."""
        middle = self.text.width * columns.share
        left = Span(self.text.left, middle - self.mm(columns.gap))
        right = Span(self.text.left + middle, self.text.width - middle)
        self._room(max(self._depth(columns.left, left), self._depth(columns.right, right)))
        top = self.y
        low = self._stack(columns.left, left)
        self.y = top
        self.y = max(low, self._stack(columns.right, right))

    def closing(self, columns: Columns) -> None:
        """Set the foot of a paper in one piece and remember where it is signed."""
        self.y += self.pt(14)
        left, right = self._spans(columns)
        self._room(max(self._depth(columns.left, left), self._depth(columns.right, right)))
        top = self.y
        self.columns(columns)
        name = self._height(columns.right[-1])
        middle = right.left + right.width / 2
        foot = top + self._depth(columns.right, right) - name - self.pt(columns.right[-1].before) / 2
        self.signed = (round(middle), round(foot))

    def _spans(self, columns: Columns) -> tuple[Span, Span]:
        """The two spans; the block may reach a little into the outer margins, as typists let it."""
        outer = Span(self.text.left - self.mm(8), self.text.width + self.mm(14))
        left = outer.width * columns.share
        return Span(outer.left, left), Span(outer.left + left, outer.width - left)

    def _depth(self, paras: tuple[Para, ...], span: Span) -> float:
        return sum(self.pt(p.before) + self._height(p) * len(self._break(p, span.width)) for p in paras)

    def _stack(self, paras: tuple[Para, ...], span: Span) -> float:
        """Set paragraphs below one another inside a span; the height reached."""
        for para in paras:
            self.y += self.pt(para.before)
            lines = self._break(para, span.width)
            for index, words in enumerate(lines):
                self._line(para, words, span, first=index == 0, last=index == len(lines) - 1)
                self.y += self._height(para)
            self._rule(para, span)
        return self.y

    def _height(self, para: Para) -> float:
        return self.pt(para.size * self.look.size / 14) * self.look.leading

    def _width(self, word: Word, size: float) -> float:
        return self.font(word[1], size).getlength(word[0])

    def _break(self, para: Para, width: float) -> list[list[Word]]:
        """Fill lines greedily; the first one begins at the indent."""
        lines: list[list[Word]] = [[]]
        space = self.font(Style.REGULAR, para.size).getlength(" ")
        used = self.mm(para.indent)
        for run in para.runs:
            for text in run.text.split():
                need = self._width((text, run.style), para.size)
                if lines[-1] and used + need > width:
                    lines.append([])
                    used = 0
                lines[-1].append((text, run.style))
                used += need + space
        return lines

    def _line(self, para: Para, words: list[Word], span: Span, *, first: bool, last: bool) -> None:
        """Set one line and note it."""
        widths = [self._width(word, para.size) for word in words]
        space = self.font(Style.REGULAR, para.size).getlength(" ")
        indent = self.mm(para.indent) if first else 0
        slack = span.width - indent - sum(widths)
        if para.align is Align.JUSTIFY and not last and len(words) > 1:
            space = slack / (len(words) - 1)
        x = span.left + indent
        if para.align is Align.CENTRE:
            x += (slack - space * (len(words) - 1)) / 2
        marks = []
        for (text, style), width in zip(words, widths, strict=True):
            marks.append(self._write(text, (x, self.y), self.font(style, para.size)))
            x += width + space
        if para.dots and last:
            self._dots(x, span.left + span.width, para.size)
        if para.under and words:
            label = len(para.runs[0].text.split()) if first else 0
            start = marks[label].box[0] if label < len(marks) else x
            self._dots(start, x if para.dots and last else span.left + span.width, para.size)
        self.lines.append(tuple(marks))

    def _dots(self, start: float, end: float, size: float) -> None:
        """The dotted line of a form, up to the margin: a guide for the pen, not text."""
        font = self.font(Style.REGULAR, size * 0.6)
        count = int((end - start) / font.getlength("."))
        self._write("." * max(0, count), (start, self.y + self.pt(size * 0.36)), font)

    def _rule(self, para: Para, span: Span) -> None:
        if para.rule:
            middle, half, y = span.left + span.width / 2, self.mm(para.rule) / 2, self.y + self.pt(1.5)
            self.draw.line((middle - half, y, middle + half, y), fill=0, width=max(1, round(self.mm(0.2))))
            self.y += self.pt(3)

    def table(self, table: Table) -> None:
        """Set a ruled table row by row, the cells of a row from left to right."""
        self.y += self.pt(8)
        line = self.pt(table.size * self.look.size / 14)
        for index, row in enumerate(table.rows):
            style = Style.REGULAR if index else Style.BOLD
            cells = [
                self._cell(table, share, cell, style) for share, cell in zip(table.widths, row, strict=True)
            ]
            height = line * (0.4 + 1.3 * max(len(cell) for cell in cells))
            self._room(height)
            self._row(table, cells, height, style)
            self.y += height

    def _cell(self, table: Table, share: float, text: str, style: Style) -> list[list[Word]]:
        para = Para((Run(text, style),), size=table.size)
        return self._break(para, share * self.text.width - self.mm(3))

    def _row(self, table: Table, cells: list[list[list[Word]]], height: float, style: Style) -> None:
        left, font = self.text.left, self.font(style, table.size)
        rule, line = max(1, round(self.mm(0.2))), self.pt(table.size * self.look.size / 14)
        space = font.getlength(" ")
        for share, cell in zip(table.widths, cells, strict=True):
            right = left + share * self.text.width
            box = (round(left), round(self.y), round(right), round(self.y + height))
            self.draw.rectangle(box, outline=0, width=rule)
            for index, words in enumerate(cell):
                x, y = left + self.mm(1.5), self.y + line * (0.3 + 1.3 * index)
                marks = []
                for text, _ in words:
                    marks.append(self._write(text, (x, y), font))
                    x += font.getlength(text) + space
                self.lines.extend([tuple(marks)] if marks else [])
            left = right
