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
from digitizer.settings import load_settings

__all__ = ["show_ledger"]


def show_ledger(batch: str, fonds: str, manner: Manner) -> int:
    """Print the ledger of a batch; the exit status: 1 where it does not add up."""
    settings = load_settings()
    with accessions_of(settings) as accessions:
        ledger = reconcile(accessions, fonds, batch, count_rule(settings.count_rule))
    if manner.json:
        typer.echo(json.dumps({**asdict(ledger), "adds_up": ledger.adds_up}, ensure_ascii=True))
    else:
        typer.echo(_told(ledger))
    return 0 if ledger.adds_up else NEEDS_PERSON


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
    lines += [f"  ! {difference_line(each)}" for each in ledger.differences]
    end = "it adds up · khớp" if ledger.adds_up else f"{len(ledger.differences)} differences · chưa khớp"
    return "\n".join([*lines, end])
