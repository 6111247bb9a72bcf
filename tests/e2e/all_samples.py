"""All real scans through S3, PostgreSQL, Valkey and two RQ workers, held against what `digitize` makes.

`python -m tests.e2e.all_samples [FOLDER]` prints one JSON line; it reads every page twice, so it is no part
of the suite. Compared: state, reasons, recipe, pages with their text, documents with their fields, and PDF
and text byte for byte.
"""

from __future__ import annotations

import json
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.e2e.test_fleet import SAMPLES, digitizer, same, through_the_archive
from tests.servers import postgres, redis, seaweed


def main(folder: Path) -> None:
    with (
        tempfile.TemporaryDirectory() as name,
        postgres.running() as database,
        redis.running() as bell,
        seaweed.running(Path(name) / "weed") as objects,
    ):
        settings = {
            "home": f"{name}/home",
            "database_url": database.fresh(),
            "store_url": f"s3+http://{objects.endpoint}/test/{secrets.token_hex(4)}",
            "store_access_key": objects.access_key,
            "store_secret_key": objects.secret_key,
            "redis_url": bell.url,
            "queue_secret": secrets.token_hex(16),
            "pages_a_job": "3",  # real scans are short: this way page jobs take part
            "secrecy_stop": "false",
        }
        made = through_the_archive(settings, folder, patience=3600)
        digitizer(
            settings, "digitize", str(folder), "--out", f"{name}/out", "--jobs", "2", "--quiet", patience=3600
        )
        files, differences = compared(made, Path(name) / "out")
    pages = sum(len(record["pages"]) for record, _ in made.values())
    told = {
        "figure": "all-samples-through-servers",
        "documents": len(made),
        "pages": pages,
        "files_equal": files,
        "differences": differences,
    }
    sys.stdout.write(json.dumps(told) + "\n")


def compared(made: dict[str, Any], out: Path) -> tuple[int, list[str]]:
    """How many files are equal, and what differs of which document."""
    files, differences = 0, []
    for name, one in made.items():
        try:
            files += same({name: one}, out)
        except AssertionError as error:
            differences.append(str(error).partition("\n")[0])
    return files, differences


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES)
