"""The network of the digit reader: convolutions only, trained by CTC (Graves et al., 2006)."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from scripts.digits.strings import ALPHABET

__all__ = ["BLANK", "HANDS", "DigitNet"]

BLANK = len(ALPHABET)
HANDS = ("written", "stamped", "printed")


def _stage(before: int, after: int, kernel: Any, stride: Any = 1, padding: Any = 1) -> Any:
    convolution = nn.Conv2d(before, after, kernel, stride, padding, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(after), nn.ReLU(inplace=True))


class DigitNet(nn.Module):  # type: ignore[misc]
    """Ink (B, 1, 40, W), 0 = paper, to log probabilities (B, W/2, signs + blank) and hands (B, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _stage(1, 20, 5, 2, 2),
            _stage(20, 32, 3, (2, 1)),
            _stage(32, 48, 3),
            _stage(48, 64, 3, (2, 1)),
            _stage(64, 96, (5, 3), 1, (0, 1)),
            nn.Dropout2d(0.1),
        )
        self.along = nn.Sequential(
            _stage(96, 96, (1, 5), 1, (0, 2)),
            nn.Dropout2d(0.1),
            _stage(96, 96, (1, 5), 1, (0, 2)),
        )
        self.signs = nn.Conv2d(96, BLANK + 1, 1)
        self.hands = nn.Conv2d(96, len(HANDS), 1)

    def forward(self, ink: Any) -> tuple[Any, Any]:
        """Log probabilities of the signs at each step, and whose digits they are."""
        features = self.along(self.body(ink))
        signs = torch.log_softmax(self.signs(features).squeeze(2), 1)
        weight = signs[:, :10].exp().sum(1, keepdim=True).detach() + 1e-4
        hands = (self.hands(features).squeeze(2) * weight).sum(2) / weight.sum(2)
        return signs.transpose(1, 2), hands
