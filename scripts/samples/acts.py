"""Writes the rest of the state's papers: directives to contracts, and normative acts [domain 1.5, 2.2]."""

from dataclasses import dataclass, replace
from functools import partial

from scripts.samples.fonts import Style
from scripts.samples.layout import NATION_PLAIN, centred, left_head, recipients, signature
from scripts.samples.model import Align, Block, Columns, Paper, Para, Run, para
from scripts.samples.organs import any_organ
from scripts.samples.papers import (
    Writer,
    body_para,
    close,
    decision,
    head,
    official_letter,
    prose,
    subject_of,
    title,
    titled,
)
from scripts.samples.people import human
from scripts.samples.spelled import amount, amount_words, any_day, long_day, record_day
from scripts.samples.vocabulary import names
from scripts.samples.words import Rng, fill, person, pick


def directive(rng: Rng, length: int) -> Paper:
    """A directive."""
    return titled(rng, length, "directive", "CHỈ THỊ", "CT")


def plan(rng: Rng, length: int) -> Paper:
    """A plan."""
    return titled(rng, length, "plan", "KẾ HOẠCH", "KH")


def submission(rng: Rng, length: int) -> Paper:
    """A submission: a title and an addressee."""
    paper = titled(rng, length, "submission", "TỜ TRÌNH", "TTr")
    to = fill(rng, "Ủy ban nhân dân tỉnh {province}")
    line = para(f"Kính gửi: {to}", align=Align.CENTRE, before=12)
    return replace(
        paper, body=(*paper.body[:2], line, *paper.body[2:]), fields={**paper.fields, "addressees": to}
    )


def invitation(rng: Rng, _length: int) -> Paper:
    """An invitation to a meeting: other times and places than those of the paper."""
    organ, subject = any_organ(rng), f"{pick(rng, ('Họp', 'Hội nghị'))} {subject_of(rng)}"
    top, facts = head(rng, organ, f"GM-{organ.code}")
    foot, signed = close(rng, organ, "- Như trên;")
    to = fill(rng, "{body}")
    body = [
        *title("GIẤY MỜI", subject),
        para(f"Kính gửi: {to[0].upper()}{to[1:]}", align=Align.CENTRE, before=12),
        body_para(
            f"{organ.full_name.capitalize()} trân trọng kính mời đại diện lãnh đạo đơn vị tới dự cuộc họp:"
        ),
        body_para(
            f"1. Thời gian: {int(rng.integers(7, 15)):02d} giờ 30 phút, {long_day(any_day(rng, 1999, 2025))}."
        ),
        body_para(f"2. Địa điểm: Phòng họp số {int(rng.integers(1, 6))}, trụ sở {fill(rng, '{office}')}."),
        body_para(f"3. Nội dung: {prose(rng, 1)}"),
        body_para("Rất mong đại biểu đến dự đúng thành phần và thời gian./."),
    ]
    return Paper("invitation", top, tuple(body), foot, {**facts, **signed, "subject": subject})


def resolution(rng: Rng, length: int) -> Paper:
    """A resolution of a people's council."""
    place = fill(rng, "{province}")
    day, number = any_day(rng, 1996, 2025), f"{int(rng.integers(1, 300)):02d}"
    subject = f"Về việc {subject_of(rng)}"
    year = f"{day.year}/" if rng.random() < 0.3 else ""
    organ = ("HỘI ĐỒNG NHÂN DÂN", f"TỈNH {place.upper()}")
    top = Columns(
        left_head(*organ, under=(f"Số: {number}/{year}NQ-HĐND",)),
        (*NATION_PLAIN, centred(f"{place}, {long_day(day)}", 13.5, 5, Style.ITALIC)),
    )
    body: list[Block] = [*title("NGHỊ QUYẾT", subject), centred(" ".join(organ), 13.5, 10)]
    body.append(body_para("Căn cứ Luật Tổ chức chính quyền địa phương;"))
    body.append(centred("QUYẾT NGHỊ:", 14))
    body += [_article(rng, index + 1) for index in range(length)]
    signer = person(rng)
    foot = Columns(recipients("- Ủy ban Thường vụ Quốc hội;"), signature("CHỦ TỊCH", name=signer), 0.48)
    held = {
        "number": number,
        "notation": "NQ-HĐND",
        "date": record_day(day),
        "place": place,
        "subject": subject,
    }
    held |= {"organ_name": " ".join(organ), "signer_title": "CHỦ TỊCH", "signer_name": signer}
    return Paper("resolution", top, tuple(body), foot, held)


def _article(rng: Rng, number: int) -> Para:
    return Para((Run(f"Điều {number}.", Style.BOLD), Run(prose(rng, 2))), indent=12.7)


@dataclass(frozen=True)
class Law:
    """A kind of normative act: class, title, notation, organ, who signs."""

    name: str
    title: str
    notation: str
    organ: str
    signs: tuple[str, ...]


DECREE = Law("decree", "NGHỊ ĐỊNH", "NĐ-CP", "CHÍNH PHỦ", ("TM. CHÍNH PHỦ", "THỦ TƯỚNG"))
CIRCULAR = Law("circular", "THÔNG TƯ", "TT-BTP", "BỘ TƯ PHÁP", ("BỘ TRƯỞNG",))
JOINT = Law("circular", "THÔNG TƯ LIÊN TỊCH", "TTLT-BTP-BNV", "BỘ TƯ PHÁP - BỘ NỘI VỤ", ("BỘ TRƯỞNG",))


def normative(rng: Rng, length: int, laws: tuple[Law, ...]) -> Paper:
    """A decree or circular: the year is part of its number."""
    law = pick(rng, laws)
    day, number = any_day(rng, 2016, 2025), f"{int(rng.integers(1, 180)):02d}"
    subject = f"{pick(rng, ('Quy định', 'Hướng dẫn'))} {fill(rng, '{work}')}"
    top = Columns(
        left_head(law.organ, under=(f"Số: {number}/{day.year}/{law.notation}",)),
        (*NATION_PLAIN, centred(f"Hà Nội, {long_day(day)}", 13.5, 5, Style.ITALIC)),
    )
    body: list[Block] = [*title(law.title, subject)]
    body.append(body_para("Căn cứ Luật Tổ chức Chính phủ ngày 19 tháng 6 năm 2015;"))
    body.append(body_para(f"{law.organ.capitalize()} ban hành {law.title.lower()} {subject.lower()}."))
    body += [_article(rng, index + 1) for index in range(length + 1)]
    signer = person(rng)
    foot = Columns(recipients("- Ban Bí thư Trung ương Đảng;"), signature(*law.signs, name=signer), 0.48)
    held = {"number": number, "notation": law.notation, "date": record_day(day), "place": "Hà Nội"}
    held |= {
        "organ_name": law.organ,
        "subject": subject,
        "signer_title": law.signs[-1],
        "signer_name": signer,
    }
    return Paper(law.name, top, tuple(body), foot, held)


decree: Writer = partial(normative, laws=(DECREE,))
circular: Writer = partial(normative, laws=(CIRCULAR, CIRCULAR, JOINT))


def authorization(rng: Rng, _length: int) -> Paper:
    """A power of attorney between two persons, or from an office with a number."""
    day = any_day(rng, 2005, 2025)
    giver, taker = human(rng, 1950, 1990), human(rng, 1960, 2000)
    name = pick(rng, ("GIẤY ỦY QUYỀN", "GIẤY ỦY QUYỀN", "HỢP ĐỒNG ỦY QUYỀN", "GIẤY UỶ QUYỀN"))
    body: list[Block] = [
        centred(name, 16, 20),
        body_para(f"Hôm nay, {long_day(day)}, tại {giver.home.at(day)}, chúng tôi gồm:"),
    ]
    for side, who in (("BÊN ỦY QUYỀN", giver), ("BÊN ĐƯỢC ỦY QUYỀN", taker)):
        body.append(para(f"{side}:", Style.BOLD, align=Align.LEFT, before=6))
        body.append(para(f"Họ và tên: {who.name}, sinh ngày: {who.birth}", align=Align.LEFT))
        body.append(para(f"CCCD số: {who.number}. Nơi cư trú: {who.home.at(day)}", align=Align.LEFT))
    body += [
        body_para(f"Nội dung ủy quyền: {prose(rng, 1)}"),
        body_para("Hai bên cam kết thực hiện đúng nội dung ủy quyền nêu trên./."),
    ]
    foot = Columns(
        signature("BÊN ỦY QUYỀN", name=giver.name), signature("BÊN ĐƯỢC ỦY QUYỀN", name=taker.name), 0.5
    )
    loose = names("date place signer_name signer_title personal_id person_name birth_date residence")
    held = {"giver_name": giver.name, "taker_name": taker.name}
    return Paper("authorization", Columns((), NATION_PLAIN, 0.2), tuple(body), foot, held, loose)


def contract(rng: Rng, length: int) -> Paper:
    """A contract: two sides, a price in figures and words."""
    day, number = any_day(rng, 2000, 2025), f"{int(rng.integers(1, 200)):02d}"
    kind = pick(
        rng, ("DỊCH VỤ", "MUA BÁN", "CHUYỂN NHƯỢNG QUYỀN SỬ DỤNG ĐẤT", "THUÊ NHÀ", "CHỈNH LÝ TÀI LIỆU")
    )
    price = int(rng.integers(5, 900)) * 500_000
    one, two = human(rng, 1950, 1990), human(rng, 1960, 2000)
    notation = pick(rng, ("HĐ-STP", "HĐDV", "HĐKT", ""))
    lead: list[Block] = [centred(f"HỢP ĐỒNG {kind}", 16, 20)]
    if notation:
        lead.append(centred(f"Số: {number}/{day.year}/{notation}", 13, 2, Style.REGULAR))
    lead.append(body_para(f"Hôm nay, {long_day(day)}, tại {fill(rng, '{office}')}, chúng tôi gồm:"))
    offices = (fill(rng, "{office}"), fill(rng, "{office}"))
    for side, who, office in (("BÊN A", one, offices[0]), ("BÊN B", two, offices[1])):
        lead.append(para(f"{side}: {office}", Style.BOLD, align=Align.LEFT, before=6))
        lead.append(para(f"Đại diện: Ông (bà) {who.name}. Chức vụ: Giám đốc", align=Align.LEFT))
        lead.append(
            para(
                f"Địa chỉ: {who.home.at(day)}. Mã số thuế: {int(rng.integers(10**9, 10**10))}",
                align=Align.LEFT,
            )
        )
    lead += [_article(rng, index + 1) for index in range(length)]
    money = f"Giá trị hợp đồng: {amount(price)} đồng (Bằng chữ: {amount_words(price)})."
    body = (*lead, Para((Run(f"Điều {length + 1}.", Style.BOLD), Run(money)), indent=12.7))
    foot = Columns(
        signature("ĐẠI DIỆN BÊN A", name=one.name), signature("ĐẠI DIỆN BÊN B", name=two.name), 0.5
    )
    held = {"number": number, "notation": notation} if notation else {}
    held |= {"party_a_name": offices[0], "party_b_name": offices[1]}
    held |= {"contract_amount": amount(price), "contract_amount_words": amount_words(price)}
    loose = names("date place organ_name subject signer_name signer_title fine_amount fine_words")
    return Paper("contract", Columns((), NATION_PLAIN, 0.2), body, foot, held, loose)


def secrecy_talk(rng: Rng, length: int) -> Paper:
    """A paper that speaks of secrets and is none."""
    paper = official_letter(rng, length)
    text = (
        "Các đơn vị thực hiện nghiêm quy định về bảo vệ bí mật nhà nước, bảo mật thông tin cá nhân; "
        "không để lộ, lọt tài liệu mật."
    )
    return replace(paper, body=(*paper.body[:-1], body_para(text), paper.body[-1]))


def urgent(rng: Rng, length: int) -> Paper:
    """A decision or letter with a mark of urgency below its number."""
    paper = decision(rng, length)
    word = pick(rng, ("KHẨN", "THƯỢNG KHẨN", "HỎA TỐC"))
    top = Columns((*paper.head.left, centred(word, 14, 6)), paper.head.right, paper.head.share)
    return replace(paper, head=top, fields={**paper.fields, "urgency": word})


def numberless(rng: Rng, length: int) -> Paper:
    """A paper whose number was never filled in: the head has the notation alone."""
    paper = decision(rng, length)
    number = f"Số: {paper.fields['number']}/"
    left = tuple(
        replace(line, runs=(Run(line.runs[0].text.replace(number, "Số:      /")),))
        if line.runs[0].text.startswith(number)
        else line
        for line in paper.head.left
    )
    fields = {name: value for name, value in paper.fields.items() if name != "number"}
    return replace(paper, head=Columns(left, paper.head.right, paper.head.share), fields=fields)


def copied(rng: Rng, length: int) -> Paper:
    """A certified copy: the paper itself, below it the number and day of the copy."""
    paper = decision(rng, length)
    day, place = any_day(rng, 2020, 2025), paper.fields["place"]
    block = (
        centred("SAO Y", 13, 14),
        centred(f"Số: {int(rng.integers(1, 90)):02d}/SY-STP", 13, 0, Style.REGULAR),
        centred(f"{place}, {long_day(day)}", 13, 0, Style.ITALIC),
    )
    assert paper.close is not None
    left = (*paper.close.left, *block)
    return replace(paper, close=Columns(left, paper.close.right, paper.close.share))
