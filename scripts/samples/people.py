"""Invented people whose papers agree: sex, birth, province, 12-digit number and addresses fit together."""

import functools
from dataclasses import dataclass
from datetime import date

from digitizer.understanding.units import Unit, default_units
from scripts.samples.spelled import any_day, record_day
from scripts.samples.words import Rng, person, pick

TWO_LEVELS_FROM = date(2025, 7, 1)
"""Since then an address names no district [domain 0.1.8]."""
NUMBERS_FROM = date(2016, 1, 1)
"""Since then certificates print the personal number [domain 3.1]."""
PLACES = (
    ("001", "thành phố", "Hà Nội"),
    ("002", "tỉnh", "Hà Giang"),
    ("004", "tỉnh", "Cao Bằng"),
    ("010", "tỉnh", "Lào Cai"),
    ("014", "tỉnh", "Sơn La"),
    ("019", "tỉnh", "Thái Nguyên"),
    ("020", "tỉnh", "Lạng Sơn"),
    ("024", "tỉnh", "Bắc Giang"),
    ("025", "tỉnh", "Phú Thọ"),
    ("031", "thành phố", "Hải Phòng"),
    ("036", "tỉnh", "Nam Định"),
    ("038", "tỉnh", "Thanh Hóa"),
    ("040", "tỉnh", "Nghệ An"),
    ("044", "tỉnh", "Quảng Bình"),
    ("048", "thành phố", "Đà Nẵng"),
    ("051", "tỉnh", "Quảng Ngãi"),
    ("056", "tỉnh", "Khánh Hòa"),
    ("064", "tỉnh", "Gia Lai"),
    ("066", "tỉnh", "Đắk Lắk"),
    ("068", "tỉnh", "Lâm Đồng"),
    ("079", "Thành phố", "Hồ Chí Minh"),
    ("080", "tỉnh", "Long An"),
    ("087", "tỉnh", "Đồng Tháp"),
    ("092", "thành phố", "Cần Thơ"),
    ("096", "tỉnh", "Cà Mau"),
)
DETAILS = (
    "Thôn {n}",
    "Thôn Đông Hà",
    "Xóm {n}",
    "Ấp Bình Hòa",
    "Tổ dân phố số {n}",
    "Khu phố {n}",
    "Số {n} đường Trần Hưng Đạo",
    "Bản Nà Lầu",
    "Buôn Ea Tul",
    "Khóm {n}",
)
ETHNIC = ("Kinh", "Kinh", "Kinh", "Kinh", "Tày", "Thái", "Mường", "Nùng", "Hrê", "Ê-đê", "Gia-rai", "Dao")
HIGHLAND = ("Ksor H'Bia", "Y Thuyên Niê", "H'Lan Ayun", "Giàng A Páo", "Lò Thị Pánh")


@dataclass(frozen=True)
class Province:
    """An old province: its three figures in a personal number, its kind and name."""

    code: str
    kind: str
    name: str

    @property
    def full(self) -> str:
        """Kind and name, as an address ends."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Home:
    """Where somebody lives: the parts of an address, and the commune and province they became in 2025."""

    detail: str
    commune: str
    district: str
    province: Province
    now: tuple[str, str]

    @property
    def short(self) -> str:
        """The commune without its kind, as the head of its papers names the place."""
        return self.commune.removeprefix("thị ").split(" ", 1)[1]

    def commune_on(self, day: date) -> str:
        """The commune of a day."""
        return self.now[0] if day >= TWO_LEVELS_FROM else self.commune

    def at(self, day: date, *, detail: bool = True) -> str:
        """The address as printed on a day: with the district before July 2025, without it after."""
        parts = [self.detail] if detail else []
        parts += self.now if day >= TWO_LEVELS_FROM else (self.commune, self.district, self.province.full)
        text = ", ".join(parts)
        return text[0].upper() + text[1:]


@dataclass(frozen=True)
class Human:
    """An invented person."""

    name: str
    woman: bool
    born: date
    number: str
    ethnicity: str
    home: Home

    @property
    def gender(self) -> str:
        """As forms print it."""
        return "Nữ" if self.woman else "Nam"

    @property
    def birth(self) -> str:
        """The date of birth as a record holds it."""
        return record_day(self.born)

    @property
    def upper(self) -> str:
        """The name in capitals."""
        return self.name.upper()


def province(rng: Rng) -> Province:
    """An old province."""
    return Province(*pick(rng, PLACES))


def home(rng: Rng, where: Province | None = None) -> Home:
    """An address whose units exist and belong together; the house in it is invented."""
    detail = pick(rng, DETAILS).format(n=int(rng.integers(1, 20)))
    place = where or province(rng)
    commune, district, now = pick(rng, _communes(place.code[1:]))
    return Home(detail, commune, district, place, now)


@functools.cache
def _communes(code: str) -> tuple[tuple[str, str, tuple[str, str]], ...]:
    """Commune, district and what they became, of every commune of an old province that has a name."""
    units, found = default_units(), []
    for district in _under(code):
        for commune in _under(district.code):
            new = units.at(commune.followed[0], TWO_LEVELS_FROM) if commune.followed else None
            above = units.at(new.parent, TWO_LEVELS_FROM) if new else None
            if new and above and not any(c.isdigit() for c in f"{commune.name}{district.name}"):
                now = (_lower(new.name), _lower(above.name))
                found.append((_lower(commune.name), _lower(district.name), now))
    return tuple(found)


def _under(code: str) -> list[Unit]:
    below = default_units().below(code, current=False).values()
    return sorted({unit for units in below for unit in units}, key=lambda unit: unit.code)


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


def personal_number(rng: Rng, where: Province, born: date, *, woman: bool) -> str:
    """Twelve figures as [domain 3.1] builds them: province, century and sex, year, six at random."""
    century = 2 * (born.year // 100 - 19) + int(woman)
    return f"{where.code}{century}{born.year % 100:02d}{int(rng.integers(0, 10**6)):06d}"


def human(rng: Rng, first: int, last: int, *, woman: bool | None = None, where: Home | None = None) -> Human:
    """Somebody born between two years."""
    female = bool(rng.integers(2)) if woman is None else woman
    born, place = any_day(rng, first, last), where or home(rng)
    ethnicity = pick(rng, ETHNIC)
    name = person(rng, woman=female)
    if rng.random() < 0.04:
        name, ethnicity = pick(rng, HIGHLAND), pick(rng, ("Ê-đê", "Gia-rai", "HMông", "Thái"))
    number = personal_number(rng, place.province, born, woman=female)
    return Human(name, female, born, number, ethnicity, place)


def identity(rng: Rng, who: Human, day: date) -> tuple[str, str]:
    """What stands behind "Giấy tờ tùy thân", and the 12-digit number in it or nothing."""
    when = record_day(date.fromordinal(day.toordinal() - int(rng.integers(200, 1500))))
    if day < NUMBERS_FROM:
        place = f"Công an {who.home.province.full}"
        return f"CMND số {int(rng.integers(10**8, 10**9))}, {place} cấp ngày {when}", ""
    if day.year >= 2024 and rng.random() < 0.5:
        return f"Căn cước số {who.number}, Bộ Công an cấp ngày {when}", who.number
    issuer = pick(rng, ("Cục Cảnh sát QLHC về TTXH", "Cục Cảnh sát quản lý hành chính về trật tự xã hội"))
    return f"Căn cước công dân số {who.number}, {issuer} cấp ngày {when}", who.number
