"""Writes papers of violations, procedures, courts and cadres by a second hand [domain 2.4-2.8]."""

from datetime import date

from scripts.samples.cadre import _career
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
from scripts.samples.model import Align, Block, Columns, Paper, Table, para
from scripts.samples.papers import body_para, prose
from scripts.samples.people import Human, home, human
from scripts.samples.procedures import PROCEDURES, dossier_code
from scripts.samples.sanctions import _head, case
from scripts.samples.second_forms import grid
from scripts.samples.spelled import amount, amount_words, any_day, later, long_day, record_day
from scripts.samples.vocabulary import names
from scripts.samples.words import Rng, fill, person, pick

Row = tuple[Item, ...]


def _violator(who: Human, day: date) -> list[Row]:
    return [
        (Item("Ông (bà):", who.name, "subject_name"), Item("Giới tính:", who.gender, "gender")),
        (Item("Sinh ngày:", who.birth, "subject_birth_date"), Item("Quốc tịch:", "Việt Nam", "nationality")),
        (Item("Nơi cư trú:", who.home.at(day), "subject_address"),),
        (Item("Nghề nghiệp:", "Buôn bán"),),
    ]


def sanction_decision(rng: Rng, _length: int) -> Paper:
    """A decision whose fine is in an article of its own, the violator by `Ông (bà)`."""
    facts = case(rng)
    day, number, signer = later(rng, facts.minutes, 7), f"{int(rng.integers(1, 300)):02d}", person(rng)
    subject, rows = "Về việc xử phạt vi phạm hành chính", _violator(facts.who, facts.minutes)
    figures, words = amount(facts.fine), amount_words(facts.fine)
    body: list[Block] = [
        *headline("QUYẾT ĐỊNH", subject, size=15),
        centred(f"CHỦ TỊCH {' '.join(facts.organ)}", 13.5),
        body_para("Căn cứ Điều 38 Luật Xử lý vi phạm hành chính;"),
        body_para(
            f"Căn cứ Biên bản vi phạm hành chính số {facts.minutes_number} ngày {record_day(facts.minutes)};"
        ),
        centred("QUYẾT ĐỊNH:", 14),
        body_para("Điều 1. Xử phạt vi phạm hành chính đối với ông (bà) có tên sau đây:"),
        *set_rows(rows, form_look(rng)),
        body_para(f"Đã thực hiện hành vi vi phạm hành chính: {facts.act}."),
        body_para(f"Quy định tại khoản 2 Điều 8 Nghị định số {facts.decree}."),
        body_para("Điều 2. Hình thức xử phạt chính: Phạt tiền."),
        para(f"Tổng mức tiền phạt: {figures} đồng", align=Align.LEFT, indent=12.7),
        para(f"Viết bằng chữ: {words}", align=Align.LEFT, indent=12.7),
        body_para("Điều 3. Quyết định này có hiệu lực kể từ ngày ký./."),
    ]
    held = facts_of(rows) | {
        "number": number,
        "notation": "QĐ-XPHC",
        "date": record_day(day),
        "subject": subject,
    }
    held |= {"place": facts.where.short, "organ_name": " ".join(facts.organ), "violation": facts.act}
    held |= {"fine_amount": figures, "fine_words": words, "cited_decree": facts.decree}
    held |= {"minutes_number": facts.minutes_number, "signer_title": "CHỦ TỊCH", "signer_name": signer}
    foot = Columns((), signature("CHỦ TỊCH", name=signer), 0.5)
    head = _head(facts, f"{number}/QĐ-XPHC", day)
    return Paper("sanction_decision", head, tuple(body), foot, held, names("organ_parent"))


def violation_minutes(rng: Rng, _length: int) -> Paper:
    """Minutes with roman parts, the violator in a table."""
    facts = case(rng)
    day, rows = facts.minutes, _violator(facts.who, facts.minutes)
    body: list[Block] = [
        *headline("BIÊN BẢN", size=16),
        centred("Vi phạm hành chính", 14, 0),
        body_para(
            f"Hôm nay, {int(rng.integers(7, 17))} giờ 15 phút, {long_day(day)}, tại {facts.where.at(day)}."
        ),
        body_para(f"I. Người lập biên bản: {person(rng)}, công chức {fill(rng, '{office}')}."),
        body_para("II. Tiến hành lập biên bản vi phạm hành chính đối với:"),
        grid([row[:1] for row in rows] + [row[1:] for row in rows if row[1:]]),
        body_para(f"III. Đã có hành vi vi phạm hành chính: {facts.act}."),
        body_para(f"Quy định tại điểm c khoản 1 Điều 12 Nghị định số {facts.decree}."),
        body_para("IV. Ý kiến trình bày của người vi phạm: Đồng ý với nội dung biên bản./."),
    ]
    number, _, notation = facts.minutes_number.partition("/")
    held = facts_of(rows) | {"number": number, "notation": notation, "violation": facts.act}
    held |= {"date": record_day(day), "cited_decree": facts.decree, "organ_name": " ".join(facts.organ)}
    foot = Columns(
        signature("NGƯỜI VI PHẠM", name=facts.who.name),
        signature("NGƯỜI LẬP BIÊN BẢN", name=person(rng)),
        0.5,
    )
    loose = names("place signer_name signer_title minutes_number subject organ_parent")
    head = _head(facts, facts.minutes_number, None)
    return Paper("violation_minutes", head, tuple(body), foot, held, loose)


def dossier_receipt(rng: Rng, _length: int) -> Paper:
    """A receipt as a table, the dossier's code below the title and the times in figures."""
    day = any_day(rng, 2018, 2026)
    due, who, code = later(rng, day, 20, 2), human(rng, 1955, 2003), dossier_code(rng, day)
    phone = f"0{int(rng.integers(3 * 10**8, 10**9))}"
    shown = pick(
        rng, (phone, f"{phone[:4]} {phone[4:7]} {phone[7:]}", f"{phone[:4]}.{phone[4:7]}.{phone[7:]}")
    )
    rows: list[Row] = [
        (Item("Mã số hồ sơ:", code, "dossier_code"),),
        (Item("Tiếp nhận hồ sơ của ông (bà):", who.name, "applicant_name"),),
        (Item("Điện thoại:", shown, "applicant_phone", phone),),
        (Item("Địa chỉ:", who.home.at(day), "applicant_address"),),
        (Item("Nội dung yêu cầu:", pick(rng, PROCEDURES), "procedure_name"),),
        (
            Item(
                "Ngày nhận hồ sơ:",
                f"{record_day(day)} 08:{int(rng.integers(10, 60))}",
                "received_at",
                record_day(day),
            ),
        ),
        (Item("Ngày hẹn trả kết quả:", f"{record_day(due)} 16:30", "due_at", record_day(due)),),
    ]
    place = home(rng, who.home.province)
    organ = ("ỦY BAN NHÂN DÂN", place.commune.upper())
    head = Columns(left_head(*organ, under=("BỘ PHẬN MỘT CỬA",)), NATION_PLAIN)
    title = pick(rng, ("BIÊN NHẬN HỒ SƠ", "GIẤY BIÊN NHẬN HỒ SƠ", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"))
    foot = Columns(signature("NGƯỜI NỘP", name=who.name), signature("NGƯỜI NHẬN", name=person(rng)), 0.5)
    held = facts_of(rows) | {"organ_name": " ".join(organ)}
    loose = names("place date signer_name signer_title organ_parent number registration_book")
    return Paper("dossier_receipt", head, (*headline(title, size=15), grid(rows)), foot, held, loose)


def process_control_sheet(rng: Rng, _length: int) -> Paper:
    """The sheet with its title over two lines and the handing over in four columns of times."""
    day, place = any_day(rng, 2018, 2026), home(rng)
    code, organ = dossier_code(rng, day), ("ỦY BAN NHÂN DÂN", place.commune.upper())
    table = [("TT", "TÊN CƠ QUAN", "THỜI GIAN GIAO, NHẬN HỒ SƠ", "KẾT QUẢ", "GHI CHÚ")]
    for n in range(1, int(rng.integers(4, 6))):
        table.append(
            (
                str(n),
                fill(rng, "{body}"),
                f"Giao: 08 giờ, ngày {record_day(later(rng, day, n))}",
                "Đúng hạn",
                "",
            )
        )
    body: list[Block] = [
        centred("PHIẾU KIỂM SOÁT", 15, 18),
        centred("QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ", 15, 0),
        centred(f"Mã hồ sơ: {code}", 13, 4, Style.REGULAR),
        Table((0.08, 0.28, 0.34, 0.15, 0.15), tuple(table), 11.5),
    ]
    held = {"dossier_code": code, "organ_name": " ".join(organ)}
    head = Columns(left_head(*organ), NATION_PLAIN)
    return Paper("process_control_sheet", head, tuple(body), None, held, names("place date organ_parent"))


def criminal_record(rng: Rng, _length: int) -> Paper:
    """A criminal record whose items stand in a table without figures before them."""
    day, who = any_day(rng, 2021, 2025), human(rng, 1960, 2003)
    province, number, signer = who.home.province, str(int(rng.integers(1, 9000))), person(rng)
    rows: list[Row] = [
        (Item("Họ và tên:", who.upper, "person_name"),),
        (Item("Giới tính:", who.gender, "gender"),),
        (Item("Ngày, tháng, năm sinh:", who.birth, "birth_date"),),
        (Item("Nơi sinh:", province.full, "birth_place"),),
        (Item("Quốc tịch:", "Việt Nam", "nationality"),),
        (Item("Nơi thường trú:", who.home.at(day), "residence"),),
        (Item("Số CCCD:", who.number, "personal_id"),),
        (Item("Tình trạng án tích:", "Không có án tích"),),
    ]
    parent = f"UBND {province.full.upper()}"
    left = (centred(parent, 12.5, 0), *left_head("SỞ TƯ PHÁP", under=(f"Số: {number}/STP-LLTP",)))
    head = Columns(left, (*NATION_PLAIN, centred(f"{province.name}, {long_day(day)}", 13, 4)))
    held = facts_of(rows) | {"number": number, "notation": "STP-LLTP", "date": record_day(day)}
    held |= {
        "place": province.name,
        "organ_name": f"SỞ TƯ PHÁP {province.full.upper()}",
        "organ_parent": parent,
    }
    held |= {"signer_title": "GIÁM ĐỐC", "signer_name": signer}
    body = [*headline("PHIẾU LÝ LỊCH TƯ PHÁP", "SỐ 1"), grid(rows)]
    foot = Columns((), signature("GIÁM ĐỐC", name=signer), 0.45)
    return Paper("criminal_record_certificate", head, tuple(body), foot, held)


def enforcement_decision(rng: Rng, _length: int) -> Paper:
    """A decision of coercion: other words below the title, the two sides in paragraphs."""
    day, where = any_day(rng, 2010, 2024), home(rng)
    organ = f"CHI CỤC THI HÀNH ÁN DÂN SỰ {where.district.upper()}"
    parent, number = (
        f"CỤC THI HÀNH ÁN DÂN SỰ {where.province.full.upper()}",
        f"{int(rng.integers(1, 900)):02d}",
    )
    subject = "Cưỡng chế thi hành án"
    debtor, creditor, signer = person(rng), person(rng), person(rng)
    body: list[Block] = [
        *headline("QUYẾT ĐỊNH", subject, size=15),
        centred(f"CHẤP HÀNH VIÊN {organ}", 13, 8),
        body_para("Căn cứ Điều 71 Luật Thi hành án dân sự;"),
        body_para(
            f"Căn cứ Bản án số {int(rng.integers(1, 90))}/{day.year - 1}/DS-ST của TAND {where.district};"
        ),
        centred("QUYẾT ĐỊNH:", 14),
        body_para(
            f"Điều 1. Cưỡng chế kê biên tài sản của người phải thi hành án: {debtor}, {where.at(day)}."
        ),
        body_para(f"Điều 2. Người được thi hành án là ông (bà) {creditor}."),
        body_para("Điều 3. Quyết định này có hiệu lực kể từ ngày ký./."),
    ]
    head = Columns(
        (centred(parent, 12, 0), *left_head(organ, under=(f"Số: {number}/QĐ-CCTHADS",))),
        (*NATION_PLAIN, centred(f"{where.province.name}, {long_day(day)}", 13, 4)),
    )
    held = {"number": number, "notation": "QĐ-CCTHADS", "date": record_day(day), "place": where.province.name}
    held |= {"subject": subject, "organ_parent": parent, "organ_name": organ}
    held |= {"signer_title": "CHẤP HÀNH VIÊN", "signer_name": signer}
    foot = Columns((), signature("CHẤP HÀNH VIÊN", name=signer), 0.5)
    return Paper("enforcement_decision", head, tuple(body), foot, held)


def judgment(rng: Rng, length: int) -> Paper:
    """A judgment of a province's court with its title in capitals and the day in words on the right."""
    day, where = any_day(rng, 2005, 2024), home(rng)
    number, judge = f"{int(rng.integers(1, 300)):02d}", person(rng)
    court = ("TÒA ÁN NHÂN DÂN", where.province.full.upper())
    subject = f"V/v {pick(rng, ('tranh chấp hợp đồng tín dụng', 'tranh chấp thừa kế tài sản', 'xin ly hôn'))}"
    under = (
        f"Bản án số: {number}/{day.year}/DS-PT",
        f"Ngày {day.day:02d}/{day.month:02d}/{day.year}",
        subject,
    )
    body: list[Block] = [
        centred("BẢN ÁN", 16, 14),
        centred("NHÂN DANH NƯỚC CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 13, 4),
        body_para(f"Hội đồng xét xử phúc thẩm gồm: Thẩm phán - Chủ tọa phiên tòa: Ông {judge}."),
        *(body_para(prose(rng, 3)) for _ in range(length)),
        centred("NHẬN ĐỊNH CỦA TÒA ÁN", 14),
        body_para(prose(rng, 2)),
        centred("QUYẾT ĐỊNH", 14),
        body_para(prose(rng, 2)),
    ]
    lines = ("TM. HỘI ĐỒNG XÉT XỬ PHÚC THẨM", "THẨM PHÁN - CHỦ TỌA PHIÊN TÒA")
    held = {"number": number, "notation": "DS-PT", "date": record_day(day), "subject": subject}
    held |= {"organ_name": " ".join(court), "signer_name": judge, "signer_title": lines[1]}
    foot = Columns((), signature(*lines, name=judge), 0.45)
    loose = names("organ_parent place residence birth_date")
    return Paper(
        "judgment", Columns(left_head(*court, under=under), NATION_PLAIN), tuple(body), foot, held, loose
    )


def curriculum_vitae(rng: Rng, _length: int) -> Paper:
    """A self-declared vita: no figures before the items, other labels, a table of posts."""
    who, day = human(rng, 1965, 2002), any_day(rng, 2021, 2025)
    town = who.home.at(day, detail=False)
    rows: list[Row] = [
        (Item("Họ và tên:", who.upper, "person_name"), Item("Giới tính:", who.gender, "gender")),
        (
            Item("Sinh ngày:", who.birth, "birth_date"),
            Item("Nơi sinh:", who.home.province.full, "birth_place"),
        ),
        (Item("Quê quán:", town, "home_town"),),
        (Item("Nơi thường trú:", who.home.at(day), "residence"),),
        (Item("Số CCCD:", who.number, "personal_id"),),
        (Item("Dân tộc:", who.ethnicity, "ethnicity"), Item("Tôn giáo:", "Không")),
        (Item("Trình độ văn hóa:", "12/12"),),
    ]
    body: list[Block] = [*headline("SƠ YẾU LÝ LỊCH", "TỰ THUẬT"), *set_rows(rows, form_look(rng))]
    body += [centred("QUÁ TRÌNH HOẠT ĐỘNG CỦA BẢN THÂN", 13), _career(rng, who)]
    right = (centred(f"{who.home.short}, {long_day(day)}", 13, 0), *signature("Người khai", name=who.name))
    loose = names("organ_name place date signer_title signer_name number notation nationality")
    foot = Columns((), right, 0.5)
    return Paper("curriculum_vitae", Columns((), NATION_PLAIN, 0.2), tuple(body), foot, facts_of(rows), loose)


def document_list(rng: Rng, length: int) -> Paper:
    """A list whose columns are named and ordered otherwise, under the archive's name."""
    rows = [("TT", "Số ký hiệu", "Ngày tháng", "Trích yếu nội dung", "Trang số")]
    for n in range(1, 5 + 2 * length):
        text = fill(rng, "{work}")
        rows.append((str(n), f"{n * 7}/QĐ-UBND", record_day(any_day(rng, 1995, 2020)), text, str(n)))
    lead = [centred("CHI CỤC VĂN THƯ - LƯU TRỮ", 12, 0), *headline("MỤC LỤC TÀI LIỆU", size=15, before=8)]
    table = Table((0.08, 0.2, 0.17, 0.43, 0.12), tuple(rows), 11)
    return Paper("document_list", Columns((), ()), (*lead, table), None, {})
