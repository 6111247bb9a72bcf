"""Inside the sandbox: what is visible on a PDF page, so that a scan is taken out instead of drawn again."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

__all__ = ["Placed", "Survey", "share", "survey"]

_MAX_DEPTH = 5
_MAX_OBJECTS = 20_000
_COVERS = 0.90
_COVERS_ALL = 0.97
_SCAN_SHARE = 0.80
_STRAIGHT = 0.002
_INVISIBLE = {pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP}
_QUIET_ANNOTATIONS = {pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_WIDGET, pdfium_c.FPDF_ANNOT_POPUP}
# Signs of the displayed right and down vectors of an image -> EXIF orientation.
_ORIENTATIONS = {
    (1, 0, 0, 1): 1,
    (-1, 0, 0, 1): 2,
    (-1, 0, 0, -1): 3,
    (1, 0, 0, -1): 4,
    (0, 1, 1, 0): 5,
    (0, 1, -1, 0): 6,
    (0, -1, -1, 0): 7,
    (0, -1, 1, 0): 8,
}


@dataclass(frozen=True, slots=True)
class Placed:
    """An image on the page and where it is shown (points, y down, from the page's top left)."""

    handle: pdfium.PdfImage
    width: int
    height: int
    right: tuple[float, float]
    down: tuple[float, float]
    box: tuple[float, float, float, float]
    orientation: int | None
    opaque: bool
    nested: bool

    @property
    def dpi(self) -> tuple[float, float]:
        """Pixels an inch along the stored rows and columns, in the page's units."""
        across = (self.right[0] ** 2 + self.right[1] ** 2) ** 0.5
        along = (self.down[0] ** 2 + self.down[1] ** 2) ** 0.5
        return 72 * self.width / max(across, 1e-6), 72 * self.height / max(along, 1e-6)


@dataclass(slots=True)
class Survey:
    """What a page shows. `single` is the one image that is the page, where nothing else is visible."""

    width: float
    height: float
    user_unit: float
    images: list[Placed] = field(default_factory=list)
    single: Placed | None = None
    text: int = 0
    drawings: int = 0
    scan: bool = False
    flags: list[str] = field(default_factory=list)

    @property
    def born_digital(self) -> bool:
        """Whether the page is text and drawings rather than a picture of a paper."""
        return not self.scan and (self.text > 0 or self.drawings > 0)


def survey(page: pdfium.PdfPage, user_unit: float, layers: bool) -> Survey:
    """Look at every object of the page (and of forms within forms, five deep)."""
    box = page.get_bbox()
    turn = page.get_rotation()
    size = (box[2] - box[0], box[3] - box[1])
    found = Survey(*(size[::-1] if turn in (90, 270) else size), user_unit)
    last: Placed | None = None
    above = below = 0  # visible things drawn after and before the last image that covers the page
    for count, item in enumerate(page.get_objects(max_depth=_MAX_DEPTH)):
        if count >= _MAX_OBJECTS:
            found.drawings += 1
            above += 1
            break
        if isinstance(item, pdfium.PdfImage):
            placed = _place(item, box, turn)
            found.images.append(placed)
            if share(placed, found) >= _COVERS and placed.opaque:
                last, above, below = placed, 0, below + above
                continue
            above += 1
        elif _visible(item, found):
            above += 1
    hidden_below = last is not None and (below == 0 or share(last, found) >= _COVERS_ALL)
    if last is not None and above == 0 and hidden_below and last.orientation and not layers:
        found.single = last if _clip_is_wide(last, page) else None
    covered = sum(share(p, found) for p in found.images)
    found.scan = covered >= _SCAN_SHARE
    if any(True for _ in _loud_annotations(page)):
        found.flags.append("annotations")
    return found


def _visible(item: pdfium.PdfObject, found: Survey) -> bool:
    """Count the object where it leaves a mark."""
    if item.type == pdfium_c.FPDF_PAGEOBJ_TEXT:
        if pdfium_c.FPDFTextObj_GetTextRenderMode(item) in _INVISIBLE:
            return False
        found.text += 1
        return True
    if item.type == pdfium_c.FPDF_PAGEOBJ_PATH:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDFPath_GetDrawMode(item, fill, stroke)
        if not fill.value and not stroke.value:
            return False
        found.drawings += 1
        return True
    if item.type == pdfium_c.FPDF_PAGEOBJ_SHADING:
        found.drawings += 1
        return True
    return False


def _place(item: pdfium.PdfImage, box: tuple[float, float, float, float], turn: int) -> Placed:
    matrix = item.get_matrix()
    opaque = not pdfium_c.FPDFPageObj_HasTransparency(item)
    holder = item.container
    while holder is not None:
        matrix = matrix.multiply(holder.get_matrix())
        opaque = opaque and not pdfium_c.FPDFPageObj_HasTransparency(holder)
        holder = holder.container
    a, b, c, d, e, f = matrix.get()
    width, height = item.get_px_size()
    right, down = _turned(a, b, turn), _turned(-c, -d, turn)
    corners = [_shown(e + x * a + y * c, f + x * b + y * d, box, turn) for x in (0, 1) for y in (0, 1)]
    xs, ys = [p[0] for p in corners], [p[1] for p in corners]
    bounds = (min(xs), min(ys), max(xs), max(ys))
    straight = _orientation(right, down)
    return Placed(item, width, height, right, down, bounds, straight, opaque, item.container is not None)


def _turned(dx: float, dy: float, turn: int) -> tuple[float, float]:
    """A direction in page space (y up) as shown (y down) after the page's own /Rotate."""
    return {0: (dx, -dy), 90: (dy, dx), 180: (-dx, dy), 270: (-dy, -dx)}[turn]


def _shown(x: float, y: float, box: tuple[float, float, float, float], turn: int) -> tuple[float, float]:
    left, bottom, right, top = box
    if turn == 90:
        return y - bottom, x - left
    if turn == 180:
        return right - x, y - bottom
    if turn == 270:
        return top - y, right - x
    return x - left, top - y


def _orientation(right: tuple[float, float], down: tuple[float, float]) -> int | None:
    """The EXIF orientation of an image that lies straight, None for one that leans."""
    signs = []
    for vector in (right, down):
        size = max(abs(vector[0]), abs(vector[1]))
        if size == 0 or min(abs(vector[0]), abs(vector[1])) > _STRAIGHT * size:
            return None
        signs += [0 if abs(v) < size / 2 else (1 if v > 0 else -1) for v in vector]
    return _ORIENTATIONS.get((signs[0], signs[1], signs[2], signs[3]))


def share(placed: Placed, page: Survey) -> float:
    """Share of the page's area that the image's bounds cover."""
    left, top, right, bottom = placed.box
    width = min(right, page.width) - max(left, 0)
    height = min(bottom, page.height) - max(top, 0)
    if width <= 0 or height <= 0 or page.width <= 0 or page.height <= 0:
        return 0.0
    return width * height / (page.width * page.height)


def _clip_is_wide(placed: Placed, page: pdfium.PdfPage) -> bool:
    """Whether no clip path cuts into what the page shows of the image (half a per cent of play)."""
    clip = pdfium_c.FPDFPageObj_GetClipPath(placed.handle)
    paths = pdfium_c.FPDFClipPath_CountPaths(clip) if clip else 0
    if paths <= 0:
        return True
    if placed.nested:
        return False
    left, bottom, right, top = placed.handle.get_bounds()
    box = page.get_bbox()
    need = max(left, box[0]), max(bottom, box[1]), min(right, box[2]), min(top, box[3])
    slack = 0.005 * max(need[2] - need[0], need[3] - need[1])
    for index in range(min(paths, 50)):
        bounds = _clip_bounds(clip, index)
        if bounds is None or bounds[0] > need[0] + slack or bounds[1] > need[1] + slack:
            return False
        if bounds[2] < need[2] - slack or bounds[3] < need[3] - slack:
            return False
    return True


def _clip_bounds(clip: object, index: int) -> tuple[float, float, float, float] | None:
    """Bounds of a clip path that is one rectangle; None for any other shape."""
    count = pdfium_c.FPDFClipPath_CountPathSegments(clip, index)
    if not 4 <= count <= 6:
        return None
    points = []
    for number in range(count):
        x, y = ctypes.c_float(), ctypes.c_float()
        segment = pdfium_c.FPDFClipPath_GetPathSegment(clip, index, number)
        if not segment or not pdfium_c.FPDFPathSegment_GetPoint(segment, x, y):
            return None
        points.append((x.value, y.value))
    xs, ys = {round(p[0], 2) for p in points}, {round(p[1], 2) for p in points}
    return (min(xs), min(ys), max(xs), max(ys)) if len(xs) == 2 and len(ys) == 2 else None


def _loud_annotations(page: pdfium.PdfPage) -> list[int]:
    """Kinds of the page's annotations that a viewer draws over the scan (notes, typed text, stamps)."""
    kinds = []
    for index in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), 1000)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        pdfium_c.FPDFPage_CloseAnnot(annotation)
        if kind not in _QUIET_ANNOTATIONS:
            kinds.append(kind)
    return kinds
