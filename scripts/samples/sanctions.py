"""Writes papers of administrative violations: the minutes and the decisions [domain 2.4]."""

from dataclasses import dataclass
from datetime import date, timedelta

from digitizer.understanding.checks import default_checks
from scripts.samples.layout import (
    NATION_PLAIN,
    Facts,
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
from scripts.samples.model import Block, Columns, Paper
from scripts.samples.papers import body_para
from scripts.samples.people import NUMBERS_FROM, Home, Human, home, human
from scripts.samples.spelled import amount, amount_words, any_day, later, long_day, record_day, short_day
from scripts.samples.vocabulary import names
from scripts.samples.words import Rng, person, pick

Row = tuple[Item, ...]
ACTS = (
    "Đổ phế thải xây dựng không đúng nơi quy định gây cản trở giao thông",
    "Không đăng ký khai sinh cho trẻ em đúng thời hạn theo quy định",
    "Tẩy xóa, sửa chữa làm sai lệch nội dung giấy tờ do cơ quan có thẩm quyền cấp",
    "Hành nghề luật sư khi chưa có Chứng chỉ hành nghề luật sư",
    "Xây dựng công trình không có giấy phép xây dựng",
    "Cam đoan không đúng về tình trạng hôn nhân để làm thủ tục đăng ký kết hôn",
    "Kinh doanh hàng hóa không rõ nguồn gốc, xuất xứ",
)
WEEK = timedelta(days=8)
FIRMS = (
    "Công ty TNHH Thương mại Hòa Phát Lộc",
    "Công ty cổ phần Xây dựng An Bình Minh",
    "Hợp tác xã Vận tải Đại Đồng",
)


@dataclass(frozen=True)
class Case:
    """A violation: who, where, when the minutes were taken, what for, and the fine."""

    who: Human
    firm: str
    where: Home
    minutes: date
    minutes_number: str
    act: str
    fine: int
    decree: str

    @property
    def organ(self) -> tuple[str, str]:
        """The committee that deals with it."""
        return ("ỦY BAN NHÂN DÂN", self.where.commune.upper())


def case(rng: Rng) -> Case:
    """A violation between 2013 and today."""
    minutes, where = any_day(rng, 2014, 2025), home(rng)
    who = human(rng, 1955, 2000, where=home(rng, where.province))
    firm = pick(rng, FIRMS) if rng.random() < 0.2 else ""
    fine = int(pick(rng, (500, 750, 1000, 1500, 2500, 4000, 7500, 12500, 20000, 35000, 1250, 3250))) * 1000
    number = f"{int(rng.integers(1, 120)):02d}/BB-VPHC"
    known = default_checks().decrees.items()
    held = [name for name, each in known if each.begun <= minutes and (minutes + WEEK) <= each.ended]
    decree = pick(rng, held or [name for name, _ in known])
    return Case(who, firm, where, minutes, number, pick(rng, ACTS), fine, decree)


def _subject_rows(rng: Rng, facts: Case, day: date) -> list[Row]:
    who = facts.who
    if facts.firm:
        return [
            (Item("1. Tên tổ chức vi phạm:", facts.firm, "subject_name"),),
            (Item("Địa chỉ trụ sở chính:", who.home.at(day), "subject_address"),),
            (Item("Mã số doanh nghiệp:", f"{int(rng.integers(10**9, 10**10 - 1))}"),),
            (Item("Người đại diện theo pháp luật:", who.name), Item("Giới tính:", who.gender)),
            (Item("Chức danh:", "Giám đốc"),),
        ]
    rows: list[Row] = [
        (
            Item(
                pick(rng, ("1. Họ và tên:", "1. Họ và tên:", "<1. Họ và tên>:")),
                pick(rng, (who.name, who.upper)),
                "subject_name",
            ),
            Item("Giới tính:", who.gender, "gender"),
        ),
        (
            Item("Ngày, tháng, năm sinh:", short_day(rng, who.born), "subject_birth_date", who.birth),
            Item("Quốc tịch:", "Việt Nam", "nationality"),
        ),
        (Item("Nghề nghiệp:", pick(rng, ("Lao động tự do", "Nông dân", "Kinh doanh", "Công nhân"))),),
        (Item("Nơi ở hiện tại:", who.home.at(day), "subject_address"),),
    ]
    issued = record_day(date.fromordinal(day.toordinal() - int(rng.integers(300, 2500))))
    if day >= NUMBERS_FROM:
        label = "Số định danh cá nhân/CMND/Hộ chiếu:"
        number = (
            Item(label, who.number, "personal_id"),
            Item("ngày cấp:", issued),
            Item("nơi cấp:", "Cục CS QLHC về TTXH"),
        )
    else:
        label = pick(rng, ("Số CMND/Hộ chiếu:", "Giấy CMND số:"))
        nine = str(int(rng.integers(10**8, 10**9)))
        number = (
            Item(label, nine),
            Item("ngày cấp:", issued),
            Item("nơi cấp:", f"Công an {who.home.province.full}"),
        )
    return [*rows, number]


def _head(facts: Case, number: str, day: date | None) -> Columns:
    left = left_head(*facts.organ, under=(f"Số: {number}",))
    if day is None:
        return Columns(left, NATION_PLAIN)
    return Columns(left, (*NATION_PLAIN, centred(f"{facts.where.short}, {long_day(day)}", 13, 4)))


def violation_minutes(rng: Rng, _length: int) -> Paper:
    """Minutes of a violation: time, officials, the violator, the act."""
    facts = case(rng)
    day, hour = facts.minutes, f"{int(rng.integers(7, 18)):02d} giờ {int(rng.integers(0, 60)):02d} phút"
    rows = _subject_rows(rng, facts, day)
    officer, witness = person(rng), person(rng)
    when = pick(rng, (f"ngày {record_day(day)}", long_day(day)))
    body: list[Block] = [
        *headline("BIÊN BẢN VI PHẠM HÀNH CHÍNH", size=15),
        body_para(f"Hôm nay, hồi {hour}, {when}, tại {facts.where.at(day)}."),
        body_para("Căn cứ Luật Xử lý vi phạm hành chính;"),
        body_para("Chúng tôi gồm:"),
        body_para(
            f"1. Họ và tên: {officer}. Chức vụ: Công chức Tư pháp. Cơ quan: UBND {facts.where.commune}."
        ),
        body_para(f"2. Với sự chứng kiến của: {witness}. Nghề nghiệp: Nông dân."),
        body_para("Tiến hành lập biên bản vi phạm hành chính đối với <ông (bà)/tổ chức> có tên sau đây:"),
        *set_rows(rows, form_look(rng)),
        body_para(f"Đã có các hành vi vi phạm hành chính: {facts.act}."),
        body_para(f"Quy định tại điểm a khoản 2 Điều 37 Nghị định số {facts.decree} của Chính phủ."),
        body_para("Ý kiến trình bày của cá nhân/tổ chức vi phạm: Không có ý kiến gì."),
        body_para("Biên bản lập xong cùng ngày, gồm 01 tờ, thành 02 bản có nội dung và giá trị như nhau./."),
    ]
    foot = Columns(
        signature("CÁ NHÂN/TỔ CHỨC VI PHẠM", name=facts.who.name),
        signature("NGƯỜI LẬP BIÊN BẢN", name=officer),
        0.5,
    )
    number, _, notation = facts.minutes_number.partition("/")
    held = facts_of(rows) | {
        "number": number,
        "notation": notation,
        "violation": facts.act,
        "date": record_day(day),
        "cited_decree": facts.decree,
    }
    held |= {"organ_name": " ".join(facts.organ)}
    loose = names("place signer_name signer_title minutes_number subject organ_parent")
    return Paper(
        "violation_minutes", _head(facts, facts.minutes_number, None), tuple(body), foot, held, loose
    )


def _bases(rng: Rng, facts: Case, *, minutes: bool) -> list[Block]:
    body: list[Block] = [body_para("Căn cứ Luật Xử lý vi phạm hành chính ngày 20 tháng 6 năm 2012;")]
    if minutes:
        when = pick(
            rng,
            (long_day(facts.minutes), f"ngày {facts.minutes.day}/{facts.minutes.month}/{facts.minutes.year}"),
        )
        body.append(body_para(f"Căn cứ Biên bản vi phạm hành chính số {facts.minutes_number} lập {when};"))
    body.append(
        body_para(f"Căn cứ Nghị định số {facts.decree} của Chính phủ quy định xử phạt vi phạm hành chính;")
    )
    return body


def _articles(rng: Rng, facts: Case, rows: list[Row]) -> list[Block]:
    """Article 1 with the person, the act and the fine; the rest in short."""
    figures, words = amount(facts.fine), amount_words(facts.fine)
    fine = pick(
        rng,
        (
            f"a) Hình thức xử phạt chính: Phạt tiền. Mức tiền phạt: {figures} đồng (Bằng chữ: {words}).",
            f"Mức phạt: {figures} đồng (Bằng chữ: {words}).",
        ),
    )
    return [
        body_para("Điều 1. Xử phạt vi phạm hành chính đối với <ông (bà)/tổ chức> có tên sau đây:"),
        *set_rows(rows, form_look(rng)),
        body_para(f"2. Đã thực hiện hành vi vi phạm hành chính: {facts.act}."),
        body_para(
            f"3. Quy định tại điểm b khoản 1 Điều {facts.minutes.day + 5} Nghị định số {facts.decree}."
        ),
        body_para("4. Các tình tiết tăng nặng, giảm nhẹ: Không."),
        body_para(f"5. Bị áp dụng hình thức xử phạt như sau: {fine}"),
        body_para("Điều 2. Quyết định này có hiệu lực kể từ ngày ký."),
        body_para(
            "Điều 3. Quyết định này được giao cho ông (bà) có tên tại Điều 1 để chấp hành trong 10 ngày, "
            "kể từ ngày nhận được Quyết định; nộp phạt tại Kho bạc Nhà nước, tài khoản số 3511.0.1069421./."
        ),
    ]


def sanction_decision(rng: Rng, length: int) -> Paper:
    """A decision that fines a person or an organization, after minutes or without."""
    facts, minutes = case(rng), length % 3 != 0
    day = later(rng, facts.minutes, 7)
    rows = _subject_rows(rng, facts, day)
    code = "QĐ-XPHC" if day.year >= 2020 or rng.random() < 0.5 else "QĐ-XPVPHC"
    number = f"{int(rng.integers(1, 300)):02d}"
    subject = "Xử phạt vi phạm hành chính"
    if not minutes:
        subject = "Xử phạt vi phạm hành chính theo thủ tục xử phạt không lập biên bản"
    subject = pick(rng, (subject, f"Về {subject[0].lower()}{subject[1:]}"))
    body: list[Block] = [
        *headline("QUYẾT ĐỊNH", subject, size=15),
        centred(f"CHỦ TỊCH {' '.join(facts.organ)}", 13.5),
    ]
    body += _bases(rng, facts, minutes=minutes)
    body += [centred("QUYẾT ĐỊNH:", 14), *_articles(rng, facts, rows)]
    signer, post = person(rng), pick(rng, ("CHỦ TỊCH", "PHÓ CHỦ TỊCH"))
    lines = (post,) if post == "CHỦ TỊCH" else ("KT. CHỦ TỊCH", post)
    held: Facts = facts_of(rows) | {
        "number": number,
        "notation": code,
        "date": record_day(day),
        "subject": subject,
    }
    held |= {"place": facts.where.short, "organ_name": " ".join(facts.organ), "violation": facts.act}
    held |= {"fine_amount": amount(facts.fine), "fine_words": amount_words(facts.fine)}
    held |= {"signer_title": post, "signer_name": signer, "cited_decree": facts.decree}
    if minutes:
        held["minutes_number"] = facts.minutes_number
    head = _head(facts, f"{number}/{code}", day)
    foot = Columns(recipients("- Như Điều 3;", "- Kho bạc Nhà nước;"), signature(*lines, name=signer), 0.5)
    return Paper("sanction_decision", head, tuple(body), foot, held, names("organ_parent"))
