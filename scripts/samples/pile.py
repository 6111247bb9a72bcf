"""The demo's pile: about a dozen inputs of every form and wear, as a clerk would bring them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.samples.fonts import Family
from scripts.samples.forms import birth_certificate, listing
from scripts.samples.levels import Wear
from scripts.samples.model import Look
from scripts.samples.papers import Writer, decision, minutes, notice, official_letter, report
from scripts.samples.sets import Leaf, Order, duplex, make_leaf, produce, rng_for

PLAIN = Look()


@dataclass(frozen=True)
class Item:
    """One file of the pile; `back` means the blank back of its last sheet was scanned too."""

    stem: str
    writers: tuple[Writer, ...]
    level: Wear
    form: str
    look: Look = PLAIN
    length: int = 3
    back: bool = False


PILE = (
    Item("quyet-dinh", (decision,), Wear.LIGHT, "pdf", length=5),
    Item("cong-van-mat-sau", (official_letter,), Wear.MIDDLE, "pdf", back=True),
    Item("giay-khai-sinh", (birth_certificate,), Wear.LIGHT, "jpg-exif"),
    Item("thong-bao-fax", (notice,), Wear.LIGHT, "tif-g4", length=5),
    Item("bao-cao", (report,), Wear.CLEAN, "tif-lzw", Look(Family.FREE_SERIF), 5),
    Item("bien-ban-danh-may", (minutes,), Wear.MIDDLE, "png", Look(Family.COUSINE, 12)),
    Item("danh-muc", (listing,), Wear.LIGHT, "pdf-g4"),
    Item("quyet-dinh-cu", (decision,), Wear.HEAVY, "jpg"),
    Item("chung-mot-tep", (notice, official_letter), Wear.LIGHT, "pdf", Look(size=13)),
    Item("bao-cao-arial", (report,), Wear.MIDDLE, "pdf", Look(Family.ARIMO, 12.5, 200), 2),
)
NUMBERED = tuple(range(1, 11))
"""Ten one-page files named so that plain sorting would put 10 before 2."""


def _leaves(item: Item, key: Sequence[int]) -> tuple[Leaf, ...]:
    rng = rng_for(*key)
    leaves = [make_leaf(writer, item.look, item.length, rng) for writer in item.writers]
    if item.back:
        leaves[-1] = duplex(leaves[-1])
    return tuple(leaves)


def demo(root: Path, seed: int, pages: int) -> int:
    """Write the pile until the pages wanted are there; how many were written."""
    done = 0
    for index, item in enumerate(PILE):
        if done >= pages:
            return done
        order = Order(item.stem, _leaves(item, (seed, 9, index)), item.level, item.form)
        done += produce(order, root, rng_for(seed, 9, index, 1))
    return done + _numbered(root, seed, max(0, min(len(NUMBERED), pages - done)))


def _numbered(root: Path, seed: int, count: int) -> int:
    """The pages of one register as single pictures, `trang-1` to `trang-10`."""
    for number in NUMBERED[:count]:
        item = Item(f"trang-{number}", (official_letter,), Wear.LIGHT, "jpg", Look(dpi=200), 1)
        leaf = _leaves(item, (seed, 10, number))[0]
        order = Order(item.stem, (Leaf(leaf.paper, leaf.pages[:1]),), item.level, item.form)
        produce(order, root, rng_for(seed, 10, number, 1))
    return count
