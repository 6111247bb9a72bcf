"""`digitizer password`: give an account of the web application a password, from the machine itself."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from digitizer.cli.door import through

__all__ = ["password"]


def password(
    account: Annotated[str, typer.Argument(metavar="[ACCOUNT]", help="Its name.")] = "admin",
    one_time: Annotated[
        bool, typer.Option("--one-time", help="Print one that must be changed at the first log-in.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log in detail; show where errors arose.")
    ] = False,
) -> None:
    """Set the password of an account of the web application. Đặt mật khẩu."""
    through(lambda: _set(account, one_time=one_time), verbose=verbose)


def _set(account: str, *, one_time: bool) -> int:
    from digitizer.bootstrap_desk import door_of, operator
    from digitizer.services.log_in import first_administrator, new_password, one_time_password
    from digitizer.settings import load_settings

    with door_of(load_settings()) as door:
        first_administrator(door)  # of an archive that nobody served yet
        door.accounts.account(account)
        if one_time:
            typer.echo(one_time_password(door, account, operator()))
            return 0
        known = new_password(door, account, _asked())
        door.accounts.set_password(account, known, operator())
    typer.echo(f"{account}: the password is changed, sessions have ended · đã đổi mật khẩu", err=True)
    return 0


def _asked() -> str:
    """Typed twice and not shown; a script gives one line on standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password · mật khẩu", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")
