"""What is where: batches, status, retry, each of what one may see."""

from digitizer.accounts import Role
from digitizer.finding import EVERYTHING
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
    assert "E-TOOL" in operator.get("/status").text
    assert "Cách ly" in operator.get("/batches/F01/lo-1").text
    assert post(operator, f"/documents/{document}/retry").headers["location"] == "/batches/F01/lo-1"
    assert catalogue.document(document).state == "queued"
