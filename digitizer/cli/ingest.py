"""`digitizer ingest`: files, folders and ZIP files into the archive."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from digitizer.accession import Declared
from digitizer.bootstrap import accessions_of, archive_of, limits_of, unpacker_of
from digitizer.cli.door import NEEDS_PERSON, Manner, say
from digitizer.errors import Refusal, UsageError
from digitizer.intake.collate import collate
from digitizer.intake.find import FoundInput, find_inputs, safe_display
from digitizer.intake.manifest import parse_manifest
from digitizer.intake.scans import Limits
from digitizer.intake.table import read_table
from digitizer.logs import configure_logs
from digitizer.services.archive import ArchiveApp
from digitizer.services.ingest import Ingested, Into, receive
from digitizer.services.page_ledger import Difference, place_declared
from digitizer.settings import Settings, load_settings
from digitizer.writing.atomic import fixity_of

__all__ = ["Ingest", "declared_in", "difference_line", "ingest_inputs", "told"]

_TELL_EVERY = 100
_PROBLEMS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Ingest:
    """What to take in, and where to."""

    inputs: tuple[Path, ...]
    fonds: str
    batch: str | None = None
    manifest: Path | None = None
    duplex: tuple[Path, Path] | None = None


def ingest_inputs(asked: Ingest, manner: Manner) -> int:
    """Take files into the archive; the exit status."""
    settings = _set_up(manner)
    if not asked.inputs and asked.manifest is None and asked.duplex is None:
        raise UsageError("name files or folders to take in, or a --manifest that lists them")
    declared = declared_in(asked.manifest, limits_of(settings))
    with (
        archive_of(settings) as app,
        accessions_of(settings) as accessions,
        unpacker_of(settings) as unpacker,
    ):
        into = Into(asked.fonds, _batch_of(asked, app.clock.now()), app.agent, accessions)
        if asked.manifest is not None:
            accessions.declare(into.fonds, into.batch, fixity_of(asked.manifest), declared, app.agent)
        counts = told(receive(app, unpacker.expanded(_walked(asked)), into), manner)
        if asked.duplex is not None:
            counts += told(_both_sides(app, asked.duplex, into, limits_of(settings)), manner)
        differing = place_declared(app, into) if declared else ()
    for each in differing:
        say(f"digitizer: {difference_line(each)}")
    if not manner.quiet and not manner.json:
        states = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
        typer.echo(f"batch {safe_display(into.batch)}: {states or 'no files found'}")
    return NEEDS_PERSON if counts["refused"] or differing else 0


def _both_sides(app: ArchiveApp, sides: tuple[Path, Path], into: Into, limits: Limits) -> Iterator[Ingested]:
    """Fronts and backs as one document."""
    relative = safe_display("+".join(side.name for side in sides))
    with tempfile.TemporaryDirectory(prefix="duplex-", dir=app.scratch) as folder:
        whole = Path(folder) / "whole.pdf"
        try:
            collate(*sides, whole, limits)
        except Refusal as refusal:
            yield from receive(app, [FoundInput(whole, relative, refusal)], into)
            return
        yield from receive(app, [FoundInput(whole, relative)], into)


def difference_line(each: Difference) -> str:
    """One difference in both languages."""
    row = (f"row {each.row}: ", f"dòng {each.row}: ") if each.row else ("", "")
    return f"{row[0]}{each.path}: {each.english} · {row[1]}{each.vietnamese}"


def declared_in(manifest: Path | None, limits: Limits) -> Sequence[Declared]:
    """The rows of the manifest; with one bad row nothing is taken in."""
    if manifest is None:
        return ()
    if not manifest.is_file():
        raise UsageError(f"there is no manifest {safe_display(str(manifest))}")
    name = safe_display(manifest.name)
    try:
        declared, problems = parse_manifest(read_table(manifest, limits))
    except Refusal as refusal:
        raise Refusal(refusal.code, f"{name}: {refusal.code.value}: {refusal.message}") from refusal
    for problem in problems[:_PROBLEMS_SHOWN]:
        say(f"digitizer: {name}: {problem}")
    if problems:
        raise UsageError(
            f"{name} has {len(problems)} errors; nothing was taken in: correct it and run again. "
            "Bảng kê có lỗi, chưa nhập gì: hãy sửa rồi chạy lại."
        )
    return declared


def _batch_of(asked: Ingest, now: str) -> str:
    if asked.batch:
        return asked.batch
    return asked.manifest.stem if asked.manifest else f"{now[:19]}Z".replace(":", "")


def _walked(asked: Ingest) -> Iterator[FoundInput]:
    """What lies under the inputs, or beside the manifest; the manifest itself is none of the scans."""
    own = asked.manifest.resolve() if asked.manifest else None
    folders = asked.inputs or ((asked.manifest.resolve().parent,) if asked.manifest else ())
    return (each for each in find_inputs(folders) if own is None or each.path.resolve() != own)


def _set_up(manner: Manner) -> Settings:
    settings = load_settings()
    level = "info" if manner.verbose else settings.log_level
    configure_logs(level, settings.log_file, quiet=sys.stderr.isatty() and not manner.verbose)
    return settings


def told(taken: Iterable[Ingested], manner: Manner) -> Counter[str]:
    """Tell of each file as it is safe, and that the run goes on; how many ended in which state."""
    counts: Counter[str] = Counter()
    with _progress(manner) as show:
        for each in taken:
            counts[each.state] += 1
            if manner.json:
                typer.echo(json.dumps(asdict(each), ensure_ascii=True))
            if each.reason:
                say(f"digitizer: {each.path}: {each.reason.code.value}: {each.reason.message}")
            elif each.state == "duplicate" and not manner.quiet:
                say(_duplicate(each))
            elif each.supersedes:
                say(_version(each))
            show(counts)
    return counts


def _duplicate(each: Ingested) -> str:
    first = f"{each.first_path} (batch {safe_display(each.first_batch)}, document {each.document_id})"
    return (
        f"digitizer: {each.path}: E-DUP: the same bytes are in the archive as {first}; linked, not stored "
        "twice. Trùng với tệp đã có."
    )


def _version(each: Ingested) -> str:
    """Said even where it is to be quiet: two papers under one name, or one scanned again, a person knows."""
    return (
        f"digitizer: {each.path}: other bytes than before under this name: version {each.version}, beside "
        f"document {each.supersedes}; `digitizer reconcile` compares their pages. Bản quét khác cùng tên, "
        f"lưu thành phiên bản {each.version}."
    )


@contextmanager
def _progress(manner: Manner) -> Iterator[Callable[[Counter[str]], None]]:
    """How far the run is: a line that renews itself on a terminal, one every hundred files elsewhere."""
    if manner.quiet:
        yield lambda _counts: None
    elif sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status("…") as status:
            yield lambda counts: status.update(_so_far(counts))
    else:
        yield _every_hundred


def _every_hundred(counts: Counter[str]) -> None:
    if counts.total() % _TELL_EVERY == 0:
        say(_so_far(counts))


def _so_far(counts: Counter[str]) -> str:
    states = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    return f"{counts.total()} files taken in · tệp đã nhập ({states})"
