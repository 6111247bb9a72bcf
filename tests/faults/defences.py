"""Take one defence out at a time and run the tests that guard it: each must turn red.

`python -m tests.faults.defences [WORD...]` works on a copy of the tree, so nothing here is ever changed; with
words only defences whose names hold one. Prints the table of docs/reliability.md; exit status 1 where all
guards of a defence stayed green.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TREES = ("digitizer", "storage", "workers", "ocr_models", "scripts", "tests")


@dataclass(frozen=True)
class Defence:
    """What is taken out of which file (`old` stands there once), and which tests must notice."""

    name: str
    file: str
    old: str
    new: str
    guards: tuple[str, ...]


CASES = "tests/faults/test_cases.py"
SWEEP = "tests/faults/test_kill_sweep.py"
FLEET = "tests/faults/test_fleet.py"
ATONCE = "tests/faults/test_two_at_once.py"
PAGES = "tests/contracts/test_page_jobs.py"
RECONCILE = "tests/unit/test_reconcile.py"
DEFENCES = (
    Defence(
        "fsync of objects",
        "storage/objects.py",
        "os.fsync(out.fileno())",
        "pass",
        (f"{SWEEP}::test_d14_what_is_acknowledged_was_synced_before",),
    ),
    Defence(
        "SQLite `synchronous=FULL` (then `NORMAL`)",
        "storage/dialect.py",
        "PRAGMA synchronous = FULL",
        "PRAGMA synchronous = NORMAL",
        (f"{SWEEP}::test_d14_what_is_acknowledged_was_synced_before",),
    ),
    Defence(
        "objects are created, never replaced (then renamed over)",
        "storage/objects.py",
        "            os.link(temporary, target)",
        "            os.replace(temporary, target); temporary.touch()",
        ("tests/unit/test_storage_objects.py", "tests/contracts/test_blob_store.py"),
    ),
    Defence(
        "fencing by attempt",
        "storage/queries.py",
        'if found.state != "running" or found.attempt != attempt or found.lease_until is None:',
        "if False:",
        (f"{FLEET}::test_c09_a_worker_that_slept_through_its_lease_commits_nothing",),
    ),
    Defence(
        "fencing of page jobs by attempt",
        "storage/page_jobs.py",
        'if row is None or row.state != "running" or row.attempt != attempt:',
        "if False:",
        (f"{PAGES}::test_a_stale_attempt_changes_nothing",),
    ),
    Defence(
        "the ring in the last page's transaction",
        "storage/page_jobs.py",
        'queries.post(connection, "work", ended.document_id)',
        "pass",
        (f"{PAGES}::test_several_workers_share_it_and_the_last_one_lets_it_be_put_together",),
    ),
    Defence(
        "signature of messages",
        "workers/bell.py",
        "if not hmac.compare_digest(",
        "if False and not hmac.compare_digest(",
        (f"{FLEET}::TestD04AMessageOfAnother::test_d04_unknown_names_and_wrong_signatures_are_refused",),
    ),
    Defence(
        "closed list of job names",
        "workers/bell.py",
        '                raise RefusedRingError("a job that is not on the list") from None',
        "                return super().func",
        (f"{FLEET}::TestD04AMessageOfAnother::test_d04_a_name_off_the_list_runs_nothing_even_well_signed",),
    ),
    Defence(
        "sweeper",
        "digitizer/services/sweep.py",
        "    new = left = forgotten = 0\n",
        "    return Swept(0, 0, 0)\n    new = left = forgotten = 0\n",
        (f"{FLEET}::test_c17_any_number_of_sweepers_ring_once",),
    ),
    Defence(
        "full read in fixity (then size only)",
        "storage/objects.py",
        'require_same(measure(file), fixity, f"object {key}")',
        "require_same(Fixity(fixity.sha256, file.seek(0, 2)), fixity, key)",
        ("tests/unit/test_verify.py::test_g01_every_flipped_bit_is_found_and_mended_from_the_second_copy",),
    ),
    Defence(
        "page census (then always `done`)",
        "digitizer/services/digitize_assemble.py",
        "return RecordState.DONE if whole else RecordState.DONE_WITH_GAPS",
        "return RecordState.DONE",
        (f"{CASES}::TestReaders",),
    ),
    Defence(
        "quarantine after three attempts",
        "storage/catalogue.py",
        "MAX_FAILURES: Final = 3",
        "MAX_FAILURES: Final = 3000",
        (
            "tests/contracts/test_catalogue.py::TestLeases::test_after_three_failures_a_document_is_quarantined[sqlite]",
        ),
    ),
    Defence(
        "event in the same transaction (then none)",
        "storage/catalogue.py",
        "        trail.append(connection, happened)\n",
        "",
        (f"{CASES}::TestDisk::test_d26_i05_a_fact_whose_event_cannot_be_written_is_no_fact",),
    ),
    Defence(
        "digest of the master before it is read",
        "digitizer/services/work_pages.py",
        "if fixity_of(target) != document.fixity:",
        "if False:",
        (f"{CASES}::test_g08_what_came_over_wrong_is_never_given_to_a_reader",),
    ),
    Defence(
        "writers' isolation level is our own",
        "storage/dialect.py",
        '"isolation_level": "READ COMMITTED", ',
        "",
        (
            "tests/faults/test_fleet_database.py::test_d18_i04_writers_see_each_other_whatever_level_the_server_prefers",
        ),
    ),
    Defence(
        "who decides second is refused",
        "storage/desk.py",
        "    if len(found) > shown:\n",
        "    if False:\n",
        (f"{ATONCE}::test_e06_of_two_clerks_at_once_one_is_kept_and_the_other_learns_who_was_first",),
    ),
    Defence(
        "a move tells the index",
        "storage/filing.py",
        '        queries.post(connection, "index", document_id)\n',
        "",
        (f"{ATONCE}::TestFiling",),
    ),
    Defence(
        "rights by the catalogue's row when a hit is shown",
        "digitizer/services/search_pages.py",
        "if not rights().sees(account, document.fonds, document.secrecy):",
        "if False:",
        (f"{ATONCE}::TestFiling::test_e08_a_hit_of_the_old_place_is_not_shown_before_the_index_knows",),
    ),
    Defence(
        "manifest beside each master",
        "digitizer/services/ingest.py",
        "        write_manifest(app.masters, known, into.by)\n",
        "",
        (f"{RECONCILE}::test_f08_a_catalogue_of_yesterday_takes_up_what_came_in_today",),
    ),
    Defence(
        "rows held against the audit trail",
        "digitizer/services/witness.py",
        "    app.catalogue.verify_events()\n",
        "    return\n",
        (f"{RECONCILE}::test_f04_two_documents_exchanged_are_named_and_nothing_is_guessed",),
    ),
    Defence(
        "stamp of each page in the index",
        "digitizer/ports.py",
        "return int.from_bytes(hashlib",
        "return 0 * int.from_bytes(hashlib",
        (f"{RECONCILE}::test_f03_an_older_text_place_or_class_in_the_index_is_told_and_mended",),
    ),
    Defence(
        "a restore is compared with its backup",
        "digitizer/services/backup.py",
        "if found != made.census or filled != (made.objects, made.bytes):",
        "if False:",
        (
            "tests/faults/test_backup_servers.py::test_g15_what_differs_from_the_backup_leaves_the_servers_empty",
        ),
    ),
    Defence(
        "bound on a child's processes",
        "digitizer/intake/child.py",
        "    resource.setrlimit(resource.RLIMIT_NPROC, (most, most))",
        "    pass",
        ("tests/faults/test_malformed.py::test_c13_whoever_is_not_root_is_held_to_a_number_of_processes",),
    ),
)


def without(defence: Defence) -> bool:
    """Run the guards on a copy without it; whether at least one failed for its own reason."""
    with tempfile.TemporaryDirectory(prefix="defences-") as folder:
        copy = Path(folder)
        for name in TREES:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "deploy", "docs"):
            (copy / name).symlink_to(ROOT / name)
        source = copy / defence.file
        text = source.read_text("utf-8")
        if text.count(defence.old) != 1:
            raise SystemExit(f"{defence.name}: not once in {defence.file}")
        source.write_text(text.replace(defence.old, defence.new), "utf-8")
        argv = [sys.executable, "-m", "pytest", "-q", "-n0", "-x", "-p", "no:cacheprovider", *defence.guards]
        environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(argv, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1}:  # 1: tests failed; all else: they did not run
        raise SystemExit(f"{defence.name}: the tests did not run\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    failed = re.findall(r"^FAILED \S+::(\S+)", done.stdout, re.MULTILINE)
    sys.stdout.write(f"| {defence.name} | {f'`{failed[0]}`' if failed else 'nothing'} |\n")
    sys.stdout.flush()
    return bool(failed)


def main(words: list[str]) -> int:
    """Every defence in turn."""
    sys.stdout.write("| taken out | turned red |\n|---|---|\n")
    wanted = [each for each in DEFENCES if not words or any(word in each.name for word in words)]
    red = [without(each) for each in wanted]
    sys.stdout.write(f"\n{sum(red)} of {len(red)} turned a test red\n")
    return 0 if all(red) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
