"""Writes birth certificates, their copies and extracts, by the forms of several decades [domain 2.3]."""

from dataclasses import dataclass, replace
from datetime import date

from scripts.samples.layout import (
    NATION_PLAIN,
    Facts,
    Form,
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
from scripts.samples.people import NUMBERS_FROM, TWO_LEVELS_FROM, Home, Human, home, human, identity
from scripts.samples.spelled import any_day, day_words, later, long_day, record_day, short_day
from scripts.samples.vocabulary import names
from scripts.samples.words import Rng, person, pick

Row = tuple[Item, ...]
LOOSE = names("organ_parent place date")


@dataclass(frozen=True)
class Entry:
    """One entry of a register: where, when, number and book."""

    where: Home
    day: date
    number: str
    book: str

    @property
    def authority(self) -> str:
        """The registering committee as the forms name it."""
        parts = self.where.at(self.day, detail=False)
        return f"Ủy ban nhân dân {parts[0].lower()}{parts[1:]}"

    @property
    def organ(self) -> tuple[str, str]:
        """The committee as the head of its papers names it."""
        return ("ỦY BAN NHÂN DÂN", self.where.commune_on(self.day).upper())

    @property
    def facts(self) -> Facts:
        """Number and book are given by the caller, which knows whether they are printed."""
        return {"registration_place": self.authority, "registration_date": record_day(self.day)}


def entry(rng: Rng, day: date, where: Home | None = None) -> Entry:
    """A numbered entry of that day."""
    number = str(int(rng.integers(1, 400)))
    number = pick(rng, (number, number.zfill(2), f"{number}/{day.year}"))
    book = pick(rng, (f"01/{day.year}", f"02/{day.year}", "01", f"1/{day.year}"))
    return Entry(where or home(rng), day, number, book)


@dataclass(frozen=True)
class Birth:
    """A child, its parents, and where the birth was registered."""

    child: Human
    mother: Human
    father: Human
    entry: Entry
    ward: str


def birth(rng: Rng, first: int, last: int) -> Birth:
    """A birth registered between two years."""
    day = any_day(rng, first, last)
    where = home(rng)
    child = human(rng, day.year - 1, day.year - 1, where=where)
    child = replace(child, born=date.fromordinal(day.toordinal() - int(rng.integers(3, 50))))
    code = 2 * (child.born.year // 100 - 19) + int(child.woman)
    number = f"{where.province.code}{code}{child.born.year % 100:02d}{child.number[6:]}"
    mother = human(
        rng, child.born.year - 38, child.born.year - 19, woman=True, where=home(rng, where.province)
    )
    father = human(rng, child.born.year - 42, child.born.year - 21, woman=False, where=where)
    name = f"{father.name.split()[0]} {' '.join(child.name.split()[1:])}"
    child = replace(child, number=number, name=name, ethnicity=father.ethnicity)
    ward = pick(rng, ("Trạm y tế", "Bệnh viện đa khoa", "Trung tâm y tế", "Nhà hộ sinh"))
    place = where.at(day, detail=False)
    return Birth(child, mother, father, entry(rng, day, where), f"{ward} {place[0].lower()}{place[1:]}")


def _child(rng: Rng, facts: Birth, name_label: str) -> list[Row]:
    child, day = facts.child, facts.entry.day
    words = day_words(child.born, pick(rng, ("nghìn", "nghìn", "ngàn")))
    town = child.home.at(day, detail=False)
    spelled = Item(pick(rng, ("Ghi bằng chữ:", "ghi bằng chữ:", "(Bằng chữ):")), words, "birth_date_words")
    rows: list[Row] = [
        (Item(name_label, pick(rng, (child.upper, child.name)), "person_name"),),
        (Item("Ngày, tháng, năm sinh:", short_day(rng, child.born), "birth_date", child.birth),),
        (spelled,),
        (Item("Giới tính:", child.gender, "gender"), Item("Dân tộc:", child.ethnicity, "ethnicity")),
        (Item("Quốc tịch:", "Việt Nam", "nationality"),),
        (Item("Nơi sinh:", facts.ward, "birth_place"),),
        (Item("Quê quán:", town, "home_town"),),
    ]
    if rng.random() < 0.4:
        rows[3:5] = [(*rows[3], *rows[4])]
    if day >= NUMBERS_FROM:
        number = (Item("Số định danh cá nhân:", child.number, "personal_id"),)
        rows.append(number)
    return rows


def _parent(rng: Rng, who: Human, role: str, day: date, label: str) -> list[Row]:
    """The lines about the mother or the father; ethnicity and nationality here are not the child's."""
    year = Item("Năm sinh:", str(who.born.year), f"{'mother' if who.woman else 'father'}_birth_year")
    name = Item(
        label.format(role), pick(rng, (who.upper, who.name)), f"{'mother' if who.woman else 'father'}_name"
    )
    people = (Item("Dân tộc:", who.ethnicity), Item("Quốc tịch:", "Việt Nam"))
    return [(name,), (year, people[0], people[1]), (Item("Nơi cư trú:", who.home.at(day)),)]


def _registered(rng: Rng, facts: Birth, event: str) -> list[Row]:
    entry_day = short_day(rng, facts.entry.day)
    return [
        (Item(f"Nơi đăng ký {event}:", facts.entry.authority, "registration_place"),),
        (Item("Ngày, tháng, năm đăng ký:", entry_day, "registration_date", record_day(facts.entry.day)),),
    ]


def _declarer(facts: Birth, day: date, rng: Rng) -> list[Row]:
    paper = identity(rng, facts.father, day)[0]
    return [
        (Item("Họ, chữ đệm, tên người đi khai sinh:", facts.father.name),),
        (Item("Giấy tờ tùy thân:", paper),),
    ]


def _lines(rng: Rng, facts: Birth, *, old: bool) -> tuple[list[Row], Form]:
    label = "Họ và tên:" if old else "Họ, chữ đệm, tên:"
    parent = "Họ và tên {}:" if old else "Họ, chữ đệm, tên người {}:"
    people = [(facts.mother, "mẹ"), (facts.father, "cha")]
    rows = _child(rng, facts, label)
    for who, role in reversed(people) if old else people:
        rows += _parent(rng, who, role, facts.entry.day, parent)
    if rng.random() < 0.6:
        rows += _declarer(facts, facts.entry.day, rng)
    return rows + _registered(rng, facts, "khai sinh"), form_look(rng)


def _sign(rng: Rng, lead: str, note: str = "") -> tuple[tuple[str, str], Columns]:
    title, name = pick(rng, ("CHỦ TỊCH", "PHÓ CHỦ TỊCH")), person(rng)
    right = signature(lead, title, name=name, note=note)
    return (title, name), Columns((), right, 0.45)


def birth_certificate_current(rng: Rng, _length: int, facts: Birth | None = None) -> Paper:
    """The certificate as given out since 2016: number at the top left, personal number of the child."""
    facts = facts or birth(rng, 2016, 2026)
    rows, form = _lines(rng, facts, old=False)
    (title, name), foot = _sign(rng, "NGƯỜI KÝ GIẤY KHAI SINH")
    head = Columns(left_head(*facts.entry.organ, under=(f"Số: {facts.entry.number}",)), NATION_PLAIN)
    held = facts_of(rows) | {
        "registration_number": facts.entry.number,
        "organ_name": " ".join(facts.entry.organ),
    }
    held |= {"signer_title": title, "signer_name": name}
    body = [*headline("GIẤY KHAI SINH"), *set_rows(rows, form)]
    return Paper("birth_certificate", head, tuple(body), foot, held, LOOSE)


def birth_certificate_old(rng: Rng, _length: int) -> Paper:
    """The certificate before 2016: a form code, a book, `Họ và tên`, the father before the mother."""
    facts = birth(rng, 1990, 2015)
    rows, form = _lines(rng, facts, old=True)
    (title, name), foot = _sign(rng, pick(rng, ("TM. ỦY BAN NHÂN DÂN", "NGƯỜI KÝ GIẤY KHAI SINH")))
    code = pick(rng, ("Mẫu TP/HT-2010-KS.1", "TP/HT-2004-KS.1", "Mẫu HT1"))
    number, book = f"Số: {facts.entry.number}", f"Quyển số: {facts.entry.book}"
    left = left_head(*facts.entry.organ, under=(code,))
    right = (*NATION_PLAIN, centred(number, 13, 3), centred(book, 13, 0))
    held = facts_of(rows) | {
        "organ_name": " ".join(facts.entry.organ),
        "signer_title": title,
        "signer_name": name,
    }
    held |= {"registration_number": facts.entry.number, "registration_book": facts.entry.book}
    title_line = pick(rng, ("GIẤY KHAI SINH", "GIẤY KHAI SINH", "GIẤY KHAI SANH"))
    body = [*headline(title_line), *set_rows(rows, form)]
    return Paper("birth_certificate", Columns(left, right), tuple(body), foot, held, LOOSE)


def birth_certificate_table(rng: Rng, _length: int) -> Paper:
    """The certificate as a ruled table of labels and values."""
    facts = birth(rng, 2016, 2026)
    rows, _form = _lines(rng, facts, old=False)
    (title, name), foot = _sign(rng, "NGƯỜI KÝ GIẤY KHAI SINH")
    cells = tuple((item.label, item.printed) for row in rows for item in row)
    head = Columns(left_head(*facts.entry.organ, under=(f"Số: {facts.entry.number}",)), NATION_PLAIN)
    held = facts_of(rows) | {
        "registration_number": facts.entry.number,
        "organ_name": " ".join(facts.entry.organ),
    }
    held |= {"signer_title": title, "signer_name": name}
    table = Table((0.4, 0.6), (("Nội dung", "Thông tin đăng ký"), *cells), 12.5)
    return Paper("birth_certificate", head, (*headline("GIẤY KHAI SINH"), table), foot, held, LOOSE)


def birth_certificate_copy(rng: Rng, _length: int) -> Paper:
    """A copy from the register: two numbers and two dates, one of the entry, one of the copy."""
    facts = birth(rng, 1995, 2024)
    rows, form = _lines(rng, facts, old=False)
    copied = later(rng, facts.entry.day, 700, 30)
    (title, name), foot = _sign(rng, "NGƯỜI KÝ BẢN SAO")
    number = str(int(rng.integers(1, 900)))
    under = (f"Số: {number}/GKS-BS",)
    head = Columns(left_head(*facts.entry.organ, under=under), NATION_PLAIN)
    place = facts.entry.where.short if copied.year % 2 else facts.entry.where.province.name
    rows = [
        (
            Item("Số:", facts.entry.number, "registration_number"),
            Item("Quyển số:", facts.entry.book, "registration_book"),
        ),
        *rows,
    ]
    close: list[Block] = [
        centred("Sao từ Sổ đăng ký khai sinh", 13, 8),
        centred(f"{place}, {long_day(copied)}", 13, 2),
    ]
    held = facts_of(rows) | {
        "organ_name": " ".join(facts.entry.organ),
        "signer_title": title,
        "signer_name": name,
    }
    held |= {"number": number, "notation": "GKS-BS", "date": record_day(copied), "place": place}
    body = [*headline("GIẤY KHAI SINH", "(BẢN SAO)"), *set_rows(rows, form), *close]
    return Paper("birth_certificate", head, tuple(body), foot, held, names("organ_parent"))


def birth_extract(rng: Rng, length: int, facts: Birth | None = None) -> Paper:
    """An extract of the birth register, as original or copy, with or without the parents."""
    facts = facts or birth(rng, 1985, 2024)
    copied = later(rng, max(facts.entry.day, date(2016, 1, 2)), 900, 5)
    rows = _child(rng, facts, "Họ, chữ đệm, tên:")
    if rng.random() < 0.7:
        for who, role in ((facts.mother, "mẹ"), (facts.father, "cha")):
            rows += _parent(rng, who, role, copied, "Họ, chữ đệm, tên người {}:")
    rows += _entry_rows(rng, facts.entry, "khai sinh")
    copy = bool(rng.integers(2)) or length % 2 == 0
    return extract_paper(
        rng, "TRÍCH LỤC KHAI SINH", rows, (facts.entry, copied), Kind("birth_extract", "TLKS", copy)
    )


def _entry_rows(rng: Rng, entered: Entry, event: str) -> list[Row]:
    """Where and under which number the event stands in the register."""
    day = record_day(entered.day)
    return [
        (
            Item(
                f"Đăng ký {event} tại:" if rng.random() < 0.5 else f"Nơi đăng ký {event}:",
                entered.authority,
                "registration_place",
            ),
        ),
        (
            Item("Số:", entered.number, "registration_number"),
            Item(pick(rng, ("Ngày, tháng, năm đăng ký:", "ngày đăng ký:")), day, "registration_date"),
        ),
    ]


@dataclass(frozen=True)
class Kind:
    """Class, code of the notation, and whether the extract is a copy."""

    name: str
    code: str
    copy: bool


def extract_paper(rng: Rng, title: str, rows: list[Row], when: tuple[Entry, date], kind: Kind) -> Paper:
    """The shape all extracts share: their own number and date, and those of the register inside."""
    entered, copied = when
    number = str(int(rng.integers(1, 900)))
    code = f"{kind.code}-BS" if kind.copy else kind.code
    printed = pick(rng, (f"{number}/{code}", f"{number}/{copied.year}/{code}"))
    where = entered.where.short if copied < TWO_LEVELS_FROM else entered.where.province.name
    left = left_head(*entered.organ, under=(f"Số: {printed}",))
    right = (*NATION_PLAIN, centred(f"{where}, {long_day(copied)}", 13, 4))
    title_rows = headline(title, "(BẢN SAO)") if kind.copy else headline(title)
    signer = person(rng)
    post = pick(rng, ("CHỦ TỊCH", "PHÓ CHỦ TỊCH", "CÔNG CHỨC TƯ PHÁP - HỘ TỊCH"))
    foot = Columns((), signature("NGƯỜI KÝ TRÍCH LỤC", post, name=signer), 0.45)
    held = {"number": number, "notation": code, "date": record_day(copied), "place": where}
    held |= {"organ_name": " ".join(entered.organ), "signer_title": post, "signer_name": signer}
    body = [*title_rows, *set_rows(rows, form_look(rng))]
    return Paper(
        kind.name, Columns(left, right), tuple(body), foot, held | facts_of(rows), names("organ_parent")
    )
