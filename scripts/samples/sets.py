"""Which files come out: the accuracy sets by level of wear; `pile` holds the demo's."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scripts.samples.files import write_jpeg, write_pdf, write_png, write_tiff
from scripts.samples.fonts import Family
from scripts.samples.forms import birth_certificate, listing
from scripts.samples.levels import Scan, Wear, scan
from scripts.samples.model import Look, Page, Paper
from scripts.samples.papers import WRITERS, Writer
from scripts.samples.press import blank_page, print_paper
from scripts.samples.vocabulary import VOCABULARY
from scripts.samples.wear import bilevel
from scripts.samples.words import Rng

LOOKS = (
    Look(),
    Look(size=13),
    Look(Family.FREE_SERIF),
    Look(Family.ARIMO, 12.5),
    Look(size=13.5),
    Look(Family.COUSINE, 12),
    Look(),
    Look(Family.DEJAVU_SERIF, 11.5),
)
EXIF_TURN = 6
"""EXIF orientation of a picture that must be turned a quarter clockwise to stand upright."""
ALL_WRITERS: tuple[Writer, ...] = (*WRITERS[:2], birth_certificate, *WRITERS[2:], listing)


@dataclass(frozen=True)
class Leaf:
    """A printed document: the paper and its pages, blank backs included."""

    paper: Paper
    pages: tuple[Page, ...]


@dataclass(frozen=True)
class Order:
    """What to write into one file."""

    stem: str
    leaves: tuple[Leaf, ...]
    level: Wear
    form: str


def rng_for(*key: int) -> Rng:
    """The random stream of one thing; keys keep streams apart, so that a page more changes no other."""
    return np.random.default_rng(list(key))


def make_leaf(writer: Writer, look: Look, length: int, rng: Rng) -> Leaf:
    """Write and print one document."""
    paper = writer(rng, length)
    return Leaf(paper, tuple(print_paper(paper, look)))


def duplex(leaf: Leaf) -> Leaf:
    """The same document with the blank back of its last sheet."""
    return Leaf(leaf.paper, (*leaf.pages, blank_page(leaf.pages[-1].dpi)))


def scan_all(pages: Sequence[Page], level: Wear, rng: Rng) -> list[Scan]:
    """Scan pages; sheets are printed on both sides, so pages 1 and 2 show through each other."""
    scans = []
    for index, page in enumerate(pages):
        other = index + 1 if index % 2 == 0 else index - 1
        back = pages[other] if other < len(pages) else pages[max(0, index - 1)] if index else None
        scans.append(scan(page, back, level, rng))
    return scans


def text_mode(scanned: Scan) -> Scan:
    """The same scan with two tones only."""
    return Scan(bilevel(scanned.pixels), scanned.dpi, scanned.quality, scanned.turned)


def judged(paper: Paper) -> dict[str, object]:
    """The fields a record must hold and those it must not; nothing for a paper of no known class."""
    if paper.kind == "unknown":
        return {}
    absent = VOCABULARY - set(paper.fields) - paper.unjudged
    if not paper.kind.startswith("birth"):
        absent -= {"personal_id"}  # an old identity card of nine figures may be given for it
    return {"fields": paper.fields, "absent": sorted(absent)}


def truth_of(leaves: Sequence[Leaf]) -> dict[str, object]:
    """The truth of one file in the scorer's form."""
    pages: list[dict[str, object]] = []
    documents: list[dict[str, object]] = []
    for leaf in leaves:
        first = len(pages) + 1
        pages += [{"text": "\n".join(page.lines), "blank": page.blank} for page in leaf.pages]
        numbers = list(range(first, len(pages) + 1))
        documents.append({"pages": numbers, "class": leaf.paper.kind, **judged(leaf.paper)})
    return {"pages": pages, "documents": documents}


def produce(order: Order, root: Path, rng: Rng) -> int:
    """Write the file and its truth under root; how many pages it has."""
    pages = [page for leaf in order.leaves for page in leaf.pages]
    scans = scan_all(pages, order.level, rng)
    (root / "in").mkdir(parents=True, exist_ok=True)
    (root / "truth").mkdir(exist_ok=True)
    target = root / "in" / f"{order.stem}.{order.form.split('-')[0]}"
    match order.form:
        case "jpg":
            write_jpeg(target, scans[0])
        case "png":
            write_png(target, scans[0])
        case "jpg-exif":
            write_jpeg(
                target, Scan(np.ascontiguousarray(np.rot90(scans[0].pixels)), scans[0].dpi, 80), EXIF_TURN
            )
        case "tif-lzw":
            write_tiff(target, scans, "tiff_lzw")
        case "tif-g4":
            write_tiff(target, [text_mode(each) for each in scans], "group4")
        case "pdf-g4":
            write_pdf(target, [text_mode(each) for each in scans])
        case _:
            write_pdf(target, scans)
    write_truth(root, order.stem, order.leaves)
    return len(pages)


def write_truth(root: Path, stem: str, leaves: Sequence[Leaf]) -> None:
    """Write the truth of one file beside the others."""
    text = json.dumps(truth_of(leaves), ensure_ascii=False, indent=1)
    (root / "truth" / f"{stem}.gt.json").write_text(text + "\n", "utf-8")


def accuracy(root: Path, seed: int, pages: int, levels: Sequence[Wear]) -> int:
    """One folder a level with that many pages; the papers differ from level to level, the kinds do not."""
    written = 0
    for level in levels:
        done = index = 0
        while done < pages:
            order = _accuracy_order(seed, index, level, pages - done)
            done += produce(order, root / f"wear{int(level)}", rng_for(seed, level, index, 1))
            index += 1
        written += done
    return written


def _accuracy_order(seed: int, index: int, level: Wear, room: int) -> Order:
    """The index-th file of a level, cut to the pages that are still wanted."""
    rng = rng_for(seed, level, index, 0)
    look = LOOKS[(index + seed) % len(LOOKS)]
    if (level is Wear.HEAVY and index % 3 == 2) or (level is Wear.MIDDLE and index % 5 == 4):
        look = Look(look.family, look.size, 200)
    writer = ALL_WRITERS[index % len(ALL_WRITERS)]
    leaf = make_leaf(writer, look, int(rng.integers(2, 6)), rng)
    if index % 6 == 5:
        leaf = duplex(leaf)
    leaf = Leaf(leaf.paper, leaf.pages[:room])
    single = ("jpg", "png", "pdf") if level is Wear.CLEAN else ("jpg", "pdf", "jpg")
    form = single[index % 3] if len(leaf.pages) == 1 else "pdf"
    return Order(f"w{int(level)}-{index:03d}-{leaf.paper.kind}", (leaf,), level, form)
