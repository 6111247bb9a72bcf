"""Find: one box, as-you-type, filters with counts, pages with their lines and a picture of the place."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from digitizer.finding import Filters
from digitizer.services.export_found import export_found
from digitizer.services.search_pages import PORTION, Results, search_pages
from digitizer.understanding.vietnamese import has_marks
from digitizer.web.render import page
from digitizer.web.site import site_of, visit_of

__all__ = ["Asked", "asked", "router"]

router = APIRouter()
_Values = Annotated[list[str], Query(max_length=20)]
_Year = Annotated[str, Query(pattern=r"^([0-9]{4})?$")]
_SORTS = ("best", "newest", "oldest")
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Asked:
    """The search as the address says it, so that every search can be kept as a link."""

    query: str
    filters: Filters
    sort: str
    offset: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked yet."""
        return not self.query.strip() and self.filters == Filters()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but words narrows it down."""
        return self.filters != Filters()

    def link(self, **changes: object) -> str:
        """The address of this search with something changed, from its first page."""
        f = self.filters
        values: dict[str, object] = {
            "q": self.query,
            "class": f.classes,
            "fonds": f.fonds,
            "agency": f.agencies,
            "year": str(f.year_from) if f.year_from and f.year_from == f.year_to else "",
            "from": f.year_from or "",
            "to": f.year_to or "",
            "state": f.states,
            "batch": f.batches,
            "sort": self.sort if self.sort != "best" else "",
        } | changes
        if values["year"] or "year" in changes:
            values |= {"from": "", "to": ""}
        return "/?" + urlencode({name: value for name, value in values.items() if value}, doseq=True)

    def toggled(self, facet: str, value: str) -> str:
        """The address with one value of a facet put in or taken out."""
        if facet == "year":
            return self.link(year="" if self.has(facet, value) else value)
        there = self._values(facet)
        left = tuple(each for each in there if each != value)
        return self.link(**{facet: left if value in there else (*there, value)})

    def has(self, facet: str, value: str) -> bool:
        """Whether the search is narrowed to this value."""
        f = self.filters
        if facet == "year":
            return f.year_from == f.year_to and str(f.year_from) == value
        return value in self._values(facet)

    def _values(self, facet: str) -> tuple[str, ...]:
        f = self.filters
        named: Mapping[str, tuple[str, ...]] = {
            "class": f.classes,
            "fonds": f.fonds,
            "agency": f.agencies,
            "state": f.states,
            "batch": f.batches,
        }
        return named.get(facet, ())


@dataclass(frozen=True, slots=True)
class _Narrowed:
    classes: tuple[str, ...]
    fonds: tuple[str, ...]
    agencies: tuple[str, ...]
    states: tuple[str, ...]
    batches: tuple[str, ...]


def narrowed(
    document_class: Annotated[list[str], Query(alias="class", max_length=20)] = [],  # noqa: B006 - copied
    fonds: _Values = [],  # noqa: B006
    agency: _Values = [],  # noqa: B006
    state: _Values = [],  # noqa: B006
    batch: _Values = [],  # noqa: B006
) -> _Narrowed:
    """The values a search is narrowed to."""
    return _Narrowed(tuple(document_class), tuple(fonds), tuple(agency), tuple(state), tuple(batch))


def years(
    year: _Year = "",
    year_from: Annotated[str, Query(alias="from", pattern=r"^([0-9]{4})?$")] = "",
    to: _Year = "",
) -> tuple[int, int]:
    """First and last year, 0 where open."""
    return (int(year), int(year)) if year else (int(year_from or 0), int(to or 0))


def asked(
    values: Annotated[_Narrowed, Depends(narrowed)],
    between: Annotated[tuple[int, int], Depends(years)],
    q: Annotated[str, Query(max_length=2_000)] = "",
    sort: str = "best",
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
) -> Asked:
    """The search out of the address."""
    filters = Filters(
        values.classes, values.fonds, values.agencies, values.states, values.batches, between[0], between[1]
    )
    return Asked(q, filters, sort if sort in _SORTS else "best", offset)


@router.get("/")
def find(request: Request, asked: Annotated[Asked, Depends(asked)]) -> Response:
    """Search, or the empty box; only the results where htmx asks."""
    site, visit = site_of(request), visit_of(request)
    results = Results((), 0, {})
    if not asked.is_empty:
        results = search_pages(
            site.archive, visit.person, asked.query, asked.filters, asked.sort, asked.offset
        )
        site.door.note(
            "searched", "archive", visit.person.agent, hits=str(results.total), address=visit.address
        )
    template = "results.html" if request.headers.get("hx-target", "").endswith("results") else "find.html"
    return page(
        request,
        template,
        asked=asked,
        results=results,
        saved=site.books.searches.of(visit.person.name) if template == "find.html" else (),
        portion=PORTION,
        sorts=_SORTS,
        toned=has_marks(asked.query),
    )


@router.get("/export.xlsx")
def export(request: Request, asked: Annotated[Asked, Depends(asked)]) -> Response:
    """What the search found, as an Excel file."""
    site, visit = site_of(request), visit_of(request)
    with tempfile.TemporaryDirectory(prefix="digitizer-export-") as folder:
        target = Path(folder) / "found.xlsx"
        rows = export_found(site.archive, visit.person, asked.query, asked.filters, target)
        data = target.read_bytes()
    site.door.note("exported", "archive", visit.person.agent, rows=str(rows), address=visit.address)
    headers = {"content-disposition": 'attachment; filename="tim-kiem.xlsx"'}
    return Response(data, media_type=_EXCEL, headers=headers)
