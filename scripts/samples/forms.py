"""Writes a birth certificate, with or without dotted lines, and papers that hold a table or two columns."""

from dataclasses import replace
from typing import TypeGuard

from scripts.samples.fonts import Style
from scripts.samples.model import Align, Block, Columns, Paper, Para, Run, Table, para
from scripts.samples.organs import commune
from scripts.samples.papers import NATION, body_para, decision, notice, official_letter, prose
from scripts.samples.spelled import in_words
from scripts.samples.words import COMMUNES, PROVINCES, Rng, person, pick


def birth_certificate(rng: Rng, _length: int) -> Paper:
    """A birth certificate of the current form, every value typed."""
    organ = commune(rng)
    province, number = pick(rng, PROVINCES), str(int(rng.integers(1, 400)))
    facts, lines = _child(rng, province)
    registered = (
        f"{int(rng.integers(1, 29)):02d}/{int(rng.integers(1, 13)):02d}/{int(facts['birth_date'][-4:]) + 1}"
    )
    facts |= {"registration_number": number, "registration_date": registered}
    facts["registration_place"] = f"Ủy ban nhân dân xã {organ.place}, tỉnh {province}"
    lines += [
        ("Nơi đăng ký khai sinh:", facts["registration_place"]),
        ("Ngày, tháng, năm đăng ký:", registered),
    ]
    left = [para(line, Style.BOLD, align=Align.CENTRE, size=12.5, before=0) for line in organ.name]
    left.append(para(f"Số: {number}", align=Align.CENTRE, size=13, before=3))
    body: list[Block] = [para("GIẤY KHAI SINH", Style.BOLD, align=Align.CENTRE, size=18, before=26)]
    dots = rng.random() < 0.25
    body += [_item(label, value, dots=dots) for label, value in lines]
    signer = person(rng)
    right = (
        para("NGƯỜI KÝ GIẤY KHAI SINH", Style.BOLD, align=Align.CENTRE, size=13, before=14),
        para("CHỦ TỊCH", Style.BOLD, align=Align.CENTRE, size=13, before=0),
        para(signer, Style.BOLD, align=Align.CENTRE, size=14, before=88),
    )
    facts |= {"signer_name": signer, "signer_title": "CHỦ TỊCH", "organ_name": organ.full_name}
    head = Columns(tuple(left), NATION)
    return Paper("birth_certificate", head, tuple(body), Columns((), right, 0.45), facts)


def _child(rng: Rng, province: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The child and the parents: what a record holds, and the lines that say it."""
    day, month, year = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(1988, 2024))
    girl = bool(rng.integers(2))
    home = f"xã {pick(rng, COMMUNES)}, tỉnh {province}"
    spelled = f"Ngày {in_words(day)}, tháng {in_words(month)}, năm {in_words(year)}"
    facts = {
        "person_name": person(rng, woman=girl).upper(),
        "birth_date": f"{day:02d}/{month:02d}/{year}",
        "birth_date_words": spelled,
        "gender": "Nữ" if girl else "Nam",
        "ethnicity": pick(rng, ("Kinh", "Tày", "Thái", "Mường", "Nùng", "Hrê")),
        "nationality": "Việt Nam",
        "birth_place": f"Trạm y tế xã {pick(rng, COMMUNES)}, tỉnh {province}",
        "home_town": home[0].upper() + home[1:],
        "mother_name": person(rng, woman=True).upper(),
        "mother_birth_year": str(year - int(rng.integers(19, 38))),
        "father_name": person(rng, woman=False).upper(),
        "father_birth_year": str(year - int(rng.integers(21, 42))),
    }
    family = facts["father_name"].split()[0]
    facts["person_name"] = f"{family} {' '.join(facts['person_name'].split()[1:])}"
    labels = (
        ("Họ, chữ đệm, tên:", "person_name"),
        ("Ngày, tháng, năm sinh:", "birth_date"),
        ("Ghi bằng chữ:", "birth_date_words"),
        ("Giới tính:", "gender"),
        ("Dân tộc:", "ethnicity"),
        ("Quốc tịch:", "nationality"),
        ("Nơi sinh:", "birth_place"),
        ("Quê quán:", "home_town"),
        ("Họ, chữ đệm, tên người mẹ:", "mother_name"),
        ("Năm sinh:", "mother_birth_year"),
        ("Họ, chữ đệm, tên người cha:", "father_name"),
        ("Năm sinh:", "father_birth_year"),
    )
    return facts, [(label, facts[name]) for label, name in labels]


def _item(label: str, value: str, *, dots: bool) -> Para:
    return Para((Run(label), Run(value, Style.BOLD)), Align.LEFT, before=5, dots=dots)


def dotted_form(rng: Rng, length: int) -> Paper:
    """A birth certificate whose values are typed onto dotted guides."""
    paper = birth_certificate(rng, length)
    body = (replace(b, dots=True, under=True) if _is_item(b) else b for b in paper.body)
    return replace(paper, body=tuple(body))


def _is_item(block: Block) -> TypeGuard[Para]:
    return isinstance(block, Para) and len(block.runs) == 2


def slanted(rng: Rng, length: int) -> Paper:
    """A decision whose preamble and articles are all in italics."""
    paper = decision(rng, length)
    return replace(paper, body=tuple(_in_italics(b) if isinstance(b, Para) else b for b in paper.body))


def _in_italics(block: Para) -> Para:
    runs = (replace(run, style=Style.ITALIC) if run.style is Style.REGULAR else run for run in block.runs)
    return replace(block, runs=tuple(runs))


def two_columns(rng: Rng, _length: int) -> Paper:
    """An official letter with its text in two columns, the left one read first."""
    paper = official_letter(rng, 0)
    sides = [tuple(body_para(prose(rng, 2)) for _ in range(3)) for _ in range(2)]
    return replace(paper, body=(*paper.body[:2], Columns(sides[0], sides[1], 0.52, gap=8), *paper.body[2:]))


def listing(rng: Rng, _length: int) -> Paper:
    """A notice whose second half is a table of papers."""
    paper = notice(rng, 0)
    rows = [("STT", "Loại tài liệu", "Xã", "Năm", "Số hộp")]
    for index in range(1, int(rng.integers(9, 15))):
        kind = pick(
            rng, ("Sổ khai sinh", "Sổ kết hôn", "Sổ khai tử", "Hồ sơ thi hành án", "Hồ sơ công chứng")
        )
        year, boxes = str(int(rng.integers(1976, 2020))), str(int(rng.integers(10, 99)))
        rows.append((str(index), kind, pick(rng, COMMUNES), year, boxes))
    table = Table((0.09, 0.37, 0.26, 0.13, 0.15), tuple(rows), 13)
    lead = para("Danh mục tài liệu kèm theo", Style.BOLD, align=Align.CENTRE, before=10)
    body: tuple[Block, ...] = (*paper.body, lead, table, body_para(prose(rng, 1)))
    return Paper(paper.kind, paper.head, body, paper.close, paper.fields)
