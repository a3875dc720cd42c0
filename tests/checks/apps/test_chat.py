import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme
from websockets.asyncio.server import ServerConnection, serve

from readycheck.api import NetError, Owner, Refused, Silent, Status, Where
from readycheck.model import CheckResult
from readycheck.testing import FakeHttp, FakeNet, FakeSystem, fake_context, run_check, tls_answer
from readycheck_checks.asking.proxies import ProxyAddress
from readycheck_checks.chat import ChatOptions, check, is_opened
from readycheck_checks.chats import line
from readycheck_checks.chats.upgrade import Upgrade, place
from readycheck_checks.chats.verdict import judge, whose_proxy
from tests.checks.apps import servers
from tests.checks.contact_desk import Talker, certificate, listening, never_a_word, page, trusting

HOST = "chat.corp.example"
URL = f"wss://{HOST}/socket"
Handler = Callable[[ServerConnection], Awaitable[None]]


def code(result: CheckResult) -> str:
    return result.findings[0].code


# ---- The verdict ----


def said(seen: Upgrade, *, far: Owner = Owner.COMPANY, proved: bool = True, url: str = URL) -> Any:
    return judge("Chat", place(url), seen, None, far=far, proved=proved)


@pytest.mark.parametrize(
    ("status", "proved", "expected"),
    [
        (401, True, Status.PASS),
        (401, False, Status.PASS),
        (403, True, Status.UNKNOWN),
        (403, False, Status.UNKNOWN),
        (404, False, Status.UNKNOWN),
        (400, True, Status.FAIL),
        (426, True, Status.FAIL),
        (200, True, Status.FAIL),
        (503, False, Status.FAIL),
    ],
)
def test_an_http_answer_counts_by_what_is_known_of_the_server(
    status: int, proved: bool, expected: Status
) -> None:
    assert said(Upgrade(step="upgrade", status=status), proved=proved).status is expected


def test_a_status_counts_that_the_chat_is_known_to_answer_strangers_with() -> None:
    seen = Upgrade(step="upgrade", status=403)
    assert judge("Chat", place(URL), seen, None, far=Owner.SERVICE, proved=False, answers=(403,)).status is (
        Status.PASS
    )


def test_an_error_of_the_chat_is_its_own_over_tls_only_and_behind_a_proxy_nobodys() -> None:
    seen = Upgrade(step="upgrade", status=503)
    assert said(seen, far=Owner.SERVICE).owner is Owner.SERVICE
    in_clear = said(seen, far=Owner.SERVICE, url=f"ws://{HOST}/socket")
    assert in_clear.either == (Owner.SERVICE, Owner.HOME)
    proxied = Upgrade(step="upgrade", status=503, proxy=ProxyAddress("http", "proxy.example", 3128))
    assert said(proxied).status is Status.UNKNOWN


def test_a_missing_upgrade_is_whose_certificate_it_is_and_without_tls_anybodys_on_the_way() -> None:
    seen = Upgrade(step="upgrade", status=400)
    assert said(seen).owner is Owner.COMPANY
    assert said(seen, far=Owner.SERVICE).either == (Owner.SERVICE, Owner.COMPANY)
    assert said(seen, url="ws://chat.corp.example/").either == (Owner.COMPANY, Owner.HOME)


def test_a_box_that_opens_connections_answers_in_the_place_of_a_service() -> None:
    def answered(**certificates: Any) -> tuple[Owner, tuple[Owner, ...]]:
        seen, there, net = Upgrade(step="upgrade", status=400), place(URL), FakeNet(**certificates)
        opened = asyncio.run(is_opened(fake_context(net=net), there, Owner.SERVICE, seen))
        finding = judge("Chat", there, seen, None, far=Owner.SERVICE, proved=True, opened=opened)
        return finding.owner, finding.either

    good = {HOST: tls_answer(HOST)}
    assert answered(certificates=good, own_roots={HOST}) == (Owner.UNKNOWN, (Owner.COMPANY, Owner.DEVICE))
    assert answered(certificates=good) == (Owner.SERVICE, ())
    assert answered() == (Owner.UNKNOWN, (Owner.SERVICE, Owner.COMPANY))


def test_a_live_connection_that_is_cut_without_a_word_may_be_cut_by_anybody_on_the_way() -> None:
    cut, reasoned = Upgrade(step="done", closed=0), Upgrade(step="done", closed=1011)
    assert said(reasoned).owner is Owner.COMPANY
    assert said(cut).either == (Owner.COMPANY, Owner.HOME, Owner.ISP)
    assert said(cut, far=Owner.SERVICE).either == (Owner.SERVICE, Owner.HOME, Owner.ISP, Owner.COMPANY)
    through = replace(cut, proxy=ProxyAddress("http", "proxy.example", 3128))
    assert said(through, far=Owner.SERVICE).either == (Owner.SERVICE, Owner.COMPANY, Owner.HOME)


@pytest.mark.parametrize(
    ("closed", "status"),
    [
        (None, Status.PASS),
        (1000, Status.PASS),
        (1008, Status.PASS),
        (4001, Status.PASS),
        (1011, Status.WARN),
        (0, Status.WARN),
    ],
)
def test_silence_and_a_polite_end_are_fine_and_a_broken_end_is_not(
    closed: int | None, status: Status
) -> None:
    assert said(Upgrade(step="done", closed=closed)).status is status


PROXY = ProxyAddress("http", "proxy.corp.example", 3128)


def test_a_proxy_that_says_no_is_named_and_one_that_wants_a_sign_in_proves_nothing() -> None:
    refused = said(Upgrade(step="proxy", status=403, proxy=PROXY))
    assert (refused.code, refused.owner) == ("apps.chat_proxy", Owner.COMPANY)
    assert said(Upgrade(step="proxy", status=407, proxy=PROXY)).status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("host", "owner", "either"),
    [
        ("proxy.corp.example", Owner.COMPANY, ()),
        ("127.0.0.1", Owner.DEVICE, ()),
        ("localhost", Owner.DEVICE, ()),
        ("192.168.1.1", Owner.UNKNOWN, (Owner.COMPANY, Owner.HOME)),
        ("proxy.other.example", Owner.UNKNOWN, (Owner.COMPANY, Owner.HOME)),
    ],
)
def test_whose_a_proxy_is_follows_from_its_name(host: str, owner: Owner, either: tuple[Owner, ...]) -> None:
    blame = whose_proxy(ProxyAddress("http", host, 3128), HOST)
    assert (blame.owner, blame.either) == (owner, either)


def test_addresses_that_end_alike_are_nobodys_domain() -> None:
    blame = whose_proxy(ProxyAddress("http", "192.168.5.20", 3128), "10.0.5.20")
    assert blame.either == (Owner.COMPANY, Owner.HOME)


# ---- The check against fakes ----


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [(Refused(Where(host=HOST)), "apps.chat_refused"), (Silent(Where(host=HOST)), "apps.chat_silent")],
)
def test_a_chat_that_is_not_reached_is_told_apart(trouble: NetError, expected: str) -> None:
    net = FakeNet(ports={(HOST, 443): trouble, ("control.example", 443): 9.0})
    options = ChatOptions(title="Chat", urls=(URL,), tcp_controls=("control.example:443",))
    assert code(asyncio.run(run_check(check, options, net=net, system=FakeSystem()))) == expected


@pytest.mark.parametrize("setting", ["socks5://proxy.example:1080", "http://[x"])
def test_a_proxy_that_cannot_be_tried_leaves_the_question_open(setting: str) -> None:
    http = FakeHttp(proxies={URL.replace("wss", "https"): setting})
    result = asyncio.run(run_check(check, ChatOptions(title="Chat", urls=(URL,)), http=http))
    assert (result.status, code(result)) == (Status.UNKNOWN, "apps.chat_unproved")


def test_a_chat_without_an_address_is_skipped() -> None:
    assert code(asyncio.run(run_check(check, ChatOptions(title="Chat")))) == "apps.chat_unnamed"


@pytest.mark.parametrize(
    "url", ["https://chat.example/", "wss://", "wss://u:p@chat.example/", "wss://chat.example/ö", "ws://[x"]
)
def test_what_is_no_websocket_address_is_one_sentence(url: str) -> None:
    with pytest.raises(ValueError, match="no WebSocket address"):
        ChatOptions(title="Chat", urls=(url,))


# ---- Real conversations on loopback ----


@asynccontextmanager
async def socket_server(handler: Handler, tls: ssl.SSLContext) -> Any:
    async with serve(handler, "127.0.0.1", 0, ssl=tls) as server:
        yield next(iter(server.sockets)).getsockname()[1]


def opened(serving: Callable[[ssl.SSLContext], Any], folder: Path) -> CheckResult:
    authority = trustme.CA()

    async def meet() -> CheckResult:
        async with serving(certificate(authority)) as port, listening(servers.cut) as control:
            options = ChatOptions(
                title="Chat",
                urls=(f"wss://localhost:{port}/socket",),
                upgrades=True,
                tcp_controls=(f"127.0.0.1:{control}",),
            )
            return await run_check(check, options, system=FakeSystem(), **trusting(authority, folder))

    return asyncio.run(meet())


async def waits(connection: ServerConnection) -> None:
    await connection.wait_closed()


async def greets(connection: ServerConnection) -> None:
    await connection.send("hello")
    await connection.wait_closed()


async def closes(connection: ServerConnection) -> None:
    await connection.close(1011, "no room")


@pytest.mark.parametrize(
    ("handler", "expected"),
    [(waits, "apps.chat"), (greets, "apps.chat"), (closes, "apps.chat_closed_at_once")],
)
def test_a_websocket_opens_and_is_listened_to_for_a_moment(
    handler: Handler, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "LISTEN_S", 0.3)
    assert code(opened(lambda tls: socket_server(handler, tls), tmp_path)) == expected


async def moved(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: wss://elsewhere.example/\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        (page("upgrade, please", "426 Upgrade Required"), "apps.chat_no_upgrade"),
        (page("no", "503 Service Unavailable"), "apps.chat_down"),
        (moved, "apps.chat_no_upgrade"),
        (servers.garbage, "apps.chat_garbled"),
        (servers.cut, "apps.chat_closed"),
        (never_a_word, "apps.chat_hangs"),
        (servers.dripping(b"HTTP/1.1 101 Switching Protocols\r\n" * 9), "apps.chat_hangs"),
    ],
    ids=["no upgrade", "in trouble", "leads elsewhere", "garbage", "cut", "silent", "a byte now and then"],
)
def test_servers_that_do_not_upgrade_are_told_apart(
    talk: Talker, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "TALK_WAIT_S", 0.4)
    assert code(opened(lambda tls: listening(talk, tls), tmp_path)) == expected
