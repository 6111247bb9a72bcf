"""Writes papers by the layout of Decree 30/2020: header, title, body, recipients, signature."""

import re
from collections.abc import Callable

from scripts.samples.fonts import Style
from scripts.samples.model import Align, Block, Columns, Paper, Para, Run, para
from scripts.samples.organs import Organ, any_organ, signer
from scripts.samples.vocabulary import names
from scripts.samples.words import HEADINGS, LEGAL_BASES, SENTENCES, SUBJECTS, Rng, fill, person, pick, slot

NATION = (
    para("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Style.BOLD, align=Align.CENTRE, size=12.5, before=0),
    para("Độc lập - Tự do - Hạnh phúc", Style.BOLD, align=Align.CENTRE, size=13.5, before=0, rule=52),
)
ROMAN = ("I", "II", "III", "IV", "V", "VI")
Facts = dict[str, str]


def dated(rng: Rng) -> tuple[str, str]:
    """A date as the head of a paper prints it, and as a record holds it."""
    day, month, year = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(1996, 2026))
    printed_month = f"{month:02d}" if month < 3 else str(month)
    return f"ngày {day:02d} tháng {printed_month} năm {year}", f"{day:02d}/{month:02d}/{year}"


def head(rng: Rng, organ: Organ, notation: str, letter: str = "") -> tuple[Columns, Facts]:
    """The two-column header, with what it says."""
    number = f"{int(rng.integers(1, 3200)):02d}"
    words, date = dated(rng)
    left = [para(organ.parent, align=Align.CENTRE, size=12.5, before=0)] if organ.parent else []
    for line in organ.name:
        left.append(para(line, Style.BOLD, align=Align.CENTRE, size=12.5, before=0))
    left[-1] = para(organ.name[-1], Style.BOLD, align=Align.CENTRE, size=12.5, before=0, rule=20)
    left.append(para(f"Số: {number}/{notation}", align=Align.CENTRE, size=13, before=3))
    if letter:
        left.append(para(letter, align=Align.CENTRE, size=12, before=2))
    place_date = para(f"{organ.place}, {words}", Style.ITALIC, align=Align.CENTRE, size=13.5, before=5)
    facts = {"number": number, "notation": notation, "date": date, "place": organ.place}
    facts |= {"organ_name": organ.full_name} | ({"organ_parent": organ.parent} if organ.parent else {})
    return Columns(tuple(left), (*NATION, place_date)), facts


def close(rng: Rng, organ: Organ, first: str) -> tuple[Columns, Facts]:
    """Recipients on the left, the signature block on the right."""
    by, name = signer(rng, organ), person(rng)
    copies = [first, *(f"- {fill(rng, '{body}')};" for _ in range(int(rng.integers(1, 4))))]
    copies.append(f"- Lưu: VT, {''.join(word[0] for word in name.split()[:2])}.")
    left = [para("Nơi nhận:", Style.BOLD_ITALIC, align=Align.LEFT, size=12, before=0)]
    left += [para(_capital(copy), align=Align.LEFT, size=11, before=0) for copy in copies]
    right = [para(line, Style.BOLD, align=Align.CENTRE, size=13.5, before=0) for line in by.lines]
    right.append(para(name, Style.BOLD, align=Align.CENTRE, size=14, before=88))
    return Columns(tuple(left), tuple(right), 0.48), {"signer_title": by.title, "signer_name": name}


def _capital(copy: str) -> str:
    return f"- {copy[2].upper()}{copy[3:]}"


def title(name: str, subject: str) -> tuple[Para, ...]:
    """The kind of paper and what it is about, centred and bold."""
    return (
        para(name, Style.BOLD, align=Align.CENTRE, size=14.5, before=16),
        para(subject, Style.BOLD, align=Align.CENTRE, size=14, before=0, rule=32),
    )


def prose(rng: Rng, count: int) -> str:
    """Some sentences in a row."""
    return " ".join(_sentence(rng) for _ in range(count))


def _sentence(rng: Rng) -> str:
    text = fill(rng, pick(rng, SENTENCES))
    return text[0].upper() + text[1:]


def body_para(text: str) -> Para:
    """A justified paragraph of the body."""
    return para(text, indent=12.7)


def subject_of(rng: Rng) -> str:
    """What a paper is about, without its lead words."""
    return fill(rng, pick(rng, SUBJECTS))


def _before(text: str, year: int) -> str:
    """The text with no year that is not earlier: what a paper rests on was there before it."""
    return re.sub(r"(?<=/)(?:19|20)\d\d", lambda match: str(min(int(match[0]), year - 1)), text)


def decision(rng: Rng, length: int) -> Paper:
    """A decision: legal bases in italics, then articles."""
    organ, subject = any_organ(rng), f"Về việc {subject_of(rng)}"
    top, facts = head(rng, organ, f"QĐ-{organ.code}")
    foot, signed = close(rng, organ, "- Như Điều 3;")
    authority = f"{organ.chief} {organ.full_name}" if organ.on_behalf else f"{organ.chief} {organ.name[0]}"
    bold: dict[str, object] = {"align": Align.CENTRE, "size": 14, "before": 12}
    body: list[Block] = [*title("QUYẾT ĐỊNH", subject), para(authority, Style.BOLD, **bold)]
    for _ in range(int(rng.integers(3, 5))):
        basis = _before(fill(rng, pick(rng, LEGAL_BASES)), int(facts["date"][-4:]))
        body.append(para(basis, Style.ITALIC, indent=12.7))
    body.append(para("QUYẾT ĐỊNH:", Style.BOLD, **bold))
    for article in range(1, max(3, length) + 1):
        lead = Run(f"Điều {article}.", Style.BOLD)
        body.append(Para((lead, Run(prose(rng, 1 + int(rng.integers(2))))), indent=12.7))
    effect = "Quyết định này có hiệu lực kể từ ngày ký. Các đơn vị có liên quan chịu trách nhiệm thi hành./."
    body.append(Para((Run(f"Điều {max(3, length) + 1}.", Style.BOLD), Run(effect)), indent=12.7))
    return Paper("decision", top, tuple(body), foot, {**facts, **signed, "subject": subject})


def official_letter(rng: Rng, length: int) -> Paper:
    """An official letter: no title, the subject under the number, an addressee."""
    organ, subject = any_organ(rng), f"V/v {subject_of(rng)}"
    top, facts = head(rng, organ, f"{organ.code}-{pick(rng, ('VP', 'NC', 'HCTP', 'TTHC', 'TH'))}", subject)
    foot, signed = close(rng, organ, "- Như trên;")
    addressee = fill(rng, "{body}")
    addressee = addressee[0].upper() + addressee[1:]
    body = [para(f"Kính gửi: {addressee}", align=Align.CENTRE, before=20), body_para(prose(rng, 2))]
    body += [body_para(f"{item}. {prose(rng, 2)}") for item in range(1, length + 1)]
    body.append(body_para("Đề nghị các cơ quan, đơn vị quan tâm, phối hợp thực hiện./."))
    return Paper("official_letter", top, tuple(body), foot, {**facts, **signed, "subject": subject})


def titled(rng: Rng, length: int, kind: str, name: str, code: str) -> Paper:
    """A notice, report or the like: a title and numbered parts."""
    organ, subject = any_organ(rng), f"Về việc {subject_of(rng)}"
    top, facts = head(rng, organ, f"{code}-{organ.code}")
    foot, signed = close(rng, organ, "- Như trên;")
    body: list[Block] = [*title(name, subject), body_para(prose(rng, 2))]
    for part in range(length):
        heading = f"{ROMAN[part % 6]}. {HEADINGS[part % len(HEADINGS)]}"
        body.append(para(heading, Style.BOLD, align=Align.LEFT, indent=12.7))
        body.append(body_para(f"1. {prose(rng, 2)}"))
        body.append(body_para(f"- {prose(rng, 1)}"))
    return Paper(kind, top, tuple(body), foot, {**facts, **signed, "subject": subject})


def notice(rng: Rng, length: int) -> Paper:
    """A notice."""
    return titled(rng, length, "notice", "THÔNG BÁO", "TB")


def report(rng: Rng, length: int) -> Paper:
    """A report."""
    return titled(rng, length, "report", "BÁO CÁO", "BC")


def minutes(rng: Rng, length: int) -> Paper:
    """Minutes of a meeting: who was there, what was said, two signatures, no number."""
    organ, subject = any_organ(rng), f"Họp {subject_of(rng)}"
    left = [para(line, Style.BOLD, align=Align.CENTRE, size=12.5, before=0) for line in organ.name]
    chair, clerk = person(rng), person(rng)
    words = dated(rng)[0]
    place = f"trụ sở {slot(rng, 'office')}"
    opening = f"Hôm nay, hồi {int(rng.integers(7, 16)):02d} giờ 30 phút, {words}, tại {place}, chúng tôi gồm:"
    body: list[Block] = [*title("BIÊN BẢN", subject), body_para(opening)]
    body.append(para(f"1. Ông (bà) {chair} - Chủ trì;", align=Align.LEFT, indent=12.7))
    body.append(para(f"2. Ông (bà) {clerk} - Thư ký.", align=Align.LEFT, indent=12.7))
    body += [body_para(f"{item + 3}. {prose(rng, 2)}") for item in range(length)]
    body.append(body_para("Biên bản được đọc lại cho mọi người cùng nghe, thống nhất nội dung và ký tên./."))
    foot = Columns(_signature("THƯ KÝ", clerk), _signature("CHỦ TRÌ", chair), 0.5)
    facts = {"subject": subject, "organ_name": " ".join(organ.name)}
    loose = names("date place signer_name signer_title organ_parent")
    return Paper("minutes", Columns(tuple(left), NATION), tuple(body), foot, facts, loose)


def _signature(role: str, name: str) -> tuple[Para, ...]:
    return (
        para(role, Style.BOLD, align=Align.CENTRE, size=13.5, before=0),
        para(name, Style.BOLD, align=Align.CENTRE, size=14, before=88),
    )


Writer = Callable[[Rng, int], Paper]
WRITERS: tuple[Writer, ...] = (decision, official_letter, notice, report, minutes)
