"""The line reader around its network: lines of a column, shown at one size, paths made words with boxes."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from digitizer.errors import MissingDependencyError
from digitizer.model import EngineId
from digitizer.ports import ReadRequest
from scripts.lines.reader import BASE, EVIDENCE, HEIGHT, SMALL, Glimpse, LineEngine, Seen, glimpses, path_of
from tests.unit import drawn

ALPHABET = "abc "
NONE = Path("no-model-1.onnx")


def logs(*steps: tuple[str, float]) -> NDArray[np.float32]:
    """Log probabilities of a path: at each step a sign (`_` the blank) and how likely it is."""
    rows = np.full((len(steps), len(ALPHABET) + 1), 1e-3)
    for row, (sign, probability) in zip(rows, steps, strict=True):
        row[(ALPHABET + "_").index(sign)] = probability
    return np.asarray(np.log(rows), np.float32)


def test_a_path_drops_blanks_and_repeats_and_keeps_the_best_probability() -> None:
    path = path_of(logs(("a", 0.6), ("a", 0.9), ("_", 0.9), ("a", 0.8), ("b", 0.7)), ALPHABET)
    assert [(sign, round(p, 2), at) for sign, p, at in path] == [("a", 0.9, 0), ("a", 0.8, 3), ("b", 0.7, 4)]


def test_every_line_of_a_column_is_shown_once_with_its_letters_on_one_row() -> None:
    page = drawn.page(lines=4)
    seen = list(glimpses(page))
    assert len(seen) == 4
    for view, *_rest in seen:
        assert isinstance(view, Glimpse)
        ink = (255 - view.pixels.astype(float)).sum(axis=1)
        assert view.pixels.shape[0] == HEIGHT
        assert ink[BASE - 2] > 2.5 * ink[BASE + 1]
        small = page[view.top : view.bottom]
        assert abs(view.scale * 0.45 * 54 - SMALL) < 2
        assert (small < 128).any()


def test_a_line_may_be_tried_in_more_than_one_size() -> None:
    page = drawn.words_at([(100, 100, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")], (260, 1400))
    ((*views,),) = glimpses(page, single_line=True)
    assert len({round(view.scale, 2) for view in views}) > 1


def test_one_sign_alone_is_weaker_evidence_than_a_word_as_sure() -> None:
    view = Glimpse(np.full((HEIGHT, 40), 255, np.uint8), 0, 0, 40, 1.0)
    alone, word = (Seen(view, tuple((sign, 0.8, 0) for sign in text)) for text in ("g", "ghi"))
    assert round(alone.sure, 6) == round(word.sure, 6)
    assert alone.evidence < EVIDENCE < word.evidence


def test_nothing_is_seen_on_white() -> None:
    assert list(glimpses(np.full((200, 300), 255, np.uint8))) == []
    assert LineEngine(NONE).read(ReadRequest(np.full((200, 300), 255, np.uint8), 300)) == ()


def test_it_asks_its_compass_which_way_is_up_and_can_be_sent_to_a_worker() -> None:
    class Compass:
        identity = EngineId("compass", "1", "none", "0" * 64)

        def read(self, request: ReadRequest) -> tuple[()]:
            del request
            return ()

        def orientation(self, request: ReadRequest) -> tuple[int, float]:
            del request
            return 90, 0.9

    request = ReadRequest(np.full((20, 30), 255, np.uint8), 300)
    assert LineEngine(NONE, compass=Compass()).orientation(request) == (90, 0.9)
    assert LineEngine(NONE).orientation(request) == (0, 0.0)
    with pytest.raises(MissingDependencyError, match="is missing"):
        pickle.loads(pickle.dumps(LineEngine(NONE))).identity  # noqa: B018 - the question is the act
