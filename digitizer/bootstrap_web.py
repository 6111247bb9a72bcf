"""Settings -> the parts of the web application: what `digitizer.bootstrap` is to the archive."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitizer.bootstrap import accessions_of, archive_of, database_url, limits_of, unpacker_of
from digitizer.bootstrap_plan import planning_beside
from digitizer.bootstrap_watch import roll_of
from digitizer.errors import PageError, UsageError
from digitizer.intake.opener import Intake
from digitizer.intake.scans import PageFailure
from digitizer.services.identity_log_in import Gateway, read_claim_table
from digitizer.services.log_in import Door, first_administrator, unchanged_passwords
from digitizer.services.page_image import PageImages
from digitizer.services.uploads import Uploads
from digitizer.settings import Settings
from digitizer.web.assets import require_libraries
from digitizer.web.site import Books, Site

__all__ = ["ready", "site_in"]

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@contextmanager
def site_in(settings: Settings) -> Iterator[Site]:
    """The web application's parts over the archive of `settings`.

    Raises:
        MissingDependencyError: the front-end libraries were not set up.
    """
    from storage.accounts import SqlAccounts
    from storage.amendments import SqlAmendments
    from storage.desk import SqlDesk
    from storage.passwords import Argon2Passwords

    require_libraries()
    with archive_of(settings) as archive, planning_beside(archive, settings) as plan:
        accounts, desk = SqlAccounts(database_url(settings)), SqlDesk(database_url(settings))
        amendments = SqlAmendments(database_url(settings))
        cache = settings.home.absolute() / "cache"
        cache.mkdir(mode=0o700, exist_ok=True)
        intake = Intake(limits_of(settings))
        try:
            images = PageImages(archive.masters, cache, partial(_decoded, intake), threading.Lock())
            door = Door(accounts, Argon2Passwords(), archive.clock)
            with ExitStack() as opened:
                gateway = opened.enter_context(_gateway(settings))
                books = opened.enter_context(_books(settings))
                unpacker = partial(unpacker_of, settings)
                folder = settings.home.absolute() / "uploads"
                uploads = Uploads(folder, settings.max_bytes, books.accessions, unpacker)
                yield Site(
                    archive, door, images, uploads, desk, amendments, plan, books, _hosts(settings), gateway
                )
        finally:
            intake.close()
            accounts.close()
            desk.close()
            amendments.close()


@contextmanager
def _books(settings: Settings) -> Iterator[Books]:
    """What is kept beside the catalogue, in its database."""
    from storage.batch_facts import SqlFactsBook
    from storage.evidence import SqlEvidence
    from storage.saved_searches import SqlSavedSearches

    url = database_url(settings)
    with (
        closing(SqlEvidence(url)) as evidence,
        accessions_of(settings) as accessions,
        closing(SqlSavedSearches(url)) as searches,
        closing(SqlFactsBook(url)) as facts,
        roll_of(settings) as roll,
    ):
        yield Books(evidence, accessions, searches, facts, roll, settings.count_rule)


@contextmanager
def _gateway(settings: Settings) -> Iterator[Gateway | None]:
    """The provider of identities, where one is set; nothing is asked of it yet.

    Raises:
        UsageError: its settings do not fit together.
    """
    if not settings.openid_issuer:
        yield None
        return
    from storage.identities import SqlIdentities
    from storage.openid import OpenIdProvider

    if settings.openid_table is None:
        raise UsageError("openid_issuer needs openid_table: which groups of the provider give which roles")
    table = read_claim_table(settings.openid_table)
    secret = settings.openid_secret.get_secret_value()
    provider = OpenIdProvider(settings.openid_issuer, settings.openid_client, secret, table.scopes)
    identities = SqlIdentities(database_url(settings))
    try:
        yield Gateway(provider, table, identities)
    finally:
        identities.close()


def _decoded(intake: Intake, file: Path, page: int) -> NDArray[np.uint8]:
    """The pixels of one page, parsed in the sandbox; the caller lets one thread in at a time."""
    (scan,) = intake.pages(file, [page])
    if isinstance(scan, PageFailure):
        raise PageError(scan.code, scan.message)
    return scan.pixels


def ready(site: Site, settings: Settings) -> str | None:
    """See that it is safe to serve; the one-time password of a first administrator, if one was made.

    Raises:
        UsageError: other machines could reach it without TLS, or with a password from the first start.
    """
    if settings.web_host in _LOOPBACK:
        return first_administrator(site.door)
    if not (settings.web_certificate and settings.web_key) and not settings.web_name:
        raise UsageError(
            f"web_host {settings.web_host} is open to other machines: set web_certificate and web_key, "
            "or web_name, the name under which a proxy serves it with TLS"
        )
    if not site.door.accounts.accounts() or unchanged_passwords(site.door):
        raise UsageError(
            "an administrator has no password of their own yet: `digitizer password` sets it on this machine "
            "(or serve on 127.0.0.1 first and change it)"
        )
    return None


def _hosts(settings: Settings) -> tuple[str, ...]:
    own = {settings.web_name, settings.web_host} - {"", "0.0.0.0", "::"}  # noqa: S104 - compared, not bound
    return (*sorted(_LOOPBACK | own), "[::1]")
