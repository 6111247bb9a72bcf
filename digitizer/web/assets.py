"""Styles and scripts: ours from this package, libraries from where set-up put them."""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
from importlib import resources
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from digitizer.errors import MissingDependencyError, NotFoundError

__all__ = ["asset", "require_libraries", "router"]

router = APIRouter()
LIBRARIES = Path(str(resources.files("digitizer.web"))) / "libraries"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_YEAR = "public, max-age=31536000, immutable"


def require_libraries() -> None:
    """See that set-up has fetched the front-end libraries.

    Raises:
        MissingDependencyError: it has not.
    """
    wanted = json.loads(resources.files("digitizer.web").joinpath("libraries.json").read_text("utf-8"))
    missing = [each["file"] for each in wanted["libraries"] if not (LIBRARIES / each["file"]).is_file()]
    if missing:
        raise MissingDependencyError(f"front-end libraries are missing ({missing[0]}): run `make setup`")


@functools.cache
def _packed(name: str) -> bytes:
    """The file compressed: nothing in it is secret or comes from outside, so its length tells nothing."""
    return gzip.compress(_content(name)[0], 9, mtime=0)


@functools.cache
def _content(name: str) -> tuple[bytes, str]:
    ours = Path(str(resources.files("digitizer.web"))) / "static"
    for folder in (ours, LIBRARIES):
        path = folder / name
        if path.is_file() and folder in path.resolve().parents and path.suffix in _TYPES:
            data = path.read_bytes()
            return data, hashlib.sha256(data).hexdigest()[:12]
    raise NotFoundError("no such file")


def asset(name: str) -> str:
    """The address of a file, which changes whenever its content does."""
    return f"/static/{name}?v={_content(name)[1]}"


@router.get("/static/{path:path}", include_in_schema=False)
def static(request: Request, path: str, v: str = "") -> Response:
    """A style, script or picture of the pages; never anything of the archive."""
    data, digest = _content(path)
    kept = _YEAR if v == digest else "public, max-age=300"
    headers = {"etag": f'"{digest}"', "cache-control": kept, "vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", "") and Path(path).suffix != ".png":
        data, headers["content-encoding"] = _packed(path), "gzip"
    return Response(data, media_type=_TYPES[Path(path).suffix], headers=headers)
