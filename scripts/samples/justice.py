"""Writes criminal records, judgments, decisions of enforcement and of courts [domain 2.6]."""

from datetime import date

from scripts.samples.layout import (
    NATION_PLAIN,
    Item,
    centred,
    facts_of,
    form_look,
    headline,
    left_head,
    recipients,
    set_rows,
    signature,
)
from scripts.samples.model import Block, Columns, Paper, Table
from scripts.samples.papers import body_para, prose
from scripts.samples.people import NUMBERS_FROM, TWO_LEVELS_FROM, Home, Human, home, human
from scripts.samples.spelled import amount, any_day, later, long_day, record_day, short_day
from scripts.samples.vocabulary import names
from scripts.samples.words import Rng, person, pick

Row = tuple[Item, ...]


def _issued(organ: str, parent: str) -> dict[str, str]:
    """Who issues: the organ's name takes the locality of the committee it is under."""
    place = parent.removeprefix("UBND") if parent.startswith("UBND ") else ""
    return {"organ_name": organ + place, "organ_parent": parent}


def criminal_record(rng: Rng, length: int) -> Paper:
    """A criminal-record certificate no. 1, or no. 2 with the parents."""
    day, two = any_day(rng, 2012, 2025), length % 2 == 0
    who = human(rng, 1960, 2003)
    province = who.home.province
    national = rng.random() < 0.15
    number = str(int(rng.integers(1, 9000)))
    notation = "TTLLTPQG-LLTP" if national else "STP-LLTP"
    organ = ("TRUNG TÂM LÝ LỊCH TƯ PHÁP QUỐC GIA",) if national else ("SỞ TƯ PHÁP",)
    parent = "BỘ TƯ PHÁP" if national else f"UBND {province.full.upper()}"
    rows = _convict_rows(rng, who, day)
    if two:
        rows += [
            (Item("9. Họ và tên cha:", person(rng, woman=False), "father_name"),),
            (Item("10. Họ và tên mẹ:", person(rng, woman=True), "mother_name"),),
            (Item("11. Họ và tên vợ/chồng:", person(rng, woman=not who.woman)),),
        ]
    clean = rng.random() < 0.75
    state: list[Block] = [
        *set_rows([(Item("Tình trạng án tích:", "Không có án tích" if clean else ""),)], form_look(rng))
    ]
    if not clean:
        cells = (
            str(1),
            f"{int(rng.integers(1, 90))}/2009/HS-ST",
            "TAND cấp huyện",
            "Trộm cắp tài sản",
            "06 tháng tù",
        )
        state.append(
            Table(
                (0.08, 0.24, 0.24, 0.24, 0.2),
                (("STT", "Số bản án", "Tòa án", "Tội danh", "Hình phạt"), cells),
                11.5,
            )
        )
    state.append(
        body_para(
            "Thông tin về cấm đảm nhiệm chức vụ, thành lập, quản lý doanh nghiệp, hợp tác xã: Không bị cấm."
        )
    )
    place = "Hà Nội" if national else province.name
    post, signer = pick(rng, (("GIÁM ĐỐC", ""), ("PHÓ GIÁM ĐỐC", "KT. GIÁM ĐỐC"))), person(rng)
    left = (centred(parent, 12.5, 0), *left_head(*organ, under=(f"Số: {number}/{notation}",)))
    head = Columns(left, (*NATION_PLAIN, centred(f"{place}, {long_day(day)}", 13, 4)))
    body = [*headline(f"PHIẾU LÝ LỊCH TƯ PHÁP SỐ {2 if two else 1}"), *set_rows(rows, form_look(rng)), *state]
    held = facts_of(rows) | {"number": number, "notation": notation, "date": record_day(day), "place": place}
    held |= _issued(organ[0], parent) | {"signer_title": post[0], "signer_name": signer}
    foot = Columns((), signature(*(line for line in (post[1], post[0]) if line), name=signer), 0.45)
    return Paper("criminal_record_certificate", head, tuple(body), foot, held)


def _convict_rows(rng: Rng, who: Human, day: date) -> list[Row]:
    number = who.number if day >= NUMBERS_FROM else str(int(rng.integers(10**8, 10**9)))
    label = "CCCD" if day >= NUMBERS_FROM else "CMND"
    return [
        (Item("1. Họ và tên:", pick(rng, (who.upper, who.name)), "person_name"),),
        (Item("2. Giới tính:", who.gender, "gender"),),
        (Item("3. Ngày, tháng, năm sinh:", short_day(rng, who.born), "birth_date", who.birth),),
        (Item("4. Nơi sinh:", who.home.province.full, "birth_place"),),
        (Item("5. Quốc tịch:", "Việt Nam", "nationality"),),
        (Item("6. Nơi thường trú:", who.home.at(day), "residence"),),
        (Item("7. Nơi tạm trú:", pick(rng, ("Không", home(rng).at(day)))),),
        (
            Item("8. Giấy CMND/Hộ chiếu:", label),
            Item("Số:", number, "personal_id" if day >= NUMBERS_FROM else ""),
            Item("Cấp ngày:", record_day(any_day(rng, day.year - 3, day.year - 1))),
            Item("Tại:", f"Công an {who.home.province.full}"),
        ),
    ]


KINDS = (
    ("HS", "ST", "Trộm cắp tài sản"),
    ("DS", "ST", "Tranh chấp hợp đồng vay tài sản"),
    ("HNGĐ", "ST", "Ly hôn, tranh chấp nuôi con"),
    ("KDTM", "ST", "Tranh chấp hợp đồng mua bán hàng hóa"),
    ("DS", "PT", "Tranh chấp quyền sử dụng đất"),
)


def _trial(rng: Rng, day: date, matter: str, roles: tuple[str, str], length: int) -> list[Block]:
    """Parties, findings, and what the court decides."""
    one, two = human(rng, 1960, 2000), human(rng, 1960, 2000)
    when = f"Ngày {day.day} tháng {day.month} năm {day.year}"
    return [
        body_para(f"{when}, tại trụ sở Tòa án xét xử công khai vụ án về {matter.lower()}."),
        body_para(f"1. {roles[0]}: {one.name}, sinh ngày {one.birth}; nơi cư trú: {one.home.at(day)}."),
        body_para(f"2. {roles[1]}: {two.name}, sinh năm {two.born.year}; cư trú: {two.home.at(day)}."),
        centred("NỘI DUNG VỤ ÁN:", 14),
        *(body_para(prose(rng, 3)) for _ in range(length)),
        centred("NHẬN ĐỊNH CỦA TÒA ÁN:", 14),
        *(body_para(f"[{index + 1}] {prose(rng, 2)}") for index in range(length)),
        centred("QUYẾT ĐỊNH:", 14),
        body_para("Căn cứ Điều 147 Bộ luật Tố tụng dân sự; " + prose(rng, 1)),
    ]


def judgment(rng: Rng, length: int) -> Paper:
    """A judgment: number, day and matter on the left, parties, findings, and QUYẾT ĐỊNH inside."""
    day, where = any_day(rng, 2005, 2025), home(rng)
    kind, level, matter = pick(rng, KINDS)
    number, notation = f"{int(rng.integers(1, 300)):02d}", f"{kind}-{level}"
    court, province = f"TÒA ÁN NHÂN DÂN {where.district.upper()}", where.province.full.upper()
    judge, subject = person(rng), f"V/v {matter[0].lower()}{matter[1:]}"
    dated = f"Ngày: {day.day:02d}-{day.month}-{day.year}"
    under = (f"Bản án số: {number}/{day.year}/{notation}", dated, subject)
    roles = ("Bị cáo", "Người bị hại") if kind == "HS" else ("Nguyên đơn", "Bị đơn")
    body: list[Block] = [
        centred("NHÂN DANH", 14, 14),
        centred("NƯỚC CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 14, 0),
        centred(court if rng.random() < 0.5 else f"{court}, {province}", 14, 0),
        body_para(f"- Thành phần Hội đồng xét xử gồm có: Thẩm phán - Chủ tọa phiên tòa: Ông {judge}."),
        *_trial(rng, day, matter, roles, length),
    ]
    if rng.random() < 0.4:
        body.insert(0, centred("BẢN ÁN", 15, 10))
    lines = ("TM. HỘI ĐỒNG XÉT XỬ", "THẨM PHÁN - CHỦ TỌA PHIÊN TÒA")
    held = {"number": number, "notation": notation, "date": record_day(day), "subject": subject}
    held |= {"organ_name": f"{court} {province}", "signer_name": judge, "signer_title": lines[1]}
    head = Columns(left_head(court, province, under=under), NATION_PLAIN)
    foot = Columns(recipients("- VKSND;", "- Các đương sự;"), signature(*lines, name=judge), 0.48)
    loose = names("organ_parent place residence birth_date")
    return Paper("judgment", head, tuple(body), foot, held, loose)


def _enforcer(day: date, where: Home) -> tuple[str, str, str, str]:
    """Parent, organ, notation and title of the office of enforcement as named on that day."""
    province = where.province.full.upper()
    if day >= TWO_LEVELS_FROM:
        title = "TRƯỞNG THI HÀNH ÁN DÂN SỰ"
        return "BỘ TƯ PHÁP", f"THI HÀNH ÁN DÂN SỰ {province}", "QĐ-THADS", title
    organ = f"CHI CỤC THI HÀNH ÁN DÂN SỰ {where.district.upper()}"
    return f"CỤC THI HÀNH ÁN DÂN SỰ {province}", organ, "QĐ-CCTHADS", "CHI CỤC TRƯỞNG"


def _enforced(rng: Rng, day: date, where: Home) -> list[Block]:
    """What is enforced, against whom, for whom."""
    debtor, creditor = human(rng, 1955, 2000), human(rng, 1955, 2000)
    judged = later(rng, date(day.year - 1, 1, 1), 200)
    case = f"{int(rng.integers(1, 200))}/{judged.year}/{pick(rng, ('DS-ST', 'HNGĐ-ST', 'KDTM-ST'))}"
    owed = amount(int(rng.integers(5, 400)) * 1_000_000)
    based = f"{case} ngày {short_day(rng, judged)} của TAND {where.district}"
    against = f"{debtor.name}, địa chỉ: {debtor.home.at(day)}"
    return [
        body_para("Căn cứ Luật Thi hành án dân sự năm 2008 (sửa đổi, bổ sung năm 2014);"),
        body_para(f"Căn cứ Bản án, Quyết định số {based};"),
        body_para(f"Xét đơn yêu cầu thi hành án của ông (bà) {creditor.name},"),
        centred("QUYẾT ĐỊNH:", 14),
        body_para(f"Điều 1. Cho thi hành án đối với: Người phải thi hành án: {against}."),
        body_para(f"Người được thi hành án: {creditor.name}, địa chỉ: {creditor.home.at(day)}."),
        body_para(f"Các khoản phải thi hành: Trả cho người được thi hành án số tiền {owed} đồng."),
        body_para(f"Điều 2. Chấp hành viên {person(rng)} có trách nhiệm tổ chức thi hành Quyết định này."),
        body_para("Điều 3. Quyết định này có hiệu lực kể từ ngày ký./."),
    ]


ENFORCED = ("Thi hành án theo yêu cầu", "Thi hành án chủ động", "Về việc thi hành án theo yêu cầu")


def enforcement_decision(rng: Rng, _length: int) -> Paper:
    """A decision to enforce a judgment, on request or of its own motion."""
    day, where = any_day(rng, 2010, 2025), home(rng)
    parent, organ, notation, post = _enforcer(day, where)
    number, subject = f"{int(rng.integers(1, 900)):02d}", pick(rng, ENFORCED)
    body: list[Block] = [
        *headline("QUYẾT ĐỊNH", subject, size=15),
        centred(f"{post} {organ}", 13, 8),
        *_enforced(rng, day, where),
    ]
    signer, place = person(rng), where.province.name
    head = Columns(
        (centred(parent, 12, 0), *left_head(organ, under=(f"Số: {number}/{notation}",))),
        (*NATION_PLAIN, centred(f"{place}, {long_day(day)}", 13, 4)),
    )
    held = {"number": number, "notation": notation, "date": record_day(day), "place": place}
    held |= {"subject": subject, "organ_parent": parent, "organ_name": organ}
    held |= {"signer_title": post, "signer_name": signer}
    foot = Columns(recipients("- Như Điều 3;", "- Viện KSND;"), signature(post, name=signer), 0.5)
    return Paper("enforcement_decision", head, tuple(body), foot, held)


def court_decision(rng: Rng, _length: int) -> Paper:
    """A court's decision on an agreed divorce: a decision, though not an administrative one."""
    day, where = any_day(rng, 2010, 2025), home(rng)
    number, court = str(int(rng.integers(10, 300))), f"TÒA ÁN NHÂN DÂN {where.district.upper()}"
    subject = "Công nhận thuận tình ly hôn và sự thỏa thuận của các đương sự"
    wife, husband = human(rng, 1970, 1995, woman=True), human(rng, 1970, 1995, woman=False)
    body: list[Block] = [
        *headline("QUYẾT ĐỊNH", subject.upper() if rng.random() < 0.5 else subject, size=15),
        body_para(
            f"Căn cứ hồ sơ vụ án dân sự thụ lý số {int(rng.integers(10, 300))}/{day.year}/TLST-HNGĐ giữa:"
        ),
        body_para(
            f"Nguyên đơn: Chị {wife.name}, sinh năm {wife.born.year}; nơi cư trú: {wife.home.at(day)}."
        ),
        body_para(
            f"Bị đơn: Anh {husband.name}, sinh năm {husband.born.year}; nơi cư trú: {husband.home.at(day)}."
        ),
        centred("QUYẾT ĐỊNH:", 14),
        body_para(f"1. Công nhận sự thuận tình ly hôn giữa chị {wife.name} và anh {husband.name}."),
        body_para("2. Quyết định này có hiệu lực pháp luật ngay sau khi được ban hành./."),
    ]
    judge, place = person(rng), where.province.name
    head = Columns(
        left_head(court, where.province.full.upper(), under=(f"Số: {number}/{day.year}/QĐST-HNGĐ",)),
        (*NATION_PLAIN, centred(f"{place}, {long_day(day)}", 13, 4)),
    )
    held = {"number": number, "notation": "QĐST-HNGĐ", "date": record_day(day), "place": place}
    held |= {"signer_name": judge, "signer_title": "THẨM PHÁN"}
    foot = Columns(recipients("- Các đương sự;"), signature("THẨM PHÁN", name=judge), 0.5)
    loose = names("organ_parent organ_name subject")
    return Paper("decision", head, tuple(body), foot, held, loose)
