import asyncio
import time

import pytest

from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.errors import Closed, Garbled, NameSilent, NetError, NoRoute, Refused, Silent, Where
from readycheck.ports import HttpAnswer, Meter
from tests.unit.adapters import listeners


def http() -> RealHttp:
    meter = Meter()
    return RealHttp(RealNet(meter), meter)


def page(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def fetch(serve: listeners.Serve, timeout_s: float = 1.0, **options: int) -> HttpAnswer:
    async def attempt() -> HttpAnswer:
        async with listeners.tcp(serve) as port:
            return await http().get(f"http://127.0.0.1:{port}/x", timeout_s=timeout_s, **options)  # type: ignore[arg-type]

    return asyncio.run(attempt())


def test_an_answer_is_given_as_it_is_and_redirects_are_not_followed() -> None:
    answer = fetch(listeners.saying(page("302 Found", b"gone", "Location: http://portal.example/")))
    assert (answer.status, answer.body) == (302, b"gone")
    assert answer.headers["location"] == "http://portal.example/"


def test_a_long_body_is_cut_at_the_limit_and_says_so() -> None:
    answer = fetch(listeners.saying(page("200 OK", b"x" * 50_000)), max_bytes=1000)
    assert (len(answer.body), answer.truncated) == (1000, True)


@pytest.mark.parametrize(
    ("serve", "kind"),
    [
        (listeners.silence, Silent),
        (listeners.hang_up, Closed),
        (listeners.saying(b"SSH-2.0-OpenSSH\r\n\r\n"), Garbled),
        (listeners.saying(*[b"H"] * 40, pause_s=0.1), Silent),
    ],
)
def test_what_is_no_answer_is_told_apart(serve: listeners.Serve, kind: type[NetError]) -> None:
    before = time.monotonic()
    with pytest.raises(NetError) as caught:
        fetch(serve, timeout_s=0.5)
    assert isinstance(caught.value, kind), caught.value
    assert time.monotonic() - before < 4


@pytest.mark.parametrize(
    "url", ["https://[::1/", "http://127.0.0.1:99999/", "http://127.0.0.1:9/\0x", "http://127.0.0.1:9/\ud800"]
)
def test_an_address_that_a_server_named_and_that_is_none_is_garbled_and_does_not_repeat_itself(
    url: str,
) -> None:
    with pytest.raises(Garbled) as caught:
        asyncio.run(http().get(url))
    assert "no web address" in str(caught.value)
    assert "9/" not in str(caught.value)


def test_a_closed_port_is_refused() -> None:
    with pytest.raises(Refused):
        asyncio.run(http().get(f"http://127.0.0.1:{listeners.closed_port()}/"))


def test_a_password_is_only_sent_after_a_challenge_and_never_in_the_clear_over_a_network() -> None:
    seen: list[bytes] = []

    async def challenge(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        seen.append(request)
        allowed = b"authorization" in request.lower()
        status = "200 OK" if allowed else "401 Unauthorized"
        writer.write(page(status, b"", 'WWW-Authenticate: Basic realm="x"'))

    async def ask() -> HttpAnswer:
        async with listeners.tcp(challenge) as port:
            return await http().request("GET", f"http://127.0.0.1:{port}/", auth=("anna", "secret"))

    assert asyncio.run(ask()).status == 200
    assert [b"authorization" in request.lower() for request in seen] == [False, True]


def test_where_it_was_let_in_before_it_signs_in_at_once_and_nowhere_else() -> None:
    seen: list[bool] = []

    async def challenge(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        seen.append(b"authorization" in request.lower())
        writer.write(
            page("200 OK" if seen[-1] else "401 Unauthorized", b"", 'WWW-Authenticate: Basic realm="x"')
        )

    async def ask() -> None:
        async with listeners.tcp(challenge) as port:
            client, root = http(), f"http://127.0.0.1:{port}/team"
            for path in ("/", "/a.txt"):
                await client.request("PUT", root + path, content=b"x", auth=("anna", "secret"))
            await client.request("GET", f"{root}/a.txt", auth=("bob", "other"))
            await client.request("GET", f"http://127.0.0.1:{port}/else/b", auth=("anna", "secret"))
            await client.get(f"{root}/a.txt")

    asyncio.run(ask())
    assert seen == [False, True, True, False, True, False, True, False]


def test_a_proxy_is_told_without_its_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://anna:secret@proxy.example:3128")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert asyncio.run(http().proxy_for("http://example.com/")) == "http://proxy.example:3128"
    assert asyncio.run(http().proxy_for("http://127.0.0.1/")) is None


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
def test_what_never_leaves_this_computer_goes_through_no_proxy(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "")
    assert asyncio.run(http().proxy_for(f"http://{host}:8080/")) is None
    assert asyncio.run(http().proxy_for("http://localhost.example/")) is not None


def test_a_proxy_without_a_scheme_is_an_http_proxy_and_shows_no_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("http_proxy", "anna:secret@proxy.example:3128")
    assert asyncio.run(http().proxy_for("http://example.com/")) == "http://proxy.example:3128"
    monkeypatch.setenv("http_proxy", f"127.0.0.1:{listeners.closed_port()}")
    with pytest.raises(Refused):
        asyncio.run(http().get("http://example.com/"))


@pytest.mark.parametrize(
    "setting", ["socks9://anna:secret@proxy.example", "http://proxy:port", "htp://proxy", "http://[half"]
)
def test_a_proxy_of_no_use_is_told_and_breaks_nothing(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", setting)
    monkeypatch.setenv("no_proxy", "")
    assert "secret" not in (asyncio.run(http().proxy_for("http://example.com/")) or "")
    with pytest.raises(NetError) as caught:
        asyncio.run(http().get("http://example.com/", timeout_s=2.0))
    assert "secret" not in str(caught.value)


def test_the_name_of_a_proxy_is_looked_up_within_the_limits_of_our_own_lookups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("no_proxy", "")

    class Known(RealNet):
        async def resolve(self, host: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
            if host != "proxy.example":
                raise NameSilent(Where(host=host))
            return ("127.0.0.1",)

    async def through(host: str) -> HttpAnswer:
        async with listeners.tcp(listeners.saying(page("200 OK", b"through"))) as port:
            monkeypatch.setenv("http_proxy", f"http://anna:secret@{host}:{port}")
            return await RealHttp(Known(Meter()), Meter()).get("http://help.example/", timeout_s=2.0)

    assert asyncio.run(through("proxy.example")).body == b"through"
    with pytest.raises(NoRoute):
        asyncio.run(through("other.example"))
