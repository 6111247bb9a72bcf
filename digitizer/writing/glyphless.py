"""The invisible font: codes for any character, one empty glyph for all of them, and the way back to text.

A page's letters are in its image; the text behind them needs positions and Unicode values, no outlines.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Final

from digitizer.writing.pdf_objects import Name, ObjectWriter, Ref

__all__ = ["ASCENT", "DESCENT", "GLYPH_WIDTH", "SPACE_WIDTH", "Codes", "font_file", "write_font"]

# Thousandths of the font size. Half an em a letter and a quarter for the space are what Latin text has.
GLYPH_WIDTH: Final = 500
SPACE_WIDTH: Final = 250
ASCENT: Final = 900
DESCENT: Final = -220

_FONT_NAME: Final = "Glyphless"
# Any fixed second since 1904, so that the program is the same every time.
_FONT_TIME: Final = 3_600_000_000
_TABLES: Final = {"head", "hhea", "hmtx", "maxp", "loca", "glyf"}
_NEEDS_ESCAPE: Final = frozenset(b"()\\\r")
_REPLACEMENT: Final = "\ufffd"


class Codes:
    """Two-byte codes given to characters in order of first use, for one PDF.

    A document has some two hundred different characters, so the first byte is nearly always zero and
    the text compresses better than UTF-16 would. Codes whose bytes would need a backslash in a literal
    string (ISO 32000-1, 7.3.4.2) are left out. The space has code 1; code 0 (.notdef) is never given.
    """

    def __init__(self) -> None:
        self._free = (
            code for code in range(1, 0x10000) if not _NEEDS_ESCAPE.intersection(code.to_bytes(2, "big"))
        )
        self._codes: dict[str, bytes] = {}
        self.encode(" " + _REPLACEMENT)

    def encode(self, text: str) -> bytes:
        """The codes of `text`, two bytes a character, safe between the brackets of a literal string."""
        return b"".join([self._codes.get(char) or self._give(char) for char in text])

    def _give(self, char: str) -> bytes:
        code = next(self._free, None)
        if code is None:
            return self._codes[_REPLACEMENT]
        return self._codes.setdefault(char, code.to_bytes(2, "big"))

    @property
    def highest(self) -> int:
        """The highest code given."""
        return int.from_bytes(next(reversed(self._codes.values())), "big")

    def items(self) -> list[tuple[bytes, str]]:
        """Code and character, in order of code."""
        return [(code, char) for char, code in self._codes.items()]


@cache
def font_file() -> bytes:
    """A TrueType program of three empty glyphs (.notdef, letter, space); the same bytes every time.

    Only the tables that ISO 32000-1, 9.9 asks of an embedded CIDFontType2 are kept.
    """
    from fontTools.fontBuilder import FontBuilder
    from fontTools.ttLib.tables._g_l_y_f import Glyph

    names = [".notdef", "letter", "space"]
    builder = FontBuilder(unitsPerEm=1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupGlyf({name: Glyph() for name in names})
    builder.setupHorizontalMetrics({n: (SPACE_WIDTH if n == "space" else GLYPH_WIDTH, 0) for n in names})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    font = builder.font
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = _FONT_TIME
    for tag in set(font.keys()) - _TABLES - {"GlyphOrder"}:
        del font[tag]
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def _to_unicode(codes: Codes) -> bytes:
    """The CMap from codes to UTF-16BE (ISO 32000-1, 9.10.3), at most 100 entries a block."""
    entries = [b"<%s><%s>" % (_hex(code), _hex(char.encode("utf-16-be"))) for code, char in codes.items()]
    blocks = [entries[i : i + 100] for i in range(0, len(entries), 100)]
    body = b"".join(b"%d beginbfchar\n%s\nendbfchar\n" % (len(block), b"\n".join(block)) for block in blocks)
    return (
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
        b"/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n"
        b"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n" + body + b"endcmap\n"
        b"CMapName currentdict/CMap defineresource pop\nend\nend\n"
    )


def _hex(data: bytes) -> bytes:
    return data.hex().upper().encode("ascii")


def write_font(writer: ObjectWriter, codes: Codes, ref: Ref) -> None:
    """Write the Type 0 font `ref` for the codes given so far (ISO 32000-1, 9.7; ISO 19005-2, 6.2.11).

    Every code is mapped to a glyph of the embedded program, never to .notdef (6.2.11.8), and the
    widths in the dictionary are those of the program (6.2.11.5).
    """
    program = font_file()
    descriptor = writer.write(
        {
            "Type": Name("FontDescriptor"),
            "FontName": Name(_FONT_NAME),
            "Flags": 4,
            "FontBBox": [0, DESCENT, GLYPH_WIDTH, ASCENT],
            "ItalicAngle": 0,
            "Ascent": ASCENT,
            "Descent": DESCENT,
            "CapHeight": ASCENT,
            "StemV": 80,
            "FontFile2": writer.write_flate({"Length1": len(program)}, program),
        }
    )
    glyph_of_code = b"\0\0" + b"\0\2" + b"\0\1" * (codes.highest - 1)
    descendant = writer.write(
        {
            "Type": Name("Font"),
            "Subtype": Name("CIDFontType2"),
            "BaseFont": Name(_FONT_NAME),
            "CIDSystemInfo": {"Registry": "Adobe", "Ordering": "Identity", "Supplement": 0},
            "FontDescriptor": descriptor,
            "DW": GLYPH_WIDTH,
            "W": [1, [SPACE_WIDTH]],
            "CIDToGIDMap": writer.write_flate({}, glyph_of_code),
        }
    )
    writer.write(
        {
            "Type": Name("Font"),
            "Subtype": Name("Type0"),
            "BaseFont": Name(_FONT_NAME),
            "Encoding": Name("Identity-H"),
            "DescendantFonts": [descendant],
            "ToUnicode": writer.write_flate({}, _to_unicode(codes)),
        },
        ref,
    )
