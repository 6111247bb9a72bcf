"""How values are written for people: dates, numbers, sizes and the archive's own words, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.numbers import format_decimal, format_percent

from digitizer.planning.targets import cut
from digitizer.words import word

__all__ = ["FILTERS", "words_for"]

_UNITS = ("B", "KB", "MB", "GB", "TB")


def words_for(language: str, kind: str, code: Any) -> str:
    """The word for a code of the archive (`class`, `field`, `state`, …); the code where there is none."""
    return word(language, kind, str(code))


def _moment(language: str, at: str | float) -> str:
    """`05/02/2025 14:03`, local time."""
    if not at:
        return ""
    moment = datetime.fromtimestamp(at) if isinstance(at, float) else datetime.fromisoformat(at)  # noqa: DTZ006
    return moment.astimezone().strftime("%d/%m/%Y %H:%M" if language == "vi" else "%Y-%m-%d %H:%M")


def _number(language: str, value: float) -> str:
    return format_decimal(value, locale=language)


def _percent(language: str, value: float) -> str:
    return format_percent(value, format="#,##0.#%", locale=language)


def _decimal(language: str, value: float, places: int = 2) -> str:
    """So many places at most, a half rounded up as a spreadsheet does."""
    return _number(language, float(Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)))


def _share(language: str, value: float) -> str:
    """A tenth of a per cent, rounded down: what is not reached must not look as if it were."""
    return _percent(language, cut(value, 3))


def _size(language: str, size: int) -> str:
    value, unit = float(size), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{format_decimal(round(value, 1 if value < 10 and unit else 0), locale=language)} {_UNITS[unit]}"


def _duration(language: str, seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 1:
        return f"{int(seconds)} {'giây' if language == 'vi' else 's'}"
    if minutes < 60:
        return f"{minutes} {'phút' if language == 'vi' else 'min'}"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} {'giờ' if language == 'vi' else 'h'} {rest:02d}"
    return f"{hours // 24} {'ngày' if language == 'vi' else 'days'}"


_KINDS = (
    *("class", "field", "state", "role", "secrecy", "event", "detail", "flag", "status", "kind", "error"),
    *("lot", "lot_kind", "lot_error"),
)


def _worded(kind: str) -> Callable[[str, Any], str]:
    return lambda language, code: words_for(language, kind, code)


FILTERS: dict[str, Callable[..., str]] = {
    "moment": _moment,
    "number": _number,
    "decimal": _decimal,
    "percent": _percent,
    "share": _share,
    "size": _size,
    "duration": _duration,
    **{f"{kind}_name": _worded(kind) for kind in _KINDS},
}
