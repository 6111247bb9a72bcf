"""`digitizer inventory list` and `digitizer targets` in their plain form: figures that are there at once."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from digitizer.bootstrap_figures import figures_of
from digitizer.cli.door import Manner, echo
from digitizer.inventory import Unit
from digitizer.planning.targets import Judged, Measure, cut, shown
from digitizer.services.figures import judged_targets, overview
from digitizer.settings import load_settings

__all__ = ["print_targets", "show_figures", "show_plain_targets", "target_lines", "target_told"]

_STANDINGS = {
    "reached": "ĐẠT · reached",
    "reached_late": "ĐẠT, MUỘN · reached late",
    "open": "CHƯA ĐẠT · open",
    "missed": "KHÔNG ĐẠT · missed",
    "no_inventory": "CHƯA CÓ SỐ LIỆU KIỂM KÊ · no inventory",
}
_UNITS = {Unit.PAGES: "trang · pages", Unit.DOSSIERS: "hồ sơ · dossiers", Unit.METRES: "mét · metres"}


def show_figures(manner: Manner) -> int:
    """Print the fonds and how far they are; the exit status."""
    with figures_of(load_settings()) as app:
        view = overview(app)
    if manner.json:
        told = {"fonds": [asdict(row) for row in view.fonds], "total": asdict(view.total)}
        echo(json.dumps(told, ensure_ascii=True))
        return 0
    form = "{:>4} {:<16} {:>9} {:>9} {:>9} {:>11} {:>9} {:>8}  {}"
    echo(form.format("STT", "Mã phông", "Hồ sơ", "Văn bản", "Hộp", "Trang", "Mét giá", "Xong", "Tên phông"))
    for row in (*view.fonds, view.total):
        share = "" if row.share is None else f"{cut(row.share, 4):.2%}"
        counts = (row.dossiers, row.documents, f"{row.boxes:.1f}", row.pages, f"{row.metres:.2f}", share)
        echo(form.format(row.number or "", row.code, *counts, row.name))
    return 0


def show_plain_targets(manner: Manner) -> int:
    """Print every target beside its measures; the exit status."""
    with figures_of(load_settings()) as app:
        found, at = judged_targets(app), app.clock.now()
    print_targets(at, [target_told(each) for each in found], [target_lines(each) for each in found], manner)
    return 0


def print_targets(
    at: str, told: list[dict[str, Any]], lines: list[list[str]], manner: Manner, **beside: Any
) -> None:
    """Print targets, `told` for machines or `lines` for people."""
    if manner.json:
        whole = {"schema": "digitizer.targets/1", "at": at, "targets": told, **beside}
        echo(json.dumps(whole, ensure_ascii=True))
        return
    for some in lines:
        echo("\n".join(some))


def target_told(each: Judged) -> dict[str, Any]:
    """A target for machines."""
    target = each.target
    return {
        "id": target.id,
        "name": {"vi": target.name_vi, "en": target.name_en},
        "share": float(target.share),
        "due": target.due.isoformat(),
        "stock": target.stock.value,
        "unit": target.unit.value,
        "count": target.count,
        "fonds": list(target.fonds),
        "freeze": target.freeze,
        "source": target.source,
        "tag": target.tag,
        **_measure(each.now, target.unit),
        "current": _measure(each.current, target.unit),
        "needed": shown(each.needed, target.unit),
        "missing": shown(each.missing, target.unit),
        "done_at_due": None if each.at_due is None else shown(each.at_due, target.unit),
        "reached": each.reached,
        "standing": each.standing,
    }


def _measure(measure: Measure, unit: Unit) -> dict[str, Any]:
    counts = {name: shown(getattr(measure, name), unit) for name in ("done", "total", "estimated")}
    return counts | {"achieved": measure.share}


def target_lines(each: Judged) -> list[str]:
    """A target for people."""
    target, unit = each.target, _UNITS[each.target.unit]
    share = "-" if each.now.share is None else f"{cut(each.now.share, 4):.2%}".replace("%", " %")
    done, total, needed, missing = (
        shown(count, target.unit) for count in (each.now.done, each.now.total, each.needed, each.missing)
    )
    lines = [
        f"{target.name_vi} · {target.name_en}",
        f"  {_STANDINGS[each.standing]}; hạn · due {target.due:%d/%m/%Y}",
        f"  {share}: {done:,} / {total:,} {unit}; cần · needed {needed:,}; còn thiếu · missing {missing:,}",
    ]
    if each.current != each.now and each.current.share is not None:
        now = shown(each.current.total, target.unit)
        lines.append(f"  kiểm kê hiện nay · inventory now: {cut(each.current.share, 4):.2%} / {now:,}")
    if each.now.estimated:
        lines.append(f"  trong đó ước tính · of these estimated: {shown(each.now.estimated, target.unit):,}")
    return lines
