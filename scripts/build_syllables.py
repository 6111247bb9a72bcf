"""Build `ocr_models/vie-syllables-1.tsv.gz`: `python -m scripts.build_syllables FOLDER`.

FOLDER holds `syllable-freq-legal.tsv` and `bigram-freq-legal-top50k.tsv`: counts of syllables and of pairs
over the Vietnamese part of a crawl of legal texts (which are outside copyright), 4.26 million tokens.
`ocr_models/manifest.toml` names the source and the digest.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
from collections import Counter
from pathlib import Path

from digitizer.understanding.vietnamese import is_syllable, nfc
from ocr_models.language import FILE

FEWEST = 5


def counts(path: Path) -> Counter[str]:
    """Counts by text, lower case and NFC, of a tab-separated file whose second column is the count."""
    found: Counter[str] = Counter()
    for line in path.read_text("utf-8").splitlines():
        columns = line.split("\t")
        if len(columns) >= 2 and columns[1].isdigit():
            found[nfc(columns[0]).lower()] += int(columns[1])
    return found


def _is_known(text: str) -> bool:
    parts = text.split(" ")
    return len(parts) <= 2 and all(is_syllable(part) for part in parts)


def main() -> None:
    """Write the file and print its size and digest."""
    folder = Path(sys.argv[1])
    names = ("syllable-freq-legal.tsv", "bigram-freq-legal-top50k.tsv")
    chosen = {
        text: count
        for name in names
        for text, count in sorted(counts(folder / name).items())
        if count >= FEWEST
        and len(text.split(" ")) <= 2
        and all(is_syllable(part) for part in text.split(" "))
    }
    raw = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=9, mtime=0) as packed:
        packed.write("".join(f"{text}\t{count}\n" for text, count in chosen.items()).encode())
    FILE.write_bytes(raw.getvalue())
    digest = hashlib.sha256(raw.getvalue()).hexdigest()
    print(f"{len(chosen)} entries, {FILE.stat().st_size} bytes, sha256 {digest}")


if __name__ == "__main__":
    main()
