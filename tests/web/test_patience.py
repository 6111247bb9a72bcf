"""H18 on the line itself: heads that never end, bodies that stop, and one address with all the lines."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager

import pytest
import uvicorn

from digitizer.web.patience import Patience


class Quick(Patience):
    head_seconds = 0.5
    body_seconds = 0.5
    lines = 8


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture(scope="module")
def port():
    bound = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=Quick, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    serving = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    serving.start()
    yield bound.getsockname()[1]
    server.should_exit = True
    serving.join()


@contextmanager
def line(port):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as made:
        yield made


def answer(made):
    """All of one answer; nothing where the line was closed."""
    came = b""
    try:
        while not came.endswith(b"\r\n\r\nok"):
            piece = made.recv(4096)
            if not piece:
                break
            came += piece
    except ConnectionError:
        pass
    return came


GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


def test_h18_a_head_that_comes_a_letter_at_a_time_is_cut_off(port):
    with line(port) as slow:
        begun = time.monotonic()
        with pytest.raises(ConnectionError):  # noqa: PT012 - which letter is the last one is chance
            for letter in GET * 4:
                slow.send(bytes([letter]))
                time.sleep(0.1)
        assert time.monotonic() - begun < 3


def test_h18_a_line_on_which_nothing_is_said_and_a_second_head_that_stops_are_cut_off(port):
    with line(port) as silent, line(port) as stops:
        stops.sendall(GET)
        assert b"200 OK" in answer(stops)
        stops.sendall(GET[:9])
        assert answer(silent) == b""
        assert answer(stops) == b""


def test_h18_a_body_that_stops_is_cut_off_and_one_that_goes_on_is_not(port):
    head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 8\r\n\r\n"
    with line(port) as stops, line(port) as goes_on:
        stops.sendall(head + b"1234")
        goes_on.sendall(head)
        for letter in b"12345678":
            time.sleep(0.2)
            goes_on.sendall(bytes([letter]))
        assert b"200 OK" in answer(goes_on)
        assert answer(stops) == b""


def test_h18_one_address_has_no_more_lines_than_it_may_and_gets_new_ones_for_old(port):
    held = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(8)]
    try:
        for each in held:
            each.sendall(GET)
            assert b"200 OK" in answer(each)
        with line(port) as more:
            assert answer(more) == b""
        held.pop().close()
        time.sleep(0.2)
        with line(port) as again:
            again.sendall(GET)
            assert b"200 OK" in answer(again)
    finally:
        for each in held:
            each.close()
