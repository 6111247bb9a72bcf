"""Score a trained digit reader on strings it never saw, calibrate it, write it as ONNX.

`python -m scripts.digits.export STATE --mnist FOLDER --faces FOLDER [--out FILE]` prints the scores that
`ocr_models/manifest.toml` holds. The strings: the last tenth of the handwritten digits, faces never
trained on, seeds of their own; one half calibrates, the other is scored.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import torch
from numpy.typing import NDArray

from digitizer.imaging.slot_views import FOOT, HEIGHT, STRETCHES
from digitizer.model import SlotKind
from digitizer.services.read_slots import LEAST
from digitizer.understanding.slot_grammar import candidates
from ocr_models.digits import FILE, DigitEngine
from scripts.digits.network import DigitNet
from scripts.digits.sources import HELD_FACES, Faces, Handwritten
from scripts.digits.strings import Hand, SlotPress

__all__ = ["Trial", "calibrated", "main", "trials", "write"]

SEED = 7_001
CONFIDENT = 0.9
WANTED = 0.985  # of the confident readings of filled-in digits: this share is to be right


@dataclass(frozen=True)
class Trial:
    """One held-out slot: whose digits, what it says (empty: nothing), what was read and how likely."""

    hand: Hand
    truth: str
    read: str
    probability: float
    filled_in: float


def write(state: Path, out: Path, calibration: tuple[float, float]) -> None:
    """The network of a training state as an ONNX file with its calibration inside."""
    net = DigitNet()
    net.load_state_dict(torch.load(state, weights_only=False)["net"])
    net.eval()
    torch.onnx.export(
        net,
        (torch.zeros(1, 1, HEIGHT, 120),),
        str(out),
        input_names=["ink"],
        output_names=["signs", "hands"],
        dynamic_axes={"ink": {3: "width"}, "signs": {1: "steps"}},
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load(str(out))
    note = model.metadata_props.add()
    note.key, note.value = "calibration", f"{calibration[0]:.4f} {calibration[1]:.4f}"
    onnx.save(model, str(out))


def trials(engine: DigitEngine, press: SlotPress, count: int) -> Iterator[Trial]:
    """Draw slots and read them as pages are read, from three views each."""
    for _ in range(count):
        drawn = press.draw()
        groups = [part for part in drawn.label.replace("/", "x").split("x") if part]
        truth = groups[0] if drawn.hand is not Hand.NONE and groups else ""
        sight = engine.read([_stretched(drawn.pixels, stretch) for stretch in STRETCHES])
        ranked = candidates(SlotKind.NUMBER, ((s.text, s.probability, s.columns) for s in sight.strings))
        if ranked and ranked[0].probability >= LEAST:
            yield Trial(drawn.hand, truth, ranked[0].digits, ranked[0].probability, sight.filled_in)
        else:
            yield Trial(drawn.hand, truth, "", 0.0, sight.filled_in)


def _stretched(pixels: NDArray[np.uint8], stretch: float) -> NDArray[np.uint8]:
    step = np.array([[stretch, 0, 0], [0, stretch, FOOT * (1 - stretch)]])
    size = (max(16, round(pixels.shape[1] * stretch)), HEIGHT)
    return np.asarray(cv2.warpAffine(pixels, step, size, borderValue=255), np.uint8)


def calibrated(found: list[Trial]) -> tuple[float, float]:
    """Offset and slope of log odds that make probabilities come true (Platt, 1999), by Newton's method.

    The offset is then lowered until enough of the confident readings of filled-in digits are right.
    """
    spoken = [t for t in found if t.read]
    held = np.clip([t.probability for t in spoken], 1e-6, 1 - 1e-6)
    x = np.stack([np.ones(len(held)), np.log(held / (1 - held))], 1)
    right = np.array([t.read == t.truth for t in spoken], np.float64)
    weights = np.array([0.0, 1.0])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ weights))
        bend = x.T @ (x * (p * (1 - p))[:, None]) + 1e-3 * np.eye(2)
        weights = weights + np.linalg.solve(bend, x.T @ (right - p) - 1e-3 * (weights - [0, 1]))
    offset, slope = float(weights[0]), float(weights[1])
    by_hand = [t for t in spoken if t.hand in {Hand.WRITTEN, Hand.STAMPED}]
    while offset > -8:
        sure = [t for t in by_hand if _certainty(t.probability, (offset, slope)) >= CONFIDENT]
        if sum(t.read == t.truth for t in sure) >= WANTED * len(sure):
            break
        offset -= 0.1
    return offset, slope


def _certainty(probability: float, calibration: tuple[float, float]) -> float:
    held = min(1 - 1e-6, max(1e-6, probability))
    return 1 / (1 + math.exp(-(calibration[0] + calibration[1] * math.log(held / (1 - held)))))


def report(found: list[Trial], calibration: tuple[float, float]) -> Iterator[str]:
    """The scores, a line each."""
    for hand in Hand:
        some = [t for t in found if t.hand is hand]
        sure = [t for t in some if t.read and _certainty(t.probability, calibration) >= CONFIDENT]
        exact = sum(t.read == t.truth for t in some) / max(1, len(some))
        good = sum(t.read == t.truth for t in sure) / max(1, len(sure))
        told = sum((t.filled_in >= 0.5) is (hand is not Hand.PRINTED) for t in some) / max(1, len(some))
        line = f"{hand.value}: n {len(some)}, exact {exact:.4f}, confident {len(sure)}, right {good:.4f}"
        yield line if hand is Hand.NONE else f"{line}, hand told {told:.3f}"


def main() -> None:
    """Calibrate, score and write from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path)
    parser.add_argument("--mnist", type=Path, required=True)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--count", type=int, default=2000)
    asked: Any = parser.parse_args()
    press = SlotPress(
        Handwritten(asked.mnist, "test"), Faces(asked.faces), np.random.default_rng(SEED), HELD_FACES
    )
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.onnx"
        write(asked.state, bare, (0.0, 1.0))
        found = list(trials(DigitEngine(bare), press, 2 * asked.count))
    calibration = calibrated(found[: asked.count])
    write(asked.state, asked.out, calibration)
    digest = hashlib.sha256(asked.out.read_bytes()).hexdigest()
    print(f"{asked.out.name} sha256 {digest} calibration {calibration[0]:.4f} {calibration[1]:.4f}")
    for line in report(found[asked.count :], calibration):
        print(line)


if __name__ == "__main__":
    main()
