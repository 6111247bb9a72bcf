"""Pictures of pages for the screen: decoded once in the sandbox, kept as JPEG, blackened for some.

The process that serves the web decodes only the JPEGs it made itself.
"""

from __future__ import annotations

import io
import math
import os
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw

from digitizer.errors import NotFoundError
from digitizer.model import Box
from digitizer.ports import BlobStore, StoredDocument, object_key

__all__ = ["SIZES", "PageImages", "PageView"]

#: Longest width in pixels of each size; None: as scanned.
SIZES: Final[dict[str, int | None]] = {"thumb": 200, "view": 1400, "full": None}
_STRIP_WIDTH: Final = 720
_STRIP_RATIO: Final = 0.30
_QUALITY: Final = 82
_MOST_KEPT: Final = 2_000
_BLOCK: Final = 1 << 20
_MCU: Final = 8


@dataclass(frozen=True, slots=True)
class PageView:
    """Which page, how it turns upright, and the boxes to blacken, in pixels of the upright page."""

    document: StoredDocument
    page: int
    rotation: int
    hidden: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class PageImages:
    """Makes pictures of pages. `decode` gives the pixels of one page of a file, parsed in the sandbox."""

    masters: BlobStore
    cache: Path
    decode: Callable[[Path, int], Any]
    lock: threading.Lock

    def picture(self, view: PageView, size: str) -> bytes:
        """A JPEG of the whole page in one of `SIZES`.

        Raises:
            NotFoundError: no such size or page.
        """
        if size not in SIZES:
            raise NotFoundError("no such size")
        return _encoded(self._upright(view, SIZES[size]))

    def part(self, view: PageView, region: Box, size: tuple[int, int]) -> bytes:
        """A JPEG of `region` (pixels of the upright page) in `size` (width, height)."""
        image = self._upright(view, None)
        inside = (region.left, region.top, min(region.right, image.width), min(region.bottom, image.height))
        return _encoded(image.crop(inside).resize(size, Image.Resampling.LANCZOS))

    def strip(self, view: PageView, top: int, bottom: int) -> bytes:
        """A JPEG of the printed lines from `top` to `bottom`, the page's whole width, in a fixed shape."""
        image = self._upright(view, None)
        scale = image.width / max(1, _STRIP_WIDTH)
        height = round(image.width * _STRIP_RATIO)
        middle = min(max((top + bottom) // 2, height // 2), max(image.height - height // 2, height // 2))
        cut = image.crop((0, middle - height // 2, image.width, middle + height // 2))
        return _encoded(cut.resize((_STRIP_WIDTH, max(1, round(cut.height / scale)))))

    def _upright(self, view: PageView, width: int | None) -> Image.Image:
        image = Image.open(io.BytesIO(self._base(view)))
        full = image.size
        if width is not None and width < image.width:
            image.draft(image.mode, (width, width * image.height // image.width))
        image = image.convert("L" if image.mode == "L" else "RGB")
        _blacken(image, view.hidden, image.width / full[0])
        if width is not None and width < image.width:
            height = max(1, round(full[1] * width / full[0]))
            image = image.resize((width, height), Image.Resampling.LANCZOS)
        return image

    def _base(self, view: PageView) -> bytes:
        """The upright page as JPEG, from the cache or made now."""
        document = view.document
        name = f"{document.id}-{document.attempt}-{view.page}-{view.rotation}-444.jpg"
        kept = self.cache / name
        try:
            return kept.read_bytes()
        except FileNotFoundError:
            pass
        with self.lock:
            made = self._made(view)
            _prune(self.cache)
        fresh = kept.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
        fresh.write_bytes(made)
        fresh.rename(kept)
        return made

    def _made(self, view: PageView) -> bytes:
        key = object_key(view.document.fixity.sha256)
        with tempfile.NamedTemporaryFile(dir=self.cache, prefix="master-") as copy:
            with self.masters.open(key) as data:
                while block := data.read(_BLOCK):
                    copy.write(block)
            copy.flush()
            pixels = self.decode(Path(copy.name), view.page)
        image = Image.fromarray(pixels)
        upright = image.rotate(-view.rotation, expand=True) if view.rotation else image
        return _encoded(upright, subsampling=0)  # blocks of 8 pixels in all colours: see _blacken


def _blacken(image: Image.Image, boxes: Sequence[Box], scale: float) -> None:
    """Blacken whole blocks of the kept JPEG: what lay in a block rings to its edge, and no further."""
    draw = ImageDraw.Draw(image)
    for box in boxes:
        left, top = ((each - 4) // _MCU * _MCU * scale for each in (box.left, box.top))
        right, bottom = (-(-(each + 4) // _MCU) * _MCU * scale for each in (box.right, box.bottom))
        draw.rectangle((math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)), fill=0)


def _encoded(image: Image.Image, subsampling: int = 2) -> bytes:
    data = io.BytesIO()
    image.save(data, "JPEG", quality=_QUALITY, subsampling=subsampling)
    return data.getvalue()


def _prune(folder: Path) -> None:
    """Keep the newest pictures; those of pages nobody looks at go."""
    kept = sorted(folder.glob("*.jpg"), key=lambda path: path.stat().st_mtime)
    for path in kept[: len(kept) - _MOST_KEPT] if len(kept) > _MOST_KEPT else []:
        path.unlink(missing_ok=True)
