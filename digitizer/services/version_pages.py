"""How documents stand that came in again with other bytes: which version, how many pages more or fewer."""

from __future__ import annotations

from collections.abc import Iterable

from digitizer.accession import Accessions
from digitizer.accounts import Account
from digitizer.filing import WITHDRAWN
from digitizer.holdings import StoredDocument
from digitizer.services.rights import rights
from digitizer.versions import Successors, successors

__all__ = ["came_again", "standings"]


def standings(
    accessions: Accessions, documents: Iterable[str], account: Account | None = None
) -> dict[str, Successors]:
    """How each document stands that is one of several versions, as far as `account` may see them."""
    found = accessions.versions(list(dict.fromkeys(documents)))
    seen = {each: [v for v in its if _is_shown(v.document, account)] for each, its in found.items()}
    stand = {each: successors(each, its) for each, its in seen.items()}
    return {each: its for each, its in stand.items() if its is not None}


def came_again(accessions: Accessions, fonds: str, batch: str) -> tuple[tuple[str, Successors], ...]:
    """Every path of a batch whose document is a later version, in the order of arrival."""
    arrived = [(each.path, each.document_id) for each in accessions.arrived(fonds, batch)]
    known = standings(accessions, (document_id for _, document_id in arrived if document_id))
    stands = ((path, known.get(document_id or "")) for path, document_id in arrived)
    return tuple((path, its) for path, its in stands if its is not None and its.before is not None)


def _is_shown(document: StoredDocument, account: Account | None) -> bool:
    if document.state == WITHDRAWN:
        return False
    return account is None or rights().sees(account, document.fonds, document.secrecy)
