"""The desk in the browser's words: second looks, masks, conflicts, lines, borders, rescans."""

from digitizer.accounts import Role
from digitizer.finding import EVERYTHING
from digitizer.services.find import index_pending
from digitizer.services.ingest import ingest
from tests.web.sites import BY, NUMBER, person, post, put
from tests.web.test_review import decision, fields

MINE = {"name": ["organ_name", "number", "date"], "value": ["UBND tỉnh Mới", "125", "05/02/2025"]}


def papers(site, document):
    return [paper.pages for paper in site.amendments.papers(document).papers]


def test_a_paper_that_asks_for_four_eyes_needs_another_person_who_changes_nothing(site):
    document = put(site, "a.pdf", "GIẤY KHAI SINH")
    hoa, mai, an = (person(site, Role.REVIEWER, name=name) for name in ("hoa", "mai", "an"))
    assert "cần hai người" in hoa.get("/review").text
    assert post(hoa, "/review", **decision(site, document, **MINE)).status_code == 303
    assert site.desk.count(EVERYTHING) == 1
    assert "không còn gì" in hoa.get("/review").text.lower()  # not for the same account
    assert post(hoa, "/review", **decision(site, document, looks=1)).status_code == 422
    second = mai.get("/review").text
    assert "lượt thứ hai" in second
    assert "hoa đã kiểm tra" in second
    changed = MINE | {"value": ["UBND tỉnh Mới", "126", "05/02/2025"], "looks": 1}
    assert post(mai, "/review", **decision(site, document, **changed)).status_code == 303
    assert site.desk.count(EVERYTHING) == 1  # what mai changed nobody else saw
    same = changed | {"looks": 2}
    assert post(an, "/review", **decision(site, document, **same)).status_code == 303
    assert site.desk.count(EVERYTHING) == 0
    assert fields(site, document)["number"]["value"] == "126"


def test_of_two_on_one_paper_the_later_one_keeps_what_was_typed(site):
    document = put(site, "a.pdf", "giấy mời họp")
    hoa, mai = (person(site, Role.REVIEWER, name=name) for name in ("hoa", "mai"))
    assert "UBND" in hoa.get("/review").text
    assert "UBND" in mai.get("/review").text  # to open a page changes nothing: nobody holds it yet
    assert "hoa" not in post(hoa, f"/documents/{document}/hold", part=1).text
    assert "hoa đang mở văn bản này" in post(mai, f"/documents/{document}/hold", part=1).text
    assert post(mai, f"/documents/{document}/hold", part=9).status_code == 404
    assert "không còn gì" in mai.get("/review").text.lower()  # hoa has it before her
    assert "hoa đang mở văn bản này" in mai.get(f"/review?document={document}&part=1").text
    post(hoa, "/review", **decision(site, document, **MINE))
    other = MINE | {"value": ["UBND huyện Khác", "125", "05/02/2025"]}
    answer = post(mai, "/review", **decision(site, document, **other))
    assert answer.status_code == 409
    for kept in ('value="UBND huyện Khác"', "UBND tỉnh Mới", 'name="looks" value="1"'):
        assert kept in answer.text
    assert post(mai, "/review", **decision(site, document, **other, looks=1)).status_code == 303
    assert fields(site, document)["organ_name"]["value"] == "UBND huyện Khác"


def test_personal_values_are_masked_until_a_reason_is_given_and_nobody_approves_what_is_hidden(site):
    document = put(site, "a.pdf", f"giấy mời {NUMBER}")
    reviewer = person(site, Role.REVIEWER)
    page = reviewer.get("/review").text
    assert NUMBER not in page
    assert post(reviewer, "/review", **decision(site, document, **MINE)).status_code == 422
    here = f"/review?document={document}&part=1"
    shown = post(reviewer, f"/documents/{document}/unmask", reason="kiểm tra", to=here)
    assert shown.headers["location"] == here
    assert NUMBER in reviewer.get(here).text
    assert "unmasked" in [event.kind for event in site.archive.catalogue.events(document)]
    away = post(reviewer, f"/documents/{document}/unmask", reason="kiểm tra", to="//evil.example")
    assert away.headers["location"] == "/"
    assert post(reviewer, "/review", **decision(site, document, **MINE)).status_code == 303


def test_a_value_nobody_found_is_asked_for_and_taken(site):
    document = put(site, "a.pdf", "GIẤY KHAI SINH")
    reviewer = person(site, Role.REVIEWER)
    page = reviewer.get("/review").text
    assert "không tìm thấy" in page
    more = {"name": ["person_name", "number"], "value": [" Lê Thị  Sậy", "125"]}
    assert post(reviewer, "/review", **decision(site, document, **more)).status_code == 303
    assert fields(site, document)["person_name"]["value"] == "Lê Thị Sậy"
    told = " ".join(str(event) for event in site.archive.catalogue.events())
    assert "Sậy" not in told


def test_who_may_only_look_at_a_paper_keeps_nobody_from_it(site):
    document = put(site, "a.pdf", "GIẤY KHAI SINH")
    first, second = person(site, Role.REVIEWER), person(site, Role.REVIEWER, name="duyet")
    assert post(first, "/review", **decision(site, document)).status_code == 303
    again = f"/review?document={document}&part=1"
    assert 'id="barred"' in first.get(again).text
    assert post(first, f"/documents/{document}/hold", part=1).status_code == 200
    assert document in second.get("/review").text
    assert 'id="barred"' not in second.get(again).text
    assert post(first, "/review", **decision(site, document, looks=1)).status_code == 422


class TestLines:
    def put_right(self, site, browser, document, was, text, **more):
        line = next(x for x in site.archive.catalogue.lines(document, 1) if x.text == was)
        form = {"attempt": 1, "box": line.box.as_list(), "was": was, "text": text} | more
        return post(browser, f"/documents/{document}/pages/1/lines", **form)

    def test_a_line_put_right_is_found_at_once_and_the_machine_s_is_kept(self, site):
        document = put(site, "a.pdf", "giấy mơi họp\nngày 5")
        reviewer = person(site, Role.REVIEWER)
        answer = self.put_right(site, reviewer, document, "giấy mơi họp", "giấy mời  họp")
        assert answer.json()["lines"][0]["text"] == "giấy mời họp"
        assert [hit.page for hit in site.archive.index.search('"giấy mời"', 9)] == [1]
        assert site.amendments.said(document)[0].statement.machine == "giấy mơi họp"
        event = list(site.archive.catalogue.events(document))[-1]
        assert (event.kind, "mời" in str(event)) == ("corrected", False)
        rows = person(site, Role.ARCHIVIST).get("/review/training.jsonl").text
        assert '"kind": "line"' in rows
        assert '"machine": "giấy mơi họp"' in rows

    def test_two_on_one_line_the_second_is_told(self, site):
        document = put(site, "a.pdf", "giấy mơi họp")
        reviewer = person(site, Role.REVIEWER)
        box = site.archive.catalogue.lines(document, 1)[0].box.as_list()
        self.put_right(site, reviewer, document, "giấy mơi họp", "giấy mời họp")
        again = {"attempt": 1, "box": box, "was": "giấy mơi họp", "text": "x"}
        assert post(reviewer, f"/documents/{document}/pages/1/lines", **again).status_code == 409

    def test_nobody_puts_right_what_they_do_not_see(self, site):
        document = put(site, "a.pdf", f"số {NUMBER}\ngiấy mơi")
        reviewer = person(site, Role.REVIEWER)
        assert self.put_right(site, reviewer, document, f"số {NUMBER}", "số 1").status_code == 422
        assert self.put_right(site, reviewer, document, "giấy mơi", "giấy mời").status_code == 200
        rows = person(site, Role.ARCHIVIST).get("/review/training.jsonl").text
        assert NUMBER not in rows


class TestBorders:
    def test_papers_are_split_and_put_together_again_and_no_page_is_lost(self, site):
        document = put(site, "a.pdf", "QUYẾT ĐỊNH\ftrang hai\fTHÔNG BÁO")
        reviewer = person(site, Role.REVIEWER)
        where = f"/documents/{document}/borders"
        drawn = {"attempt": 1, "before": [1], "start": [1, 3], "chosen": ["", "3:notice"]}
        answer = post(reviewer, where, **drawn)
        assert answer.headers["location"] == f"/review?document={document}&part=2"
        assert papers(site, document) == [(1, 2), (3,)]
        assert site.archive.catalogue.record(document)["documents"][1]["class"] == "notice"
        assert post(reviewer, where, **drawn).status_code == 409
        for wrong in ({"start": [2]}, {"start": [1, 9]}, {"chosen": ["3:thesis"], "start": [1, 2, 3]}):
            assert post(reviewer, where, **(drawn | {"before": [1, 3]} | wrong)).status_code == 422
        page = reviewer.get(f"/review?document={document}&part=3").text
        assert '<option value="3:notice" selected>Thông báo' in page
        assert post(reviewer, f"{where}/undo", attempt=1).status_code == 303
        assert papers(site, document) == [(1, 2, 3)]
        kinds = [event.kind for event in site.archive.catalogue.events(document)]
        assert {"divided", "division-undone"} <= set(kinds)


class TestRescans:
    def test_pages_are_asked_for_listed_and_closed_by_their_replacement(self, site):
        document = put(site, "a.pdf", "giấy mời họp\ftrang hai")
        reviewer, operator = person(site, Role.REVIEWER), person(site, Role.OPERATOR)
        asked = decision(site, document, outcome="rescan", page=[2], reason="mờ  quá")
        assert post(reviewer, "/review", **asked).status_code == 303
        page = operator.get("/rescans").text
        assert "a.pdf" in page
        assert "mờ quá" in page
        other = person(site, Role.OPERATOR, name="other", fonds=frozenset({"F02"}))
        assert "a.pdf" not in other.get("/rescans").text
        (request,) = site.desk.rescans(EVERYTHING)
        assert post(other, f"/rescans/{request.number}/close").status_code == 404
        file = site.archive.scratch / "again"
        file.write_text("giấy mời họp\ftrang hai rõ")
        list(ingest(site.archive, [(file, "a.pdf")], "F01", "lo-1", BY))
        assert site.desk.rescans(EVERYTHING) == ()
        assert "bản quét mới" in operator.get("/rescans").text

    def test_a_request_is_let_go_by_hand(self, site):
        document = put(site, "a.pdf", "giấy mời họp")
        post(person(site, Role.REVIEWER), "/review", **decision(site, document, outcome="rescan"))
        (request,) = site.desk.rescans(EVERYTHING)
        assert request.pages == (1,)
        operator = person(site, Role.OPERATOR)
        assert post(operator, f"/rescans/{request.number}/close").status_code == 303
        assert post(operator, f"/rescans/{request.number}/close").status_code == 404
        index_pending(site.archive)
