"""Writes forms as other offices lay them out: tables, other orders, labels and sentences [domain 2.3]."""

from collections.abc import Sequence

from scripts.samples.births import Entry, birth, entry
from scripts.samples.fonts import Style
from scripts.samples.layout import (
    NATION_PLAIN,
    Facts,
    Item,
    centred,
    facts_of,
    form_look,
    headline,
    left_head,
    set_rows,
    signature,
)
from scripts.samples.model import Block, Columns, Paper, Table
from scripts.samples.papers import body_para
from scripts.samples.people import home, human
from scripts.samples.spelled import any_day, day_words, later, long_day, record_day
from scripts.samples.vocabulary import names
from scripts.samples.words import Rng, person

Row = tuple[Item, ...]


def grid(rows: Sequence[Row], share: float = 0.42) -> Table:
    """Labels left, values right, in ruled cells."""
    cells = tuple((item.label, item.printed) for row in rows for item in row)
    return Table((share, 1 - share), cells, 12.5)


def _extract(rng: Rng, title: str, code: str, entered: Entry) -> tuple[Columns, list[Block], Columns, Facts]:
    """Head, title and close of an extract whose number stands below the title."""
    copied, number = later(rng, entered.day, 700, 5), str(int(rng.integers(1, 900)))
    place, signer = entered.where.short, person(rng)
    lead: list[Block] = [*headline(title), centred("(BẢN SAO)", 13, 0)]
    left = left_head(*entered.organ, under=(f"Số: {number}/{code}-BS",))
    foot = Columns(
        (),
        (centred(f"{place}, {long_day(copied)}", 13, 0, Style.ITALIC), *signature("CHỦ TỊCH", name=signer)),
        0.45,
    )
    held = {"number": number, "notation": f"{code}-BS", "date": record_day(copied), "place": place}
    held |= {"organ_name": " ".join(entered.organ), "signer_title": "CHỦ TỊCH", "signer_name": signer}
    return Columns(left, NATION_PLAIN), lead, foot, held


def _entry_rows(entered: Entry, event: str) -> list[Row]:
    return [
        (Item(f"Nơi đăng ký {event}:", entered.authority, "registration_place"),),
        (Item("Ngày, tháng, năm đăng ký:", record_day(entered.day), "registration_date"),),
        (
            Item("Số:", entered.number, "registration_number"),
            Item("Quyển số:", entered.book, "registration_book"),
        ),
    ]


def birth_extract(rng: Rng, _length: int) -> Paper:
    """An extract of the birth register in a table, the register's entry first."""
    facts = birth(rng, 1990, 2024)
    child, mother, father = facts.child, facts.mother, facts.father
    rows: list[Row] = [
        *_entry_rows(facts.entry, "khai sinh"),
        (Item("Họ, chữ đệm, tên:", child.upper, "person_name"),),
        (Item("Giới tính:", child.gender, "gender"),),
        (Item("Ngày, tháng, năm sinh:", child.birth, "birth_date"),),
        (Item("Ghi bằng chữ:", day_words(child.born), "birth_date_words"),),
        (Item("Nơi sinh:", facts.ward, "birth_place"),),
        (Item("Dân tộc:", child.ethnicity, "ethnicity"),),
        (Item("Quốc tịch:", "Việt Nam", "nationality"),),
        (Item("Họ, chữ đệm, tên người cha:", father.name, "father_name"),),
        (Item("Năm sinh:", str(father.born.year), "father_birth_year"),),
        (Item("Họ, chữ đệm, tên người mẹ:", mother.name, "mother_name"),),
        (Item("Năm sinh:", str(mother.born.year), "mother_birth_year"),),
    ]
    head, lead, foot, held = _extract(rng, "TRÍCH LỤC KHAI SINH", "TLKS", facts.entry)
    return Paper(
        "birth_extract", head, (*lead, grid(rows)), foot, held | facts_of(rows), names("organ_parent")
    )


PAIR = names("organ_parent birth_date birth_date_words gender ethnicity nationality residence personal_id")


def marriage_extract(rng: Rng, _length: int) -> Paper:
    """An extract of the marriage register, husband first, one below the other, the entry at the top."""
    entered = entry(rng, any_day(rng, 1996, 2023))
    rows: list[Row] = _entry_rows(entered, "kết hôn")
    for woman, role, whose in ((False, "chồng", "husband"), (True, "vợ", "wife")):
        who = human(rng, entered.day.year - 40, entered.day.year - 22, woman=woman)
        rows += [
            (Item(f"Họ, chữ đệm, tên {role}:", who.upper, f"{whose}_name"),),
            (
                Item("Ngày, tháng, năm sinh:", who.birth, f"{whose}_birth_date"),
                Item("Dân tộc:", who.ethnicity),
            ),
            (Item("Nơi cư trú:", who.home.at(entered.day), f"{whose}_residence"),),
        ]
    head, lead, foot, held = _extract(rng, "TRÍCH LỤC KẾT HÔN", "TLKH", entered)
    body = (*lead, *set_rows(rows, form_look(rng)))
    return Paper("marriage_extract", head, body, foot, held | facts_of(rows), PAIR)


def marital_status(rng: Rng, _length: int) -> Paper:
    """A certificate of marital status whose items are numbered and whose status stands first."""
    day = any_day(rng, 2021, 2026)
    entered = entry(rng, day)
    who = human(rng, 1970, 2002, where=entered.where)
    number, signer = f"{int(rng.integers(1, 600)):02d}", person(rng)
    rows: list[Row] = [
        (Item("Họ, chữ đệm, tên:", who.upper, "person_name"),),
        (Item("Giới tính:", who.gender, "gender"), Item("Dân tộc:", who.ethnicity, "ethnicity")),
        (
            Item("Ngày, tháng, năm sinh:", who.birth, "birth_date"),
            Item("Quốc tịch:", "Việt Nam", "nationality"),
        ),
        (Item("Số định danh cá nhân:", who.number, "personal_id"),),
        (Item("Nơi cư trú:", who.home.at(day), "residence"),),
        (Item("Trong thời gian cư trú tại:", who.home.at(day, detail=False)),),
        (Item("Tình trạng hôn nhân:", "Chưa đăng ký kết hôn với ai", "marital_status"),),
        (Item("Mục đích sử dụng:", "Để đăng ký kết hôn với chị " + person(rng, woman=True)),),
    ]
    left = left_head(*entered.organ, under=(f"Số: {number}/UBND-XNTTHN",))
    head = Columns(left, (*NATION_PLAIN, centred(f"{entered.where.short}, {long_day(day)}", 13, 4)))
    lead: list[Block] = [centred("GIẤY XÁC NHẬN", 15, 20), centred("TÌNH TRẠNG HÔN NHÂN", 15, 0)]
    foot = Columns((), signature("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", name=signer), 0.45)
    held = facts_of(rows) | {"number": number, "notation": "UBND-XNTTHN", "date": record_day(day)}
    held |= {"place": entered.where.short, "organ_name": " ".join(entered.organ)}
    held |= {"signer_title": "PHÓ CHỦ TỊCH", "signer_name": signer}
    items = [grid(rows)] if rng.random() < 0.5 else set_rows(rows, form_look(rng))
    return Paper("marital_status_certificate", head, (*lead, *items), foot, held, names("organ_parent"))


def parentage(rng: Rng, _length: int) -> Paper:
    """The older decision that recognises a parent or a child."""
    day, where = any_day(rng, 2006, 2015), home(rng)
    parent, child = human(rng, 1965, 1985, woman=False), human(rng, 1994, 2005)
    number, signer = f"{int(rng.integers(1, 90)):02d}", person(rng)
    subject = "Về việc công nhận việc nhận cha, mẹ, con"
    rows: list[Row] = [
        (Item("Họ và tên người nhận:", parent.upper, "recognising_name"),),
        (Item("Ngày, tháng, năm sinh:", parent.birth), Item("Dân tộc:", parent.ethnicity)),
        (Item("Là:", "Cha", "relation"),),
        (Item("Họ và tên người được nhận:", child.upper, "recognised_name"),),
        (Item("Ngày, tháng, năm sinh:", child.birth), Item("Dân tộc:", child.ethnicity)),
    ]
    organ = ("ỦY BAN NHÂN DÂN", where.commune.upper())
    head = Columns(
        left_head(*organ, under=(f"Số: {number}/QĐ-UBND",)),
        (*NATION_PLAIN, centred(f"{where.short}, {long_day(day)}", 13, 4)),
    )
    body: list[Block] = [
        *headline("QUYẾT ĐỊNH", subject),
        centred(f"ỦY BAN NHÂN DÂN {where.commune.upper()}", 13),
    ]
    body += [body_para("Căn cứ Nghị định số 158/2005/NĐ-CP ngày 27/12/2005 về đăng ký và quản lý hộ tịch;")]
    body += [centred("QUYẾT ĐỊNH:", 14), body_para("Điều 1. Công nhận việc nhận cha, mẹ, con giữa:")]
    body += [*set_rows(rows, form_look(rng)), body_para("Điều 2. Quyết định có hiệu lực kể từ ngày ký./.")]
    held = facts_of(rows) | {"number": number, "notation": "QĐ-UBND", "date": record_day(day)}
    held |= {"place": where.short, "organ_name": " ".join(organ), "subject": subject}
    held |= {"signer_title": "CHỦ TỊCH", "signer_name": signer}
    foot = Columns((), signature("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", name=signer), 0.45)
    loose = PAIR | names("person_name registration_number registration_date registration_place")
    return Paper("parentage_recognition", head, tuple(body), foot, held, loose)
