"""Templates to pages: everything is escaped, whatever the template is called."""

from __future__ import annotations

import functools
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from digitizer import __version__
from digitizer.services.rights import rights
from digitizer.web.assets import asset
from digitizer.web.language import LANGUAGES, gettext_in, ngettext_in
from digitizer.web.site import Visit, site_of
from digitizer.web.wording import FILTERS

__all__ = ["compile_templates", "local_path", "page", "see_other"]


@functools.cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("digitizer.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    installed: Any = environment
    installed.install_gettext_callables(gettext_in(language), ngettext_in(language), newstyle=True)
    environment.globals.update(asset=asset, version=__version__, languages=LANGUAGES)
    environment.filters.update({name: functools.partial(body, language) for name, body in FILTERS.items()})
    return environment


def compile_templates() -> None:
    """Compile every template in every language, as its first page would."""
    for language in LANGUAGES:
        environment = _environment(language)
        for name in environment.list_templates(extensions=["html"]):
            environment.get_template(name)


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The page of `template` for who asks."""
    visit: Visit = getattr(request.state, "visit", None) or Visit(None, None, "vi", "")
    shown = {
        "visit": visit,
        "may": functools.partial(rights().may, visit.account),
        "provider": site_of(request).gateway is not None,
        "csrf": visit.session.csrf if visit.session else "",
        "here": request.url.path,
        "here_query": f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path,
        "partial": "hx-request" in request.headers,
        **values,
    }
    text = _environment(visit.language).get_template(template).render(shown)
    return HTMLResponse(text, status, {"vary": "HX-Request, Cookie", "content-language": visit.language})


def see_other(path: str) -> RedirectResponse:
    """Send the browser on after a change, so that a reload does not repeat it."""
    return RedirectResponse(quote(path, safe="/?&=#%+,;:@~.-_"), 303)


def local_path(path: str, default: str = "/") -> str:
    """`path` if it leads to a page of ours, never to another site."""
    good = path.startswith("/") and not path.startswith(("//", "/\\")) and "\\" not in path
    return path if good and path.isprintable() else default
