"""Who may do and see what: the one place where that is decided, from the table `digitizer/rights.toml`."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from digitizer.accounts import Account, Role

__all__ = ["ACCOUNT", "PUBLIC", "Rights", "RouteRule", "rights"]

PUBLIC = "public"
ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class RouteRule:
    """What one route needs: an action, `account` (any) or `public`; `object`: what its path names."""

    path: str
    methods: frozenset[str]
    needs: str
    object: str = ""


@dataclass(frozen=True, slots=True)
class Rights:
    """The table of rights; default deny."""

    actions: dict[str, frozenset[Role]]
    routes: dict[tuple[str, str], RouteRule]

    def may(self, account: Account | None, action: str) -> bool:
        """Whether this person may do `action` at all, before any object is looked at."""
        if action == PUBLIC:
            return True
        if account is None or account.disabled:
            return False
        return action == ACCOUNT or bool(self.actions.get(action, frozenset()) & account.roles)

    def sees(self, account: Account, fonds: str, secrecy: int = 0) -> bool:
        """Whether an object of this fonds and secrecy exists for this person."""
        return secrecy <= account.clearance and (account.fonds is None or fonds in account.fonds)

    def rule(self, method: str, path: str) -> RouteRule | None:
        """The row for a route; HEAD goes with GET. None: the route is allowed to nobody."""
        return self.routes.get((method, path)) or (self.rule("GET", path) if method == "HEAD" else None)


@functools.cache
def rights() -> Rights:
    """The table as it was delivered."""
    values = tomllib.loads(resources.files("digitizer").joinpath("rights.toml").read_text("utf-8"))
    actions = {name: frozenset(Role(each) for each in roles) for name, roles in values["actions"].items()}
    return Rights(actions, dict(_rows(values["routes"], frozenset({*actions, ACCOUNT, PUBLIC}))))


def _rows(
    routes: Iterable[dict[str, object]], known: frozenset[str]
) -> Iterable[tuple[tuple[str, str], RouteRule]]:
    for row in routes:
        methods = row["methods"]
        assert isinstance(methods, list)
        needs = str(row["needs"])
        if needs not in known:
            raise ValueError(f"rights.toml: {row['path']} needs the unknown action {needs}")
        rule = RouteRule(str(row["path"]), frozenset(methods), needs, str(row.get("object", "")))
        yield from (((method, rule.path), rule) for method in methods)
