"""What is where: batches, status, retry, each of what one may see."""

import time

from digitizer.accounts import Role, Secrecy
from digitizer.finding import EVERYTHING
from digitizer.services.ingest import ingest
from digitizer.web import follow
from tests.web.sites import BY, person, post, put


def test_a_batch_tells_where_its_pages_are(site):
    put(site, "a.pdf", "giấy mời\f\fhọp")
    operator = person(site, Role.OPERATOR)
    for path in ("/batches", "/batches/F01/lo-1", "/status"):
        whole = operator.get(path)
        part = operator.get(path, headers={"hx-request": "true"})
        assert (whole.status_code, part.status_code) == (200, 200), path
        assert "<html" in whole.text
        assert "<html" not in part.text
    ledger = site.desk.batches(EVERYTHING)[0]
    assert (ledger.documents, ledger.pages, dict(ledger.by_status)) == (1, 3, {"text": 2, "blank": 1})


def test_h03_batches_count_only_what_one_may_see(site):
    put(site, "a.pdf", "MẬT\ngiấy mời", batch="lo-mat")
    put(site, "b.pdf", "giấy mời", fonds="F02", batch="lo-khac")
    operator = person(site, Role.OPERATOR)
    page = operator.get("/batches").text
    assert "lo-mat" not in page
    assert "lo-khac" not in page
    assert operator.get("/batches/F02/lo-khac").status_code == 404
    assert "a.pdf" not in operator.get("/batches/F01/lo-mat").text


def test_a_quarantined_document_is_read_again_on_request(site):
    document = put(site, "a.pdf", "giấy mời")
    catalogue = site.archive.catalogue
    catalogue.requeue(document, BY)
    for _ in range(3):
        held = catalogue.claim("worker:x", 60.0)
        catalogue.fail(document, held.attempt, "E-TOOL: hỏng", BY)
    operator = person(site, Role.OPERATOR)
    assert "/failures/E-TOOL" in operator.get("/status").text
    listed = operator.get("/failures/E-TOOL").text
    assert "a.pdf" in listed
    assert f"/documents/{document}/retry" in listed
    assert "a.pdf" not in operator.get("/failures/E-TIMEOUT").text
    assert (
        "a.pdf"
        not in person(site, Role.OPERATOR, name="khac", fonds=frozenset({"F02"})).get("/failures/E-TOOL").text
    )
    assert "Cách ly" in operator.get("/batches/F01/lo-1").text
    assert post(operator, f"/documents/{document}/retry").headers["location"] == "/batches/F01/lo-1"
    assert catalogue.document(document).state == "queued"


def failed(site, name, reason, **where):
    document = put(site, name, f"giấy mời {name}", **where)
    site.archive.catalogue.requeue(document, BY)
    for _ in range(3):
        held = site.archive.catalogue.claim("worker:x", 60.0)
        site.archive.catalogue.fail(document, held.attempt, reason, BY)
    return document


def test_all_that_failed_with_one_error_is_read_again_at_once_as_far_as_one_may_see_it(site):
    mine = [failed(site, name, "E-TOOL: hỏng") for name in ("a.pdf", "b.pdf")]
    longer = failed(site, "c.pdf", "E-TOOLS: khác")
    elsewhere = failed(site, "d.pdf", "E-TOOL: hỏng", fonds="F02")
    operator = person(site, Role.OPERATOR, fonds=frozenset({"F01"}))
    listed = operator.get("/failures/E-TOOL").text
    assert 'action="/failures/E-TOOL/retry"' in listed
    assert '<a href="/status" aria-current="page">' in listed
    assert post(operator, "/failures/E-TOOL/retry").headers["location"] == "/failures/E-TOOL"
    states = [site.archive.catalogue.document(each).state for each in (*mine, longer, elsewhere)]
    assert states == ["queued", "queued", "quarantined", "quarantined"]
    assert "/failures/E-TOOL/retry" not in operator.get("/failures/E-TOOL").text
    reviewer = person(site, Role.REVIEWER, name="xem")
    assert post(reviewer, "/failures/E-TOOL/retry").status_code == 403


def test_more_failures_than_a_page_shows_are_told_of_and_come_after_these(site, monkeypatch):
    monkeypatch.setattr(follow, "_SHOWN", 1)
    both = [failed(site, name, "E-TOOL: hỏng") for name in ("a.pdf", "b.pdf")]
    operator = person(site, Role.OPERATOR)
    assert "Còn tài liệu khác" in operator.get("/failures/E-TOOL").text
    post(operator, "/failures/E-TOOL/retry")
    assert sorted(site.archive.catalogue.document(each).state for each in both) == ["quarantined", "queued"]
    assert "Còn tài liệu khác" not in operator.get("/failures/E-TOOL").text


def balance(browser, fonds="F01", batch="lo-1"):
    return browser.get(f"/batches/{fonds}/{batch}/balance")


def test_sheets_declared_are_held_against_what_arrived(site):
    put(site, "a.pdf", "giấy mời\f\fhọp\fhai")
    operator = person(site, Role.OPERATOR)
    assert "chưa kê khai" in balance(operator).text
    told = post(operator, "/batches/F01/lo-1/facts", inventory="Mục lục 2", box="Hộp 7", sheets="3")
    assert told.headers["location"] == "/batches/F01/lo-1"
    assert "khớp với kê khai" in balance(operator).text
    assert "Mục lục 2 · Hộp 7" in balance(operator).text
    post(operator, "/batches/F01/lo-1/facts", sheets="6")
    assert "thiếu: 2" in balance(operator).text
    assert '<td class="num">6</td>' in operator.get("/batches").text
    post(operator, "/batches/F01/lo-1/facts", sheets="1")
    assert "thừa: 2" in balance(operator).text
    assert post(operator, "/batches/F01/lo-1/facts", sheets="-1").status_code == 422
    assert post(operator, "/batches/F02/lo-1/facts", sheets="1").status_code == 404
    assert post(person(site, Role.AUDITOR), "/batches/F01/lo-1/facts", sheets="1").status_code == 403


def test_h03_the_balance_of_a_batch_one_may_not_see_whole_is_not_told(site):
    put(site, "a.pdf", "giấy mời")
    put(site, "b.pdf", "MẬT\ngiấy mời")
    operator = person(site, Role.OPERATOR)
    post(operator, "/batches/F01/lo-1/facts", sheets="3")
    assert "Số mặt" not in balance(operator).text
    assert '<td class="num">3</td>' not in operator.get("/batches").text
    assert "Số mặt" in balance(person(site, Role.ARCHIVIST, clearance=Secrecy.SECRET)).text
    assert balance(operator, "F02").status_code == 404


def test_h03_status_counts_only_what_one_may_see_and_the_machine_only_its_keeper(site):
    put(site, "a.pdf", "giấy mời")
    secret = put(site, "b.pdf", "MẬT\ngiấy mời")
    other = put(site, "c.pdf", "giấy mời", fonds="F02")
    for document in (secret, other):
        site.archive.catalogue.requeue(document, BY)
        held = site.archive.catalogue.claim("worker:x", 60.0)
        site.archive.catalogue.fail(document, held.attempt, "E-TOOL: hỏng", BY, None)

    def told(**rights):
        return person(site, Role.OPERATOR, **rights).get("/status").text

    assert "E-TOOL" not in told()
    assert "E-TOOL" in told(clearance=Secrecy.SECRET)
    assert "E-TOOL" in told(fonds=frozenset({"F02"}))
    keeper = person(site, Role.ADMINISTRATOR, fonds=None).get("/status").text
    assert "E-TOOL" in keeper
    assert "đối tượng" in keeper
    assert "đối tượng" not in person(site, Role.ADMINISTRATOR, name="half").get("/status").text


def test_h03_the_upload_page_names_no_batch_one_may_not_see(site):
    put(site, "a.pdf", "MẬT\ngiấy mời", batch="lo-mat")
    put(site, "b.pdf", "giấy mời", batch="lo-thuong")
    shown = person(site, Role.OPERATOR).get("/upload").text
    assert "lo-thuong" in shown
    assert "lo-mat" not in shown


def test_a_batch_with_a_stroke_in_its_name_opens(site):
    put(site, "a.pdf", "giấy mời họp", batch="Lô 01/2025")
    operator = person(site, Role.OPERATOR)
    path = "/batches/F01/L%C3%B4%2001%2F2025"
    assert f'href="{path}"' in operator.get("/batches").text
    assert "a.pdf" in operator.get(path).text
    assert "Số tờ kê khai" in operator.get(f"{path}/balance").text
    assert post(operator, f"{path}/facts", sheets="3").headers["location"] == path


def test_a_page_that_is_not_there_keeps_the_menu(site):
    page = person(site, Role.OPERATOR).get("/no-such-page")
    assert page.status_code == 404
    assert 'href="/upload"' in page.text


def test_e05_a_person_sees_the_versions_and_the_pages_that_went_missing(site):
    old = put(site, "a.pdf", "giấy mời\fhai\fba")
    new = put(site, "a.pdf", "giấy mời\fba")
    operator, reader = person(site, Role.OPERATOR), person(site, Role.ARCHIVIST, name="doc")
    batch = operator.get("/batches/F01/lo-1").text
    assert "phiên bản 1/2" in batch
    assert "phiên bản 2/2" in batch
    assert ">-1</span>" in batch
    newer = reader.get(f"/documents/{new}").text
    assert "nay ít hơn 1 trang" in newer
    assert f'href="/documents/{old}"' in newer
    assert f'href="/documents/{new}"' in reader.get(f"/documents/{old}").text


def test_e05_a_version_one_may_not_see_is_not_told_of(site):
    put(site, "a.pdf", "MẬT\ngiấy mời")
    new = put(site, "a.pdf", "giấy mời")
    operator = person(site, Role.OPERATOR)
    assert "phiên bản" not in operator.get("/batches/F01/lo-1").text.lower()
    assert new in operator.get("/batches/F01/lo-1").text


def test_workers_are_told_with_what_they_hold_and_the_late_ones_marked(site):
    keeper = person(site, Role.ADMINISTRATOR, fonds=None)
    assert "Chưa có tiến trình đọc nào" in keeper.get("/status").text
    file = site.archive.scratch / "held"
    file.write_text("giấy mời")
    (taken,) = ingest(site.archive, [(file, "a.pdf")], "F01", "lo-1", BY)
    site.archive.catalogue.claim("may-1:17", 60.0)
    site.books.roll.beat("may-1:17", 30.0)
    site.books.roll.beat("may-2:18", 0.0)
    time.sleep(0.01)
    board = keeper.get("/status").text
    assert "may-1:17" in board
    assert taken.document_id in board
    assert board.count("không trả lời</span>") == 1
    assert f'href="/documents/{taken.document_id}"' not in board  # who keeps the machine may not read
    both = person(site, Role.ADMINISTRATOR, Role.AUDITOR, name="both", fonds=None)
    assert f'href="/documents/{taken.document_id}"' in both.get("/status").text
    clerk = person(site, Role.OPERATOR)
    assert "may-1:17" not in clerk.get("/status").text
