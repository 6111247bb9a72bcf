"""Shows the whole road on invented papers: make a pile, digitize, ingest, work, search (`make demo`)."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.samples.fonts import SampleError
from scripts.samples.pile import demo as make_pile

ROOT = Path(__file__).resolve().parents[1]
DEMO = Path("out/demo")
DIGITIZER = str(ROOT / ".venv" / "bin" / "digitizer")
PAGES = 20
SEED = 1
QUERIES = ("quyết định", "quyet dinh", "khai sinh", "ho tich")
NEEDS_PERSON = 1
"""Exit status of a run that ended with some inputs for a person to look at."""


class DemoError(Exception):
    """A step failed; the line says which and what to look at."""


def step(*arguments: str) -> None:
    """Run one digitizer command on the demo's archive.

    Raises:
        DemoError: the command is missing or ended badly.
    """
    if not Path(DIGITIZER).exists():
        raise DemoError("digitizer is not installed in .venv: run `make setup`")
    run = subprocess.run(
        [DIGITIZER, *arguments],
        cwd=ROOT,
        env={**os.environ, "DIGITIZER_HOME": str(DEMO / "archive"), "OMP_THREAD_LIMIT": "1"},
        check=False,
    )
    if run.returncode not in (0, NEEDS_PERSON):
        raise DemoError(
            f"`digitizer {arguments[0]}` ended with status {run.returncode}; its own line is above"
        )


def prepare() -> int:
    """Start from a clean archive and the same pile each time; pages made."""
    shutil.rmtree(ROOT / DEMO, ignore_errors=True)
    (ROOT / DEMO).mkdir(parents=True)
    return make_pile(ROOT / DEMO, SEED, PAGES)


def results(console: Console) -> None:
    """What digitize found, input by input."""
    out = ROOT / DEMO / "out"
    if not (out / "report.json").exists():
        raise DemoError("`digitizer digitize` wrote no report.json; its own message is above")
    report: dict[str, Any] = json.loads((out / "report.json").read_text("utf-8"))
    table = Table("input", "state", "pages", "class", "number", "date", title="Digitized")
    for entry in report["inputs"]:
        classes, fields = _described(out, entry)
        table.add_row(
            Path(entry["path"]).name,
            str(entry["state"]),
            str(entry.get("pages", "")),
            ", ".join(classes),
            f"{fields.get('number', '')}/{fields.get('notation', '')}".strip("/"),
            fields.get("date", ""),
        )
    console.print(table)


def _described(out: Path, entry: dict[str, Any]) -> tuple[list[str], dict[str, str]]:
    """Classes of an input's documents and the fields of the first."""
    names = [name for name in _output_paths(entry) if name.endswith(".json")]
    if not names or not (out / names[0]).exists():
        return [], {}
    documents = json.loads((out / names[0]).read_text("utf-8")).get("documents", [])
    fields = documents[0].get("fields", []) if documents else []
    return [document["class"] for document in documents], {each["name"]: each["value"] for each in fields}


def _output_paths(entry: dict[str, Any]) -> list[str]:
    """Names of an input's outputs, whether the report lists them as names, pairs or entries with a path."""
    outputs = entry.get("outputs", [])
    values = outputs.values() if isinstance(outputs, dict) else outputs
    return [str(each["path"]) if isinstance(each, dict) else str(each) for each in values]


def searches(console: Console) -> None:
    """The same words with and without tone marks."""
    for query in QUERIES:
        console.rule(f"search: {query}")
        step("search", query)


def main() -> int:
    """Walk the whole road; 0, or 1 with one line that says which step failed."""
    console, start = Console(), time.monotonic()
    try:
        console.print(f"{prepare()} pages of invented papers in {DEMO}/in")
        step("digitize", str(DEMO / "in"), "--out", str(DEMO / "out"), "--jobs", "2")
        results(console)
        step("ingest", str(DEMO / "in"), "--batch", "demo")
        step("work", "--burst")
        searches(console)
    except (DemoError, SampleError, OSError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    console.print(
        f"Report: {DEMO}/out/report.html; archive: {DEMO}/archive; {time.monotonic() - start:.0f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
