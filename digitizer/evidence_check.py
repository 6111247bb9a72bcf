"""Check a proof made by Digitizer: python3 verify.py [--trail TRAIL-HASH]. Needs Python 3.8 and nothing else.

Kiểm tra gói chứng cứ: mọi tệp còn nguyên từng byte, các sự kiện còn nguyên trong chuỗi băm của kho lưu trữ.

It lies in the bundle, beside what it checks. It proves that nothing in the bundle changed since it was made:
every byte of every file but this program and README.txt, which you should have from somebody you trust. That
the bundle came from the archive is proved by the archive: ask it for the hash of the event that `seal.json`
names, and give it as TRAIL-HASH.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

NOT_SEALED = {"manifest.json", "seal.json", "verify.py", "README.txt"}


def main(arguments: list[str], folder: Path) -> int:
    """Print a line for each check; 0 where all hold, 1 where one does not."""
    held = True
    for name, check in CHECKS:
        try:
            wrong = check(folder, arguments)
        except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            wrong = f"cannot be read: {type(error).__name__}"
        said = f"WRONG  {name}: {wrong}" if wrong else f"ok     {name}"
        sys.stdout.write(f"{said}\n")
        held = held and not wrong
    sys.stdout.write("the proof holds\n" if held else "the proof does NOT hold\n")
    return 0 if held else 1


def seal_holds(folder: Path, arguments: list[str]) -> str:
    """The archive's own event about this bundle names the manifest's digest and hangs on its chain."""
    seal = read(folder, "seal.json")
    if hash_of(seal) != seal["hash"]:
        return "the event in seal.json is not the one that was hashed"
    trail = read(folder, "manifest.json")["trail"]
    follows = seal["before"] == trail["hash"]
    if seal["number"] <= trail["number"] or (follows and seal["number"] != trail["number"] + 1):
        return f"event {seal['number']} is not where the archive's trail went on"
    told = dict(json.loads(seal["row"][5]))
    if told["manifest"] != digest(folder / "manifest.json"):
        return "manifest.json is not the one the archive sealed"
    if arguments[:1] == ["--trail"] and arguments[1] != seal["hash"]:
        return f"the archive's trail has another hash at event {seal['number']}"
    return ""


def files_hold(folder: Path, _arguments: list[str]) -> str:
    """Every file of the bundle is there, is whole, and there is no other."""
    named = read(folder, "manifest.json")["files"]
    for each in named:
        path = folder / each["name"]
        if not path.is_file():
            return f"{each['name']} is missing"
        if path.stat().st_size != each["bytes"] or digest(path) != each["sha256"]:
            return f"{each['name']} was changed"
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    more = sorted(there - NOT_SEALED - {each["name"] for each in named})
    return f"{more[0]} is no part of it" if more else ""


def events_hold(folder: Path, _arguments: list[str]) -> str:
    """Each event is what was hashed, neighbours hang together, the first names the original."""
    manifest, events = read(folder, "manifest.json"), read(folder, "events.json")["events"]
    last: dict[str, Any] | None = None
    for link in events:
        if hash_of(link) != link["hash"]:
            return f"event {link['number']} was changed"
        if link["row"][1] != manifest["document"]["id"]:
            return f"event {link['number']} is about something else"
        if last is not None and link["number"] <= last["number"]:
            return f"event {link['number']} is out of order"
        if last is not None and link["number"] == last["number"] + 1 and link["before"] != last["hash"]:
            return f"event {link['number']} does not hang on the one before"
        last = link
    first = events[0]["row"]
    if first[0] != "received" or dict(json.loads(first[5]))["sha256"] != manifest["document"]["sha256"]:
        return "the first event is not the receipt of this original"
    return ""


def original_holds(folder: Path, _arguments: list[str]) -> str:
    """The original, the receipt and what was read from it are about the same bytes."""
    document = read(folder, "manifest.json")["document"]
    if digest(folder / document["original"]) != document["sha256"]:
        return "the original is not the one that was received"
    if read(folder, "record.json")["source"]["sha256"] != document["sha256"]:
        return "what was read was read from another file"
    return ""


def page_holds(folder: Path, _arguments: list[str]) -> str:
    """The page is one of the record, with the record's text; every place lies on it."""
    page, record = read(folder, "page.json"), read(folder, "record.json")
    known = record["pages"][page["number"] - 1]
    if page["text"] != known["text"] or page["recipe"] != record["recipe"]:
        return "the page is not as the record has it"
    for each in page["words"] + page["fields"]:
        left, top, right, bottom = each["box"]
        if not (0 <= left <= right <= known["width"] and 0 <= top <= bottom <= known["height"]):
            return "a place lies outside the page"
    return ""


def read(folder: Path, name: str) -> Any:
    """A JSON file of the bundle."""
    return json.loads((folder / name).read_text("utf-8"))


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as data:
        for block in iter(lambda: data.read(1 << 20), b""):
            found.update(block)
    return found.hexdigest()


def hash_of(link: dict[str, Any]) -> str:
    """The hash of an event, from the hash before it and what it says."""
    said = json.dumps(link["row"], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256((link["before"] + said).encode()).hexdigest()


CHECKS = (
    ("seal of the archive", seal_holds),
    ("files", files_hold),
    ("events and their chain", events_hold),
    ("original", original_holds),
    ("page, text and places", page_holds),
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).resolve().parent))
