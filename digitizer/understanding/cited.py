"""Dates a paper cites as past: its own cannot lie before them; one misread figure is mended so."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from digitizer.understanding.headings import is_body_start
from digitizer.understanding.segments import PageView
from digitizer.understanding.values import date_in

__all__ = ["latest_cited", "mended_year", "to_date"]

_BASIS = re.compile(
    r"^(can cu|theo |xet |thuc hien |sau khi )"
)  # of the past; the rest may speak of days to come
_END = re.compile(r"^(quyet dinh|dieu 1|nay)\b")
SPAN = 3  # years a paper follows the latest date of its legal basis, for a figure to be mended by it


def latest_cited(view: PageView) -> datetime.date | None:
    """The latest date in the legal basis (`Căn cứ …`) of a first page."""
    return max(_cited(view), default=None)


def to_date(value: str) -> datetime.date | None:
    """`DD/MM/YYYY` as a date."""
    try:
        return datetime.datetime.strptime(value, "%d/%m/%Y").date()  # noqa: DTZ007 - a day of no time zone
    except ValueError:
        return None


def mended_year(value: datetime.date, cited: datetime.date) -> datetime.date | None:
    """The one date, another figure in its year, that does not lie before what it cites, or None."""
    found = []
    for place in range(4):
        for figure in "0123456789":
            year = str(value.year)
            other = int(year[:place] + figure + year[place + 1 :])
            try:
                date = value.replace(year=other)
            except ValueError:
                continue
            if other != value.year and cited <= date <= cited.replace(day=1) + datetime.timedelta(365 * SPAN):
                found.append(date)
    nearest = [d for d in found if d.year == cited.year]
    choice = nearest if nearest else found
    return choice[0] if len(choice) == 1 else None


def _cited(view: PageView) -> Iterator[datetime.date]:
    begun = inside = False
    for line in view.lines:
        begun = begun or is_body_start(line)
        if begun and _END.match(line.key):
            return
        inside = begun and (inside or bool(_BASIS.match(line.key)))
        text = line.text
        ended = text.rstrip().endswith((";", ",", ".", ":"))
        while inside and (found := date_in(text)) is not None:
            value = to_date(found[0].text)
            if value is not None and not found[0].doubt:
                yield value
            text = text[found[2] :]
        inside = inside and not ended
