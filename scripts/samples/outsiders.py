"""Writes pages that lie among an archive's papers and are of no class of the contract, and blank forms.

Each holds something that a paper of the contract also holds: a word of a title, a label, a number, a date.
"""

from functools import partial

from scripts.samples.fonts import Style
from scripts.samples.layout import NATION_PLAIN, Form, Item, centred, headline, left_head, set_rows, signature
from scripts.samples.model import Align, Block, Columns, Paper, Table, para
from scripts.samples.papers import Writer, body_para, prose
from scripts.samples.people import human
from scripts.samples.spelled import amount, any_day, long_day, record_day
from scripts.samples.words import COMMUNES, Rng, fill, person, pick

EMPTY = Columns((), ())


def _unknown(body: list[Block], head: Columns = EMPTY, close: Columns | None = None) -> Paper:
    return Paper("unknown", head, tuple(body), close)


def newspaper(rng: Rng, length: int, headlines: tuple[str, ...]) -> Paper:
    """A page of a newspaper: a name, a day, a headline in capitals, two columns of prose."""
    day = any_day(rng, 1985, 2024)
    top = centred(f"BÁO PHÁP LUẬT - Số {int(rng.integers(1, 400))} - {long_day(day)}", 11, 0, Style.REGULAR)
    columns = [tuple(body_para(prose(rng, 2)) for _ in range(length + 1)) for _ in range(2)]
    return _unknown(
        [top, centred(pick(rng, headlines), 20, 12), Columns(columns[0], columns[1], 0.49, gap=7)]
    )


case_story: Writer = partial(newspaper, headlines=("HỒ SƠ MỘT VỤ ÁN", "HỒ SƠ MẬT NĂM 1972", "HỒ SƠ XIN VIỆC"))
political: Writer = partial(
    newspaper,
    headlines=("QUYẾT ĐỊNH LỊCH SỬ CỦA MỘT ĐỜI NGƯỜI", "NGHỊ QUYẾT ĐI VÀO CUỘC SỐNG", "KẾ HOẠCH CHO NĂM MỚI"),
)
business: Writer = partial(
    newspaper,
    headlines=(
        "HỢP ĐỒNG TRIỆU ĐÔ VÀ BÀI HỌC",
        "BÁO CÁO VIÊN GIỎI TOÀN TỈNH",
        "THÔNG BÁO TUYỂN SINH NĂM HỌC MỚI",
    ),
)
verdicts: Writer = partial(
    newspaper, headlines=("BẢN ÁN LƯƠNG TÂM", "BIÊN BẢN CUỐI CÙNG", "LÝ LỊCH MỘT DÒNG SÔNG")
)


def book_page(rng: Rng, length: int) -> Paper:
    """A page of a law book: a running head, chapters and articles, a page number."""
    body: list[Block] = [centred("SỔ TAY NGHIỆP VỤ HỘ TỊCH", 11, 0, Style.REGULAR)]
    body.append(centred(pick(rng, ("Chương II", "PHẦN THỨ NHẤT", "Bài 3")), 13, 14))
    body.append(centred(pick(rng, ("ĐĂNG KÝ KHAI SINH", "QUY TRÌNH GIẢI QUYẾT", "KẾ HOẠCH HÓA")), 14, 4))
    body += [body_para(f"Điều {part + 4}. {prose(rng, 3)}") for part in range(length + 1)]
    return _unknown([*body, centred(str(int(rng.integers(20, 300))), 12, 20, Style.REGULAR)])


def contents(rng: Rng, length: int) -> Paper:
    """The table of contents of a book that names kinds of papers."""
    kinds = ("Quyết định", "Biên bản", "Giấy khai sinh", "Hợp đồng ủy quyền", "Bản án", "Thông tư")
    lines: list[Block] = [centred("MỤC LỤC", 16, 10)]
    lines += [
        para(f"{n}. Mẫu {pick(rng, kinds).lower()} {'.' * 40} {7 * n}", align=Align.LEFT)
        for n in range(1, 6 + 2 * length)
    ]
    return _unknown(lines)


def private_letter(rng: Rng, length: int) -> Paper:
    """A letter to a friend: a place and a day, a greeting, a name."""
    top = para(f"{pick(rng, COMMUNES)}, {long_day(any_day(rng, 1975, 2015))}", Style.ITALIC, align=Align.LEFT)
    body = [top, para(f"Anh {person(rng)} thân mến!", align=Align.LEFT, before=14)]
    body += [body_para(f"Tôi có đọc trong báo rằng {prose(rng, 2).lower()}") for _ in range(length)]
    return _unknown([*body, body_para("Chúc anh mạnh khỏe. Bạn của anh,"), centred(person(rng), 14, 20)])


def receipt(rng: Rng, _length: int) -> Paper:
    """A receipt of money: a number, a day, a name, an amount in figures and words."""
    rows = [
        (Item("Họ và tên người nộp tiền:", person(rng)),),
        (Item("Địa chỉ:", f"xã {pick(rng, COMMUNES)}"),),
        (Item("Lý do nộp:", "Lệ phí chứng thực"),),
        (Item("Số tiền:", f"{amount(int(rng.integers(2, 90)) * 1000)} đồng"),),
    ]
    title = pick(rng, ("BIÊN LAI THU TIỀN", "PHIẾU THU", "HÓA ĐƠN BÁN HÀNG", "GIẤY NỘP TIỀN"))
    day = centred(long_day(any_day(rng, 1995, 2024)), 13, 2, Style.ITALIC)
    foot = Columns(signature("Người nộp tiền", name=person(rng)), signature("Thủ quỹ", name=person(rng)), 0.5)
    return _unknown([*headline(title), day, *set_rows(rows, Form())], close=foot)


def figures(rng: Rng, length: int) -> Paper:
    """A table of figures with a heading that speaks of a plan or a report."""
    title = pick(rng, ("BẢNG TỔNG HỢP SỐ LIỆU", "BIỂU SỐ 02", "PHỤ LỤC I", "BẢNG THEO DÕI KẾ HOẠCH NĂM"))
    rows = [("STT", "Đơn vị", "Kế hoạch", "Thực hiện", "Tỷ lệ")]
    for index in range(1, 6 + 3 * length):
        plan, done = int(rng.integers(40, 900)), int(rng.integers(20, 900))
        rows.append(
            (str(index), f"Xã {pick(rng, COMMUNES)}", str(plan), str(done), f"{100 * done // plan} %")
        )
    return _unknown([*headline(title, size=14), Table((0.1, 0.36, 0.18, 0.18, 0.18), tuple(rows), 12)])


def foreign(rng: Rng, length: int) -> Paper:
    """A page in English or French with words that look like a head."""
    language = pick(rng, ("en", "fr"))
    title = {"en": "DECISION OF THE BOARD", "fr": "DÉCISION DU CONSEIL"}[language]
    text = {
        "en": "The board has examined the record of the meeting and resolves that the plan shall be adopted "
        "without change by all members present at the session.",
        "fr": "Le conseil a examiné le procès-verbal de la réunion et décide que le plan est adopté sans "
        "modification par tous les membres présents à la séance.",
    }[language]
    return _unknown([*headline(title), *(body_para(text) for _ in range(length + 2))])


def name_list(rng: Rng, length: int) -> Paper:
    """A list of people with days of birth and places."""
    rows = [("STT", "Họ và tên", "Ngày, tháng, năm sinh", "Nơi sinh", "Ghi chú")]
    for index in range(1, 6 + 3 * length):
        who = human(rng, 1950, 2000)
        rows.append((str(index), who.name, who.birth, who.home.province.full, ""))
    title = pick(rng, ("DANH SÁCH CỬ TRI", "DANH SÁCH HỌC VIÊN", "DANH SÁCH NGƯỜI DỰ HỌP"))
    return _unknown([*headline(title, size=14), Table((0.08, 0.3, 0.24, 0.26, 0.12), tuple(rows), 12)])


def catalogue_page(rng: Rng, length: int) -> Paper:
    """A list of things that is no list of a file's papers."""
    title = pick(rng, ("DANH MỤC TÀI LIỆU HẾT GIÁ TRỊ", "DANH MỤC TÀI LIỆU THAM KHẢO", "DANH MỤC VIẾT TẮT"))
    rows = [("STT", "Bó/hộp số", "Tiêu đề", "Lý do", "Ghi chú")]
    rows += [
        (str(n), str(1 + n // 4), f"Tập {fill(rng, '{work}')}", "Hết thời hạn bảo quản", "")
        for n in range(1, 4 + 2 * length)
    ]
    return _unknown([*headline(title, size=14), Table((0.1, 0.14, 0.42, 0.24, 0.1), tuple(rows), 12)])


def poem(rng: Rng, _length: int) -> Paper:
    """Verses under a title in capitals."""
    title = pick(rng, ("TRÍCH LỤC NỖI NHỚ", "BẢN ÁN CHO MÙA THU", "TỜ TRÌNH GỬI BIỂN", "ĐÊM TRĂNG"))
    lines = ("Chiều về trên bến sông xưa", "Con đò nằm đợi giữa mưa một mình", "Ai đi để lại bóng hình")
    return _unknown([*headline(title), *(para(line, align=Align.CENTRE) for line in lines * 3)])


def certificate(rng: Rng, _length: int) -> Paper:
    """A diploma or a pass: the state's head and a title that the contract has no class for."""
    who = human(rng, 1960, 2000)
    title = pick(rng, ("BẰNG TỐT NGHIỆP", "GIẤY KHEN", "GIẤY CHỨNG NHẬN HOÀN THÀNH KHÓA HỌC", "THẺ LUẬT SƯ"))
    rows = [
        (Item("Cấp cho:", who.upper),),
        (Item("Sinh ngày:", who.birth), Item("Giới tính:", who.gender)),
        (Item("Nơi sinh:", who.home.province.full),),
    ]
    foot = Columns((), signature("HIỆU TRƯỞNG", name=person(rng)), 0.5)
    head = Columns(left_head("TRƯỜNG TRUNG CẤP LUẬT"), NATION_PLAIN)
    return _unknown([*headline(title), *set_rows(rows, Form())], head, foot)


def advertisement(rng: Rng, _length: int) -> Paper:
    """A poster: big words in capitals, a telephone number."""
    lines = pick(
        rng,
        (
            ("THÔNG BÁO", "KHAI TRƯƠNG CỬA HÀNG", "GIẢM GIÁ 50 %"),
            ("BÁO HỶ", "LỄ THÀNH HÔN", "Trân trọng kính mời"),
            ("CHƯƠNG TRÌNH", "VĂN NGHỆ CHÀO XUÂN", "Vào cửa tự do"),
        ),
    )
    phone = para(f"Điện thoại: 0{int(rng.integers(3 * 10**8, 10**9))}", align=Align.CENTRE, before=20)
    return _unknown([*(centred(line, 26, 40) for line in lines), phone])


def handover(rng: Rng, length: int) -> Paper:
    """The middle page of a long paper: it cites decisions, minutes and certificates and is none."""
    number, day = int(rng.integers(1, 99)), record_day(any_day(rng, 2000, 2020))
    cited = (
        f"Căn cứ Quyết định số {number}/QĐ-UBND ngày {day}",
        "trong hồ sơ có giấy khai sinh, trích lục kết hôn và bản án đã có hiệu lực",
    )
    body = [
        body_para(f"{prose(rng, 2)} {cited[part % 2]}, {prose(rng, 1).lower()}") for part in range(length + 2)
    ]
    return _unknown([centred("- 7 -", 12, 0, Style.REGULAR), *body])


def envelope(rng: Rng, _length: int) -> Paper:
    """An envelope: sender and receiver, no more."""
    who, other = human(rng, 1950, 1990), human(rng, 1950, 1990)
    day = any_day(rng, 2000, 2024)
    lines = (f"Người gửi: {who.name}", who.home.at(day), f"Kính gửi: {other.name}", other.home.at(day))
    return _unknown([para(line, align=Align.LEFT, before=26) for line in lines])


OUTSIDERS: tuple[Writer, ...] = (
    case_story, political, business, verdicts, book_page, contents, private_letter, receipt, figures, foreign,
    name_list, catalogue_page, poem, certificate, advertisement, handover, envelope,
)  # fmt: skip
"""Writers of pages that must stay without a class."""


def blank_form(paper: Paper) -> Paper:
    """The form of a paper before it is filled in: its labels and dots, nobody's name, no number."""
    body = tuple(_emptied(block) for block in paper.body)
    close = Columns((), tuple(line for line in paper.close.right[:1]), 0.5) if paper.close else None
    left = tuple(
        line for line in paper.head.left if not any(c.isdigit() for run in line.runs for c in run.text)
    )
    return Paper(paper.kind, Columns(left[:0], NATION_PLAIN), body, close)


def _emptied(block: Block) -> Block:
    if isinstance(block, Columns):
        sides = [tuple(_emptied(each) for each in side) for side in (block.left, block.right)]
        return Columns(sides[0], sides[1], block.share, block.gap)  # type: ignore[arg-type]
    if isinstance(block, Table):
        return Table(block.widths, tuple((row[0], *("" for _ in row[1:])) for row in block.rows), block.size)
    labels = tuple(run for run in block.runs if run.text.endswith(":"))
    if not labels:
        return block
    gap = " .................... "
    text = gap.join(run.text for run in labels) + gap
    return para(text.rstrip(), align=Align.LEFT, before=block.before)
