"""Train the line reader: `python -m scripts.lines.train WORK --text FOLDER --steps N`.

It goes on where it stood; at the end WORK holds `lines.onnx`.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from scripts.lines.drawn import HEIGHT, SIGNS, DrawnLine, LinePress, legal_lines

__all__ = ["LineNet", "main", "train", "write"]

SEED = 20261125
BATCH = 16
RATE = 2e-3
KEEP_EVERY = 200
HELD = 10  # every tenth line of text is kept for the trial


def _stage(before: int, after: int, kernel: Any, stride: Any = 1, padding: Any = 1) -> Any:
    convolution = nn.Conv2d(before, after, kernel, stride, padding, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(after), nn.ReLU(inplace=True))


class LineNet(nn.Module):  # type: ignore[misc]
    """Ink (B, 1, 40, W), 0 = paper, to log probabilities (B, W/4, signs + blank); convolutions only."""

    def __init__(self, width: int = 128) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _stage(1, 24, 3, (2, 2)),
            _stage(24, 48, 3, (2, 1)),
            _stage(48, 64, 3, (2, 2)),
            _stage(64, width, (5, 3), 1, (0, 1)),
        )
        self.along = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(width, width, (1, 7), padding=(0, 3 * gap), dilation=(1, gap), groups=width),
                nn.Conv2d(width, width, 1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(inplace=True),
            )
            for gap in (1, 2, 1, 4, 1)
        )
        self.signs = nn.Conv2d(width, len(SIGNS) + 1, 1)

    def forward(self, ink: Any) -> Any:
        """Log probabilities of the signs at each step; the last class is the blank."""
        features = self.body(ink)
        for block in self.along:
            features = features + block(features)
        return torch.log_softmax(self.signs(features).squeeze(2), 1).transpose(1, 2)


def loss_of(net: Any, drawn: list[DrawnLine]) -> Any:
    """CTC over a batch padded with paper to one width."""
    width = max(d.pixels.shape[1] for d in drawn)
    width += -width % 4
    ink = np.zeros((len(drawn), 1, HEIGHT, width), np.float32)
    for k, d in enumerate(drawn):
        ink[k, 0, :, : d.pixels.shape[1]] = 1 - d.pixels / np.float32(255)
    steps = torch.tensor([(d.pixels.shape[1] + 3) // 4 for d in drawn])
    labels = torch.tensor([SIGNS.index(sign) for d in drawn for sign in d.text])
    lengths = torch.tensor([len(d.text) for d in drawn])
    signs = net(torch.from_numpy(ink)).transpose(0, 1)
    return functional.ctc_loss(signs, labels, steps, lengths, blank=len(SIGNS), zero_infinity=True)


def train(work: Path, press: LinePress, steps: int) -> Any:
    """Train for `steps` batches in all, going on from the state in `work` if there is one."""
    net = LineNet()
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps + 1, pct_start=0.05)
    state, at = work / "state.pt", 0
    if state.exists():
        kept = torch.load(state, weights_only=False)
        at = kept["at"]
        for part, name in ((net, "net"), (optimizer, "optimizer"), (schedule, "schedule")):
            part.load_state_dict(kept[name])
        press.rng = np.random.default_rng([SEED, at])
    net.train()
    begun, mean = time.process_time(), 0.0
    for step in range(at + 1, steps + 1):
        loss = loss_of(net, [press.draw() for _ in range(BATCH)])
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


def write(net: Any, out: Path) -> None:
    """The network as ONNX: input `ink`, output `signs`, any width."""
    net.eval()
    torch.onnx.export(
        net,
        (torch.zeros(1, 1, HEIGHT, 400),),
        str(out),
        input_names=["ink"],
        output_names=["signs"],
        dynamic_axes={"ink": {3: "width"}, "signs": {1: "steps"}},
        opset_version=17,
        dynamo=False,
    )


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--text", type=Path, required=True, help="a folder of Vietnamese legal texts, .txt")
    parser.add_argument("--steps", type=int, default=20000)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    asked.work.mkdir(parents=True, exist_ok=True)
    texts = [line for k, line in enumerate(legal_lines(asked.text)) if k % HELD]
    net = train(asked.work, LinePress(texts, np.random.default_rng(SEED)), asked.steps)
    write(net, asked.work / "lines.onnx")


if __name__ == "__main__":
    main()
