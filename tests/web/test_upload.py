"""Uploads: tus 1.0, hash checked, resumed after a cut, other people's uploads and fonds out of reach."""

import base64
import hashlib
import io
import shutil
import zipfile

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
    told = {"state": "refused", "code": "E-CHECKSUM", "told": "Mã kiểm tra không khớp"}
    assert sent(browser, sha256="0" * 64) == told
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
    seen = sent(
        person(site, Role.ARCHIVIST, clearance=Secrecy.SECRET), "MẬT\ngiấy mời".encode(), batch="lo-10"
    )
    assert (seen["state"], seen["first_path"]) == ("duplicate", "mat.pdf")


def test_declared_secrecy_counts_from_the_first_moment(site):
    told = sent(person(site, Role.ARCHIVIST, clearance=Secrecy.SECRET), secrecy=1)
    assert site.archive.catalogue.document(told["document"]).secrecy == 1
    assert person(site, Role.CLERK).get(f"/documents/{told['document']}").status_code == 404


def zipped(**members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(f"{name}.pdf", content)
    return data.getvalue()


def test_a_zip_is_taken_apart_like_any_zip(site):
    put(site, "first.pdf", "giấy mời")
    data = zipped(a="giấy mời", b="công văn", c=b"PK\x03\x04 a zip in a zip")
    told = sent(person(site, Role.OPERATOR), data, path="hop 7/dot1.zip", box="Hộp 7")
    assert told["state"] == "unpacked"
    assert told["counts"] == {"new": 1, "duplicate": 1, "refused": 1}
    assert told["refused"][0]["path"] == "hop 7/dot1.zip/c.pdf"
    document = next(d for d in site.archive.catalogue.documents() if d.path.endswith("b.pdf"))
    assert (document.path, document.batch) == ("hop 7/dot1.zip/b.pdf", "lo-9")
    assert [each.box for each in site.books.accessions.placements(document.id)] == ["Hộp 7"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (zipped(a="\0" * 90_000_000), "E-SIZE"),
        (zipped(**{f"f{n}": "x" for n in range(30)}), "E-BOMB"),
        (zipped(a="x")[:-9], "E-TRUNC"),
    ],
    ids=["size", "members", "cut"],
)
def test_a_harmful_zip_is_refused_with_its_code(site, data, code):
    told = sent(person(site, Role.OPERATOR), data, path="x.zip")
    assert told["counts"] == {"refused": 1}
    assert told["refused"][0]["code"] == code
    assert list(site.archive.catalogue.documents()) == []


def test_secrecy_declared_with_a_zip_is_that_of_each_member(site):
    archivist = person(site, Role.ARCHIVIST, clearance=Secrecy.SECRET)
    sent(archivist, zipped(a="giấy mời"), path="x.zip", secrecy=1)
    assert [each.secrecy for each in site.archive.catalogue.documents()] == [1]


def test_a_file_sent_again_to_its_batch_is_known_and_elsewhere_a_duplicate(site):
    operator = person(site, Role.OPERATOR)
    assert sent(operator)["state"] == "new"
    assert sent(operator)["state"] == "known"
    again = sent(operator, path="other.pdf", batch="lo-10")
    assert (again["state"], again["first_path"], again["first_batch"]) == ("duplicate", "a/b.pdf", "lo-9")


@pytest.mark.parametrize("left", ["999999999", ""], ids=["its process is gone", "no owner written yet"])
def test_c02_a_server_killed_while_it_took_a_file_in_takes_it_at_the_next_question(site, left):
    operator = person(site, Role.OPERATOR)
    url = begin(operator)[0].headers["location"]
    part = site.uploads.folder / f"{url.rpartition('/')[2]}.part"
    part.write_bytes(DATA)
    part.rename(part.with_suffix(".pdf"))  # where it stood when the server was killed
    part.with_suffix(".lock").write_text(left)
    assert operator.head(url).headers["upload-offset"] == str(len(DATA))
    told = operator.get(url).json()
    assert told["state"] == "new"
    assert operator.get(url).json() == told
    assert list(site.uploads.folder.glob("*.pdf")) == []


def test_while_one_request_takes_a_file_in_another_is_told_to_wait(site):
    operator = person(site, Role.OPERATOR)
    url = begin(operator)[0].headers["location"]
    part = site.uploads.folder / f"{url.rpartition('/')[2]}.part"
    part.write_bytes(DATA)
    part.with_suffix(".lock").write_text("1")
    assert operator.get(url).status_code == 409
    part.with_suffix(".lock").unlink()
    assert operator.get(url).json()["state"] == "new"


@pytest.mark.parametrize("secrecy", ["", "12", "x", "-1"])
def test_a_secrecy_that_is_none_is_no_error_of_ours(site, secrecy):
    assert begin(person(site, Role.OPERATOR), secrecy=secrecy)[0].status_code == 201


def test_d13_without_room_an_upload_is_refused_before_its_first_byte_and_taken_when_there_is(
    site, monkeypatch
):
    browser = person(site, Role.OPERATOR)
    real = shutil.disk_usage
    monkeypatch.setattr(shutil, "disk_usage", lambda path: real(path)._replace(free=(64 << 20) - 1))
    answer, _ = begin(browser)
    assert answer.status_code == 503
    assert "location" not in answer.headers
    monkeypatch.setattr(shutil, "disk_usage", real)
    assert sent(browser)["state"] == "new"
