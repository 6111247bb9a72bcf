"""The layers, the sizes and the manners of the code, held by a test."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("digitizer", "workers", "ocr_models", "storage", "scripts")

#: Which of our own modules a module may import; the longest matching prefix decides.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "digitizer": (),
    "digitizer.errors": (),
    "digitizer.model": ("digitizer.errors",),
    "digitizer.fixity": ("digitizer.model", "digitizer.errors"),
    "digitizer.holdings": ("digitizer.model",),
    "digitizer.ports_watch": ("digitizer.holdings", "digitizer.model", "digitizer.roll"),
    "digitizer.filing": ("digitizer.holdings", "digitizer.model"),
    "digitizer.finding": ("digitizer.model",),
    "digitizer.words": (),
    "digitizer.evidence": (),
    "digitizer.evidence_check": (),
    "digitizer.saved_searches": ("digitizer.model",),
    "digitizer.batch_facts": ("digitizer.model",),
    "digitizer.roll": (),
    "digitizer.identity": ("digitizer.model", "digitizer.errors"),
    "digitizer.desk": ("digitizer.finding", "digitizer.holdings", "digitizer.model"),
    "digitizer.ports": (
        "digitizer.finding",
        "digitizer.holdings",
        "digitizer.fixity",
        "digitizer.model",
        "digitizer.errors",
    ),
    "digitizer.hit_pages": ("digitizer.model", "digitizer.ports"),
    "digitizer.page_jobs": ("digitizer.holdings", "digitizer.model", "digitizer.ports"),
    "digitizer.bootstrap_pages": ("digitizer", "storage"),
    "digitizer.slot_reader": ("digitizer.model", "digitizer.errors"),
    "digitizer.versions": ("digitizer.holdings",),
    "digitizer.accession": ("digitizer.holdings", "digitizer.model", "digitizer.versions"),
    "digitizer.inventory": (),
    "digitizer.ports_inventory": ("digitizer.inventory", "digitizer.model", "digitizer.errors"),
    "digitizer.planning": ("digitizer.planning", "digitizer.inventory", "digitizer.errors"),
    "digitizer.imaging": ("digitizer.imaging", "digitizer.model", "digitizer.errors"),
    "digitizer.understanding": ("digitizer.understanding", "digitizer.model", "digitizer.errors"),
    "digitizer.intake": (
        "digitizer.intake",
        "digitizer.accession",
        "digitizer.model",
        "digitizer.errors",
        "digitizer.understanding",
    ),
    "digitizer.writing": (
        "digitizer.writing",
        "digitizer.model",
        "digitizer.errors",
        "digitizer.understanding",
    ),
    "digitizer.services": (
        "digitizer.versions",
        "digitizer.filing",
        "digitizer.holdings",
        "digitizer.words",
        "digitizer.holdings",
        "digitizer.identity",
        "digitizer.evidence",
        "digitizer.saved_searches",
        "digitizer.batch_facts",
        "digitizer.roll",
        "digitizer.accounts",
        "digitizer.desk",
        "digitizer.hit_pages",
        "digitizer.finding",
        "digitizer.accession",
        "digitizer.inventory",
        "digitizer.planning",
        "digitizer.ports_inventory",
        "digitizer.fixity",
        "digitizer.services",
        "digitizer.page_jobs",
        "digitizer.intake",
        "digitizer.imaging",
        "digitizer.understanding",
        "digitizer.writing",
        "digitizer.ports",
        "digitizer.ports_watch",
        "digitizer.slot_reader",
        "digitizer.model",
        "digitizer.errors",
        "digitizer.__version__",
    ),
    "digitizer.settings": ("digitizer.errors", "digitizer.settings_values"),
    "digitizer.settings_values": (),
    "digitizer.logs": ("digitizer.errors",),
    "digitizer.bootstrap": ("digitizer", "storage", "workers", "ocr_models"),
    "digitizer.bootstrap_fleet": ("digitizer", "workers"),
    "digitizer.bootstrap_place": ("digitizer.settings", "digitizer.errors"),
    "digitizer.bootstrap_watch": ("digitizer", "storage"),
    "digitizer.bootstrap_figures": ("digitizer", "storage"),
    "digitizer.bootstrap_sound": ("digitizer", "storage"),
    "digitizer.accounts": ("digitizer.model", "digitizer.errors"),
    "digitizer.bootstrap_plan": ("digitizer", "storage"),
    "digitizer.bootstrap_desk": ("digitizer", "storage"),
    "digitizer.bootstrap_web": ("digitizer", "storage"),
    "digitizer.web": (
        "digitizer.versions",
        "digitizer.filing",
        "digitizer.words",
        "digitizer.accession",
        "digitizer.identity",
        "digitizer.evidence",
        "digitizer.saved_searches",
        "digitizer.batch_facts",
        "digitizer.roll",
        "digitizer.accounts",
        "digitizer.desk",
        "digitizer.finding",
        "digitizer.inventory",
        "digitizer.errors",
        "digitizer.logs",
        "digitizer.model",
        "digitizer.planning",
        "digitizer.ports",
        "digitizer.services",
        "digitizer.understanding",
        "digitizer.web",
        "digitizer.__version__",
    ),
    "digitizer.cli": ("digitizer",),
    "ocr_models": (
        "ocr_models",
        "digitizer.understanding",
        "digitizer.ports",
        "digitizer.slot_reader",
        "digitizer.model",
        "digitizer.errors",
    ),
    "storage": (
        "digitizer.versions",
        "digitizer.filing",
        "digitizer.accounts",
        "digitizer.identity",
        "digitizer.evidence",
        "digitizer.saved_searches",
        "digitizer.batch_facts",
        "digitizer.desk",
        "digitizer.finding",
        "digitizer.hit_pages",
        "digitizer.accession",
        "digitizer.holdings",
        "digitizer.inventory",
        "digitizer.planning",
        "digitizer.ports_inventory",
        "digitizer.fixity",
        "digitizer.roll",
        "storage",
        "digitizer.page_jobs",
        "digitizer.ports",
        "digitizer.model",
        "digitizer.errors",
        "digitizer.understanding",
        "digitizer.writing",
    ),
    "workers": ("workers", "digitizer"),
    "workers.bell": ("workers", "digitizer.ports", "digitizer.model", "digitizer.errors"),
    "workers.rq_queue": ("workers", "digitizer.ports", "digitizer.model", "digitizer.errors"),
    "workers.supervisor": ("digitizer.errors",),
    "workers.queue": ("workers", "digitizer.ports", "digitizer.model", "digitizer.errors"),
    "scripts": ("scripts", "digitizer", "storage", "ocr_models", "workers"),
}

#: Libraries that stay in their own corner.
ONLY_IN: dict[str, tuple[str, ...]] = {
    "cv2": (
        "digitizer.imaging",
        "digitizer.writing.encode",
        "digitizer.services.digitize_page",
        "digitizer.services.pool",
        "scripts",
    ),
    "tesserocr": ("ocr_models",),
    "pytesseract": ("ocr_models",),
    "pypdfium2": ("digitizer.intake", "scripts"),
    "pikepdf": ("digitizer.intake", "digitizer.writing", "scripts"),
    "pdf2image": ("digitizer.intake",),
    "sqlalchemy": ("storage",),
    "psycopg": ("storage",),
    "alembic": ("storage",),
    "tantivy": ("storage",),
    "minio": ("storage",),
    "rq": ("workers",),
    "redis": ("workers",),
    "ocrmypdf": ("scripts",),
    "typer": ("digitizer.cli",),
    "argon2": ("storage.passwords",),
    "authlib": ("storage.openid",),
    "joserfc": ("storage.openid",),
    "httpx": ("storage.openid",),
    "fastapi": ("digitizer.web",),
    "starlette": ("digitizer.web",),
    "uvicorn": ("digitizer.cli.serve", "digitizer.web.patience"),
    "openpyxl": ("digitizer.intake", "digitizer.writing"),
    "matplotlib": ("digitizer.writing",),
    "fpdf": ("digitizer.writing",),
}

#: The outermost frames, the only places where any exception may be caught.
DOORS = (
    "digitizer.cli",
    "digitizer.intake.child",
    "digitizer.intake.child_document",
    "workers",
    "digitizer.services.pool",
    "digitizer.services.attempt",
)


def modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = dict(modules())


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else node.module


def allowed(module: str, table: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    best = max((key for key in table if within(module, (key,))), key=len, default=None)
    assert best is not None, f"{module} is in no layer: add it to MAY_IMPORT"
    return table[best]


def within(module: str, prefixes: tuple[str, ...]) -> bool:
    return any(module == p or module.startswith(f"{p}.") for p in prefixes)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_its_layer_may(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    for name in imports(tree):
        if name.split(".")[0] in PACKAGES and name != "digitizer":
            assert within(name, allowed(module, MAY_IMPORT)), f"{module} imports {name}"
        home = ONLY_IN.get(name.split(".")[0])
        assert home is None or within(module, home), f"{module} imports {name}"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_short_and_says_what_it_holds(module: str) -> None:
    text = MODULES[module].read_text("utf-8")
    assert text.count("\n") <= 400
    assert ast.get_docstring(ast.parse(text)), f"{module} has no docstring"
    assert not module.endswith("utils")


@pytest.mark.parametrize("module", MODULES)
def test_functions_are_short_and_take_few_parameters(module: str) -> None:
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < 50, f"{module}.{node.name} is long"
            named = [a for a in (*node.args.posonlyargs, *node.args.args) if a.arg not in {"self", "cls"}]
            many = len(named) + len(node.args.kwonlyargs)
            command = within(module, ("digitizer.cli",)) or "settings_customise" in node.name
            assert many <= 6 or command, f"{module}.{node.name} takes {many} parameters"


@pytest.mark.parametrize("module", MODULES)
def test_only_doors_catch_everything(module: str) -> None:
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type
            broad = caught is None or (
                isinstance(caught, ast.Name) and caught.id in {"Exception", "BaseException"}
            )
            reraises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            assert not broad or reraises or within(module, DOORS), f"{module}:{node.lineno}"


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("digitizer.model", ("cv2", "numpy", "rq", "sqlalchemy", "pydantic")),
        ("digitizer.ports", ("cv2", "numpy", "rq", "sqlalchemy")),
        ("digitizer.understanding.vietnamese", ("cv2", "sqlalchemy")),
    ],
)
def test_importing_a_core_module_loads_no_heavy_library(module: str, absent: tuple[str, ...]) -> None:
    script = f"import sys, {module}; print(' '.join(m for m in {absent!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == ""
