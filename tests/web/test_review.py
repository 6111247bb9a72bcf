"""The checking desk: most doubtful first, the machine's value stays, nobody approves their own."""

from digitizer.accounts import Role
from digitizer.finding import EVERYTHING, Ask
from digitizer.services.export_fields import Wanted, export_fields
from digitizer.services.find import index_pending
from digitizer.services.work import work
from tests.web.sites import BY, person, post, put
from tests.web.test_upload import sent


def decision(site, document, **more):
    attempt = site.archive.catalogue.document(document).attempt
    return {"document": document, "attempt": attempt, "part": 1, "outcome": "kept"} | more


def fields(site, document):
    return {f["name"]: f for f in site.archive.catalogue.record(document)["documents"][0]["fields"]}


def test_a_correction_goes_into_record_index_and_training_set_and_keeps_the_machine_s_value(site):
    document = put(site, "a.pdf", "giấy mời họp")
    reviewer = person(site, Role.REVIEWER)
    page = reviewer.get("/review").text
    assert page.index("UBND tỉnh Mẫu") < page.index("05/02/2025")  # the doubtful value comes first
    form = decision(site, document, name=["organ_name", "number"], value=["UBND  tỉnh  Mới", "125"])
    assert post(reviewer, "/review", **form).headers["location"] == "/review"
    corrected = fields(site, document)["organ_name"]
    assert (corrected["value"], corrected["origin"]) == ("UBND tỉnh Mới", "person:reviewer")
    assert corrected["machine"]["value"] == "UBND tỉnh Mẫu"
    assert "origin" not in fields(site, document)["number"]
    facets = site.archive.index.select(Ask("giay moi", EVERYTHING, facets=True)).facets
    assert facets["agency"] == (("UBND tỉnh Mới", 1),)
    lines = person(site, Role.ARCHIVIST).get("/review/training.jsonl").text.splitlines()
    assert len(lines) == 1
    assert "UBND tỉnh Mẫu" in lines[0]
    told = " ".join(str(event) for event in site.archive.catalogue.events())
    assert "tỉnh Mới" not in told
    assert "không còn gì" in reviewer.get("/review").text.lower()


def exported(site):
    (row,) = export_fields(site.archive, Wanted())
    return row


def test_the_export_gives_what_people_confirmed_or_corrected_also_after_another_reading(site):
    document = put(site, "a.pdf", "giấy mời họp")
    assert "organ_name" not in exported(site)["fields"]
    form = decision(site, document, name=["organ_name", "number"], value=["UBND tỉnh Mới", "125"])
    post(person(site, Role.REVIEWER), "/review", **form)
    assert exported(site)["fields"]["organ_name"] == "UBND tỉnh Mới"
    assert not exported(site)["needs_review"]
    page = person(site, Role.REVIEWER).get(f"/documents/{document}").text
    assert 'class="field doubtful"' not in page
    assert f"/review?document={document}&amp;part=1" in page
    site.archive.catalogue.requeue(document, BY)
    list(work(site.archive, "worker:test"))
    assert exported(site)["fields"]["organ_name"] == "UBND tỉnh Mới"


def test_e06_of_two_who_decide_at_once_the_second_is_told(site):
    document = put(site, "a.pdf", "giấy mời họp")
    first, second = person(site, Role.REVIEWER), person(site, Role.ARCHIVIST)
    form = decision(site, document)
    assert post(first, "/review", **form).status_code == 303
    late = post(second, "/review", **form)
    assert late.status_code == 409
    assert "reviewer đã quyết định trước bạn" in late.text
    assert post(second, "/review", **(form | {"attempt": 99})).status_code == 409


def test_h05_who_brought_a_paper_in_does_not_approve_it(site):
    archivist = person(site, Role.ARCHIVIST)
    document = sent(archivist)["document"]
    list(work(site.archive, "worker:test"))
    index_pending(site.archive)
    assert "không còn gì" in archivist.get("/review").text.lower()
    assert post(archivist, "/review", **decision(site, document)).status_code == 422
    assert post(person(site, Role.REVIEWER), "/review", **decision(site, document)).status_code == 303


def test_h02_h20_a_decision_of_what_one_may_not_see_or_of_nonsense_is_refused(site):
    secret = put(site, "a.pdf", "MẬT\ngiấy mời họp")
    reviewer = person(site, Role.REVIEWER)
    assert "không còn gì" in reviewer.get("/review").text.lower()
    assert post(reviewer, "/review", **decision(site, secret)).status_code == 404
    document = put(site, "b.pdf", "giấy mời họp khác")
    for wrong in ({"name": "fonds", "value": "F02"}, {"part": 9}, {"outcome": "approve"}, {"extra": 1}):
        assert post(reviewer, "/review", **decision(site, document, **wrong)).status_code in {404, 409, 422}
    empty = decision(site, document, name="number", value=" ")
    assert post(reviewer, "/review", **empty).status_code == 422
    assert fields(site, document)["number"]["value"] == "125"


def test_a_paper_is_put_off_or_sent_back_for_a_rescan(site):
    document = put(site, "a.pdf", "giấy mời họp")
    reviewer = person(site, Role.REVIEWER)
    later = post(reviewer, "/review", **decision(site, document, outcome="later")).headers["location"]
    assert later == f"/review?skip={document}:1"
    assert "không còn gì" in reviewer.get(later).text.lower()
    post(reviewer, "/review", **decision(site, document, outcome="rescan"))
    assert [event.kind for event in site.archive.catalogue.events(document)][-1] == "rescan-asked"
