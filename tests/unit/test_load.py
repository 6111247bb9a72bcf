"""The archive of the load trial: filled whole, by its own rules, and gone on with where it was stopped."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice

import pytest

from scripts import load_fill, load_users
from scripts.load_pages import papers
from storage.catalogue import SqlCatalogue
from storage.objects import DirectoryStore
from storage.search import TantivyIndex

COUNT = 40


def quiet(number):
    pass


def pages(count):
    return sum(len(paper.pages) for paper in papers(count) if paper.state == "done")


def test_the_catalogue_holds_every_paper_and_an_unbroken_trail(tmp_path):
    url = f"sqlite:///{tmp_path}/catalogue.sqlite"
    SqlCatalogue(url).close()
    load_fill.fill_catalogue(url, DirectoryStore(tmp_path / "masters"), COUNT, quiet)
    catalogue = SqlCatalogue(url)
    try:
        assert [(each.id, each.state) for each in catalogue.documents()] == [
            (paper.id, paper.state) for paper in papers(COUNT)
        ]
        catalogue.verify_events()
        paper = next(each for each in papers(COUNT) if each.state == "done")
        lines = catalogue.lines(paper.id, 1)
        assert [tuple(word.text for word in line.words) for line in lines] == list(paper.pages[0])
    finally:
        catalogue.close()


def test_the_index_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(load_fill, "_COMMIT", 10)

    def stopped(number):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_fill.fill_index(TantivyIndex(tmp_path / "index"), COUNT, stopped)
    there = TantivyIndex(tmp_path / "index").pages()
    assert there == pages(10)
    replaced = []

    class Told(TantivyIndex):
        def replace(self, document_id, pages):
            replaced.append(document_id)
            super().replace(document_id, pages)

    load_fill.fill_index(Told(tmp_path / "index"), COUNT, quiet)
    assert TantivyIndex(tmp_path / "index").pages() == pages(COUNT)
    assert replaced == [paper.id for paper in islice(papers(COUNT), 10, None) if paper.state == "done"]


class Impatient(BaseHTTPRequestHandler):
    """Answers, and closes a connection that rests."""

    protocol_version = "HTTP/1.1"
    timeout = 0.3

    def do_GET(self):
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def test_a_user_whose_line_was_closed_while_resting_opens_another_and_stays(monkeypatch):
    monkeypatch.setattr(load_users, "_IDLE_SECONDS", 0.1)
    with ThreadingHTTPServer(("127.0.0.1", 0), Impatient) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        line = load_users._Line(server.server_port)

        def ask():
            line.request("GET", "/")
            answer = line.getresponse()
            answer.read()
            return answer.status == 200

        answers = []
        for rest in (0.0, 0.6, 0.6):
            time.sleep(rest)
            answers.append(load_users._done(ask))
        line.close()
        server.shutdown()
        serving.join()
    assert answers == [True, True, True]


def test_a_broken_line_is_a_failure_that_is_counted():
    def broken():
        raise ConnectionResetError

    assert load_users._done(broken) is False
