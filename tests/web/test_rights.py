"""H01-H05: the matrix of rights, generated from the one table; every route has its row and keeps to it."""

import itertools

import pytest

from digitizer.accounts import Role, Secrecy
from digitizer.services.rights import ACCOUNT, PUBLIC, rights
from digitizer.web.app import make_app
from tests.web.sites import BY, ORIGIN, csrf, person, put, stranger

RULES = sorted({rule.path: rule for rule in rights().routes.values()}.values(), key=lambda rule: rule.path)
CALLS = [(method, rule) for rule in RULES for method in sorted(rule.methods)]
FILLED = {
    "{number}": "1",
    "{region}/{size}": "full/max",
    "{size}": "view",
    "{kind}": "pdf",
    "{name}": "somebody",
    "{path:path}": "app.css",
    "{batch:path}": "lo-1",
}


def address(rule, document):
    path = rule.path.replace("{document_id}", document)
    for name, value in FILLED.items():
        path = path.replace(name, value)
    for name, value in (
        ("{target}", "valuable-30"),
        ("{fonds}", "F01"),
        ("{upload}", "none"),
        ("{search}", "none"),
    ):
        path = path.replace(name, value)
    return path


def ask(browser, method, rule, document, token=""):
    headers = {**ORIGIN, "x-csrf-token": token} if method not in {"GET", "HEAD"} else {}
    return browser.request(method, address(rule, document), headers=headers)


def routes(app):
    for route in app.routes:
        included = getattr(route, "original_router", None)
        for each in included.routes if included is not None else [route]:
            for method in sorted(getattr(each, "methods", None) or {"MOUNT"}):
                yield method, each.path


def test_h01_every_route_has_a_row_and_every_row_a_route(site):
    there = {(method, path) for method, path in routes(make_app(site)) if method != "HEAD"}
    assert there == {row for row in rights().routes if row[0] != "HEAD"}


def test_h01_a_route_without_a_row_is_open_to_nobody(site):
    app = make_app(site)
    app.add_api_route("/new", lambda: "secret")
    browser = person(site, *Role)
    browser.app.add_api_route("/new", lambda: "secret")
    assert browser.get("/new").status_code == 404


@pytest.mark.parametrize("role", Role)
def test_h01_each_role_may_do_what_the_table_says_and_nothing_else(site, role):
    document = put(site, "a.pdf", "Số: 125/QĐ-UBND")
    browser = person(site, role)
    token = csrf(browser)
    for method, rule in CALLS:
        if rule.path in {"/logout", "/password"}:
            continue  # they end the session
        status = ask(browser, method, rule, document, token).status_code
        allowed = rule.needs in {ACCOUNT, PUBLIC} or role in rights().actions[rule.needs]
        assert (status != 403) == allowed or (allowed and rule.needs == "download"), (
            method,
            rule.path,
            status,
        )
        assert status < 500, (method, rule.path)


@pytest.mark.parametrize(("fonds", "clearance"), [*itertools.product(["F01", "F02"], Secrecy)])
def test_h02_what_one_may_not_see_does_not_exist(site, fonds, clearance):
    open_one = put(site, "a.pdf", "Số: 125/QĐ-UBND giấy mời họp")
    secret = put(site, "b.pdf", "MẬT\nSố: 126/QĐ-UBND giấy mời họp")
    browser = person(site, *Role, name="everything", fonds=frozenset({fonds}), clearance=clearance)
    token = csrf(browser)
    for document, visible in (
        (open_one, fonds == "F01"),
        (secret, fonds == "F01" and clearance >= Secrecy.SECRET),
        ("0" * 16, False),
    ):
        for method, rule in CALLS:
            if rule.object == "document":
                status = ask(browser, method, rule, document, token).status_code
                assert (status != 404) == visible, (method, rule.path, status)
    expected = {open_one: fonds == "F01", secret: fonds == "F01" and clearance >= Secrecy.SECRET}
    page = browser.get("/?q=giay moi").text
    assert [document in page for document in expected] == list(expected.values())


def test_h02_hidden_and_missing_look_the_same(site):
    secret = put(site, "b.pdf", "MẬT\nSố: 126/QĐ-UBND")
    browser = person(site, Role.CLERK)
    hidden, missing = browser.get(f"/documents/{secret}"), browser.get("/documents/0000000000000000")
    assert (hidden.status_code, hidden.text.replace(secret, "")) == (
        404,
        missing.text.replace("0000000000000000", ""),
    )
    assert [e.kind for e in site.archive.catalogue.events()].count("denied") == 2


def test_h03_counts_facets_and_pages_tell_only_of_what_one_may_see(site):
    put(site, "a.pdf", "giấy mời họp")
    put(site, "b.pdf", "giấy mời họp ở nơi khác", fonds="F-BI-MAT")
    put(site, "c.pdf", "MẬT\ngiấy mời họp", batch="lo-mat")
    page = person(site, Role.CLERK).get("/?q=giay moi").text
    assert "1 trang" in page
    assert "F-BI-MAT" not in page
    assert "lo-mat" not in page


def test_h04_a_closed_account_and_taken_rights_count_at_the_next_request(site):
    document = put(site, "a.pdf", "giấy mời")
    browser = person(site, Role.CLERK)
    assert browser.get(f"/documents/{document}").status_code == 200
    account = site.door.accounts.account("clerk")
    site.door.accounts.save(account.__class__("clerk", "x", account.roles, frozenset({"F02"})), BY)
    assert browser.get(f"/documents/{document}").status_code == 303  # their sessions have ended
    again = person(site, Role.CLERK, fonds=frozenset({"F02"}))
    assert again.get(f"/documents/{document}").status_code == 404


def test_h05_nobody_changes_their_own_rights_or_sends_fields_that_are_none(site):
    browser = person(site, Role.ADMINISTRATOR)
    token = csrf(browser)

    def change(name, **fields):
        return browser.post(f"/accounts/{name}", data={"csrf": token, **fields}, headers=ORIGIN).status_code

    assert change("administrator", roles="clerk", fonds="*") == 422
    assert site.door.accounts.account("administrator").roles == {Role.ADMINISTRATOR}
    person(site, Role.OPERATOR)
    assert change("operator", password="x") == 422
    assert change("operator", roles="god") == 422
    assert change("operator", clearance="9") == 422
    clerk = person(site, Role.CLERK)
    own = clerk.post("/accounts/clerk", data={"csrf": csrf(clerk), "roles": "administrator"}, headers=ORIGIN)
    assert own.status_code == 403


def test_nobody_without_a_log_in_gets_anywhere(site):
    document = put(site, "a.pdf", "giấy mời")
    browser = stranger(site)
    for method, rule in CALLS:
        if rule.needs != PUBLIC:
            assert ask(browser, method, rule, document).status_code in {303, 401}, (method, rule.path)
