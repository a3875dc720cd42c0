"""The reflector's HTTP over real sockets: what it gives and takes, and what it refuses."""

import json
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readycheck.reflector.requests import MOST_HEAD, BadRequest, read_head
from readycheck.reflector.server import Settings
from tests.unit.reflector.house import body, get, house, post, read_all, status, until


@pytest.mark.parametrize("count", [1, 100_000, 3_000_001])
def test_a_download_has_the_bytes_that_were_asked_for_and_they_do_not_compress(count: int) -> None:
    import zlib

    with house() as reflector:
        answer = reflector.ask(get(f"/down?bytes={count}"))
    assert status(answer) == 200
    assert f"Content-Length: {count}\r\n".encode() in answer
    assert len(body(answer)) == count
    assert len(zlib.compress(body(answer)[:500_000])) >= min(count, 500_000)


def test_an_upload_is_counted_and_timed() -> None:
    with house() as reflector:
        answer = reflector.ask(post("/up", bytes(2_000_000)))
    told = json.loads(body(answer))
    assert told["bytes"] == 2_000_000
    assert 0 < told["seconds"] < 20


def test_an_empty_upload_is_an_upload() -> None:
    with house() as reflector:
        assert json.loads(body(reflector.ask(post("/up", b""))))["bytes"] == 0


def test_a_connection_is_kept_and_requests_may_come_together() -> None:
    with house() as reflector:
        many = (
            get("/ping", close=False) * 50
            + post("/up", b"x" * 5_000, close=False)
            + get("/down?bytes=300000")
        )
        answer = reflector.ask(many)
    assert answer.count(b"HTTP/1.1 204 No Content") == 50
    assert answer.count(b'{"bytes": 5000') == 1
    assert len(body(answer[answer.index(b"Content-Length: 300000") :])) == 300_000


def test_a_large_upload_right_behind_its_head_loses_no_byte() -> None:
    with house() as reflector:
        answer = reflector.ask(post("/up", b"x" * 1_000_000, close=False) + get("/ping"))
    assert b'{"bytes": 1000000' in answer
    assert b"204 No Content" in answer


def test_who_waits_for_permission_to_send_gets_it() -> None:
    with house() as reflector, reflector.connect() as sock:
        head = post("/up", b"", "Expect: 100-continue").replace(b"Content-Length: 0", b"Content-Length: 5")
        sock.sendall(head)
        assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"12345")
        assert b'{"bytes": 5' in read_all(sock)


def test_about_says_what_is_offered() -> None:
    with house(request_bytes=7_000_000) as reflector:
        told = json.loads(body(reflector.ask(get("/about"))))
        assert told["udp_port"] == told["stun_port"] == reflector.udp_port
    assert (told["name"], told["version"]) == ("readycheck-reflector", "0.0.0")
    assert (told["max_bytes"], told["token_needed"]) == (7_000_000, False)


def test_the_addresses_for_responsiveness_are_on_the_host_that_was_asked() -> None:
    with house() as reflector:
        told = json.loads(body(reflector.ask(get("/.well-known/nq"))))
        urls = told["urls"]
        assert told["version"] == 1
        assert urls["small_download_url"] == "http://reflector.example/down?bytes=1"
        assert urls["upload_url"] == "http://reflector.example/up"
        assert (
            status(reflector.ask(b'GET /.well-known/nq HTTP/1.1\r\nHost: a"b\r\nConnection: close\r\n\r\n'))
            == 400
        )


def test_it_listens_on_ipv6_too() -> None:
    with house() as reflector, reflector.connect("::1") as sock:
        sock.sendall(get("/ping"))
        assert status(read_all(sock)) == 204


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (get("/"), 404),
        (get("/down"), 400),
        (get("/down?bytes=0"), 400),
        (get("/down?bytes=-1"), 400),
        (get("/down?bytes=1e3"), 400),
        (get("/down?bytes=99999999999999999999"), 400),
        (get("/down?bytes=2000001"), 413),
        (get("/up"), 405),
        (post("/down?bytes=10", b"x"), 405),
        (post("/up", b"").replace(b"Content-Length: 0\r\n", b""), 411),
        (post("/up", b"").replace(b"Content-Length: 0", b"Content-Length: 2000001"), 413),
        (post("/up", b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked"), 411),
        (post("/up", b"").replace(b"Content-Length: 0", b"Content-Length: 5\r\nContent-Length: 6"), 400),
        (post("/up", b"").replace(b"Content-Length: 0", b"Content-Length: 1x"), 400),
        (get("/ping").replace(b"HTTP/1.1", b"HTTP/1.0"), 400),
        (get("/ping").replace(b"Host: reflector.example\r\n", b""), 400),
        (get("/ping", "X: " + "y" * 9_000), 431),
        (b"GARBAGE\r\n\r\n", 400),
        (b"GET /ping HTTP/1.1\nHost: a\n\nGET /down?bytes=9 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET /ping HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400),
        (b"GET /ping\x00 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ],
)
def test_what_is_not_right_is_refused_with_its_status_and_the_connection_ends(
    request_: bytes, expected: int
) -> None:
    with house(request_bytes=2_000_000) as reflector:
        assert status(reflector.ask(request_)) == expected


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x02\x00\x01\x00", b"\x00" * 300, b"\x00", bytes(range(128, 256))]
)
def test_what_is_no_http_at_all_is_cut_off_without_a_word_and_counted(garbage: bytes) -> None:
    with house() as reflector:
        assert reflector.ask(garbage) == b""
        assert until(lambda: reflector.metric('garbage_total{protocol="tcp",kind="no http"}') == 1)


def test_a_refused_upload_is_told_so_although_its_body_is_on_the_way() -> None:
    with house(request_bytes=10) as reflector, reflector.connect() as sock:
        sock.sendall(post("/up", b"x" * 60_000))
        assert status(sock.recv(1_000)) == 413


def test_with_a_token_only_who_knows_it_gets_data(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("correct horse battery\nsecond line\n")
    path.chmod(0o600)
    with house(Settings(token_file=path)) as reflector:
        for given, expected in (
            ((), 401),
            (("Authorization: Bearer wrong",), 401),
            (("Authorization: Basic correct horse battery",), 401),
            (("Authorization: Bearer correct horse battery",), 200),
            (("Authorization: bearer correct horse battery",), 200),
        ):
            assert status(reflector.ask(get("/down?bytes=10", *given))) == expected
            assert status(reflector.ask(post("/up", b"x", *given))) == expected
        assert json.loads(body(reflector.ask(get("/about"))))["token_needed"] is True
        assert "correct horse" not in str(reflector.lines())


def test_the_bytes_that_moved_are_counted_and_noted() -> None:
    with house() as reflector:
        reflector.ask(get("/down?bytes=123456"))
        reflector.ask(post("/up", b"x" * 4_321))
        assert until(lambda: len(reflector.lines("upload")) == 1)
        assert reflector.metric('bytes_total{protocol="http",direction="sent"}') == 123_456
        assert reflector.metric('bytes_total{protocol="http",direction="received"}') == 4_321
        assert reflector.metric('requests_total{path="/down",status="200"}') == 1
        (line,) = reflector.lines("download")
        assert (line["bytes"], line["client"]) == (123_456, "127.0.0.0/24")


def test_a_transfer_that_the_client_ends_is_noted_with_what_moved() -> None:
    with house() as reflector:
        with reflector.connect() as sock:
            sock.sendall(post("/up", b"x" * 1_000)[:-500])
            assert until(lambda: reflector.metric('requests_total{path="/up",status="200"}') == 1)
        assert until(lambda: len(reflector.lines("upload")) == 1)
        assert reflector.lines("upload")[0]["reason"] == "ended early"
        assert reflector.lines("upload")[0]["bytes"] == 500


def test_metrics_have_a_listener_of_their_own_and_nothing_else_is_there() -> None:
    with house(Settings(metrics=("127.0.0.1", 0))) as reflector:

        def ask(request: bytes) -> bytes:
            with socket.create_connection(("127.0.0.1", reflector.reflector.metrics_port), 10) as sock:
                sock.sendall(request)
                return read_all(sock)

        text = body(ask(get("/metrics"))).decode()
        assert "readycheck_reflector_clients 0\n" in text
        assert "# TYPE readycheck_reflector_refused_total counter" in text
        assert status(ask(get("/down?bytes=10"))) == 404
        assert status(reflector.ask(get("/metrics"))) == 404


@given(st.binary(max_size=400))
def test_arbitrary_heads_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    for raw in (
        data + b"\r\n\r\n",
        b"GET /" + data + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        get("/ping", close=False)[:-2] + data + b"\r\n\r\n",
    ):
        try:
            request = read_head(raw)
        except BadRequest as bad:
            assert 400 <= bad.status < 500
        else:
            assert request.length >= 0
            assert len(raw) <= MOST_HEAD
