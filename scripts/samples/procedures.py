"""Writes the papers of a procedure's dossier and of the archive's control [domain 2.5, 2.8]."""

from datetime import date

from scripts.samples.fonts import Style
from scripts.samples.layout import (
    NATION_PLAIN,
    Item,
    centred,
    facts_of,
    form_look,
    headline,
    left_head,
    set_rows,
    signature,
)
from scripts.samples.model import Block, Columns, Paper, Table
from scripts.samples.organs import any_organ
from scripts.samples.papers import body_para, subject_of
from scripts.samples.people import home, human
from scripts.samples.spelled import any_day, in_words, later, long_day, record_day
from scripts.samples.vocabulary import names
from scripts.samples.words import Rng, fill, person, pick

Row = tuple[Item, ...]
PROCEDURES = (
    "Đăng ký khai sinh",
    "Đăng ký kết hôn",
    "Đăng ký khai tử",
    "Cấp bản sao trích lục hộ tịch",
    "Cấp Giấy xác nhận tình trạng hôn nhân",
    "Đăng ký biện pháp bảo đảm bằng quyền sử dụng đất, tài sản gắn liền với đất",
    "Thay đổi, cải chính, bổ sung thông tin hộ tịch",
    "Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam",
    "Chứng thực bản sao từ bản chính giấy tờ, văn bản",
)
PARTS = (
    "Tờ khai theo mẫu",
    "Giấy chứng sinh",
    "Bản sao Căn cước công dân",
    "Văn bản ủy quyền",
    "Giấy tờ chứng minh nơi cư trú",
)


def dossier_code(rng: Rng, day: date) -> str:
    """A code as [domain 3.4] builds it: organ, day of receipt, running number."""
    organ = pick(rng, ("000.00.01.H26", "H26.14", "G15.08", "000.22.30.H37", "H56.102", "H49.18.05"))
    return f"{organ}-{day:%y%m%d}-{int(rng.integers(1, 3000)):04d}"


def _clock(rng: Rng, day: date) -> str:
    hour = f"{int(rng.integers(7, 17)):02d} giờ {int(rng.integers(0, 60)):02d} phút"
    return pick(rng, (f"{hour}, {long_day(day)}", f"{hour}, ngày {record_day(day)}"))


def dossier_receipt(rng: Rng, _length: int) -> Paper:
    """The receipt that a citizen takes home, with the day the result is due."""
    day = any_day(rng, 2018, 2026)
    due = later(rng, day, 20, 2)
    who, days = human(rng, 1955, 2003), int(rng.integers(1, 20))
    code, phone = dossier_code(rng, day), f"0{int(rng.integers(3 * 10**8, 10**9))}"
    procedure = pick(rng, PROCEDURES)
    rows: list[Row] = [
        (Item("Tiếp nhận hồ sơ của:", pick(rng, (who.name, who.upper)), "applicant_name"),),
        (Item("Địa chỉ:", who.home.at(day), "applicant_address"),),
        (Item("Số điện thoại:", phone, "applicant_phone"),),
        (Item("Nội dung yêu cầu giải quyết:", procedure, "procedure_name"),),
        (Item("Thành phần hồ sơ nộp gồm:", ""),),
        *((Item(f"{index}. {part};", ""),) for index, part in enumerate(PARTS[: int(rng.integers(2, 5))], 1)),
        (Item("Số lượng hồ sơ:", "01 (bộ)"),),
        (Item("Thời gian giải quyết hồ sơ theo quy định là:", f"{days:02d} ngày"),),
        (Item("Thời gian nhận hồ sơ:", _clock(rng, day), "received_at", record_day(day)),),
        (Item("Thời gian trả kết quả giải quyết hồ sơ:", _clock(rng, due), "due_at", record_day(due)),),
        (Item("Đăng ký nhận kết quả tại:", "Bộ phận Một cửa"),),
        (
            Item(
                f"Vào Sổ theo dõi hồ sơ, Quyển số: {fill(rng, '{quarter}')} Số thứ tự: {fill(rng, '{num}')}",
                "",
            ),
        ),
    ]
    place = home(rng, who.home.province)
    title = pick(
        rng,
        ("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",) * 3
        + ("GIẤY TIẾP NHẬN HỒ SƠ", "BIÊN NHẬN HỒ SƠ", "PHIẾU BIÊN NHẬN"),
    )
    organ = ("ỦY BAN NHÂN DÂN", place.commune.upper())
    left = left_head(*organ, under=("BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ", f"Mã hồ sơ: {code}"))
    head = Columns(left, (*NATION_PLAIN, centred(f"{place.short}, {long_day(day)}", 13, 4, Style.ITALIC)))
    clerk = person(rng)
    foot = Columns(
        signature("NGƯỜI NỘP HỒ SƠ", name=who.name), signature("NGƯỜI TIẾP NHẬN HỒ SƠ", name=clerk), 0.5
    )
    held = facts_of(rows) | {"dossier_code": code, "organ_name": " ".join(organ)}
    loose = names("place date signer_name signer_title organ_parent number registration_book")
    body = (*headline(title, size=15), *set_rows(rows, form_look(rng)))
    return Paper("dossier_receipt", head, body, foot, held, loose)


def process_control_sheet(rng: Rng, _length: int) -> Paper:
    """The sheet that goes with a dossier from desk to desk: a table of handing over."""
    day = any_day(rng, 2018, 2026)
    code, place = dossier_code(rng, day), home(rng)
    organ = ("ỦY BAN NHÂN DÂN", place.commune.upper())
    table = [
        (
            "TÊN CƠ QUAN",
            "THỜI GIAN GIAO, NHẬN HỒ SƠ",
            "KẾT QUẢ GIẢI QUYẾT HỒ SƠ (Trước hạn/Đúng hạn/Quá hạn)",
            "GHI CHÚ",
        )
    ]
    now = day
    for desk in ("Bộ phận Một cửa", "Công chức Tư pháp - Hộ tịch", "Lãnh đạo UBND", "Bộ phận Một cửa")[
        : int(rng.integers(3, 5))
    ]:
        hour = (
            f"{int(rng.integers(7, 17)):02d} giờ {int(rng.integers(0, 60)):02d} phút, ngày {record_day(now)}"
        )
        hands = f"Người giao: {person(rng)} Người nhận: {person(rng)}"
        table.append((desk, f"{hour} {hands}", pick(rng, ("Đúng hạn", "Trước hạn", "Quá hạn")), ""))
        now = later(rng, now, 3)
    rows: list[Row] = [
        (Item("Mã hồ sơ:", code, "dossier_code"),),
        (Item("Cơ quan (bộ phận) giải quyết hồ sơ:", f"Ủy ban nhân dân {place.commune}"),),
        (Item("Cơ quan phối hợp giải quyết hồ sơ:", pick(rng, ("Công an xã", "Không", "Sở Tư pháp"))),),
    ]
    body: list[Block] = [*headline("PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ", size=14.5)]
    body += [*set_rows(rows, form_look(rng)), Table((0.22, 0.36, 0.27, 0.15), tuple(table), 11.5)]
    left = left_head(*organ, under=("BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ",))
    head = Columns(left, (*NATION_PLAIN, centred(f"{place.short}, {long_day(day)}", 13, 4, Style.ITALIC)))
    held = facts_of(rows) | {"organ_name": " ".join(organ)}
    loose = names("place date organ_parent")
    return Paper("process_control_sheet", head, tuple(body), None, held, loose)


def file_cover(rng: Rng, _length: int) -> Paper:
    """The cover of a file: organ, title, dates, sheets, retention."""
    organ, title = any_organ(rng), f"Hồ sơ {subject_of(rng)}"
    first = any_day(rng, 1985, 2020)
    last, sheets = later(rng, first, 700), int(rng.integers(5, 180))
    where, hold = f"{int(rng.integers(1, 90))}", pick(rng, ("Vĩnh viễn", "50 năm", "20 năm", "10 năm"))
    lines = [line for line in (organ.parent, *organ.name) if line]
    foot = (
        f"Phông: {organ.full_name.capitalize()}",
        f"Mục lục số: {int(rng.integers(1, 9)):02d}",
        f"Hồ sơ số: {where}",
        f"Số tờ: {sheets}",
    )
    body: list[Block] = [centred(line, 13, 2) for line in lines]
    body += [centred("HỒ SƠ", pick(rng, (28.0, 24.0, 34.0)), 90), centred(title, 16, 26, Style.REGULAR)]
    body.append(centred(f"Từ ngày {record_day(first)} đến ngày {record_day(last)}", 14, 30, Style.REGULAR))
    body.append(centred(f"Gồm {sheets} tờ", 14, 6, Style.REGULAR))
    left = tuple(centred(line, 13, 4, Style.REGULAR) for line in foot)
    right = (centred("THỜI HẠN BẢO QUẢN", 13, 4), centred(hold, 13, 4, Style.REGULAR))
    held = {"organ_name": organ.full_name, "file_title": title, "sheet_count": str(sheets)}
    held |= {"fonds_name": organ.full_name.capitalize(), "file_number": where, "retention": hold}
    held |= {"inventory_number": foot[1][-2:], "start_date": record_day(first), "end_date": record_day(last)}
    loose = names("organ_parent subject date place number")
    return Paper("file_cover", Columns((), ()), (*body, Columns(left, right, 0.5)), None, held, loose)


LIST_HEAD = (
    "STT",
    "Số, ký hiệu",
    "Ngày tháng văn bản",
    "Tên loại và trích yếu nội dung văn bản",
    "Tác giả",
    "Tờ số",
    "Ghi chú",
)


def document_list(rng: Rng, length: int) -> Paper:
    """The list of the papers in a file; its rows name papers of other classes."""
    rows, sheet = [LIST_HEAD], 1
    for index in range(1, 4 + 2 * length):
        kind, code = pick(
            rng,
            (
                ("Quyết định", "QĐ-UBND"),
                ("Công văn", "STP-VP"),
                ("Báo cáo", "BC-STP"),
                ("Tờ trình", "TTr-SNV"),
                ("Biên bản", "BB-VPHC"),
            ),
        )
        day = record_day(any_day(rng, 1995, 2022))
        text = f"{kind} về việc {fill(rng, '{work}')}"
        rows.append(
            (
                str(index),
                f"{int(rng.integers(1, 900))}/{code}",
                day,
                text,
                pick(rng, ("UBND tỉnh", "Sở Tư pháp", "Sở Nội vụ")),
                str(sheet),
                "",
            )
        )
        sheet += int(rng.integers(1, 5))
    title = pick(
        rng, ("MỤC LỤC VĂN BẢN, TÀI LIỆU", "MỤC LỤC VĂN BẢN, TÀI LIỆU TRONG HỒ SƠ", "MỤC LỤC VĂN BẢN")
    )
    table = Table((0.07, 0.16, 0.14, 0.33, 0.13, 0.08, 0.09), tuple(rows), 11)
    body: list[Block] = [*headline(title, size=15, before=4), table]
    if rng.random() < 0.3:
        body = [*headline("MỤC LỤC HỒ SƠ", size=15, before=4), _file_list(rng, length)]
    return Paper("document_list", Columns((), ()), tuple(body), None, {})


def _file_list(rng: Rng, length: int) -> Table:
    rows = [
        (
            "Hộp/cặp số",
            "Hồ sơ số",
            "Tiêu đề hồ sơ",
            "Thời gian BĐ-KT",
            "Số tờ",
            "Thời hạn bảo quản",
            "Ghi chú",
        )
    ]
    for index in range(1, 4 + 2 * length):
        years = f"{int(rng.integers(1985, 2000))} - {int(rng.integers(2000, 2020))}"
        text = f"Hồ sơ {fill(rng, '{work}')}"
        rows.append(
            (
                str(1 + index // 4),
                str(index),
                text,
                years,
                str(int(rng.integers(5, 200))),
                pick(rng, ("Vĩnh viễn", "50 năm")),
                "",
            )
        )
    return Table((0.1, 0.09, 0.36, 0.15, 0.08, 0.13, 0.09), tuple(rows), 11)


def closing_note(rng: Rng, _length: int) -> Paper:
    """The certificate that closes a file: how many sheets it has; of no class of the contract."""
    sheets = int(rng.integers(5, 180))
    words = in_words(sheets)
    body = [
        *headline("CHỨNG TỪ KẾT THÚC", size=16),
        body_para(f"Hồ sơ này gồm có: {sheets} tờ (bằng chữ: {words} tờ)."),
        body_para(f"Đánh số từ tờ 01 đến tờ {sheets}. Số lượng tờ trùng: 0. Số lượng tờ khuyết: 0."),
    ]
    foot = Columns((), signature("NGƯỜI LẬP", name=person(rng)), 0.5)
    return Paper("unknown", Columns((), ()), tuple(body), foot)


def separator(rng: Rng, _length: int) -> Paper:
    """A sheet put between papers before scanning."""
    word = pick(
        rng, ("TỜ PHÂN CÁCH", "TRANG PHÂN CÁCH", "TỜ NGĂN CÁCH", "TỜ NGĂN HỒ SƠ", "TRANG NGĂN CÁCH TÀI LIỆU")
    )
    body = [centred(word, 30, 200)]
    if rng.random() < 0.6:
        body.append(
            centred(f"Hộp số {int(rng.integers(1, 90))} - Hồ sơ số {int(rng.integers(1, 300))}", 18, 30)
        )
    return Paper("separator", Columns((), ()), tuple(body), None, {}, names("number subject"))
