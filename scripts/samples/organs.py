"""Who issues a paper: the header's left block, the code in the notation, and the titles that sign."""

from dataclasses import dataclass

from scripts.samples.words import COMMUNES, PROVINCES, Rng, pick


@dataclass(frozen=True)
class Organ:
    """An issuing organ; `chief` is empty of authority marks, `on_behalf` is the TM. line or nothing."""

    parent: str
    name: tuple[str, ...]
    code: str
    place: str
    chief: str
    on_behalf: str = ""

    @property
    def full_name(self) -> str:
        """The name in one line, as a record holds it: with the locality of the committee it is under."""
        place = self.parent.removeprefix("UBND") if self.parent.startswith("UBND ") else ""
        return " ".join(self.name) + place


@dataclass(frozen=True)
class Signer:
    """The lines above a signature and the title among them."""

    lines: tuple[str, ...]
    title: str


def committee(rng: Rng) -> Organ:
    """A people's committee of a province."""
    province = pick(rng, PROVINCES)
    name = ("ỦY BAN NHÂN DÂN", f"TỈNH {province.upper()}")
    return Organ("", name, "UBND", province, "CHỦ TỊCH", "TM. ỦY BAN NHÂN DÂN")


def commune(rng: Rng) -> Organ:
    """A people's committee of a commune."""
    place = pick(rng, COMMUNES)
    name = ("ỦY BAN NHÂN DÂN", f"XÃ {place.upper()}")
    return Organ("", name, "UBND", place, "CHỦ TỊCH", "TM. ỦY BAN NHÂN DÂN")


def department(rng: Rng) -> Organ:
    """A department under a province's committee."""
    province = pick(rng, PROVINCES)
    name, code = pick(
        rng, (("SỞ TƯ PHÁP", "STP"), ("SỞ NỘI VỤ", "SNV"), ("SỞ TÀI CHÍNH", "STC"), ("SỞ XÂY DỰNG", "SXD"))
    )
    return Organ(f"UBND TỈNH {province.upper()}", (name,), code, province, "GIÁM ĐỐC")


def bureau(rng: Rng) -> Organ:
    """A bureau of the ministry."""
    name, code = pick(
        rng,
        (
            ("CỤC BỔ TRỢ TƯ PHÁP", "BTTP"),
            ("CỤC KIỂM TRA VĂN BẢN", "KTrVB"),
            ("CỤC QUẢN LÝ THI HÀNH ÁN", "THA"),
            ("CỤC PHỔ BIẾN PHÁP LUẬT", "PBPL"),
        ),
    )
    return Organ("BỘ TƯ PHÁP", (name,), code, "Hà Nội", "CỤC TRƯỞNG")


def any_organ(rng: Rng) -> Organ:
    """One of the four kinds."""
    return pick(rng, (committee, commune, department, bureau))(rng)


def signer(rng: Rng, organ: Organ) -> Signer:
    """The chief, or a deputy signing in the chief's stead."""
    behalf = (organ.on_behalf,) if organ.on_behalf else ()
    if rng.random() < 0.5:
        return Signer((*behalf, organ.chief), organ.chief)
    deputy = f"PHÓ {organ.chief}"
    return Signer((*behalf, f"KT. {organ.chief}", deputy), deputy)
