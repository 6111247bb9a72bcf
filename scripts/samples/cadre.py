"""Writes papers of the Party and of cadres [domain 2.7]; a party head has no national title."""

from datetime import date

from scripts.samples.fonts import Style
from scripts.samples.layout import (
    NATION_PLAIN,
    Item,
    centred,
    facts_of,
    form_look,
    headline,
    recipients,
    set_rows,
    signature,
)
from scripts.samples.model import Block, Columns, Paper, Table
from scripts.samples.papers import body_para, prose, subject_of
from scripts.samples.people import Human, human
from scripts.samples.spelled import any_day, long_day, record_day
from scripts.samples.vocabulary import names
from scripts.samples.words import COMMUNES, Rng, fill, person, pick

KINDS = (
    ("CV", ""),
    ("QĐ", "QUYẾT ĐỊNH"),
    ("TB", "THÔNG BÁO"),
    ("BC", "BÁO CÁO"),
    ("NQ", "NGHỊ QUYẾT"),
    ("KH", "KẾ HOẠCH"),
    ("HD", "HƯỚNG DẪN"),
    ("CT", "CHỈ THỊ"),
)


def _organ(rng: Rng) -> tuple[str, str, str, str]:
    """Parent, organ, its code, and who signs for it."""
    return pick(
        rng,
        (
            ("TỈNH ỦY QUẢNG NGÃI", "BAN TỔ CHỨC", "BTCTU", "TRƯỞNG BAN"),
            ("BAN CHẤP HÀNH TRUNG ƯƠNG", "VĂN PHÒNG", "VPTW", "CHÁNH VĂN PHÒNG"),
            ("ĐẢNG BỘ TỈNH NGHỆ AN", "ĐẢNG ỦY SỞ TƯ PHÁP", "ĐU", "BÍ THƯ"),
            ("", "TỈNH ỦY CÀ MAU", "TU", "PHÓ BÍ THƯ"),
            ("TỈNH ỦY LẠNG SƠN", "BAN DÂN VẬN", "BDVTU", "TRƯỞNG BAN"),
            ("ĐẢNG BỘ BỘ TƯ PHÁP", "CHI BỘ CỤC BỔ TRỢ TƯ PHÁP", "CB", "BÍ THƯ"),
        ),
    )


def _party_body(rng: Rng, what: tuple[str, str, str, str], length: int) -> list[Block]:
    """Title or addressee, then parts; `what` is kind, title, subject and organ."""
    kind, title, subject, organ = what
    body: list[Block] = [] if not title else [*headline(title, subject, size=16), centred("-----", 10, 0)]
    if not title:
        body.append(centred(f"Kính gửi: {fill(rng, '{body}')}", 14, 18, Style.REGULAR))
    basis = "- Căn cứ Điều lệ Đảng Cộng sản Việt Nam;" if kind in {"QĐ", "NQ"} else prose(rng, 2)
    body.append(body_para(basis))
    if kind == "QĐ":
        body.append(centred(f"{organ} QUYẾT ĐỊNH:", 14))
    lead = "Điều " if kind == "QĐ" else ""
    return [*body, *(body_para(f"{lead}{part + 1}. {prose(rng, 2)}") for part in range(length))]


def party_document(rng: Rng, length: int) -> Paper:
    """A letter, decision, notice or report of a party organ: number, hyphen, kind, slash, organ."""
    parent, organ, code, post = _organ(rng)
    kind, title = pick(rng, KINDS)
    day, number = any_day(rng, 1998, 2026), f"{int(rng.integers(1, 9000)):02d}"
    place = pick(rng, ("Hà Nội", "Quảng Ngãi", "Vinh", "Lạng Sơn"))
    topic = subject_of(rng)
    subject = f"V/v {topic}" if not title else pick(rng, (f"về {topic}", f"Về việc {topic}"))
    left = [centred(parent, 12.5, 0, Style.REGULAR)] if parent else []
    left += [
        centred(organ, 12.5, 0),
        centred("*", 13, 0),
        centred(f"Số {number}-{kind}/{code}", 13, 2, Style.REGULAR),
    ]
    if not title:
        left.append(centred(subject, 12, 2, Style.REGULAR))
    right = (
        centred("ĐẢNG CỘNG SẢN VIỆT NAM", 13.5, 0),
        centred(f"{place}, {long_day(day)}", 13, 6, Style.ITALIC),
    )
    body = _party_body(rng, (kind, title, subject, organ), length)
    behalf = () if post == "CHÁNH VĂN PHÒNG" else (f"T/M {organ.split(' ')[0]} {organ.split(' ')[1]}",)
    signer = person(rng)
    foot = Columns(recipients("- Như trên,"), signature(*behalf, post, name=signer), 0.5)
    held = {"number": number, "notation": f"{kind}/{code}", "date": record_day(day), "place": place}
    held |= {"organ_name": organ, "subject": subject, "signer_title": post, "signer_name": signer}
    if parent:
        held["organ_parent"] = parent
    return Paper("party_document", Columns(tuple(left), right), tuple(body), foot, held)


PARTY_FACTS = names("person_name party_joined_date party_official_date party_card_number")


def member_sheet(rng: Rng, _length: int) -> Paper:
    """A party member's sheet: a form, filled in by type."""
    who = human(rng, 1955, 1995)
    joined = any_day(rng, who.born.year + 22, who.born.year + 30)
    rows = [
        (Item("Họ và tên đang dùng:", who.upper, "person_name"), Item("Giới tính:", who.gender, "gender")),
        (Item("Họ và tên khai sinh:", who.upper),),
        (Item("Sinh ngày:", who.birth, "birth_date"),),
        (Item("Quê quán:", who.home.at(joined, detail=False), "home_town"),),
        (Item("Dân tộc:", who.ethnicity, "ethnicity"), Item("Tôn giáo:", "Không")),
        (
            Item("Ngày vào Đảng:", record_day(joined), "party_joined_date"),
            Item(
                "Ngày chính thức:",
                record_day(joined.replace(year=joined.year + 1)),
                "party_official_date",
            ),
        ),
        (
            Item(
                "Số thẻ đảng viên:",
                f"{int(rng.integers(10, 99))}.{int(rng.integers(10**5, 10**6))}",
                "party_card_number",
            ),
        ),
    ]
    left = [centred(f"ĐẢNG BỘ HUYỆN {pick(rng, COMMUNES).upper()}", 12.5, 0, Style.REGULAR)]
    left += [
        centred("CHI BỘ CƠ QUAN", 12.5, 0),
        centred(f"Số lý lịch: {int(rng.integers(1000, 9999))}", 13, 3, Style.REGULAR),
    ]
    head = Columns(tuple(left), (centred("ĐẢNG CỘNG SẢN VIỆT NAM", 13.5, 0),))
    foot = Columns((), signature("T/M CẤP ỦY", "BÍ THƯ", name=person(rng)), 0.5)
    body = (*headline("PHIẾU ĐẢNG VIÊN"), *set_rows(rows, form_look(rng)))
    loose = names("organ_parent organ_name number signer_title signer_name place date")
    held = {name: value for name, value in facts_of(rows).items() if name in PARTY_FACTS}
    return Paper("party_document", head, body, foot, held, loose | (set(facts_of(rows)) - PARTY_FACTS))


def _career(rng: Rng, who: Human) -> Table:
    rows = [("Từ tháng, năm đến tháng, năm", "Chức danh, chức vụ, đơn vị công tác")]
    year = who.born.year + 22
    for _ in range(int(rng.integers(3, 7))):
        end = year + int(rng.integers(2, 7))
        rows.append(
            (
                f"{int(rng.integers(1, 13)):02d}/{year} - {int(rng.integers(1, 13)):02d}/{end}",
                f"Chuyên viên {fill(rng, '{office}')}",
            )
        )
        year = end
    return Table((0.35, 0.65), tuple(rows), 12)


def _cadre_rows(rng: Rng, who: Human, day: date) -> list[tuple[Item, ...]]:
    """The numbered items of the printed form 2C."""
    town = who.home.at(day, detail=False)
    born = pick(rng, (who.birth, long_day(who.born).removeprefix("ngày ")))
    began, joined = who.born.year + 22, who.born.year + 25
    return [
        (Item("1) Họ và tên khai sinh (viết chữ in hoa):", who.upper, "person_name"),),
        (Item("2) Tên gọi khác:", pick(rng, ("Không", "Không có"))),),
        (
            Item("3) Sinh ngày:", born, "birth_date", who.birth),
            Item("Giới tính:", who.gender, "gender"),
        ),
        (Item("4) Nơi sinh:", town, "birth_place"),),
        (Item("5) Quê quán:", town, "home_town"),),
        (Item("6) Dân tộc:", who.ethnicity, "ethnicity"), Item("7) Tôn giáo:", "Không")),
        (Item("8) Nơi đăng ký hộ khẩu thường trú:", who.home.at(day), "residence"),),
        (Item("9) Nơi ở hiện nay:", who.home.at(day)),),
        (Item("10) Nghề nghiệp khi được tuyển dụng:", pick(rng, ("Sinh viên", "Giáo viên", "Không"))),),
        (Item("11) Ngày tuyển dụng:", record_day(any_day(rng, began, began + 4))),),
        (Item("12) Chức vụ (chức danh) hiện tại:", "Chuyên viên"),),
        (Item("13) Ngạch công chức:", "Chuyên viên"), Item("Mã ngạch:", "01.003")),
        (
            Item(
                "14) Ngày vào Đảng Cộng sản Việt Nam:",
                record_day(any_day(rng, joined, joined + 5)),
                "party_joined_date",
            ),
        ),
        (
            Item("15) Số chứng minh nhân dân/CCCD:", who.number, "personal_id"),
            Item("Ngày cấp:", record_day(day.replace(year=day.year - 2))),
        ),
    ]


def curriculum_vitae(rng: Rng, length: int) -> Paper:
    """A cadre's curriculum vitae of the printed form, numbered items and a table of posts."""
    who, day = human(rng, 1955, 1998), any_day(rng, 2016, 2025)
    rows = _cadre_rows(rng, who, day)
    more = ("CÁN BỘ, CÔNG CHỨC",) if rng.random() < 0.4 else ()
    body: list[Block] = [*headline("SƠ YẾU LÝ LỊCH", *more), *set_rows(rows, form_look(rng))]
    body += [centred("QUÁ TRÌNH CÔNG TÁC", 13), _career(rng, who)]
    body += [body_para(f"{index + 27}) {prose(rng, 2)}") for index in range(length)]
    number = f"Số hiệu cán bộ, công chức: {int(rng.integers(100, 999))}"
    office = "Cơ quan, đơn vị: SỞ TƯ PHÁP"
    left = tuple(centred(line, 12, 0, Style.REGULAR) for line in (office, number))
    code = pick(rng, ("Mẫu 2C-BNV/2008", "Mẫu 2C/TCTW-98"))
    right = (centred(code, 12, 0), *(NATION_PLAIN if rng.random() < 0.5 else ()))
    chief = (centred(f"Hà Nội, {long_day(day)}", 13, 0), *signature("THỦ TRƯỞNG CƠ QUAN", name=person(rng)))
    foot = Columns(signature("Người khai", name=who.name), chief, 0.5)
    loose = names("organ_name place date signer_title signer_name number notation")
    return Paper("curriculum_vitae", Columns(left, right), tuple(body), foot, facts_of(rows), loose)
