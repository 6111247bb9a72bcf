"""H10, H11, H13, H16, H18, H23, H25: viewers, addresses, templates, links, floods, secrets, encryption."""

from __future__ import annotations

import ast
import datetime
import os
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from digitizer.accounts import Role
from digitizer.bootstrap import links_of
from digitizer.errors import DigitizerError
from digitizer.intake import sandbox
from digitizer.ports import object_key
from digitizer.services import uploads
from digitizer.services.links import plain_links
from digitizer.settings import load_settings
from digitizer.web.guards import POLICY
from storage.s3 import S3Store, parse_store_url
from tests.contracts.fakes import fixity
from tests.web.sites import BY, person, post, put, stranger
from tests.web.test_upload import begin

ROOT = Path(__file__).parents[2]
PACKAGES = ("digitizer", "storage", "workers", "ocr_models")
TREES = {
    path.relative_to(ROOT): ast.parse(path.read_text("utf-8"))
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
}


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_h10_pages_are_shown_as_pictures_and_no_file_is_opened_in_the_browser(site):
    document = put(site, "a.pdf", "giấy mời")
    clerk = person(site, Role.CLERK)
    page = clerk.get(f"/documents/{document}").text.lower()
    assert not any(f"<{tag}" in page for tag in ("iframe", "embed", "object", "frame"))
    assert "default-src 'none'" in POLICY  # so nothing may be framed or embedded, and no worker may run
    assert "unsafe" not in POLICY
    assert not any(each in POLICY for each in ("frame-src", "object-src", "child-src", "worker-src"))
    file = clerk.get(f"/documents/{document}/files/pdf")
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["content-security-policy"].startswith("sandbox")
    assert "pdf" not in (ROOT / "digitizer/web/libraries.json").read_text().lower()


def test_h11_no_module_asks_addresses_but_those_of_the_settings():
    clients = ("httpx", "urllib.request", "http.client", "requests", "aiohttp", "urllib3", "socket", "ftplib")
    asking = {
        str(path)
        for path, tree in TREES.items()
        if any(name == each or name.startswith(f"{each}.") for name in imported(tree) for each in clients)
    }
    # The provider and the object store of the settings; a socket only to see which host this is.
    assert {"storage/openid.py", "storage/s3_client.py"} <= asking
    assert {each for each in asking if each.startswith("digitizer/web")} == set()
    for path in asking - {"storage/openid.py", "storage/s3_client.py", "storage/s3.py"}:
        text = (ROOT / path).read_text()
        assert "urlopen" not in text, path
        assert "create_connection" not in text, path


@pytest.mark.parametrize("form", ["/accounts", "/searches", "/language", "/login"])
def test_h11_no_form_makes_the_server_ask_an_address(site, form):
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as trap:
        trap.timeout = 0.05
        asked: list[object] = []
        trap.process_request = lambda request, _address: (asked.append(1), request.close())
        everybody = person(site, *Role, name="all")
        fields = ("name", "address", "to", "callback", "webhook", "url", "display_name")
        post(everybody, form, **dict.fromkeys(fields, f"http://127.0.0.1:{trap.server_port}/x"))
        trap.handle_request()
        assert asked == []


NAMES = ["{{ 7*7 }}.pdf", "{% include 'passwd' %}.pdf", "${7*7}.pdf", "{0.__class__}.pdf", "%(x)s.pdf"]


@pytest.mark.parametrize("name", NAMES)
def test_h13_what_people_write_is_never_a_template(site, name):
    document = put(site, name, f"giấy mời {name}")
    clerk = person(site, Role.CLERK, Role.OPERATOR)
    post(clerk, "/searches", name=name, address="q=giay")
    shown = name.replace("'", "&#39;")
    for path in ("/", "/?q=giay", f"/documents/{document}", "/batches/F01/lo-1"):
        page = clerk.get(path)
        assert (page.status_code, shown in page.text) == (200, True), path
    assert clerk.get(f"/documents/{document}/pages/1/proof.zip").status_code == 200


def test_h13_no_template_is_made_from_a_text_at_run_time():
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            called = isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", ""))
            own = str(path) == "digitizer/services/report_html.py" and called == "from_string"
            assert called not in {"from_string", "Template", "eval", "exec"} or own, path


def test_h16_an_address_of_a_file_is_good_only_for_who_may_have_it_now(site):
    document = put(site, "a.pdf", "giấy mời")
    clerk = person(site, Role.CLERK)
    paths = [f"/documents/{document}/files/pdf", f"/documents/{document}/pages/1/full.jpg"]
    for path in (*paths, f"/iiif/{document}/1/full/max/0/default.jpg"):
        answer = clerk.get(path)
        assert answer.status_code == 200
        assert "location" not in answer.headers  # through the application, never on to the store
        assert answer.headers["referrer-policy"] == "same-origin"
        assert stranger(site).get(path).status_code == 303  # from a log, a chat, a printed page
        assert person(site, Role.CLERK, name="other", fonds=frozenset({"F02"})).get(path).status_code == 404
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert clerk.request(method, path).status_code in {403, 404, 405}
    account = site.door.accounts.account("clerk")
    site.door.accounts.save(account.__class__("clerk", "x", frozenset(), frozenset({"F01"})), BY)
    assert clerk.get(paths[0]).status_code == 303


def test_h16_no_address_that_opens_by_itself_is_ever_made():
    links = [
        path
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and "presigned" in node.attr
    ]
    assert {str(path) for path in links} <= {"storage/s3_client.py"}  # kept for the contract with servers
    users = [
        path
        for path, tree in TREES.items()
        if path.parts[0] == "digitizer" and path.parts[1] in {"web", "services"}
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "link" and "s3" in str(path)
    ]
    assert users == []


def test_h18_one_account_s_flood_ends_and_others_go_on(site, monkeypatch):
    monkeypatch.setattr(uploads, "_MOST_OPEN", 5)
    flooding = person(site, Role.OPERATOR)
    answers = [begin(flooding)[0].status_code for _ in range(8)]
    assert answers == [201] * 5 + [429] * 3
    assert begin(person(site, Role.OPERATOR, name="other"))[0].status_code == 201
    assert flooding.get("/upload").status_code == 200


CANARY = "canary-7f3a9c"


def canaries():
    names = ("STORE_ACCESS_KEY", "STORE_SECRET_KEY", "QUEUE_SECRET", "OPENID_SECRET")
    return {f"DIGITIZER_{name}": f"{CANARY}-{name.lower()}" for name in names} | {
        "DIGITIZER_REDIS_URL": f"redis://u:{CANARY}-redis@127.0.0.1:1/0",
        "DIGITIZER_DATABASE_URL": f"postgresql+psycopg://u:{CANARY}-db@127.0.0.1:1/x?connect_timeout=1",
        "DIGITIZER_STORE_URL": "s3+http://127.0.0.1:1/kho",
    }


@pytest.mark.parametrize(
    "verb", [["check"], ["check", "--json"], ["status"], ["--verbose", "work", "--once"]]
)
def test_h23_no_secret_comes_out_with_what_is_said_logged_or_written(tmp_path, verb):
    home = {"DIGITIZER_HOME": str(tmp_path / "a"), "DIGITIZER_LOG_FILE": str(tmp_path / "log")}
    done = subprocess.run(
        [sys.executable, "-m", "digitizer.cli", *verb],
        env={**os.environ, **canaries(), **home, "DIGITIZER_LOG_LEVEL": "debug"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode != 0
    written = [path.read_bytes().decode(errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    assert CANARY not in done.stdout + done.stderr + "".join(written)


def test_h23_the_sandbox_is_given_no_secret(monkeypatch):
    for name, value in canaries().items():
        monkeypatch.setenv(name, value)
    assert CANARY not in str(sandbox._environment("/tmp"))


def test_h23_what_a_browser_holds_is_in_no_table_and_no_event(site):
    clerk = person(site, Role.CLERK)
    held = clerk.cookies["__Host-session"]
    clerk.get("/?q=giay")
    home = site.archive.scratch.parent
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert held.encode() not in kept


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("", False),
        ("sqlite:////srv/x.db", False),
        ("unix:///run/valkey.sock", False),
        ("redis://127.0.0.1:6379/0", False),
        ("redis://queue.example.vn/0", True),
        ("rediss://queue.example.vn/0", False),
        ("s3+http://store.example.vn/kho", True),
        ("s3+https://store.example.vn/kho", False),
        ("postgresql+psycopg://u:p@db.example.vn/x", True),
        ("postgresql+psycopg://u:p@db.example.vn/x?sslmode=prefer", True),
        ("postgresql+psycopg://u:p@db.example.vn/x?sslmode=verify-full", False),
        ("postgresql+psycopg:///x?host=/run/postgresql", False),
    ],
)
def test_h25_a_connection_without_tls_to_another_machine_is_named(address, plain):
    assert plain_links({"one": address}) == (("one",) if plain else ())
    assert plain_links({"one": address}, {f"{name}.example.vn" for name in ("queue", "db", "store")}) == ()


def test_h25_check_and_serve_say_which_connection_is_plain(tmp_path):
    settings = load_settings({"store_url": "s3+http://store.example.vn/kho", "home": tmp_path})
    assert links_of(settings) == ("store_url",)


def test_h25_browsers_are_told_to_come_back_with_tls_only(site):
    assert "max-age=" in stranger(site).get("/login").headers["strict-transport-security"]


def self_signed(folder):
    """A certificate that nobody vouches for, and its key, in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().issuer_name(name).subject_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now)
    made = made.not_valid_after(now + datetime.timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    certificate = made.add_extension(names, critical=False).sign(key, hashes.SHA256())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "cert.pem"
    file.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return file


def test_h25_a_server_nobody_vouches_for_is_given_nothing(tmp_path):
    got = []

    class Spy(BaseHTTPRequestHandler):
        def handle(self):
            got.append(self.rfile.read(1))

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    with HTTPServer(("127.0.0.1", 0), Spy) as server:
        server.handle_error = lambda *_: None
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        at = parse_store_url(f"s3+https://localhost:{server.server_port}/kho")
        store = S3Store(at, "kho-masters", "key", "secret")
        try:
            with pytest.raises(DigitizerError):
                store.read_range(object_key(fixity(b"x").sha256), 0, 1)
        finally:
            server.shutdown()
            thread.join()
    assert b"".join(got) == b""
