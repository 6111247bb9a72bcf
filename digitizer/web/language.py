"""Vietnamese and English texts of the pages: gettext catalogues, read as they are when the server starts."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import resources

from babel.messages.pofile import read_po

__all__ = ["LANGUAGES", "gettext_in", "ngettext_in"]

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}


@functools.cache
def _catalogue(language: str) -> dict[str, tuple[str, ...]]:
    """Message -> its forms. English is the language of the messages themselves."""
    if language == "en":
        return {}
    file = resources.files("digitizer.web").joinpath("locale", f"{language}.po")
    with file.open("rb") as data:
        catalogue = read_po(data, locale=language, abort_invalid=True)
    found = {}
    for message in catalogue:
        name = message.id if isinstance(message.id, str) else message.id[0]
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if name and forms[0]:
            found[name] = tuple(str(form) for form in forms)
    return found


def gettext_in(language: str) -> Callable[[str], str]:
    """What turns an English message into `language`."""
    known = _catalogue(language)
    return lambda message: known.get(message, (message,))[0]


def ngettext_in(language: str) -> Callable[[str, str, int], str]:
    """The same for a counted thing; Vietnamese has one form, English two."""
    known = _catalogue(language)

    def translate(one: str, many: str, count: int) -> str:
        return known[one][0] if one in known else (one if count == 1 else many)

    return translate
