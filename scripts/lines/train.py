"""Train the line reader: `python -m scripts.lines.train WORK --text FOLDER --steps N`.

It goes on where it stood; at the end WORK holds `lines.onnx`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from scripts.lines.drawn import HEIGHT, SIGNS, DrawnLine, LinePress, legal_lines
from scripts.training import Plan, padded, train

__all__ = ["LineNet", "loss_of", "main", "write"]

SEED = 20261125
HELD = 10  # every tenth line of text is kept for the trial
STRIDE = 4  # columns of a line that one step of the network is wide


def _stage(before: int, after: int, kernel: Any, stride: Any = 1, padding: Any = 1) -> Any:
    convolution = nn.Conv2d(before, after, kernel, stride, padding, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(after), nn.ReLU(inplace=True))


class LineNet(nn.Module):  # type: ignore[misc]
    """Ink (B, 1, 40, W), 0 = paper, to log probabilities (B, W/4, signs + blank); convolutions only.

    The width is halved twice at once and dense convolutions run along the line: on a CPU that trains twice
    as fast as narrow stages at full width and separable convolutions, with more weights.
    """

    def __init__(self, width: int = 128) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _stage(1, 24, 4, 2),
            _stage(24, 48, 4, 2),
            _stage(48, 64, 3, (2, 1)),
            _stage(64, width, (5, 3), 1, (0, 1)),
        )
        self.along = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(width, width, (1, 3), padding=(0, gap), dilation=(1, gap), bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(inplace=True),
            )
            for gap in (1, 2, 4, 1, 2)
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
    steps = torch.tensor([-(-d.pixels.shape[1] // STRIDE) for d in drawn])
    labels = torch.tensor([SIGNS.index(sign) for d in drawn for sign in d.text])
    lengths = torch.tensor([len(d.text) for d in drawn])
    signs = net(padded(drawn, STRIDE)).transpose(0, 1)
    return functional.ctc_loss(signs, labels, steps, lengths, blank=len(SIGNS), zero_infinity=True)


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
    import onnx

    model = onnx.load(str(out))
    onnx.helper.set_model_props(model, {"signs": SIGNS})
    onnx.save(model, str(out))


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
    press = LinePress(texts, np.random.default_rng(SEED))
    plan = Plan(asked.steps, batch=16, rate=3e-3, warm=0.05, keep_every=200, seed=SEED)
    net = LineNet().to(memory_format=torch.channels_last)
    train(asked.work, net, press, loss_of, plan)
    write(net, asked.work / "lines.onnx")


if __name__ == "__main__":
    main()
