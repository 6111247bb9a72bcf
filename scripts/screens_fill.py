"""An archive of made-up people for pictures of pages: some of everything that a page can have to show."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from digitizer.accounts import Account, Role, Secrecy
from digitizer.bootstrap import archive_of
from digitizer.inventory import Dossier, Fonds
from digitizer.model import Agent
from digitizer.saved_searches import SavedSearch
from digitizer.services.find import index_pending
from digitizer.services.ingest import ingest
from digitizer.settings import Settings, load_settings
from scripts.ministry import fill as fill_inventory
from scripts.samples.pile import demo
from storage.accounts import SqlAccounts
from storage.inventory import SqlInventory
from storage.passwords import Argon2Passwords
from storage.saved_searches import SqlSavedSearches

__all__ = ["PASSWORD", "PEOPLE", "fill"]

PASSWORD = "kho lưu trữ 2025"  # noqa: S105 - of made-up people in a folder that goes with the run
BY = Agent("software:screens")
ALL = frozenset(Role)
PEOPLE = {
    "moi.quyen": Account("moi.quyen", "Nguyễn Thị Phương Thảo", ALL, None, Secrecy.SECRET),
    "chua.giao": Account("chua.giao", "Trần Văn Đức", ALL, frozenset()),
    "doc": Account("doc", "Lê Thị Hồng Nhung", frozenset({Role.CLERK}), None),
    "quet": Account("quet", "Phạm Quốc Khánh", frozenset({Role.OPERATOR}), frozenset({"P00", "TP-01"})),
    "moi.vao": Account("moi.vao", "Đặng Thuỳ Trâm", frozenset({Role.CLERK}), None),
    "da.nghi": Account("da.nghi", "Hoàng Gia Bảo", frozenset({Role.REVIEWER}), None, disabled=True),
}
FONDS = {
    "TP-01": "Phông Uỷ ban nhân dân quận Nam Từ Liêm và các phòng chuyên môn, giai đoạn 1997–2025",
    "SNV": "Phông Sở Nội vụ",
}
LONG = "Quyết định về việc thành lập tổ công tác rà soát, chỉnh lý và số hoá tài liệu hộ tịch"
LOT = "Lô nghiệm thu số 1"
KINDS = {".pdf", ".tif", ".jpg", ".png"}
_READ_SECONDS = 3600


def fill(home: Path, pages: int, dossiers: int) -> None:
    """Make the archive at `home` with so many read pages and dossiers of an inventory."""
    settings = load_settings({"home": home, "jobs": 1})
    scans = _scans(home.parent / f"{home.name}-scans", pages)
    home.mkdir(parents=True, exist_ok=True)
    _people(f"sqlite:///{home}/catalogue.sqlite")
    _run(home, "ingest", str(scans / "TP-01"), "--fonds", "TP-01", "--batch", "Lô 01/2025")
    if any((scans / "SNV").iterdir()):
        _run(home, "ingest", str(scans / "SNV"), "--fonds", "SNV", "--batch", "hop-12")
    _run(home, "work", "--burst")
    _troubles(settings, home.parent / f"{home.name}-scans")
    _inventory(settings, dossiers)
    _searches(settings)
    many = [part for n in range(1, 8) for part in ("--dossier", f"P00/G09.{n:06d}")]
    _run(home, "lots", "draw", LOT, *many)


def _run(home: Path, *argv: str) -> None:
    environment = os.environ | {"DIGITIZER_HOME": str(home), "DIGITIZER_JOBS": "1"}
    command = [sys.executable, "-m", "digitizer.cli", *argv]
    subprocess.run(command, env=environment, check=False, timeout=_READ_SECONDS, capture_output=True)


def _scans(folder: Path, pages: int) -> Path:
    """A pile in two fonds, with a name too long for any column and a file that cannot be opened."""
    shutil.rmtree(folder, ignore_errors=True)
    demo(folder / "pile", 7, pages)
    for fonds in FONDS:
        (folder / fonds).mkdir(parents=True)
    made = sorted(each for each in (folder / "pile").rglob("*") if each.suffix in KINDS)
    for at, each in enumerate(made):
        name = f"{LONG} {at + 1}{each.suffix}" if at == 1 else each.name
        shutil.copy(each, folder / ("SNV" if at % 3 == 2 else "TP-01") / name)
    (folder / "TP-01" / "tep-hong.pdf").write_bytes(b"%PDF-1.7 and no more of it\n%%EOF\n")
    return folder


def _people(url: str) -> None:
    accounts = SqlAccounts(url)
    known = Argon2Passwords(memory_kib=1024, passes=1).hash(PASSWORD)
    for each in PEOPLE.values():
        accounts.save(each, BY)
        accounts.set_password(each.name, known, BY, one_time=each.name == "moi.vao")
    accounts.close()


def _troubles(settings: Settings, folder: Path) -> None:
    """A document that waits for its first reading, and one in quarantine."""
    scan = min((each for each in (folder / "pile").rglob("*") if each.suffix in KINDS), key=str)
    with archive_of(settings) as app:
        for at, name in enumerate((f"can-xem-lai{scan.suffix}", f"cho-doc{scan.suffix}")):
            copy = folder / name
            copy.write_bytes(scan.read_bytes() + bytes([at]))
            list(ingest(app, [(copy, name)], "TP-01", "Lô 02/2025", BY))
            if at == 0:
                claimed = app.catalogue.claim("worker:screens", 60.0)
                assert claimed is not None
                app.catalogue.fail(claimed.id, claimed.attempt, "E-TIMEOUT", BY, None)
        index_pending(app)


def _inventory(settings: Settings, dossiers: int) -> None:
    url = f"sqlite:///{settings.home}/catalogue.sqlite"
    book = SqlInventory(url)
    fill_inventory(book, url, dossiers)
    own = [
        Dossier(
            fonds="TP-01",
            code=f"H18.{number:04d}",
            title=f"Hồ sơ đăng ký khai sinh, kết hôn và khai tử của phường năm {1996 + number}, "
            f"quyển {number}, gồm bản chính và các giấy tờ kèm theo",
            box_parts=100_000,
            sheets=100 + number,
            pages=200 + number,
            shelf=12_500,
            documents=number,
            valuable=number % 2 == 0,
            arranged=number % 3 > 0,
        )
        for number in range(1, 9)
    ]
    book.take_in([Fonds(code, name) for code, name in FONDS.items()], own, "screens", BY)
    book.freeze("đầu năm 2025", BY)
    book.close()


def _searches(settings: Settings) -> None:
    searches = SqlSavedSearches(f"sqlite:///{settings.home}/catalogue.sqlite")
    names = ("Quyết định của quận năm 2025", "Giấy khai sinh phường Mỹ Đình chưa được người thứ hai xem")
    for name in names:
        searches.save(SavedSearch(secrets.token_hex(8), "moi.quyen", name, "q=quyet+dinh"), BY)
    searches.close()
