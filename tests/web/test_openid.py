"""Log-in at an OpenID provider: a real one, and one that lies in each way a token can lie."""

from __future__ import annotations

import base64
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from digitizer.accounts import Role, Secrecy
from digitizer.errors import MissingDependencyError, UsageError
from digitizer.identity import IdentityError
from digitizer.services.identity_log_in import Gateway, new_challenge, read_claim_table
from storage.identities import SqlIdentities
from storage.openid import OpenIdProvider
from tests.servers.oidc import CLIENT, SECRET, running
from tests.web.sites import BY, ORIGIN, csrf, person, put, site_with, stranger

BACK = "https://localhost/login/openid/back"
PEOPLE = {
    "u-lan": {"name": "Trần Thị Lan", "preferred_username": "lan.tt", "groups": ["/luu-tru", "/khac"]},
    "u-an": {"name": "An", "preferred_username": "an", "groups": ["/khac"]},
    "u-clerk": {"name": "Giả", "preferred_username": "clerk", "groups": ["/luu-tru"]},
}
TABLE = """
claim = "groups"
[[grants]]
value = "/luu-tru"
roles = ["clerk", "reviewer"]
fonds = ["F01"]
"""


@pytest.fixture(scope="module")
def provider():
    with running(PEOPLE, BACK) as provider:
        yield provider


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "openid.toml"
    file.write_text(TABLE)
    return file


@contextmanager
def gated(site, issuer, table):
    identities = SqlIdentities(f"sqlite:///{site.archive.scratch.parent}/catalogue.db")
    known = OpenIdProvider(issuer, CLIENT, SECRET)
    yield site_with(site, gateway=Gateway(known, read_claim_table(table), identities))
    identities.close()


@pytest.fixture
def open_site(site, provider, table):
    with gated(site, provider.issuer, table) as with_provider:
        yield with_provider


def begun(browser, to="/"):
    answer = browser.get("/login/openid", params={"to": to})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def came_back(browser, address):
    return browser.get(address.partition("https://localhost")[2])


def log_in(site, provider, name, to="/"):
    browser = stranger(site)
    return browser, came_back(browser, provider.log_in(begun(browser, to), name))


class TestRealProvider:
    """oidc-provider, certified for OpenID Connect, on loopback."""

    def test_somebody_gets_the_rights_of_the_table_and_an_account_of_their_own(self, open_site, provider):
        document = put(open_site, "a.pdf", "giấy mời")
        elsewhere = put(open_site, "b.pdf", "giấy mời", fonds="F02")
        assert "/login/openid" in stranger(open_site).get("/login").text
        browser, answer = log_in(open_site, provider, "u-lan", f"/documents/{document}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/documents/{document}")
        assert "HttpOnly" in answer.headers["set-cookie"]
        assert browser.get(f"/documents/{document}").status_code == 200
        assert browser.get(f"/documents/{elsewhere}").status_code == 404
        account = open_site.door.accounts.account("lan.tt")
        assert (account.display_name, account.fonds) == ("Trần Thị Lan", frozenset({"F01"}))
        assert account.roles == {Role.CLERK, Role.REVIEWER}
        assert account.clearance == Secrecy.NONE
        kinds = [each.kind for each in open_site.archive.catalogue.events(f"account:{account.name}")]
        assert kinds == ["account", "identity", "log-in"]
        assert stranger(open_site).post(
            "/login", data={"name": "lan.tt", "password": ""}, headers=ORIGIN
        ).status_code in {401, 422}

    def test_who_has_no_group_of_the_table_is_not_let_in(self, open_site, provider):
        _, answer = log_in(open_site, provider, "u-an")
        assert answer.status_code == 401
        assert "chưa được cấp quyền" in answer.text
        assert [each.name for each in open_site.door.accounts.accounts()] == []

    def test_a_name_opens_no_account_that_is_somebody_else_s(self, open_site, provider):
        person(open_site, Role.CLERK, Role.ADMINISTRATOR, name="clerk")
        assert log_in(open_site, provider, "u-clerk")[1].status_code == 401
        assert open_site.door.accounts.account("clerk").display_name == "clerk"

    def test_what_a_person_gave_stays_and_what_the_table_gives_follows_it(self, open_site, provider, table):
        log_in(open_site, provider, "u-lan")
        accounts = open_site.door.accounts
        known = accounts.account("lan.tt")
        given = known.__class__(
            "lan.tt", "Lan", known.roles | {Role.ADMINISTRATOR, Role.AUDITOR}, None, Secrecy.SECRET
        )
        accounts.save(given, BY)
        log_in(open_site, provider, "u-lan")
        now = accounts.account("lan.tt")
        assert now.roles == {Role.CLERK, Role.REVIEWER, Role.ADMINISTRATOR}
        assert (now.fonds, now.clearance) == (frozenset({"F01"}), Secrecy.SECRET)

    def test_a_closed_account_stays_closed(self, open_site, provider):
        log_in(open_site, provider, "u-lan")
        accounts = open_site.door.accounts
        known = accounts.account("lan.tt")
        accounts.save(known.__class__("lan.tt", "Lan", known.roles, known.fonds, disabled=True), BY)
        assert log_in(open_site, provider, "u-lan")[1].status_code == 401

    def test_taken_groups_count_at_the_next_log_in_and_end_open_sessions(self, open_site, provider, table):
        browser, _ = log_in(open_site, provider, "u-lan")
        table.write_text(TABLE.replace("/luu-tru", "/nhom-moi"))
        later = site_with(
            open_site,
            gateway=Gateway(
                open_site.gateway.provider, read_claim_table(table), open_site.gateway.identities
            ),
        )
        assert log_in(later, provider, "u-lan")[1].status_code == 401
        assert browser.get("/").status_code == 303
        assert open_site.door.accounts.account("lan.tt").roles == frozenset()

    def test_log_out_ends_the_session_here_and_offers_the_provider_s(self, open_site, provider):
        browser, _ = log_in(open_site, provider, "u-lan")
        left = browser.post("/logout", headers={**ORIGIN, "x-csrf-token": csrf(browser)})
        assert left.headers["location"] == "/login?left=provider"
        assert f"{provider.issuer}/session/end" in browser.get("/login?left=provider").text
        assert browser.get("/").status_code == 303

    def test_an_answer_counts_once_and_only_in_the_browser_that_asked(self, open_site, provider):
        browser = stranger(open_site)
        back = provider.log_in(begun(browser), "u-lan")
        assert came_back(stranger(open_site), back).status_code == 401
        assert came_back(browser, back.replace("state=", "state=x")).status_code == 401
        assert came_back(browser, back).status_code == 401  # the question is forgotten after one answer
        again = stranger(open_site)
        back = provider.log_in(begun(again), "u-lan")
        mixed_up = back.partition("&iss=")[0] + "&iss=https://evil.example"
        assert came_back(again, mixed_up).status_code == 401  # RFC 9207
        back = provider.log_in(begun(stranger(open_site)), "u-lan")
        other = OpenIdProvider(provider.issuer, CLIENT, SECRET)
        code = parse_qs(urlsplit(back).query)["code"][0]
        with pytest.raises(IdentityError):
            other.vouched(new_challenge(BACK), code)  # without the verifier that only the browser holds

    def test_only_local_paths_are_gone_to(self, open_site, provider):
        _, answer = log_in(open_site, provider, "u-lan", "https://evil.example/")
        assert answer.headers["location"] == "/"


KEY = RSAKey.generate_key(2048, parameters={"kid": "k1"})


class Liar(BaseHTTPRequestHandler):
    """A provider that says what the test put into `lies`: claims, metadata, how it signs."""

    def do_GET(self):
        server = self.server
        if "openid-configuration" in self.path:
            own = {
                "issuer": server.issuer,
                "authorization_endpoint": f"{server.issuer}/auth",
                "token_endpoint": f"{server.issuer}/token",
                "jwks_uri": f"{server.issuer}/keys",
            }
            self.tell({**own, **server.lies.get("metadata", {})})
        else:
            self.tell({"keys": [KEY.as_dict(private=False)]})

    def do_POST(self):
        server = self.server
        self.rfile.read(int(self.headers["content-length"]))
        if "redirect" in server.lies:
            self.send_response(307)
            self.send_header("location", server.lies["redirect"])
            self.end_headers()
            return
        moment = server.now
        claims = {"iss": server.issuer, "sub": "u1", "aud": CLIENT, "nonce": server.nonce}
        claims |= {"iat": moment, "exp": moment + 60, **server.lies.get("claims", {})}
        claims = {name: value for name, value in claims.items() if value is not None}
        signing = server.lies.get("key", KEY)
        header = {"alg": server.lies.get("alg", "RS256"), "kid": "k1"}
        if header["alg"] == "none":
            parts = [
                base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in (header, claims)
            ]
            token = b".".join([*parts, b""]).decode()
        else:
            token = jwt.encode(header, claims, signing, algorithms=["RS256", "HS256"])
        self.tell({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def tell(self, values):
        body = json.dumps(values).encode() + b" " * self.server.lies.get("padding", 0)
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def liar():
    with ThreadingHTTPServer(("127.0.0.1", 0), Liar) as server:
        server.daemon_threads = False
        server.issuer = f"http://127.0.0.1:{server.server_port}"
        server.lies, server.nonce, server.now = {}, "", int(time.time())
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def asked(liar):
    challenge = new_challenge(BACK)
    liar.nonce = challenge.nonce
    return OpenIdProvider(liar.issuer, CLIENT, SECRET).vouched(challenge, "code")


class TestLies:
    """Each defence is taken on by one lie."""

    def test_the_truth_is_believed(self, liar):
        assert asked(liar).subject == "u1"

    @pytest.mark.parametrize(
        "lies",
        [
            pytest.param({"claims": {"nonce": "another"}}, id="nonce_of_another_log_in"),
            pytest.param({"claims": {"nonce": None}}, id="no_nonce"),
            pytest.param({"claims": {"aud": "another-client"}}, id="for_another_client"),
            pytest.param({"claims": {"aud": [CLIENT, "other"], "azp": "other"}}, id="another_authorized"),
            pytest.param({"claims": {"iss": "https://evil.example"}}, id="another_issuer"),
            pytest.param({"claims": {"exp": 1}}, id="over"),
            pytest.param({"claims": {"sub": None}}, id="nobody"),
            pytest.param({"claims": {"at_hash": "AAAA"}}, id="of_another_access_token"),
            pytest.param({"key": RSAKey.generate_key(2048, parameters={"kid": "k1"})}, id="another_key"),
            pytest.param({"alg": "none"}, id="unsigned"),
            pytest.param({"alg": "HS256", "key": OctKey.import_key(SECRET)}, id="signed_with_our_secret"),
        ],
    )
    def test_a_token_that_is_not_good_lets_nobody_in(self, liar, lies):
        liar.lies = lies
        with pytest.raises(IdentityError):
            asked(liar)

    @pytest.mark.parametrize(
        "address",
        [
            "http://169.254.169.254/latest/meta-data",
            "http://[::1]/",
            "http://0x7f.1/",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "http://127.0.0.1:1/\r\nHost: evil",
            "",
        ],
    )
    def test_h11_only_the_provider_s_own_addresses_are_asked(self, liar, address):
        for name in ("token_endpoint", "jwks_uri"):
            liar.lies = {"metadata": {name: address}}
            with pytest.raises(MissingDependencyError):
                asked(liar)

    def test_h11_no_redirect_is_followed(self, liar):
        liar.lies = {"redirect": f"{liar.issuer}/keys"}
        with pytest.raises(MissingDependencyError):
            asked(liar)

    def test_h11_an_endless_answer_is_cut_off(self, liar):
        liar.lies = {"padding": 1 << 20}
        with pytest.raises(MissingDependencyError):
            asked(liar)

    def test_another_name_than_the_set_one_is_no_provider(self, liar):
        liar.lies = {"metadata": {"issuer": "https://evil.example"}}
        with pytest.raises(MissingDependencyError):
            asked(liar)

    def test_a_provider_that_is_down_stops_nobody_with_a_local_account(self, site, table):
        with gated(site, "http://127.0.0.1:9", table) as open_site:
            assert stranger(open_site).get("/login/openid").status_code == 503
            assert person(open_site, Role.CLERK).get("/").status_code == 200


@pytest.mark.parametrize("issuer", ["http://id.example.vn", "ftp://id", "", "https://u:p@id.example.vn"])
def test_h25_a_provider_without_tls_is_refused(issuer):
    with pytest.raises(UsageError):
        OpenIdProvider(issuer, CLIENT, SECRET)


@pytest.mark.parametrize(
    "text",
    [
        TABLE.replace('"clerk"', '"administrator"'),
        TABLE.replace('"clerk"', '"god"'),
        TABLE.replace("fonds =", "clearance ="),
        TABLE + "colour = 1",
        'claim = "groups"',
        TABLE.replace('["F01"]', '"F01"'),
        "=",
    ],
)
def test_a_table_that_gives_too_much_or_nothing_is_refused(tmp_path, text):
    file = tmp_path / "openid.toml"
    file.write_text(text)
    with pytest.raises(UsageError):
        read_claim_table(file)


def test_without_a_provider_there_is_no_such_page(site):
    assert stranger(site).get("/login/openid").status_code == 404
    assert "/login/openid" not in stranger(site).get("/login").text
