"""The digit reader: an own small network behind the `DigitReader` port, run by ONNX Runtime on one thread.

It reads digits, the stroke before a notation and runs of letters in one strip; `scripts/digits` is how it
was made. The strings come from a prefix beam search over its CTC output (Graves and Jaitly, 2014).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitizer.model import EngineId
from digitizer.slot_reader import SignString, SlotSight, View
from ocr_models.networks import identity_of, opened

__all__ = ["ALPHABET", "DigitEngine", "beam_search"]

FILE = Path(__file__).with_name("digits-1.onnx")
ALPHABET = "0123456789/x"
BEAM = 12
LEAST = 1e-4  # of a sign at a step: below this it is not followed
STEP = 2  # columns of a view that one step of the network is wide


class DigitEngine:
    """The model is opened on the first read, so that the engine itself can be sent to a worker."""

    def __init__(self, file: Path = FILE) -> None:
        self._file = file
        self._session: Any = None
        self._calibration = (0.0, 1.0)

    @property
    def identity(self) -> EngineId:
        """Name, version and digest of the model file.

        Raises:
            MissingDependencyError: the file is not there.
        """
        return identity_of("digits", self._file)

    def read(self, views: Sequence[View]) -> SlotSight:
        """What the views of one slot say, the likeliest string first; see `DigitReader.read`."""
        session = self._opened()
        total: dict[str, float] = defaultdict(float)
        steps: dict[str, tuple[int, ...]] = {}
        written = 0.0
        for at, view in enumerate(views):
            ink = 1 - np.asarray(view, np.float32) / np.float32(255)
            signs, hands = session.run(None, {"ink": ink[None, None]})
            for text, probability, places in beam_search(np.exp(signs[0].astype(np.float64))):
                total[text] += probability / len(views)
                if at == 0 or text not in steps:
                    steps[text] = places if at == 0 else ()
            weights = np.exp(hands[0] - hands[0].max())
            written += float(1 - weights[2] / weights.sum()) / len(views)
        ranked = sorted(total.items(), key=lambda item: (-item[1], item[0]))
        strings = (SignString(t, min(1.0, p), tuple(STEP * s + 1 for s in steps[t])) for t, p in ranked)
        return SlotSight(tuple(strings), written)

    def certainty(self, probability: float) -> float:
        """How often readings of this probability are right, as measured on strings it never saw."""
        self._opened()
        offset, slope = self._calibration
        held = min(1 - 1e-6, max(1e-6, probability))
        return 1 / (1 + math.exp(-(offset + slope * math.log(held / (1 - held)))))

    def _opened(self) -> Any:
        if self._session is None:
            self._session = opened(self._file)
            notes = self._session.get_modelmeta().custom_metadata_map
            offset, slope = (float(part) for part in notes["calibration"].split())
            self._calibration = (offset, slope)
        return self._session

    def __getstate__(self) -> dict[str, Any]:
        """All but the open session."""
        return {"_file": self._file, "_session": None, "_calibration": (0.0, 1.0)}


def beam_search(signs: NDArray[np.float64]) -> list[tuple[str, float, tuple[int, ...]]]:
    """The likeliest strings of a CTC output (T, signs + blank): text, probability, step of each sign."""
    blank = signs.shape[1] - 1
    beam: dict[str, tuple[float, float, tuple[int, ...]]] = {"": (1.0, 0.0, ())}
    for step, row in enumerate(signs):
        follow = [k for k in range(blank) if row[k] > LEAST]
        grown: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        places: dict[str, tuple[float, tuple[int, ...]]] = {}
        for text, (ended, open_, steps) in beam.items():
            whole = ended + open_
            own = grown[text]
            own[0] += whole * row[blank]
            _keep(places, text, whole, steps)
            for k in follow:
                sign = ALPHABET[k]
                repeats = text.endswith(sign)
                if repeats:
                    own[1] += open_ * row[k]
                gain = (ended if repeats else whole) * row[k]
                if gain > 0:
                    grown[text + sign][1] += gain
                    _keep(places, text + sign, gain, (*steps, step))
        best = sorted(grown.items(), key=lambda item: (-sum(item[1]), item[0]))[:BEAM]
        beam = {text: (e, o, places[text][1]) for text, (e, o) in best}
    found = [(text, ended + open_, steps) for text, (ended, open_, steps) in beam.items()]
    return sorted(found, key=lambda item: (-item[1], item[0]))


def _keep(
    places: dict[str, tuple[float, tuple[int, ...]]], text: str, weight: float, steps: tuple[int, ...]
) -> None:
    if text not in places or weight > places[text][0]:
        places[text] = (weight, steps)
