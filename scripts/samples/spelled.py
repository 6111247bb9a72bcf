"""Numbers, amounts and dates in words and figures, as Vietnamese forms spell them."""

from datetime import date

from scripts.samples.words import Rng, pick

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
GROUPS = ("", "nghìn", "triệu", "tỷ")


def in_words(number: int) -> str:
    """A number below a million millions in words, as certificates and money orders spell it."""
    if number == 0:
        return DIGITS[0]
    groups, rest = [], number
    while rest:
        rest, low = divmod(rest, 1000)
        groups.append(low)
    parts = []
    for power in range(len(groups) - 1, -1, -1):
        if groups[power]:
            full = power < len(groups) - 1
            parts.append(f"{_hundreds(groups[power], full=full)} {GROUPS[power]}".strip())
    return " ".join(parts)


def _hundreds(number: int, *, full: bool) -> str:
    """A group of three figures; `full` spells its missing hundreds."""
    hundred, rest = divmod(number, 100)
    lead = f"{DIGITS[hundred]} trăm" if hundred or full else ""
    if not rest:
        return lead
    linh = "linh " if lead and rest < 10 else ""
    return f"{lead} {linh}{_tens(rest)}".strip()


def _tens(number: int) -> str:
    ten, unit = divmod(number, 10)
    if not ten:
        return DIGITS[unit]
    lead = "mười" if ten == 1 else f"{DIGITS[ten]} mươi"
    last = "mốt" if unit == 1 and ten > 1 else "lăm" if unit == 5 else DIGITS[unit]
    return f"{lead} {last}" if unit else lead


def day_words(day: date, thousand: str = "nghìn") -> str:
    """A date in words, as a birth certificate spells it."""
    year = in_words(day.year).replace("nghìn", thousand)
    return f"Ngày {in_words(day.day)}, tháng {in_words(day.month)}, năm {year}"


def record_day(day: date) -> str:
    """A date as a record holds it."""
    return day.strftime("%d/%m/%Y")


def long_day(day: date) -> str:
    """A date as Decree 30/2020 prints it."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def short_day(rng: Rng, day: date) -> str:
    """A date in figures, in one of the ways typists write it."""
    return pick(rng, (record_day(day), f"{day.day}/{day.month}/{day.year}", day.strftime("%d-%m-%Y")))


def any_day(rng: Rng, first: int, last: int) -> date:
    """A day from the first year to the last."""
    return date(int(rng.integers(first, last + 1)), int(rng.integers(1, 13)), int(rng.integers(1, 29)))


def later(rng: Rng, day: date, most: int, least: int = 1) -> date:
    """A day at least so many and at most so many days later."""
    return date.fromordinal(day.toordinal() + int(rng.integers(least, most + 1)))


def amount(number: int) -> str:
    """An amount in figures with dots between thousands."""
    return f"{number:,}".replace(",", ".")


def amount_words(number: int) -> str:
    """An amount in words, with a capital, and the unit."""
    words = in_words(number)
    return f"{words[0].upper()}{words[1:]} đồng"
