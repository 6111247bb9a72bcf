"""Uploads: tus 1.0, hash checked, resumed after a cut, other people's uploads and fonds out of reach."""

import base64
import hashlib

import pytest

from digitizer.accounts import Role, Secrecy
from tests.web.sites import ORIGIN, csrf, person, put

DATA = "giấy mời họp số 7".encode()


def begin(browser, data=DATA, length=None, **facts):
    facts = {"path": "a/b.pdf", "fonds": "F01", "batch": "lo-9"} | facts
    pairs = ",".join(
        f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in facts.items()
    )
    token = csrf(browser)
    headers = {"upload-length": str(len(data) if length is None else length), "upload-metadata": pairs}
    answer = browser.post("/uploads", headers={**ORIGIN, "x-csrf-token": token, **headers})
    return answer, token


def piece(browser, url, token, offset, data):
    headers = {"upload-offset": str(offset), "content-type": "application/offset+octet-stream"}
    return browser.patch(url, content=data, headers={**ORIGIN, "x-csrf-token": token, **headers})


def sent(browser, data=DATA, **facts):
    answer, token = begin(browser, data, **facts)
    assert answer.status_code == 201, answer.text
    url = answer.headers["location"]
    assert piece(browser, url, token, 0, data).status_code == 204
    return browser.get(url).json()


def test_a_file_in_pieces_goes_through_the_same_ingest(site):
    browser = person(site, Role.OPERATOR)
    answer, token = begin(browser, sha256=hashlib.sha256(DATA).hexdigest())
    url = answer.headers["location"]
    assert piece(browser, url, token, 0, DATA[:5]).headers["upload-offset"] == "5"
    assert piece(browser, url, token, 0, DATA[:5]).status_code == 409
    assert browser.head(url).headers["upload-offset"] == "5"
    assert browser.get(url).status_code == 409
    assert piece(browser, url, token, 5, DATA[5:]).status_code == 204
    told = browser.get(url).json()
    document = site.archive.catalogue.document(told["document"])
    assert (told["state"], document.path, document.batch) == ("new", "a/b.pdf", "lo-9")
    assert document.fixity.sha256 == hashlib.sha256(DATA).hexdigest()
    assert browser.get(url).json() == told
    received = next(site.archive.catalogue.events(document.id))
    assert received.agent.name == "person:operator"


def test_other_bytes_than_declared_are_refused(site):
    browser = person(site, Role.OPERATOR)
    assert sent(browser, sha256="0" * 64) == {"state": "refused", "code": "E-CHECKSUM"}
    assert list(site.archive.catalogue.documents()) == []


def test_more_bytes_than_declared_are_refused(site):
    browser = person(site, Role.OPERATOR)
    answer, token = begin(browser, length=3)
    assert piece(browser, answer.headers["location"], token, 0, DATA).status_code == 422


@pytest.mark.parametrize(
    "facts",
    [
        {"path": "../x.pdf"},
        {"path": ""},
        {"fonds": ""},
        {"sha256": "xyz"},
        {"length": 2_000_000},
        {"batch": "x" * 300},
    ],
)
def test_what_cannot_be_is_refused_before_any_byte(site, facts):
    assert begin(person(site, Role.OPERATOR), **facts)[0].status_code == 422


def test_h02_nobody_reaches_another_s_upload_or_fonds(site):
    mine = person(site, Role.OPERATOR)
    url = begin(mine)[0].headers["location"]
    other = person(site, Role.ARCHIVIST)
    token = csrf(other)
    assert other.head(url).status_code == 404
    assert other.get(url).status_code == 404
    assert piece(other, url, token, 0, DATA).status_code == 404
    assert begin(mine, fonds="F02")[0].status_code == 403
    assert begin(mine, secrecy=1)[0].status_code == 403


def test_e04_a_copy_one_may_not_see_looks_like_a_new_file(site):
    put(site, "mat.pdf", "MẬT\ngiấy mời")
    told = sent(person(site, Role.OPERATOR), "MẬT\ngiấy mời".encode())
    assert set(told) == {"state", "sha256"}
    assert told["state"] == "new"
    seen = sent(person(site, Role.ARCHIVIST, clearance=Secrecy.SECRET), "MẬT\ngiấy mời".encode())
    assert (seen["state"], seen["first_path"]) == ("duplicate", "mat.pdf")


def test_declared_secrecy_counts_from_the_first_moment(site):
    told = sent(person(site, Role.ARCHIVIST, clearance=Secrecy.SECRET), secrecy=1)
    assert site.archive.catalogue.document(told["document"]).secrecy == 1
    assert person(site, Role.CLERK).get(f"/documents/{told['document']}").status_code == 404
