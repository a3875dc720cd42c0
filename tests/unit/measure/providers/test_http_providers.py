"""The providers that speak HTTP, against real listeners that answer as their servers do, and as their servers must not."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from readycheck.errors import Garbled, Where
from readycheck.measure.providers import http as http_provider
from readycheck.measure.providers.base import IdleTold, RateTold, SpeedPlan, Step
from readycheck.measure.providers.cloudflare import cloudflare, served_ms
from readycheck.measure.providers.http import HttpSpeed
from readycheck.measure.providers.librespeed import librespeed
from readycheck.measure.providers.place import below, place
from readycheck.measure.providers.reflector import Reflector, about_of
from readycheck.measure.transport.http1 import Head
from readycheck.testing import FakeHttp, http_answer
from tests.unit.measure.loopback import (
    Pace,
    Request,
    Talk,
    http,
    speed_server,
    tcp_listener,
    udp_listener,
    unused_port,
)
from tests.unit.measure.providers.asking import PLAN, QUICK, Heard, ask

WHERE = Where(host="reflector.example")


def librespeed_at(port: int) -> HttpSpeed:
    return librespeed(f"http://127.0.0.1:{port}/backend/")


def backend(down: float = 60e6, up: float = 30e6) -> Talk:
    """LibreSpeed's PHP answers, in the folder /backend/."""
    served = Pace(down), Pace(up)

    def answer(request: Request) -> None:
        path, _, query = request.target.partition("?")
        if path == "/backend/garbage.php" and request.method == "GET":
            return request.reply_bytes(int(query.removeprefix("ckSize=")) << 20, served[0])
        if path == "/backend/empty.php":
            request.read_body(served[1])
            return request.reply(200)
        return request.reply(404)

    return http(answer)


# LibreSpeed, and what all have in common


def test_a_librespeed_server_measures_both_ways_and_tells_each_as_it_comes() -> None:
    with tcp_listener(backend()) as port:
        heard = ask(librespeed_at(port))
    assert heard.refused is None
    assert heard.rates["download"].bits_per_s == pytest.approx(60e6, rel=0.1)
    assert heard.rates["upload"].bits_per_s == pytest.approx(30e6, rel=0.15)
    kinds = [type(each) for each in heard.told if not isinstance(each, Step)]
    assert [kind.__name__ for kind in kinds] == ["ServerTold", "IdleTold", "RateTold", "RateTold"]
    assert 1_000_000 < heard.spent < 12_500_000


def test_the_busy_line_is_probed_over_http_where_there_is_nothing_better() -> None:
    with tcp_listener(backend()) as port:
        loaded = [each.loaded for each in ask(librespeed_at(port)).of(RateTold)]
    assert all(each is not None and each.count >= 5 and "HTTP" in each.method for each in loaded)


def test_a_quick_plan_keeps_below_its_data_and_asks_nothing_beside() -> None:
    with tcp_listener(backend(200e6, 200e6)) as port:
        heard = ask(librespeed_at(port), QUICK)
    assert set(heard.rates) == {"download", "upload"}
    assert heard.spent < 2_200_000
    assert all(each.loaded is None for each in heard.of(RateTold))


def test_only_what_is_wanted_is_measured() -> None:
    with tcp_listener(backend()) as port:
        heard = ask(librespeed_at(port), SpeedPlan(down_bytes=0, up_bytes=700_000, idle=False, quick=True))
    assert set(heard.rates) == {"upload"}
    assert not heard.of(IdleTold)


def test_a_rate_that_would_take_too_long_ends_with_the_plan_and_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_provider, "LEAST_S", 0.1)
    monkeypatch.setattr(http_provider, "ENDING_S", 0.1)
    short = SpeedPlan(down_bytes=8_000_000, up_bytes=4_000_000, quick=True, seconds=2.2)
    with tcp_listener(backend(2e6, 2e6)) as port:
        heard = ask(librespeed_at(port), short)
    assert heard.refused is None and set(heard.rates) == {"download", "upload"}
    assert all(found.stopped_by == "time" and found.low <= 3e6 for found in heard.rates.values())


def test_without_time_for_a_rate_the_round_trip_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_provider, "LEAST_S", 5.0)
    with tcp_listener(backend()) as port:
        heard = ask(librespeed_at(port), SpeedPlan(down_bytes=700_000, up_bytes=0, quick=True, seconds=2.0))
    assert heard.refused is not None and heard.refused.reason == "there was no time left for the download"
    assert heard.idle_ms < 1_000 and heard.rates == {}


def test_a_direction_that_fails_late_keeps_the_other() -> None:
    def no_uploads(request: Request) -> None:
        if request.method == "POST":
            return request.reply(500)
        return request.reply_bytes(8_000_000) if "garbage" in request.target else request.reply(200)

    with tcp_listener(http(no_uploads)) as port:
        heard = ask(librespeed_at(port), QUICK)
    assert set(heard.rates) == {"download"}
    assert heard.refused is not None and "HTTP 500" in heard.refused.evidence


@pytest.mark.parametrize("status", [403, 404, 429, 500])
def test_a_server_that_answers_with_an_error_gives_no_rate(status: int) -> None:
    with tcp_listener(http(lambda request: request.reply(status))) as port:
        heard = ask(librespeed_at(port))
    assert heard.rates == {}
    assert heard.refused is not None and f"HTTP {status}" in heard.refused.evidence


def test_a_sign_in_page_in_the_servers_place_gives_no_rate() -> None:
    page = b"<html>Sign in</html>" * 2_000
    with tcp_listener(http(lambda request: request.reply(200, body=page, kind="text/html"))) as port:
        heard = ask(librespeed_at(port))
    assert heard.rates == {}
    assert heard.refused is not None and "web page" in heard.refused.evidence


def test_a_small_page_that_is_large_is_not_asked_for_again_and_again() -> None:
    with tcp_listener(http(lambda request: request.reply(200, body=b"x" * 400_000))) as port:
        heard = ask(librespeed_at(port))
    assert heard.refused is not None and "in place of a small one" in heard.refused.evidence
    assert heard.spent < 1_000_000


def test_nobody_there_is_said_in_words_for_people() -> None:
    heard = ask(librespeed_at(unused_port()))
    assert heard.refused is not None
    assert heard.refused.reason == "127.0.0.1 refused the connection"


# Cloudflare


def cloudflares(server_ms: float, most: list[int]) -> Talk:
    def answer(request: Request) -> None:
        path, _, query = request.target.partition("?")
        if request.method == "POST" and path == "/__up":
            request.read_body()
            return request.reply(200)
        if path != "/__down":
            return request.reply(404)
        count = int(query.removeprefix("bytes="))
        most.append(count)
        if count >= 100_000_000:
            return request.reply(403)
        if not count:
            time.sleep(server_ms / 1000)
            return request.reply(200, extra=f"server-timing: cfRequestDuration;dur={server_ms}\r\n")
        return request.reply_bytes(count)

    return http(answer)


def test_cloudflare_is_asked_for_less_than_it_refuses_and_its_own_time_is_no_delay_of_the_line() -> None:
    asked: list[int] = []
    with tcp_listener(cloudflares(60, asked)) as port:
        heard = ask(
            cloudflare(f"http://127.0.0.1:{port}"), SpeedPlan(down_bytes=900_000_000, up_bytes=4_000_000)
        )
    assert set(heard.rates) == {"download", "upload"}
    assert 0 < max(asked) < 100_000_000
    assert heard.idle_ms < 40, "the server took 60 ms itself"
    assert heard.server.name == "Cloudflare"


@pytest.mark.parametrize(
    ("value", "ms"),
    [
        ("cfRequestDuration;dur=12.5", 12.5),
        ('cfSpeedFoo;desc="x";dur=3', 3.0),
        ("cdn;dur=9, cfRequestDuration;dur=4.0", 4.0),
        ("cdn;dur=9", 0.0),
        ("cfRequestDuration;dur=-5", 0.0),
        ("cfRequestDuration", 0.0),
        ("", 0.0),
    ],
)
def test_the_servers_own_time_is_read_from_its_header(value: str, ms: float) -> None:
    assert served_ms(Head(status=200, headers={"server-timing": value})) == ms


# The project's own reflector


def reflectors(token: str = "", **about: object) -> Talk:
    told = {
        "name": "office",
        "version": "1",
        "udp_port": 0,
        "max_bytes": 1 << 30,
        "token_needed": bool(token),
    }

    def answer(request: Request) -> None:
        path, _, query = request.target.partition("?")
        if path == "/about":
            return request.reply(200, body=json.dumps(told | about).encode())
        if token and request.headers.get("authorization") != f"Bearer {token}":
            return request.reply(401)
        if path == "/down":
            return request.reply_bytes(int(query.removeprefix("bytes=")))
        if path == "/up":
            request.read_body()
            return request.reply(200, body=b"{}")
        return request.reply(204 if path == "/ping" else 404)

    return http(answer)


def reflector(talk: Talk, token: str = "") -> Heard:
    with tcp_listener(talk) as port:
        return ask(Reflector(url=f"http://127.0.0.1:{port}", token=token), QUICK)


def test_a_reflector_says_what_it_is_and_measures() -> None:
    heard = reflector(reflectors())
    assert set(heard.rates) == {"download", "upload"}
    assert heard.server.name == "office"


def test_a_reflector_with_a_token_gets_it_with_every_request() -> None:
    assert set(reflector(reflectors("s3cret"), "s3cret").rates) == {"download", "upload"}


@pytest.mark.parametrize(
    ("talk", "token", "reason"),
    [
        (reflectors("s3cret"), "", "wants a token"),
        (reflectors("s3cret"), "other", "HTTP 401, it wants a sign-in"),
        (http(lambda request: request.reply(401)), "other", "does not take this computer's token"),
        (http(lambda request: request.reply(404)), "", "is no reflector"),
        (http(lambda request: request.reply(200, body=b"hello")), "", "answered something unexpected"),
    ],
)
def test_a_reflector_that_does_not_take_part_says_why(talk: Talk, token: str, reason: str) -> None:
    heard = reflector(talk, token)
    assert heard.rates == {}
    assert heard.refused is not None and reason in heard.refused.reason


def test_the_token_is_in_no_text() -> None:
    provider = Reflector(url="http://127.0.0.1:1", token="s3cret")
    assert "s3cret" not in repr(provider)
    refused = ask(provider).refused
    assert refused is not None and "s3cret" not in f"{refused} {refused.evidence}"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"name": "x", "udp_port": 70000}', b'{"name": "x", "max_bytes": true}']
)
def test_an_answer_that_is_no_reflectors_is_told_as_such(body: bytes) -> None:
    with pytest.raises(Garbled):
        about_of(body, WHERE)


# Behind a proxy


@contextmanager
def connecting_proxy(status: int = 200) -> Iterator[tuple[int, list[str]]]:
    """A proxy that connects wherever it is asked to, and what it was asked for."""
    asked: list[str] = []

    def talk(conn: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += conn.recv(1)
        target = head.split(b" ")[1].decode()
        asked.append(target)
        conn.sendall(f"HTTP/1.1 {status} X\r\n\r\n".encode())
        if status != 200:
            return
        host, _, port = target.rpartition(":")
        with socket.create_connection((host, int(port))) as there:
            back = threading.Thread(target=pump, args=(there, conn), daemon=True)
            back.start()
            pump(conn, there)

    with tcp_listener(talk) as port:
        yield port, asked


def pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    for each in (source, sink):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def test_where_a_proxy_is_set_the_line_is_measured_through_it_and_it_is_said() -> None:
    with tcp_listener(speed_server()) as port, connecting_proxy() as (proxy, asked):
        provider = librespeed(f"http://127.0.0.1:{port}/")
        url = below(f"http://127.0.0.1:{port}/", "garbage.php?ckSize={mib}")
        proxies = {
            each: f"http://127.0.0.1:{proxy}"
            for each in (url, below(f"http://127.0.0.1:{port}/", "empty.php"))
        }
        heard = ask(provider, QUICK, http=FakeHttp(proxies=proxies))
    assert set(heard.rates) == {"download", "upload"}
    assert heard.server.proxy == f"127.0.0.1:{proxy}"
    assert set(asked) == {f"127.0.0.1:{port}"}
    assert all(rate.method.endswith("through the proxy") for rate in heard.rates.values())


def test_an_echo_does_not_go_beside_a_load_that_takes_the_way_through_a_proxy() -> None:
    asked_by_udp: list[bytes] = []

    def echo(data: bytes, _address: tuple[str, int]) -> None:
        asked_by_udp.append(data)

    with udp_listener(echo) as udp_port, connecting_proxy(403) as (proxy, _):
        about = json.dumps({"name": "office", "udp_port": udp_port}).encode()
        with tcp_listener(reflectors()) as port:
            url = f"http://127.0.0.1:{port}"
            behind = FakeHttp(
                {below(url, "about"): http_answer(url, body=about)},
                proxies={below(url, "ping"): f"http://127.0.0.1:{proxy}"},
            )
            heard = ask(Reflector(url=url), PLAN, http=behind)
    assert heard.refused is not None and asked_by_udp == []


def test_a_server_of_whole_mebibytes_is_not_asked_for_more_than_the_data_allow() -> None:
    with tcp_listener(backend()) as port:
        heard = ask(librespeed_at(port), SpeedPlan(down_bytes=700_000, up_bytes=0, quick=True))
    assert heard.rates == {} and heard.spent < 50_000
    assert heard.refused is not None and "more at a time" in heard.refused.reason


def test_a_proxy_that_does_not_connect_is_named_as_the_reason() -> None:
    with connecting_proxy(403) as (proxy, _):
        url = "http://speed.example/empty.php"
        provider = HttpSpeed(down_url=url, up_url=url, ping_url=url)
        heard = ask(provider, PLAN, http=FakeHttp(proxies={url: f"http://127.0.0.1:{proxy}"}))
    assert heard.refused is not None and "the proxy 127.0.0.1" in heard.refused.evidence


def test_a_proxy_of_another_kind_is_not_tried() -> None:
    url = "http://speed.example/x"
    heard = ask(
        HttpSpeed(down_url=url, up_url=url), PLAN, http=FakeHttp(proxies={url: "socks5://127.0.0.1:1"})
    )
    assert heard.refused is not None and "proxy" in heard.refused.reason


# Addresses


@pytest.mark.parametrize(
    "url", ["speed.example", "ftp://speed.example/", "http://", "http://a b/", "http://x:99999/", "http://ä/"]
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        place(url)
