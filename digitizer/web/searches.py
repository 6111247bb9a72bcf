"""Saved searches: kept by name for oneself, run again with the rights of that day, forgotten."""

from __future__ import annotations

import secrets
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from digitizer.errors import UsageError
from digitizer.saved_searches import SavedSearch
from digitizer.web.render import see_other
from digitizer.web.site import site_of, visit_of

__all__ = ["router"]

router = APIRouter()
_MOST: Final = 100
_KEYS: Final = frozenset({"q", "class", "fonds", "agency", "year", "from", "to", "state", "batch", "sort"})
_Text = Annotated[str, Form(max_length=2_000)]


@router.post("/searches")
def save(request: Request, name: _Text = "", address: _Text = "") -> Response:
    """Keep a search under a name; one of the same name is replaced."""
    site, account = site_of(request), visit_of(request).person
    named = " ".join(name.split())
    if not 0 < len(named) <= 100 or not named.isprintable():
        raise UsageError("give the search a name of at most 100 letters")
    try:
        asked = [(key, value) for key, value in parse_qsl(address, max_num_fields=100) if key in _KEYS]
    except ValueError:
        asked = []
    if not asked:
        raise UsageError("there is nothing to save: search first")
    kept = {each.name for each in site.books.searches.of(account.name)}
    if len(kept) >= _MOST and named not in kept:
        raise UsageError("you have 100 saved searches: delete one first")
    search = SavedSearch(secrets.token_hex(8), account.name, named, urlencode(asked))
    site.books.searches.save(search, account.agent)
    return see_other(f"/?{search.address}")


@router.post("/searches/{search}/delete")
def drop(request: Request, search: str) -> Response:
    """Forget one of one's own searches."""
    account = visit_of(request).person
    site_of(request).books.searches.drop(search, account.name, account.agent)
    return see_other("/")
