"""Writes papers of marriage, death, marital status, change and recognition [domain 2.3]."""

from dataclasses import replace
from datetime import date

from scripts.samples.births import Entry, Kind, Row, entry, extract_paper
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
    stack,
)
from scripts.samples.model import Block, Columns, Paper, Table
from scripts.samples.papers import body_para
from scripts.samples.people import Human, human, identity
from scripts.samples.spelled import any_day, later, long_day, record_day, short_day
from scripts.samples.vocabulary import names
from scripts.samples.words import Rng, person, pick

LOOSE = names(
    "organ_parent place date birth_date birth_date_words gender ethnicity nationality residence personal_id"
)
"""Said of two people at once on papers of marriage, so that a record may hold them or not."""


def _couple(rng: Rng, day: date) -> tuple[Human, Human]:
    wife = human(rng, day.year - 40, day.year - 20, woman=True)
    return wife, human(rng, day.year - 42, day.year - 22, woman=False)


def _spouse(rng: Rng, who: Human, day: date, label: str) -> list[Item]:
    role, whose = ("vợ", "wife") if who.woman else ("chồng", "husband")
    paper, number = identity(rng, who, day)
    number = number or paper.split()[2].rstrip(",")
    return [
        Item(label.format(role), pick(rng, (who.upper, who.name)), f"{whose}_name"),
        Item("Ngày, tháng, năm sinh:", short_day(rng, who.born), f"{whose}_birth_date", who.birth),
        Item("Dân tộc:", who.ethnicity),
        Item("Quốc tịch:", "Việt Nam"),
        Item("Nơi cư trú:", who.home.at(day), f"{whose}_residence"),
        Item("Giấy tờ tùy thân:", paper, f"{whose}_personal_id", number),
    ]


def _registered(rng: Rng, entered: Entry, label: str) -> list[Row]:
    day = Item(
        "Ngày, tháng, năm đăng ký:", short_day(rng, entered.day), "registration_date", record_day(entered.day)
    )
    return [(Item(label, entered.authority, "registration_place"),), (day,)]


def marriage_certificate(rng: Rng, _length: int) -> Paper:
    """Two columns, wife and husband, as now; number at the top left."""
    entered = entry(rng, any_day(rng, 2016, 2026))
    wife, husband = _couple(rng, entered.day)
    form = replace(form_look(rng), under=False)
    columns = [_spouse(rng, who, entered.day, "Họ, chữ đệm, tên {}:") for who in (wife, husband)]
    rows = _registered(rng, entered, "Nơi đăng ký kết hôn:")
    title = pick(rng, ("GIẤY CHỨNG NHẬN KẾT HÔN", "GIẤY CHỨNG NHẬN ĐĂNG KÝ KẾT HÔN"))
    body: list[Block] = [*headline(title), Columns(stack(columns[0], form), stack(columns[1], form), 0.5)]
    body += set_rows(rows, form)
    pair = Columns(signature("Vợ", name=wife.name), signature("Chồng", name=husband.name), 0.5)
    post, signer = pick(rng, ("CHỦ TỊCH", "PHÓ CHỦ TỊCH")), person(rng)
    foot = Columns((), signature("NGƯỜI KÝ GIẤY CHỨNG NHẬN KẾT HÔN", post, name=signer), 0.4)
    held = facts_of([*((item,) for column in columns for item in column), *rows])
    held |= {"registration_number": entered.number, "organ_name": " ".join(entered.organ)}
    held |= {"signer_title": post, "signer_name": signer}
    head = Columns(left_head(*entered.organ, under=(f"Số: {entered.number}",)), NATION_PLAIN)
    return Paper("marriage_certificate", head, (*body, pair), foot, held, LOOSE)


def marriage_certificate_old(rng: Rng, _length: int) -> Paper:
    """One below the other, husband first, with a book; or a table whose columns are the two people."""
    entered = entry(rng, any_day(rng, 1988, 2015))
    wife, husband = _couple(rng, entered.day)
    title = pick(rng, ("GIẤY CHỨNG NHẬN KẾT HÔN", "GIẤY ĐĂNG KÝ KẾT HÔN", "GIẤY CHỨNG NHẬN ĐĂNG KÝ KẾT HÔN"))
    lines = [_spouse(rng, who, entered.day, "Họ và tên {}:") for who in (husband, wife)]
    form = form_look(rng)
    if rng.random() < 0.5:
        body: list[Block] = [*headline(title), _couple_table(lines)]
    else:
        single = [(item,) for column in lines for item in column]
        body = [*headline(title), *set_rows(single, form)]
    rows = _registered(rng, entered, "Nơi đăng ký:") if rng.random() < 0.5 else []
    body += set_rows(rows, form)
    post, signer = "CHỦ TỊCH", person(rng)
    day = f"{entered.where.short}, {long_day(entered.day)}"
    right = (centred(day, 13, 0), *signature("TM. ỦY BAN NHÂN DÂN", post, name=signer))
    held = facts_of([*((item,) for column in lines for item in column), *rows])
    held |= {"registration_number": entered.number, "registration_book": entered.book}
    held |= {"organ_name": " ".join(entered.organ), "signer_title": post, "signer_name": signer}
    under = (f"Số: {entered.number}", f"Quyển số: {entered.book}")
    head = Columns(left_head(*entered.organ, under=under), NATION_PLAIN)
    loose = LOOSE | {"registration_date", "registration_place"}
    return Paper("marriage_certificate", head, tuple(body), Columns((), right, 0.45), held, loose)


def _couple_table(lines: list[list[Item]]) -> Table:
    """Two cells a row, husband and wife, each with its label."""
    cells = tuple(
        (f"{one.label} {one.printed}", f"{two.label} {two.printed}") for one, two in zip(*lines, strict=True)
    )
    return Table((0.5, 0.5), (("BÊN NAM", "BÊN NỮ"), *cells), 12)


def marriage_extract(rng: Rng, _length: int) -> Paper:
    """An extract of the marriage register: wife left, husband right."""
    entered = entry(rng, any_day(rng, 1995, 2024))
    wife, husband = _couple(rng, entered.day)
    copied = later(rng, max(entered.day, date(2016, 1, 2)), 800, 5)
    title, code = pick(rng, (("TRÍCH LỤC KẾT HÔN", "TLKH"), ("TRÍCH LỤC GHI CHÚ KẾT HÔN", "TLGCKH")))
    columns = [_spouse(rng, who, entered.day, "Họ, chữ đệm, tên {}:") for who in (wife, husband)]
    form = replace(form_look(rng), under=False)
    rows: list[Row] = [
        (Item("Đăng ký kết hôn tại:", entered.authority, "registration_place"),),
        (
            Item("Số:", entered.number, "registration_number"),
            Item("ngày", record_day(entered.day), "registration_date"),
        ),
        (Item("Ghi chú:", ""),),
    ]
    paper = extract_paper(rng, title, rows, (entered, copied), Kind("marriage_extract", code, copy=True))
    people = Columns(stack(columns[0], form), stack(columns[1], form), 0.5)
    body = (*paper.body[:2], people, *paper.body[2:])
    held = paper.fields | facts_of([tuple(columns[0]), tuple(columns[1])])
    return replace(paper, body=body, fields=held, unjudged=LOOSE - {"place", "date"})


def _person(rng: Rng, who: Human, day: date, label: str = "Họ, chữ đệm, tên:") -> list[Row]:
    paper, number = identity(rng, who, day)
    return [
        (Item(label, pick(rng, (who.upper, who.name)), "person_name"),),
        (
            Item("Ngày, tháng, năm sinh:", short_day(rng, who.born), "birth_date", who.birth),
            Item("Giới tính:", who.gender, "gender"),
        ),
        (
            Item("Dân tộc:", who.ethnicity, "ethnicity"),
            Item("Quốc tịch:", "Việt Nam", "nationality"),
        ),
        (Item("Giấy tờ tùy thân:", paper, "personal_id" if number else "", number),),
    ]


CAUSES = (
    "Bệnh già",
    "Tai nạn giao thông",
    "Bệnh hiểm nghèo",
    "Suy tim",
    "Tai biến mạch máu não",
    "Đuối nước",
)


def _death_rows(rng: Rng, entered: Entry, died: date, who: Human | None = None) -> list[Row]:
    who = who or human(rng, died.year - 90, died.year - 25)
    rows = _person(rng, who, entered.day)
    hour = f"{int(rng.integers(0, 24)):02d} giờ {int(rng.integers(0, 60)):02d} phút"
    when = pick(rng, (f"{hour}, {long_day(died)}", f"{hour} ngày {short_day(rng, died)}"))
    ward = pick(rng, (who.home.at(entered.day), f"Bệnh viện đa khoa {who.home.province.full}"))
    return [
        *rows[:3],
        (Item("Nơi cư trú cuối cùng:", who.home.at(entered.day), "residence"),),
        rows[3],
        (Item("Đã chết vào lúc:", when, "death_date", record_day(died)),),
        (Item("Nơi chết:", ward, "death_place"),),
        (Item("Nguyên nhân chết:", pick(rng, CAUSES), "death_cause"),),
        (Item("Số Giấy báo tử/Giấy tờ thay thế:", f"{int(rng.integers(1, 90)):02d}/GBT-{died.year}"),),
    ]


def death_extract(rng: Rng, _length: int, who: Human | None = None) -> Paper:
    """An extract of the death register; the hospital's notice inside has a number of its own."""
    died = later(rng, who.born, 900) if who else any_day(rng, 1998, 2024)
    entered = entry(rng, later(rng, died, 30))
    copied = later(rng, max(entered.day, date(2016, 1, 2)), 300)
    rows = _death_rows(rng, entered, died, who)
    rows += [
        (Item("Nơi đăng ký khai tử:", entered.authority, "registration_place"),),
        (
            Item("Số:", entered.number, "registration_number"),
            Item("Ngày, tháng, năm đăng ký:", record_day(entered.day), "registration_date"),
        ),
    ]
    kind = Kind("death_extract", "TLKT", copy=bool(rng.integers(2)))
    return extract_paper(rng, "TRÍCH LỤC KHAI TỬ", rows, (entered, copied), kind)


def death_certificate_old(rng: Rng, _length: int) -> Paper:
    """The certificate of death of the older forms."""
    died = any_day(rng, 1985, 2015)
    entered = entry(rng, later(rng, died, 20))
    rows = _death_rows(rng, entered, died)[:-1]
    rows += _registered(rng, entered, "Nơi đăng ký khai tử:")
    post, signer = pick(rng, ("CHỦ TỊCH", "PHÓ CHỦ TỊCH")), person(rng)
    under = (f"Số: {entered.number}", f"Quyển số: {entered.book}")
    held = facts_of(rows) | {"registration_number": entered.number, "registration_book": entered.book}
    held |= {"organ_name": " ".join(entered.organ), "signer_title": post, "signer_name": signer}
    body = [*headline(pick(rng, ("GIẤY CHỨNG TỬ", "GIẤY KHAI TỬ"))), *set_rows(rows, form_look(rng))]
    head = Columns(left_head(*entered.organ, under=under), NATION_PLAIN)
    foot = Columns((), signature("TM. ỦY BAN NHÂN DÂN", post, name=signer), 0.45)
    return Paper("death_extract", head, tuple(body), foot, held, names("place date organ_parent"))


STATES = (
    "Chưa đăng ký kết hôn với ai",
    "Chưa đăng ký kết hôn với ai; có đăng ký thường trú tại địa phương",
    "Đã ly hôn theo Bản án số 12/2018/HNGĐ-ST ngày 05/3/2018, chưa đăng ký kết hôn với ai",
    "Có vợ nhưng đã chết, hiện tại chưa đăng ký kết hôn với ai",
)
AIMS = ("để đăng ký kết hôn", "Làm thủ tục mua bán nhà đất", "để đăng ký kết hôn với người nước ngoài")


def marital_status(rng: Rng, _length: int) -> Paper:
    """A certificate of marital status."""
    day = any_day(rng, 2016, 2026)
    entered = entry(rng, day)
    who = human(rng, day.year - 60, day.year - 20, where=entered.where)
    number = str(int(rng.integers(1, 600)))
    stated = pick(rng, STATES[:3] if who.woman else STATES)
    rows = _person(rng, who, day)
    rows += [
        (Item("Nơi cư trú:", who.home.at(day), "residence"),),
        (Item("Tình trạng hôn nhân:", stated, "marital_status"),),
        (Item(pick(rng, ("Giấy này được cấp để:", "Mục đích sử dụng:")), pick(rng, AIMS)),),
    ]
    place = entered.where.short
    post, signer = pick(rng, ("CHỦ TỊCH", "PHÓ CHỦ TỊCH")), person(rng)
    head = Columns(
        left_head(*entered.organ, under=(f"Số: {number}/UBND-XNTTHN",)),
        (*NATION_PLAIN, centred(f"{place}, {long_day(day)}", 13, 4)),
    )
    body = [
        *headline("GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN"),
        centred(f"ỦY BAN NHÂN DÂN {entered.where.commune.upper()}", 13, 4),
        body_para(f"Xét đề nghị của ông/bà {who.name} về việc cấp Giấy xác nhận tình trạng hôn nhân,"),
        centred("XÁC NHẬN:", 13, 4),
        *set_rows(rows, form_look(rng)),
        body_para("Giấy này có giá trị sử dụng trong thời hạn 06 tháng kể từ ngày cấp."),
    ]
    foot = Columns((), signature("TM. ỦY BAN NHÂN DÂN", post, name=signer), 0.45)
    held = facts_of(rows) | {
        "number": number,
        "notation": "UBND-XNTTHN",
        "date": record_day(day),
        "place": place,
    }
    held |= {"organ_name": " ".join(entered.organ), "signer_title": post, "signer_name": signer}
    return Paper("marital_status_certificate", head, tuple(body), foot, held, names("organ_parent"))


CHANGES = (
    ("TRÍCH LỤC THAY ĐỔI HỘ TỊCH", "TLTĐHT", "Họ, chữ đệm, tên"),
    ("TRÍCH LỤC CẢI CHÍNH HỘ TỊCH", "TLCCHT", "Ngày, tháng, năm sinh"),
    ("TRÍCH LỤC BỔ SUNG THÔNG TIN HỘ TỊCH", "TLBSHT", "Quê quán"),
    ("TRÍCH LỤC XÁC ĐỊNH LẠI DÂN TỘC", "TLXĐLDT", "Dân tộc"),
)


def civil_status_change(rng: Rng, _length: int, of: tuple[Entry, Human, str] | None = None) -> Paper:
    """An extract about a change: what stood in the register, what stands there now.

    `of`: the entry that is changed, whose it is, and the ethnicity it is said to have held.
    """
    base = of[0] if of else entry(rng, any_day(rng, 1985, 2014))
    changed = entry(rng, later(rng, base.day, 900) if of else any_day(rng, 2016, 2025), base.where)
    who = of[1] if of else human(rng, base.day.year - 1, base.day.year - 1, where=base.where)
    title, code, what = CHANGES[-1] if of else pick(rng, CHANGES)
    old, new = _change(rng, who, what)
    if of:
        old, new = of[2], pick(rng, [each for each in ("Tày", "Mường", "Nùng") if each != of[2]])
    event = f"{base.authority}, số {base.number} ngày {record_day(base.day)}"
    rows = [
        *_person(rng, who, changed.day),
        (Item("Nơi cư trú:", who.home.at(changed.day), "residence"),),
        (Item("Đã đăng ký khai sinh tại:", event),),
        (Item("Nội dung thay đổi:", what, "change_item"),),
        (Item("từ:", old, "change_from"), Item("thành:", new, "change_to")),
    ]
    kind = Kind("civil_status_change", code, copy=bool(rng.integers(2)))
    paper = extract_paper(rng, title, rows, (changed, changed.day), kind)
    loose = paper.unjudged | {"registration_number", "registration_place", "registration_date", "home_town"}
    return replace(paper, unjudged=loose)


def _change(rng: Rng, who: Human, what: str) -> tuple[str, str]:
    match what:
        case "Dân tộc":
            return "Kinh", pick(rng, ("Tày", "Mường", "Ê-đê"))
        case "Ngày, tháng, năm sinh":
            return record_day(later(rng, who.born, 90)), who.birth
        case "Quê quán":
            return "Không ghi", who.home.province.full
        case _:
            return person(rng, woman=who.woman), who.name


def civil_status_decision(rng: Rng, _length: int) -> Paper:
    """The decision of the older law that allows a change of civil status."""
    day = any_day(rng, 2006, 2015)
    entered = entry(rng, day)
    who = human(rng, 1950, 1990, where=entered.where)
    number = f"{int(rng.integers(1, 90)):02d}"
    district = entered.where.district
    subject = "Về việc cho phép thay đổi, cải chính hộ tịch"
    old, new = person(rng, woman=who.woman), who.name
    body: list[Block] = [
        *headline("QUYẾT ĐỊNH", subject),
        centred(f"CHỦ TỊCH ỦY BAN NHÂN DÂN {district.upper()}", 13.5),
    ]
    body.append(
        body_para(
            "Căn cứ Nghị định số 158/2005/NĐ-CP ngày 27/12/2005 của Chính phủ về đăng ký và quản lý hộ tịch;"
        )
    )
    body += [body_para(f"Xét đề nghị của ông (bà) {who.name},"), centred("QUYẾT ĐỊNH:", 14)]
    rows: list[Row] = [
        (Item("Điều 1. Cho phép ông (bà):", who.upper, "person_name"),),
        (Item("Sinh ngày:", who.birth, "birth_date"), Item("Giới tính:", who.gender, "gender")),
        (Item("Dân tộc:", who.ethnicity, "ethnicity"), Item("Quốc tịch:", "Việt Nam", "nationality")),
        (Item("Nơi thường trú:", who.home.at(day), "residence"),),
        (Item("Được cải chính họ tên từ:", old, "change_from"), Item("thành:", new, "change_to")),
    ]
    body += set_rows(rows, form_look(rng))
    body.append(body_para("Điều 2. Quyết định này có hiệu lực kể từ ngày ký./."))
    signer, post = person(rng), pick(rng, ("CHỦ TỊCH", "PHÓ CHỦ TỊCH"))
    lines = (post,) if post == "CHỦ TỊCH" else ("KT. CHỦ TỊCH", post)
    place = district.split(" ", 1)[1].removeprefix("xã ").removeprefix("phố ")
    head = Columns(
        left_head("ỦY BAN NHÂN DÂN", district.upper(), under=(f"Số: {number}/QĐ-UBND",)),
        (*NATION_PLAIN, centred(f"{place}, {long_day(day)}", 13, 4)),
    )
    held = facts_of(rows) | {"number": number, "notation": "QĐ-UBND", "date": record_day(day), "place": place}
    held |= {"organ_name": f"ỦY BAN NHÂN DÂN {district.upper()}", "subject": subject}
    held |= {"signer_title": post, "signer_name": signer}
    foot = Columns((), signature(*lines, name=signer), 0.45)
    return Paper("civil_status_change", head, tuple(body), foot, held, names("organ_parent"))


def parentage(rng: Rng, _length: int) -> Paper:
    """An extract about the recognition of a child by its father, or of a parent by the child."""
    entered = entry(rng, any_day(rng, 2016, 2025))
    parent = human(rng, 1970, 1995, woman=False)
    child = human(rng, 1998, 2020, where=parent.home)
    giving, given = pick(rng, ((parent, child), (child, parent)))
    rows: list[Row] = [
        (Item("Họ, chữ đệm, tên người nhận:", giving.upper, "recognising_name"),),
        (Item("Ngày, tháng, năm sinh:", giving.birth),),
        (Item("Dân tộc:", giving.ethnicity), Item("Quốc tịch:", "Việt Nam")),
        (Item("Nơi cư trú:", giving.home.at(entered.day)),),
        (Item("Là:", "Cha" if giving is parent else "Con", "relation"),),
        (Item("Họ, chữ đệm, tên người được nhận:", given.upper, "recognised_name"),),
        (Item("Ngày, tháng, năm sinh:", given.birth),),
        (Item("Dân tộc:", given.ethnicity), Item("Quốc tịch:", "Việt Nam")),
        (Item("Nơi cư trú:", given.home.at(entered.day)),),
        (Item("Đăng ký tại:", entered.authority, "registration_place"),),
        (
            Item("Số:", entered.number, "registration_number"),
            Item("ngày", record_day(entered.day), "registration_date"),
        ),
    ]
    kind = Kind("parentage_recognition", "TLNCMC", copy=bool(rng.integers(2)))
    paper = extract_paper(rng, "TRÍCH LỤC ĐĂNG KÝ NHẬN CHA, MẸ, CON", rows, (entered, entered.day), kind)
    people = names("person_name father_name mother_name father_birth_year")
    return replace(paper, unjudged=LOOSE - {"place", "date"} | people)
