"""The loop that trains the readers of `scripts.digits` and `scripts.lines`: one cycle over drawn examples.

Training needs PyTorch in an environment of its own (`pip install torch==2.13.0`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

__all__ = ["Plan", "Press", "padded", "train"]

AHEAD = 8  # batches drawn at once and sorted by width: a batch then holds examples of like width
SAID = 50  # steps between two lines of report


class Example(Protocol):
    """Something drawn: uint8 pixels (rows, W), dark on light."""

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """What the network is shown."""


E_co = TypeVar("E_co", bound=Example, covariant=True)
D = TypeVar("D", bound=Example)


class Press(Protocol[E_co]):
    """Draws examples; everything follows from `rng`."""

    rng: np.random.Generator

    def draw(self) -> E_co:
        """One example."""


@dataclass(frozen=True)
class Plan:
    """How long and how fast: the rate climbs over the share `warm` of all steps, then falls to nothing."""

    steps: int
    batch: int
    rate: float
    warm: float
    keep_every: int
    seed: int


def padded(drawn: Sequence[Example], stride: int) -> Any:
    """Ink (B, 1, rows, W), 0 = paper, of examples padded to one width, a multiple of `stride`."""
    width = max(d.pixels.shape[1] for d in drawn)
    width += -width % stride
    ink = np.zeros((len(drawn), 1, drawn[0].pixels.shape[0], width), np.float32)
    for k, d in enumerate(drawn):
        ink[k, 0, :, : d.pixels.shape[1]] = 1 - d.pixels / np.float32(255)
    return torch.from_numpy(ink)


def train(work: Path, net: Any, press: Press[D], loss_of: Callable[[Any, list[D]], Any], plan: Plan) -> Any:
    """Train `net` up to the plan's steps, going on from the state in `work` if there is one.

    A run that goes on may have another number of steps than before: its rate is then that of the new plan.
    """
    optimizer = torch.optim.AdamW(net.parameters(), plan.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, plan.rate, total_steps=plan.steps + 1, pct_start=plan.warm
    )
    state, at, spent = work / "state.pt", 0, 0.0
    if state.exists():
        kept = torch.load(state, weights_only=False)
        at, spent = kept["at"], kept["cpu"]
        net.load_state_dict(kept["net"])
        optimizer.load_state_dict(kept["optimizer"])
        schedule.last_epoch = at
        press.rng = np.random.default_rng([plan.seed, at])
    net.train()
    begun, mean = time.process_time() - spent, 0.0
    pool: list[D] = []
    for step in range(at + 1, plan.steps + 1):
        if not pool:
            drawn = (press.draw() for _ in range(AHEAD * plan.batch))
            pool = sorted(drawn, key=lambda d: d.pixels.shape[1])
        first = int(press.rng.integers(len(pool) // plan.batch)) * plan.batch
        batch, pool = pool[first : first + plan.batch], pool[:first] + pool[first + plan.batch :]
        loss = loss_of(net, batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        mean += (float(loss.detach()) - mean) / min(step - at, SAID)
        if step % SAID == 0:
            print(f"step {step} loss {mean:.4f} cpu {time.process_time() - begun:.0f} s", flush=True)
        if step % plan.keep_every == 0 or step == plan.steps:
            kept = {"at": step, "cpu": time.process_time() - begun, "net": net.state_dict()}
            torch.save({**kept, "optimizer": optimizer.state_dict()}, state.with_suffix(".new"))
            state.with_suffix(".new").replace(state)
    return net
