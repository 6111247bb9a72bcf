"""`digitizer reconcile`: the page ledger of a batch."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from digitizer.bootstrap import accessions_of
from digitizer.cli.door import NEEDS_PERSON, Manner
from digitizer.cli.ingest import difference_line
from digitizer.intake.find import safe_display
from digitizer.services.page_ledger import Ledger, count_rule, reconcile
from digitizer.services.version_pages import came_again
from digitizer.settings import load_settings
from digitizer.versions import Successors

__all__ = ["show_ledger"]

_WAITING_SHOWN = 5


def show_ledger(batch: str, fonds: str, manner: Manner) -> int:
    """Print the ledger of a batch; the exit status: 1 where it does not add up."""
    settings = load_settings()
    with accessions_of(settings) as accessions:
        ledger = reconcile(accessions, fonds, batch, count_rule(settings.count_rule))
        again = came_again(accessions, fonds, batch)
    if manner.json:
        versions = [_version(path, stands) for path, stands in again]
        told = {**asdict(ledger), "adds_up": ledger.adds_up, "versions": versions}
        typer.echo(json.dumps(told, ensure_ascii=True))
    else:
        typer.echo("\n".join([*(_version_line(*each) for each in again), _told(ledger)]))
    return 0 if ledger.adds_up else NEEDS_PERSON


def _version(path: str, stands: Successors) -> dict[str, object]:
    assert stands.before is not None
    return {
        "path": path,
        "document": stands.document.id,
        "version": stands.number,
        "pages": stands.document.pages,
        "before": stands.before.id,
        "before_pages": stands.before.pages,
        "more_pages": stands.more_pages,
    }


def _version_line(path: str, stands: Successors) -> str:
    """A person sees whether the new scan lost pages."""
    assert stands.before is not None
    more = stands.more_pages
    if more is None:
        pages = "not read yet · chưa xử lý xong"
    else:
        after = f"pages · trang {stands.document.pages}, before · trước {stands.before.pages}"
        pages = f"{after} ({more:+d})" if more else after
    return f"  ~ {safe_display(path)}: version · phiên bản {stands.number}: {pages}; {stands.before.id}"


def _told(ledger: Ledger) -> str:
    declared = (
        f"{ledger.declared_files} files · tệp, {ledger.declared_sheets} sheets · tờ, "
        f"{ledger.declared_pages} pages · trang"
    )
    rows = [
        ("declared · kê khai", declared if ledger.declared_files else "no manifest · không có bảng kê"),
        ("arrived · nhận", f"{ledger.arrived_files} files · tệp"),
        ("sides · mặt quét", str(ledger.received)),
        ("  = read · đọc được", str(ledger.read)),
        ("  + blank · trắng", str(ledger.blank)),
        ("  + failed · lỗi", str(ledger.failed)),
        ("separator sheets · tờ phân cách", str(ledger.separators)),
        ("files waiting · tệp chờ xử lý", str(ledger.waiting)),
    ]
    lines = [f"batch · lô {safe_display(ledger.batch)}, fonds · phông {safe_display(ledger.fonds)}"]
    lines += [f"  {name:<34}{value}" for name, value in rows]
    waiting = [each for each in ledger.differences if each.kind == "waiting"]
    lines += [f"  ! {difference_line(each)}" for each in ledger.differences if each.kind != "waiting"]
    lines += [f"  ! {difference_line(each)}" for each in waiting[:_WAITING_SHOWN]]
    if len(waiting) > _WAITING_SHOWN:
        left = len(waiting) - _WAITING_SHOWN
        lines.append(f"  ! {left} more wait to be read (--json names them) · còn {left} tệp chờ xử lý")
    lines += [f"  ? {difference_line(each)}" for each in ledger.gaps]
    end = "it adds up · khớp" if ledger.adds_up else f"{len(ledger.differences)} differences · chưa khớp"
    return "\n".join([*lines, end])
