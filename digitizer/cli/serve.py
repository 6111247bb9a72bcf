"""`digitizer serve`: the web application in this process."""

from __future__ import annotations

import sys

import typer
import uvicorn

from digitizer.bootstrap import links_of
from digitizer.bootstrap_sound import looked_over_at_start
from digitizer.bootstrap_web import ready, site_in
from digitizer.cli.door import Manner, say
from digitizer.logs import configure_logs, log
from digitizer.settings import load_settings
from digitizer.web.app import make_app
from digitizer.web.patience import MOST_LINES, Patience
from digitizer.web.warm import warm_beside

__all__ = ["serve_site"]

_STOP_SECONDS = 5


def serve_site(host: str | None, port: int | None, manner: Manner) -> int:
    """Serve until stopped; the exit status."""
    settings = load_settings({"web_host": host, "web_port": port})
    level = "info" if manner.verbose else settings.log_level
    configure_logs(level, settings.log_file, quiet=sys.stderr.isatty() and not manner.verbose)
    for name in links_of(settings):
        log().warning("link.plain", kind=name)
        typer.echo(f"{name}: this connection is not encrypted · kết nối này không được mã hóa", err=True)
    if (partly := looked_over_at_start(settings)) and not manner.quiet:
        say(f"digitizer: {partly}")
    with site_in(settings) as site:
        password = ready(site, settings)
        if password is not None:
            typer.echo(f"first log-in · đăng nhập lần đầu: admin  {password}")
        secure = settings.web_certificate is not None
        typer.echo(
            f"{'https' if secure else 'http'}://{settings.web_host}:{settings.web_port}/", err=manner.quiet
        )
        sys.stdout.flush()
        warm_beside(site.plan)
        uvicorn.run(
            make_app(site),
            host=settings.web_host,
            port=settings.web_port,
            ssl_certfile=settings.web_certificate,
            ssl_keyfile=settings.web_key,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.web_name),
            timeout_graceful_shutdown=_STOP_SECONDS,
            limit_concurrency=MOST_LINES,
            http="h11" if settings.web_name else Patience,  # behind a proxy all come from its address
            h11_max_incomplete_event_size=64 << 10,
        )
    return 0
