"""Writes papers of no class of the contract: what must stay unknown rather than be guessed."""

from scripts.samples.births import birth
from scripts.samples.layout import (
    NATION_PLAIN,
    Item,
    centred,
    form_look,
    headline,
    left_head,
    set_rows,
    signature,
)
from scripts.samples.model import Block, Columns, Paper
from scripts.samples.papers import body_para, prose
from scripts.samples.people import home, human
from scripts.samples.spelled import any_day, long_day, record_day
from scripts.samples.words import Rng, person, pick

EMPTY = Columns((), ())


def death_notice(rng: Rng, _length: int) -> Paper:
    """A hospital's notice of death, which is not the extract."""
    day, who = any_day(rng, 2010, 2025), human(rng, 1930, 1980)
    rows = [
        (Item("Họ, chữ đệm, tên:", who.upper),),
        (Item("Ngày, tháng, năm sinh:", who.birth), Item("Giới tính:", who.gender)),
        (Item("Nơi cư trú cuối cùng:", who.home.at(day)),),
        (Item("Đã chết vào lúc:", f"05 giờ 10 phút, {long_day(day)}"),),
        (Item("Nguyên nhân chết:", "Suy tim"),),
    ]
    head = Columns(
        left_head("BỆNH VIỆN ĐA KHOA", who.home.province.full.upper(), under=(f"Số: {day.day}/GBT",)),
        NATION_PLAIN,
    )
    foot = Columns((), signature("THỦ TRƯỞNG CƠ SỞ Y TẾ", name=person(rng)), 0.5)
    return Paper("unknown", head, (*headline("GIẤY BÁO TỬ"), *set_rows(rows, form_look(rng))), foot)


def newborn_note(rng: Rng, _length: int) -> Paper:
    """A hospital's note of a birth, which is not the certificate."""
    facts = birth(rng, 2012, 2025)
    rows = [
        (Item("Họ và tên mẹ:", facts.mother.upper),),
        (Item("Đã sinh con vào lúc:", f"06 giờ 30 phút, {long_day(facts.child.born)}"),),
        (Item("Giới tính của con:", facts.child.gender),),
        (Item("Dự định đặt tên con:", facts.child.name),),
    ]
    head = Columns(left_head("TRẠM Y TẾ", facts.entry.where.commune.upper()), NATION_PLAIN)
    foot = Columns((), signature("NGƯỜI ĐỠ ĐẺ", name=person(rng)), 0.5)
    return Paper("unknown", head, (*headline("GIẤY CHỨNG SINH"), *set_rows(rows, form_look(rng))), foot)


def application(rng: Rng, _length: int) -> Paper:
    """A citizen's application for a civil-status paper: labels of the certificate under another title."""
    facts = birth(rng, 2016, 2025)
    kind = pick(
        rng, ("TỜ KHAI ĐĂNG KÝ KHAI SINH", "TỜ KHAI CẤP BẢN SAO TRÍCH LỤC HỘ TỊCH", "TỜ KHAI ĐĂNG KÝ KHAI TỬ")
    )
    rows = [
        (Item("Họ, chữ đệm, tên người yêu cầu:", facts.father.name),),
        (Item("Nơi cư trú:", facts.father.home.at(facts.entry.day)),),
        (Item("Họ, chữ đệm, tên:", facts.child.upper),),
        (Item("Ngày, tháng, năm sinh:", facts.child.birth), Item("Giới tính:", facts.child.gender)),
        (Item("Nơi sinh:", facts.ward),),
        (Item("Họ, chữ đệm, tên người mẹ:", facts.mother.upper),),
    ]
    lead: list[Block] = [*headline(kind), centred(f"Kính gửi: {facts.entry.authority}", 13, 4)]
    body = (
        *lead,
        *set_rows(rows, form_look(rng)),
        body_para("Tôi cam đoan nội dung đề nghị trên đây là đúng sự thật."),
    )
    return Paper(
        "unknown",
        Columns((), NATION_PLAIN, 0.2),
        body,
        Columns((), signature("Người yêu cầu", name=facts.father.name), 0.5),
    )


def petition(rng: Rng, length: int) -> Paper:
    """A private petition."""
    who, day = human(rng, 1950, 1995), any_day(rng, 2000, 2025)
    kind = pick(rng, ("ĐƠN ĐỀ NGHỊ", "ĐƠN KHIẾU NẠI", "ĐƠN XIN XÁC NHẬN", "BẢN TƯỜNG TRÌNH", "BẢN CAM KẾT"))
    place = home(rng)
    body = [
        *headline(kind),
        centred(f"Kính gửi: Ủy ban nhân dân {place.commune}", 13, 4),
        body_para(f"Tôi tên là: {who.name}, sinh ngày {who.birth}, trú tại {who.home.at(day)}."),
        *(body_para(prose(rng, 2)) for _ in range(length)),
        body_para("Tôi xin chân thành cảm ơn./."),
    ]
    right = (centred(f"{place.short}, {long_day(day)}", 13, 0), *signature("Người làm đơn", name=who.name))
    return Paper("unknown", Columns((), NATION_PLAIN, 0.2), tuple(body), Columns((), right, 0.5))


def account_sheet(rng: Rng, length: int) -> Paper:
    """Loose prose without head or title: the middle of something."""
    body = [body_para(prose(rng, 4)) for _ in range(length + 2)]
    body.append(body_para(f"Ghi ngày {record_day(any_day(rng, 1990, 2020))}."))
    return Paper("unknown", EMPTY, tuple(body), None)
