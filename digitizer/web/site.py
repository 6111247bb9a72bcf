"""What the web application works with, in one frozen value that bootstrap makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from fastapi import Request

from digitizer.accession import Accessions
from digitizer.accounts import Account, Session
from digitizer.batch_facts import FactsBook
from digitizer.desk import Amendments, Desk
from digitizer.evidence import Evidence
from digitizer.roll import Roll
from digitizer.saved_searches import SavedSearches
from digitizer.services.archive import ArchiveApp
from digitizer.services.identity_log_in import Gateway
from digitizer.services.log_in import Door
from digitizer.services.page_image import PageImages
from digitizer.services.plan import PlanApp
from digitizer.services.uploads import Uploads

__all__ = ["COOKIE", "Books", "Site", "Visit", "site_of", "visit_of"]

COOKIE = "__Host-session"


@dataclass(frozen=True, slots=True)
class Books:
    """What is kept beside the catalogue: trail's links, places, manifests, searches, batches, workers' roll.

    `count_rule` says how counted sheets stand to scanned sides.
    """

    evidence: Evidence
    accessions: Accessions
    searches: SavedSearches
    facts: FactsBook
    roll: Roll
    count_rule: str = "whole"


@dataclass(frozen=True, slots=True)
class Site:
    """The parts of the web application. `hosts` are the names it answers to.

    `gateway` leads to the provider of identities; None where there is none.
    """

    archive: ArchiveApp
    door: Door
    images: PageImages
    uploads: Uploads
    desk: Desk
    amendments: Amendments
    plan: PlanApp
    books: Books
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    gateway: Gateway | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks, in which session and language, from where; both None on public pages without a log-in."""

    account: Account | None
    session: Session | None
    language: str
    address: str

    @property
    def person(self) -> Account:
        """Who is logged in; the gate lets nobody else come to where this is asked."""
        assert self.account is not None
        return self.account


def site_of(request: Request) -> Site:
    """The parts, from anywhere in a request."""
    return cast("Site", request.app.state.site)


def visit_of(request: Request) -> Visit:
    """Who asks; set by the gate before any route runs."""
    return cast("Visit", request.state.visit)
