"""TCVN3 and VNI text: the control strings, and that plain Vietnamese and foreign text stay as they are."""

from __future__ import annotations

import pytest

from digitizer.model import Box, Word
from digitizer.understanding.legacy import decoded, from_tcvn3, from_vni

TITLE = "Cộng hòa xã hội chủ nghĩa Việt Nam"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


def page(text: str) -> list[Word]:
    return [Word(part, Box(0, 0, 9, 9), 1.0) for part in text.split()]


def text_of(words: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in words)


def test_the_control_strings() -> None:
    assert from_tcvn3("Céng hßa x· héi chñ nghÜa ViÖt Nam") == TITLE
    assert from_tcvn3("§éc lËp - Tù do - H¹nh phóc") == MOTTO
    assert from_vni("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM") == TITLE.upper()
    assert from_vni("Ñoäc laäp - Töï do - Haïnh phuùc") == MOTTO


@pytest.mark.parametrize(
    ("coded", "plain"),
    [
        ("Céng hßa x· héi chñ nghÜa ViÖt Nam §éc lËp - Tù do - H¹nh phóc", f"{TITLE} {MOTTO}"),
        ("LuËt cña ng\u00adêi d©n tr\u00adíc ph¸p luËt", "Luật của người dân trước pháp luật"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam Ñoäc laäp - Töï do", f"{TITLE} Độc lập - Tự do"),
    ],
)
def test_a_page_in_a_code_is_decoded_and_what_it_said_is_kept(coded: str, plain: str) -> None:
    words = decoded(page(coded))
    assert text_of(words) == plain
    assert " ".join(word.read_as for word in words) == coded


@pytest.mark.parametrize("text", [f"{TITLE} {MOTTO}", "The quick brown fox jumps over the lazy dog", ""])
def test_other_text_stays(text: str) -> None:
    assert text_of(decoded(page(text))) == text


def test_soft_hyphens_of_plain_text_go() -> None:
    assert (
        text_of(decoded(page("Quyết\u00ad định của Ủy ban nhân dân tỉnh")))
        == "Quyết định của Ủy ban nhân dân tỉnh"
    )
