"""What ships in `ocr_models`: each model is in the manifest with digest, origin and licence, and is small."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

import ocr_models

FOLDER = Path(ocr_models.__file__).parent
MANIFEST = tomllib.loads((FOLDER / "manifest.toml").read_text("utf-8"))
MODELS = sorted(
    p.name for p in FOLDER.iterdir() if p.is_file() and p.suffix not in (".py", ".toml", ".typed")
)


def test_every_model_is_in_the_manifest_and_the_manifest_names_no_other() -> None:
    assert sorted(entry["file"] for entry in MANIFEST.values()) == MODELS


@pytest.mark.parametrize("name", MANIFEST)
def test_an_entry_says_what_made_the_file_from_what_and_under_which_licence(name: str) -> None:
    entry = MANIFEST[name]
    content = (FOLDER / entry["file"]).read_bytes()
    assert entry["file"].partition(".")[0] == name
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert len(content) <= 12 * 1024 * 1024
    assert entry["made_by"].startswith("python -m scripts.")
    for key in ("language", "kind", "source", "licence"):
        assert entry[key]
    assert entry.get("scores") or not entry["file"].endswith(".onnx")
