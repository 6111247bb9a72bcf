"""Writes administrative papers as other offices lay them out: by a second hand [domain 1.5, 2.2]."""

from dataclasses import replace
from functools import partial

from scripts.samples.acts import CIRCULAR, DECREE, Law
from scripts.samples.fonts import Style
from scripts.samples.layout import (
    NATION_PLAIN,
    Form,
    Item,
    centred,
    facts_of,
    left_head,
    recipients,
    set_rows,
    signature,
)
from scripts.samples.model import Align, Block, Columns, Paper, Table, para
from scripts.samples.organs import any_organ
from scripts.samples.papers import Writer, body_para, close, head, prose, subject_of
from scripts.samples.people import human
from scripts.samples.spelled import amount, amount_words, any_day, long_day, record_day
from scripts.samples.vocabulary import names
from scripts.samples.words import Rng, fill, person, pick


def plain_title(rng: Rng, length: int, kind: tuple[str, str, str]) -> Paper:
    """A title with its subject in the lines below without `Về việc`, bases, a table, parts by figures."""
    name, printed, code = kind
    organ, topic = any_organ(rng), subject_of(rng)
    top, facts = head(rng, organ, f"{code}-{organ.code}")
    foot, signed = close(rng, organ, "- Lãnh đạo cơ quan (để báo cáo);")
    lead = pick(rng, ("Kết quả {}", "Tổng kết {}", "Triển khai {}", "{}"))
    subject = lead.format(topic)
    subject = subject[0].upper() + subject[1:]
    body: list[Block] = [centred(printed, 15, 22), centred(subject, 13.5, 2)]
    body.append(
        body_para(f"Thực hiện Văn bản số {int(rng.integers(2, 900))}/UBND-NC, {prose(rng, 1).lower()}")
    )
    for part in range(length):
        body.append(
            para(f"{part + 1}. {fill(rng, '{work}').capitalize()}", Style.BOLD, align=Align.LEFT, before=9)
        )
        body.append(body_para(prose(rng, 2)))
    rows = [("TT", "Nội dung", "Đơn vị", "Thời hạn")]
    rows += [(str(n), fill(rng, "{work}"), fill(rng, "{body}"), f"Quý {n}") for n in range(1, 4)]
    body.append(Table((0.08, 0.42, 0.32, 0.18), tuple(rows), 12))
    return Paper(name, top, tuple(body), foot, {**facts, **signed, "subject": subject})


report: Writer = partial(plain_title, kind=("report", "BÁO CÁO", "BC"))
plan: Writer = partial(plain_title, kind=("plan", "KẾ HOẠCH", "KH"))
directive: Writer = partial(plain_title, kind=("directive", "CHỈ THỊ", "CT"))


def submission(rng: Rng, length: int) -> Paper:
    """A submission whose addressees stand one below the other."""
    paper = plain_title(rng, length, ("submission", "TỜ TRÌNH", "TTr"))
    one, two = fill(rng, "Ủy ban nhân dân tỉnh {province}"), "Sở Tài chính"
    lines = (
        para("Kính gửi:", align=Align.LEFT, indent=40, before=12),
        para(f"- {one};", align=Align.LEFT, indent=50, before=0),
        para(f"- {two}.", align=Align.LEFT, indent=50, before=0),
    )
    return replace(paper, body=(*paper.body[:2], *lines, *paper.body[2:]))


def minutes(rng: Rng, length: int) -> Paper:
    """Minutes by headed items: time, place, who was there; with a number."""
    organ, topic = any_organ(rng), subject_of(rng)
    top, facts = head(rng, organ, f"BB-{organ.code}")
    subject = pick(rng, (f"Cuộc họp về việc {topic}", f"Làm việc về {topic}", f"Hội nghị {topic}"))
    chair, clerk = person(rng), person(rng)
    body: list[Block] = [centred("BIÊN BẢN", 16, 18), centred(subject, 14, 2)]
    for label, text in (
        ("I. Thời gian:", f"bắt đầu 8 giờ 00 phút, {long_day(any_day(rng, 2001, 2024))}"),
        ("II. Địa điểm:", f"Hội trường {fill(rng, '{office}')}"),
        ("III. Thành phần tham dự:", "theo giấy mời, vắng không"),
    ):
        body.append(body_para(f"{label} {text}."))
    body += [
        para(f"- Chủ tọa: Ông {chair}", align=Align.LEFT),
        para(f"- Thư ký: Bà {clerk}", align=Align.LEFT),
    ]
    body.append(para("IV. Nội dung cuộc họp", Style.BOLD, align=Align.LEFT))
    body += [body_para(f"{item + 1}. {prose(rng, 2)}") for item in range(length)]
    body.append(body_para("Cuộc họp kết thúc vào hồi 11 giờ 30 phút cùng ngày./."))
    foot = Columns(signature("THƯ KÝ", name=clerk), signature("CHỦ TỌA", name=chair), 0.5)
    loose = names("signer_name signer_title date place")
    held = {name: value for name, value in facts.items() if name not in {"date", "place"}}
    return Paper("minutes", top, tuple(body), foot, {**held, "subject": subject}, loose)


def invitation(rng: Rng, _length: int) -> Paper:
    """An invitation in a table of time, place and matter."""
    organ = any_organ(rng)
    top, facts = head(rng, organ, f"GM-{organ.code}")
    foot, signed = close(rng, organ, "- Như thành phần mời;")
    subject = f"Dự hội nghị {subject_of(rng)}"
    rows = (
        ("Thời gian", f"08 giờ 00, {long_day(any_day(rng, 2001, 2024))}"),
        ("Địa điểm", f"Hội trường {fill(rng, '{office}')}"),
        ("Nội dung", fill(rng, "{work}")),
        ("Thành phần", fill(rng, "{body}")),
    )
    body: list[Block] = [centred(pick(rng, ("GIẤY MỜI", "GIẤY MỜI HỌP")), 15, 20), centred(subject, 13.5, 2)]
    body += [Table((0.25, 0.75), rows, 13), body_para("Đề nghị các đại biểu đến dự đúng giờ./.")]
    return Paper("invitation", top, tuple(body), foot, {**facts, **signed, "subject": subject})


def resolution(rng: Rng, length: int) -> Paper:
    """A resolution of a commune's council: its session below the organ, articles by heading."""
    organ = any_organ(rng)
    name = ("HỘI ĐỒNG NHÂN DÂN", f"XÃ {organ.place.upper()}")
    day, number = any_day(rng, 2005, 2025), f"{int(rng.integers(1, 60)):02d}"
    subject = f"{pick(rng, ('Thông qua', 'Phê chuẩn', 'Về'))} {fill(rng, '{work}')}"
    top = Columns(
        left_head(*name, under=(f"Số: {number}/NQ-HĐND",)),
        (*NATION_PLAIN, centred(f"{organ.place}, {long_day(day)}", 13, 4, Style.ITALIC)),
    )
    body: list[Block] = [centred("NGHỊ QUYẾT", 15, 18), centred(subject, 14, 2)]
    body += [centred(f"{' '.join(name)}", 13, 10), centred("KHÓA XX, KỲ HỌP THỨ 5", 13, 0)]
    body += [body_para("Căn cứ Luật Tổ chức chính quyền địa phương;"), centred("QUYẾT NGHỊ:", 14)]
    body += [para(f"Điều {n + 1}. {prose(rng, 2)}", indent=12.7) for n in range(length)]
    signer = person(rng)
    foot = Columns(
        recipients("- TT. HĐND huyện;"), signature("TM. HỘI ĐỒNG NHÂN DÂN", "CHỦ TỊCH", name=signer), 0.48
    )
    held = {"number": number, "notation": "NQ-HĐND", "date": record_day(day), "place": organ.place}
    held |= {
        "organ_name": " ".join(name),
        "subject": subject,
        "signer_title": "CHỦ TỊCH",
        "signer_name": signer,
    }
    return Paper("resolution", top, tuple(body), foot, held)


def normative(rng: Rng, length: int, law: Law) -> Paper:
    """A decree or circular that amends another: the subject over several lines, bases in italics."""
    day, number = any_day(rng, 2016, 2025), f"{int(rng.integers(1, 180)):02d}"
    subject = f"Sửa đổi, bổ sung một số điều của {law.title.capitalize()} về {fill(rng, '{work}')}"
    printed = f"Số: {number}/{day.year}/{law.notation}"
    top = Columns(
        (*left_head(law.organ), centred("________", 10, 0), centred(printed, 13, 2, Style.REGULAR)),
        (*NATION_PLAIN, centred(f"Hà Nội, {long_day(day)}", 13.5, 5, Style.ITALIC)),
    )
    body: list[Block] = [centred(law.title, 15, 16), centred(subject, 14, 2)]
    body += [
        para(text, Style.ITALIC, indent=12.7)
        for text in ("Căn cứ Luật Hộ tịch;", "Theo đề nghị của Cục trưởng;")
    ]
    body += [para(f"Điều {n + 1}. {prose(rng, 2)}", indent=12.7) for n in range(length + 1)]
    signer, post = person(rng), law.signs[-1]
    foot = Columns(recipients("- Công báo;"), signature(*law.signs, name=signer), 0.48)
    held = {"number": number, "notation": law.notation, "date": record_day(day), "place": "Hà Nội"}
    held |= {"organ_name": law.organ, "subject": subject, "signer_title": post, "signer_name": signer}
    return Paper(law.name, top, tuple(body), foot, held)


decree: Writer = partial(normative, law=DECREE)
circular: Writer = partial(normative, law=CIRCULAR)


def contract(rng: Rng, length: int) -> Paper:
    """A contract whose sides are named by what they do, with a table of goods and the price below it."""
    day, number = any_day(rng, 2000, 2025), f"{int(rng.integers(1, 200)):02d}"
    kind, sides = pick(
        rng, (("MUA BÁN HÀNG HÓA", ("BÊN BÁN", "BÊN MUA")), ("THUÊ NHÀ Ở", ("BÊN CHO THUÊ", "BÊN THUÊ")))
    )
    one, two = human(rng, 1950, 1990), human(rng, 1960, 2000)
    offices, price = (fill(rng, "{office}"), fill(rng, "{office}")), int(rng.integers(5, 900)) * 500_000
    body: list[Block] = [centred(f"HỢP ĐỒNG {kind}", 16, 20), centred(f"Số: {number}/HĐ-{day.year}", 13, 2)]
    body += [
        body_para("Căn cứ Bộ luật Dân sự năm 2015;"),
        body_para(f"Hôm nay, {long_day(day)}, các bên gồm:"),
    ]
    for letter, side, who, office in zip("AB", sides, (one, two), offices, strict=True):
        body.append(para(f"{side} (Bên {letter}): {office}", Style.BOLD, align=Align.LEFT, before=6))
        rows = [(Item("- Địa chỉ:", who.home.at(day)),), (Item("- Người đại diện:", f"Ông/bà {who.name}"),)]
        body += set_rows([*rows, (Item("- Chức vụ:", "Giám đốc"),)], Form())
    goods = [("STT", "Tên hàng hóa, dịch vụ", "ĐVT", "Thành tiền")]
    goods += [(str(n), fill(rng, "{work}"), "bộ", amount(price // 3)) for n in range(1, 4)]
    body += [Table((0.1, 0.5, 0.14, 0.26), tuple(goods), 12)]
    body.append(body_para(f"Tổng giá trị hợp đồng: {amount(price)} đồng. Bằng chữ: {amount_words(price)}./."))
    body += [para(f"Điều {n + 2}. {prose(rng, 2)}", indent=12.7) for n in range(length)]
    foot = Columns(signature(sides[0], name=one.name), signature(sides[1], name=two.name), 0.5)
    held = {"party_a_name": offices[0], "party_b_name": offices[1]}
    held |= {"contract_amount": amount(price), "contract_amount_words": amount_words(price)}
    loose = names(
        "number notation date place organ_name subject signer_name signer_title fine_amount fine_words"
    )
    return Paper("contract", Columns((), NATION_PLAIN, 0.2), tuple(body), foot, held, loose)


def authorization(rng: Rng, _length: int) -> Paper:
    """A power of attorney by numbered parts: persons by `Tôi là`, or `Họ và tên` in rows of their own."""
    day = any_day(rng, 2005, 2025)
    giver, taker = human(rng, 1950, 1990), human(rng, 1960, 2000)
    body: list[Block] = [centred("GIẤY ỦY QUYỀN", 17, 24), centred("(Dành cho cá nhân)", 12, 0, Style.ITALIC)]
    rows = []
    for number, side, who, name in (
        ("I.", "BÊN ỦY QUYỀN", giver, "giver_name"),
        ("II.", "BÊN ĐƯỢC ỦY QUYỀN", taker, "taker_name"),
    ):
        body.append(para(f"{number} {side}:", Style.BOLD, align=Align.LEFT, before=10))
        part = [
            (Item("Họ và tên:", who.upper, name),),
            (Item("Ngày sinh:", who.birth), Item("Giới tính:", who.gender)),
            (Item("Số CCCD:", who.number), Item("Ngày cấp:", record_day(any_day(rng, 2001, 2004)))),
            (Item("Địa chỉ thường trú:", who.home.at(day)),),
        ]
        rows += part
        body += set_rows(part, Form(dots=True))
    body += [
        para("III. NỘI DUNG ỦY QUYỀN:", Style.BOLD, align=Align.LEFT, before=10),
        body_para(prose(rng, 2)),
    ]
    right = (centred(f"{giver.home.short}, {long_day(day)}", 13, 0, Style.ITALIC),)
    foot = Columns(
        signature("Bên được ủy quyền", name=taker.name),
        (*right, *signature("Bên ủy quyền", name=giver.name)),
        0.5,
    )
    loose = names("date place signer_name signer_title personal_id person_name birth_date residence gender")
    return Paper("authorization", Columns((), NATION_PLAIN, 0.2), tuple(body), foot, facts_of(rows), loose)
