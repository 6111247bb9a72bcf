"""The Vietnamese syllable counts, and a reader whose tone marks are weighed with them."""

from __future__ import annotations

import gzip
from dataclasses import replace
from functools import cache
from pathlib import Path

from digitizer.model import EngineId, Line
from digitizer.ports import OcrEngine, ReadRequest
from digitizer.understanding.tone_model import SyllableModel, ToneModel

__all__ = ["WeighedEngine", "syllable_model"]

FILE = Path(__file__).with_name("vie-syllables-1.tsv.gz")


@cache
def syllable_model() -> SyllableModel:
    """Load the counts once a process: about 3,000 syllables and 40,000 pairs."""
    single: dict[str, int] = {}
    pairs: dict[tuple[str, str], int] = {}
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        for line in lines:
            text, _, count = line.rstrip("\n").partition("\t")
            first, _, second = text.partition(" ")
            if second:
                pairs[first, second] = int(count)
            else:
                single[first] = int(count)
    return SyllableModel("vie-syllables-1", single, pairs)


class WeighedEngine:
    """An engine of the port, its lines revised by the tone model; words keep what was read."""

    def __init__(self, engine: OcrEngine, model: ToneModel) -> None:
        self._engine = engine
        self._model = model

    @property
    def identity(self) -> EngineId:
        """The engine's own, its version followed by the name of the counts."""
        own = self._engine.identity
        return replace(own, version=f"{own.version}+{self._model.syllables.name}")

    def read(self, request: ReadRequest) -> tuple[Line, ...]:
        """Read, then weigh the marks; see `OcrEngine.read`."""
        return tuple(
            replace(line, words=self._model.revise(line.words)) for line in self._engine.read(request)
        )

    def orientation(self, request: ReadRequest) -> tuple[int, float]:
        """The engine's own answer; see `OcrEngine.orientation`."""
        return self._engine.orientation(request)
