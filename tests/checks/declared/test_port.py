import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from readycheck.adapters.children import RealChildren
from readycheck.adapters.net import RealNet
from readycheck.api import Meter, Owner, Refused, Silent, Status, Where
from readycheck.model import CheckResult
from readycheck.testing import FakeChildren, FakeNet, fake_context, run_check, tls_answer
from readycheck_checks import port as under_test
from readycheck_checks.declared import searching
from readycheck_checks.declared.matching import checked, search
from readycheck_checks.port import PortOptions, check
from tests.checks.contact_desk import (
    Talker,
    certificate,
    closed_port,
    listening,
    never_a_word,
    trusting,
)

HOST = "db.corp.example"


def saying(words: bytes, stays: bool = True) -> Talker:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        await writer.drain()
        if stays:
            await reader.read(-1)

    return talk


async def echoing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"you said " + await reader.readline())
    await writer.drain()
    await reader.read(-1)


def with_server(
    talk: Talker, secure: ssl.SSLContext | None = None, world: Any = None, **told: Any
) -> CheckResult:
    async def visit() -> CheckResult:
        async with listening(talk, secure) as number:
            options = PortOptions(**{"title": "Database", "target": f"localhost:{number}", **told})
            return await run_check(
                check, options, **(world or {"net": RealNet(Meter())}), children=RealChildren()
            )

    return asyncio.run(visit())


def code(result: CheckResult) -> str:
    return result.findings[0].code


def test_a_port_that_takes_connections_is_enough_where_no_greeting_is_expected() -> None:
    result = with_server(never_a_word)
    assert result.status is Status.PASS and result.measurements[0].name == "port_rtt"


@pytest.mark.parametrize(
    ("told", "words", "expected"),
    [
        ({"greeting": "SSH-2.0-"}, b"SSH-2.0-OpenSSH_9\r\n", "declared.port"),
        ({"greeting": "SSH-2.0-"}, b"SSH-2.0-", "declared.port"),
        ({"greeting": "SSH-2.0-"}, b"HTTP/1.1 400 Bad\r\n", "declared.port_greeting"),
        ({"greeting_like": r"^220 .*E?SMTP"}, b"220 mail ESMTP ready\r\n", "declared.port"),
        ({"greeting_like": r"^220 .*E?SMTP"}, b"554 no\r\n", "declared.port_greeting"),
        ({"greeting_like": "^J"}, b"J\x00\x00\x00\n8.0", "declared.port"),
        ({"greeting_like": "(?m)^220 ProFTPD"}, b"220-Welcome\r\n220 ProFTPD\r\n", "declared.port"),
        ({"greeting": "220-Welcome\r\n220 ProFTPD"}, b"220-Welcome\r\n220 ProFTPD\r\n", "declared.port"),
    ],
)
def test_the_first_words_are_compared(
    told: dict[str, Any], words: bytes, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_test, "PAUSE_S", 0.1)
    assert code(with_server(saying(words), **told)) == expected


def test_first_words_without_an_end_of_line_are_taken_after_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "PAUSE_S", 0.1)
    assert code(with_server(saying(b"READY"), greeting_like="^READY$")) == "declared.port"
    assert code(with_server(saying(b"READY", stays=False), greeting_like="^READY$")) == "declared.port"


def test_a_line_can_be_sent_first() -> None:
    result = with_server(echoing, send="PING", greeting="you said PING")
    assert result.status is Status.PASS and result.facts[-1].value == "you said PING"


def test_an_expression_that_comes_to_no_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "PAUSE_S", 0.1)
    monkeypatch.setattr(searching, "WAIT_S", 0.3)
    result = with_server(saying(b"a" * 60 + b"!\n"), greeting_like=r"^(a+)+$")
    assert (result.status, code(result)) == (Status.UNKNOWN, "declared.port_unread")


def test_the_time_for_an_expression_counts_from_when_its_process_has_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Late(FakeChildren):
        async def call(self, function: str, request: Any, *, progress: Any = None, **more: Any) -> bool:
            await asyncio.sleep(0.4)
            progress("looking", None)
            return bool(search(dict(request), lambda text: None))

    monkeypatch.setattr(searching, "WAIT_S", 0.2)
    context = fake_context(children=Late())
    assert asyncio.run(searching.is_found(context, "^220", "220 ready")) is True


def test_a_port_behind_tls_has_to_prove_who_it_is(tmp_path: Path) -> None:
    good, other = trustme.CA(), trustme.CA()
    told = {"tls": True, "greeting": "* OK"}
    world = {"net": trusting(good, tmp_path)["net"]}
    assert with_server(saying(b"* OK ready\r\n"), certificate(good), world, **told).status is Status.PASS
    assert (
        code(with_server(saying(b"* OK\r\n"), certificate(other), world, **told))
        == "declared.port_certificate"
    )


def test_nobody_listens_and_that_is_a_refusal() -> None:
    options = PortOptions(title="Database", target=f"127.0.0.1:{closed_port()}")
    result = asyncio.run(run_check(check, options, net=RealNet(Meter())))
    assert code(result) == "declared.port_refused"


@pytest.mark.parametrize("control", [True, False])
def test_silence_counts_only_beside_a_control_that_answers(control: bool) -> None:
    ports: dict[tuple[str, int], Any] = {(HOST, 5432): Silent(Where(host=HOST))}
    if control:
        ports["control.example", 443] = 9.0
    net = FakeNet(ports=ports, certificates={"control.example": tls_answer()})
    options = PortOptions(title="Database", target=f"{HOST}:5432", tcp_controls=("control.example:443",))
    result = asyncio.run(run_check(check, options, net=net))
    assert code(result) == ("declared.port_silent" if control else "declared.port_unproved")


def test_a_refusal_is_told_with_the_words_of_the_profile() -> None:
    net = FakeNet(ports={(HOST, 5432): Refused(Where(host=HOST))})
    options = PortOptions(title="Database", target=f"{HOST}:5432", level="warn", owner="service")
    finding = asyncio.run(run_check(check, options, net=net)).findings[0]
    assert finding.status is Status.WARN and finding.summary.startswith("Database cannot be used: ")
    assert Owner.COMPANY not in (finding.owner, *finding.either)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"greeting": "a", "greeting_like": "b"}, "keep one of them"),
        ({"greeting_like": "("}, "no regular expression"),
        ({"greeting_like": "x" * 300}, "200 characters"),
        ({"send": "a\r\nb"}, "one line"),
        ({"target": "x:99999"}, "no host and port"),
    ],
)
def test_a_mistake_is_one_sentence(told: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        PortOptions(**{"title": "Database", "target": f"{HOST}:5432", **told})


def test_expressions_are_searched_as_anybody_would_expect() -> None:
    said: list[str] = []
    assert search({"expression": "b+", "text": "abbc"}, said.append)
    assert not search({"expression": "^b", "text": "ab"}, said.append)
    assert len(said) == 2
    assert checked("^ok$") == "^ok$"
