"""Key distribution centres: what they say, what they do not say, and whom they are told of."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from readycheck.api import Closed, Interface, NetError, Owner, Refused, SrvRecord, Status, Where
from readycheck.testing import ADDRESS, FakeNet, FakeStream, FakeSystem, fake_context
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.identity import kerberos, nameless
from readycheck_checks.identity.options import SignInOptions
from tests.checks.apps import servers
from tests.checks.apps.sign_ins import code, looked
from tests.checks.contact_desk import listening, never_a_word, trusting

# What MIT's krb5kdc 1.20 says to a request that announces 2^31 bytes.
KRB_ERROR = bytes.fromhex(
    "7e583056a003020105a10302011ea411180f32303236313132323039323535385aa505020307"
    "63b4a60302013da90b1b09434f52502e54455354aa1e301ca003020102a11530131b066b7262"
    "7467741b09434f52502e54455354"
)


def test_the_time_of_a_centre_is_in_its_error() -> None:
    said = kerberos.parse(KRB_ERROR)
    assert said is not None and said.code == 61
    assert said.server_time == datetime(2026, 11, 22, 9, 25, 58, tzinfo=UTC)


@pytest.mark.parametrize("cut", range(len(KRB_ERROR)))
def test_a_cut_error_is_none(cut: int) -> None:
    assert kerberos.parse(KRB_ERROR[:cut]) is None


TUNNEL = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
REALM_OPTIONS = SignInOptions(kerberos_realm="CORP.EXAMPLE", tcp_controls=("control.example:443",))


class Closing(FakeStream):
    """Takes the connection, and closes it whatever is said."""

    async def read_exactly(self, count: int, *, timeout_s: float = 5.0) -> bytes:
        raise Closed(Where(host="kdc.example"))


def centre(stream: FakeStream | NetError) -> FakeNet:
    record = SrvRecord(target="kdc.example", port=88)
    return FakeNet(
        services={"_kerberos._tcp.corp.example": (record,)},
        streams={("kdc.example", 88): stream},
        ports={("control.example", 443): 9.0},
    )


@pytest.mark.parametrize(
    ("stream", "status", "expected"),
    [
        (Refused(Where(host="kdc.example")), Status.FAIL, "apps.kerberos_refused"),
        (FakeStream(), Status.FAIL, "apps.kerberos_hangs"),
        (Closing(), Status.FAIL, "apps.kerberos_closed"),
        (FakeStream(lines=[b"HTTP"]), Status.FAIL, "apps.kerberos_garbled"),
        (FakeStream(lines=[b"\0\0\0\4", b"ABCD"]), Status.FAIL, "apps.kerberos_garbled"),
    ],
)
def test_centres_that_do_not_work_are_told_apart(
    stream: FakeStream | NetError, status: Status, expected: str
) -> None:
    result = looked(options=REALM_OPTIONS, net=centre(stream))
    assert (result.status, code(result)) == (status, expected)


def test_a_centre_is_told_no_name_and_its_clock_is_compared() -> None:
    stream = FakeStream(lines=[len(KRB_ERROR).to_bytes(4, "big"), KRB_ERROR])
    result = looked(options=REALM_OPTIONS, net=centre(stream))
    assert stream.written == [kerberos.TOO_LONG]
    assert "apps.kerberos" in {finding.code for finding in result.findings}
    assert result.measurements[0].name == "sign_in_clock"


def test_what_refuses_inside_the_tunnel_is_the_companys() -> None:
    net = centre(Refused(Where(host="kdc.example")))
    net.sources[ADDRESS] = "10.8.0.2"
    finding = looked(options=REALM_OPTIONS, net=net, system=FakeSystem(network=(TUNNEL,))).findings[0]
    assert (finding.code, finding.owner) == ("apps.kerberos_refused", Owner.COMPANY)


def test_a_realm_that_is_not_known_outside_the_vpn_is_not_judged() -> None:
    assert looked(options=REALM_OPTIONS, net=FakeNet()).status is Status.SKIP
    inside = looked(options=REALM_OPTIONS, net=FakeNet(), system=FakeSystem(network=(TUNNEL,)))
    assert (inside.status, code(inside)) == (Status.UNKNOWN, "apps.kerberos_not_found")


@pytest.mark.parametrize(
    ("talk", "step"),
    [
        (servers.cut, "answer"),
        (never_a_word, "answer"),
        (servers.dripping(b"\0\0\0\x5a" + b"~" * 90), "answer"),
        (servers.garbage, "answer"),
    ],
    ids=["closes without a word", "silent", "a byte now and then", "garbage"],
)
def test_real_listeners_that_are_no_centre_end_in_time(
    talk: Any, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kerberos, "TALK_WAIT_S", 0.3)

    async def meet() -> kerberos.Heard:
        async with listening(talk) as port:
            context = fake_context(**trusting(trustme.CA(), tmp_path))
            return await kerberos.ask(context, Endpoint("127.0.0.1", port), "CORP.EXAMPLE")

    heard = asyncio.run(meet())
    assert heard.step == step and heard.error is not None


ASKED = (
    "000000696a673065a103020105a20302010aa4593057a00703050000000000a2091b0741442e5445"
    "5354a31c301aa003020102a11330111b066b72627467741b0741442e54455354a511180f32303337"
    "303931333032343830355aa706020412345678a8083006020112020111"
)

# What Samba 4.17 says as an Active Directory to a request of nobody; to an announcement of 2^31 bytes it says nothing and closes.
NOBODY_IS_UNKNOWN = bytes.fromhex(
    "7e6c306aa003020105a10302011ea411180f32303236313132323139323235375aa50502030240a6"
    "a603020106a9091b0741442e54455354aa1c301aa003020102a11330111b066b72627467741b0741"
    "442e54455354ab161b144e6f20636c69656e7420696e2072657175657374"
)


def test_a_centre_that_closes_at_an_announcement_is_asked_in_the_name_of_nobody(tmp_path: Path) -> None:
    heard_there: list[bytes] = []

    async def directory(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        announced = await reader.readexactly(4)
        length = int.from_bytes(announced, "big")
        if length < 65_536:
            heard_there.append(await reader.readexactly(length))
            writer.write(len(NOBODY_IS_UNKNOWN).to_bytes(4, "big") + NOBODY_IS_UNKNOWN)
        writer.close()

    async def meet() -> kerberos.Heard:
        async with listening(directory) as port:
            context = fake_context(**trusting(trustme.CA(), tmp_path))
            return await kerberos.ask(context, Endpoint("127.0.0.1", port), "AD.TEST")

    heard = asyncio.run(meet())
    assert heard.step == "done" and heard.said is not None
    assert (heard.said.code, heard.said.server_time.year) == (6, 2026)
    assert len(heard_there) == 1, "the one that was announced is never sent"


def test_a_request_of_nobody_is_what_a_centre_was_seen_to_answer() -> None:
    """Byte for byte what MIT Kerberos 1.20 and Samba 4.17 answered with the error 6."""
    asked = nameless.request("AD.TEST", 0x12345678)
    assert asked.hex() == ASKED
    assert len(nameless.request("A" * 300, 1)) - 4 == int.from_bytes(
        nameless.request("A" * 300, 1)[:4], "big"
    )
