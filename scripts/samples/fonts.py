"""Finds the text fonts by name at run time; no path of a machine is written down.

Liberation is never used: its Vietnamese glyphs are missing and print as boxes.
"""

import shutil
import subprocess
from enum import StrEnum
from functools import lru_cache

from PIL import ImageFont


class SampleError(Exception):
    """Something the person who started the generator must put right; one line."""


class Style(StrEnum):
    """The four cuts of a family, named as fontconfig patterns."""

    REGULAR = "regular"
    BOLD = "bold"
    ITALIC = "italic"
    BOLD_ITALIC = "bold:italic"


class Family(StrEnum):
    """Families with full Vietnamese cover, named as fontconfig does."""

    TINOS = "Tinos"
    FREE_SERIF = "FreeSerif"
    ARIMO = "Arimo"
    DEJAVU_SERIF = "DejaVu Serif"
    COUSINE = "Cousine"


PACKAGES = {
    Family.TINOS: "fonts-croscore",
    Family.ARIMO: "fonts-croscore",
    Family.COUSINE: "fonts-croscore",
    Family.FREE_SERIF: "fonts-freefont-ttf",
    Family.DEJAVU_SERIF: "fonts-dejavu-core",
}


@lru_cache
def font_file(family: Family, style: Style) -> str:
    """The file of one cut, as fontconfig finds it.

    Raises:
        SampleError: fontconfig or the family is not installed.
    """
    tool = shutil.which("fc-match")
    if tool is None:
        raise SampleError("fc-match is missing: install the system package 'fontconfig'")
    pattern = f"{family}:{style}:width=100"
    answer = subprocess.run(
        [tool, "-f", "%{family[0]}|%{file}", pattern], capture_output=True, text=True, check=True
    )
    found, _, path = answer.stdout.partition("|")
    if found != family:
        raise SampleError(f"the font '{family}' is missing: install the system package '{PACKAGES[family]}'")
    return path


@lru_cache(maxsize=256)
def face(family: Family, style: Style, pixels: int) -> ImageFont.FreeTypeFont:
    """One cut at one size in pixels; basic layout, so that every machine sets the same lines."""
    return ImageFont.truetype(font_file(family, style), pixels, layout_engine=ImageFont.Layout.BASIC)
