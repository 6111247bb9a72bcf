"""A large inventory list as Excel or CSV, and how long it takes to take it in.

`python -m scripts.big_list DIR --dossiers 200000` writes the list in both forms, takes each into an archive
of its own and prints the time. `--bad N` spoils every Nth row: the list must be refused with its rows named.
"""

import argparse
import csv
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape

from digitizer.bootstrap_plan import planning_of
from digitizer.inventory import Dossier
from digitizer.planning.tables import Form, columns
from digitizer.services.inventory import ListRefusedError, import_inventory
from digitizer.settings import load_settings
from scripts.ministry import BY, dossiers

NUMBERS = frozenset({"documents", "sheets", "pages", "boxes", "metres"})
FLAGS = ("valuable", "arranged", "closed")


def values(each: Dossier, number: int) -> dict[str, str]:
    """The cells of a dossier by what they fill: every column of the circular holds something."""
    year = 1955 + number % 70
    return {
        "fonds": each.fonds,
        "fonds_name": f"Phông số {each.fonds[1:]}",
        "archive": "G09",
        "inventory": f"{1 + number // 500:02d}",
        "notation": f"{number:06d}-HS",
        "code": each.code,
        "title": f"Hồ sơ về việc giải quyết khiếu nại, tố cáo của công dân năm {year}, tập {number}",
        "maintenance": "01" if each.valuable else "20 năm",
        "mode": "01",
        "language": "Việt",
        "startDate": f"{1 + number % 28:02d}/{1 + number % 12:02d}/{year}",
        "endDate": f"31/12/{year}",
        "keyword": "khiếu nại; tố cáo",
        "documents": str(each.documents),
        "sheets": str(each.sheets),
        "pages": str(each.pages),
        "format": "02",
        "inforSign": f"KN.{number % 90}",
        "confidenceLevel": "02",
        "paperFileCode": f"G09.K1/G{number % 40}/H{number // 10}.{number % 10}",
        "riskRecovery": "0",
        "riskRecoveryStatus": "02",
        "description": "",
        "box": f"{number // 10}",
        "boxes": "0.1",
        "metres": "0.0125",
        **{name: str(int(getattr(each, name))) for name in FLAGS},
        "use": each.use.value,
        "basis": each.basis.value,
    }


def table(count: int, seed: int, bad: int) -> Iterator[list[str]]:
    """The heading, then a row for each dossier; every `bad`th one has words where pages belong."""
    every = [column for column in columns("dossier") if column.code(Form.TT05)]
    yield [column.code(Form.TT05) for column in every]
    for number, each in enumerate(dossiers(count, seed)):
        row = values(each, number)
        if bad and number % bad == bad - 1:
            row["pages"] = "hai mươi"
        yield [row[column.to] for column in every]


def write_csv(path: Path, rows: Iterator[list[str]]) -> None:
    """As Excel saves it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def write_xlsx(path: Path, rows: Iterator[list[str]]) -> None:
    """As Excel saves it, with shared texts; written here for it takes a tenth of a library's time."""
    head = next(rows)
    letters = [_letters(place) for place in range(len(head))]
    plain = [column.to in NUMBERS for column in columns("dossier") if column.code(Form.TT05)]
    shared: dict[str, int] = {}

    def cell(letter: str, number: int, text: str, is_number: bool) -> str:
        if is_number and text.replace(".", "").isdigit():
            return f'<c r="{letter}{number}"><v>{text}</v></c>'
        return f'<c r="{letter}{number}" t="s"><v>{shared.setdefault(text, len(shared))}</v></c>'

    kinds = (
        ("[Content_Types].xml", _TYPES),
        ("_rels/.rels", _RELS),
        ("xl/workbook.xml", _BOOK),
        ("xl/_rels/workbook.xml.rels", _BOOK_RELS),
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, text in kinds:
            packed.writestr(name, text)
        with packed.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f"{_XML}<worksheet {_MAIN}><sheetData>".encode())
            for number, row in enumerate(_chain(head, rows), start=1):
                cells = (cell(a, number, t, p) for a, t, p in zip(letters, row, plain, strict=True) if t)
                sheet.write(f'<row r="{number}">{"".join(cells)}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        with packed.open("xl/sharedStrings.xml", "w") as texts:
            texts.write(f"{_XML}<sst {_MAIN}>".encode())
            texts.writelines(f"<si><t>{escape(text)}</t></si>".encode() for text in shared)
            texts.write(b"</sst>")


def _chain(head: list[str], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    yield head
    yield from rows


def _letters(place: int) -> str:
    return (chr(64 + place // 26) if place >= 26 else "") + chr(65 + place % 26)


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_SHEET}.sharedStrings+xml"/></Types>'
)
_RELS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_BOOK = (
    f'{_XML}<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Hồ sơ" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_BOOK_RELS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)


def take_in(path: Path) -> str:
    """Import into a new embedded archive; what came of it."""
    with tempfile.TemporaryDirectory(dir=path.parent) as home:
        settings = replace(load_settings(), home=Path(home))
        with planning_of(settings) as app:
            try:
                return str(import_inventory(app, path, BY))
            except ListRefusedError as refused:
                return f"{refused}; {refused.problems[0]}"


def main(argv: list[str]) -> int:
    """Write, take in, time."""
    parser = argparse.ArgumentParser(prog="python -m scripts.big_list", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder for the lists; made if missing")
    parser.add_argument("--dossiers", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bad", type=int, default=0, metavar="N", help="spoil every Nth row")
    options = parser.parse_args(argv)
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, write in (("list.xlsx", write_xlsx), ("list.csv", write_csv)):
        path = options.folder / name
        write(path, table(options.dossiers, options.seed, options.bad))
        cpu, wall = time.process_time(), time.monotonic()
        told = take_in(path)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        size = f"{path.stat().st_size:,} bytes"
        print(f"{name}: {size}, {cpu:.1f} s CPU, {wall:.1f} s wall: {told}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
