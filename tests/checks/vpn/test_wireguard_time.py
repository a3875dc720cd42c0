"""The time that a WireGuard gateway is asked by: it must never lock the person's own program out, and never blame the company."""

import asyncio
import base64
import struct
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from readycheck.errors import ChildFailed, Refused, Silent
from readycheck.model import CheckResult, Status
from readycheck.testing import FakeChildren, FakeHttp, FakeNet, FakeSecrets, Where, http_answer, run_check
from readycheck_checks.vpn.gateway_options import GatewayOptions
from readycheck_checks.vpn_gateway import check
from tests.checks.vpn.far_ends import is_for, read_initiation, wireguard_answer

HOST, STUN = "vpn.example", "stun.example:3478"
PERSON, GATEWAY = X25519PrivateKey.generate(), X25519PrivateKey.generate()
PUBLIC = GATEWAY.public_key().public_bytes_raw()
NOW = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)  # by the clock of the fakes
BY_NUMBER = "https://192.0.2.1:443/"
NOW_TOLD = http_answer(BY_NUMBER, Date="Mon, 23 Nov 2026 09:14:00 GMT")


def stun(request: bytes) -> bytes:
    return struct.pack("!HHI", 0x0101, 0, 0x2112A442) + request[8:20]


def others_say(*ahead_s: float, age: str = "0") -> FakeHttp:
    """Web servers control0.example, control1.example ..., so far ahead of this computer; ``age``: how long a cache kept it."""
    pages: dict[str, Any] = {}
    for number, ahead in enumerate(ahead_s):
        url = f"https://control{number}.example:443/"
        date = (NOW + timedelta(seconds=ahead)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        pages[url] = http_answer(url, Date=date, Age=age)
    return FakeHttp(pages)


def ask(http: FakeHttp, net: FakeNet, **options: Any) -> CheckResult:
    wanted: dict[str, Any] = {
        "host": HOST,
        "kind": "wireguard",
        "public_key": base64.b64encode(PUBLIC).decode(),
        "private_key_secret": "my-key",
        "udp_controls": (STUN,),
        "tcp_controls": ("192.0.2.1:443", *(f"control{number}.example:443" for number in range(3))),
    }
    world: dict[str, Any] = {
        "secrets": FakeSecrets({"my-key": base64.b64encode(PERSON.private_bytes_raw()).decode()}),
        "children": FakeChildren(commands={"wg": ChildFailed("not allowed")}),
    }
    return asyncio.run(run_check(check, GatewayOptions(**(wanted | options)), net=net, http=http, **world))


def silent() -> FakeNet:
    return FakeNet(replies={("stun.example", 3478): stun})


def answering() -> FakeNet:
    """It answers this person, and nobody else."""

    def answer(packet: bytes) -> bytes:
        if not is_for(packet, PUBLIC):
            raise Silent(Where(host=HOST))
        return wireguard_answer(packet, GATEWAY)

    return FakeNet(replies={(HOST, 51820): answer, ("stun.example", 3478): stun})


def dated(net: FakeNet) -> list[float]:
    """How many seconds after now the questions are dated that carry this person's key."""
    packets = [packet for host, _, packet in net.sent if host == HOST and is_for(packet, PUBLIC)]
    times = [struct.unpack(">QI", read_initiation(packet, GATEWAY).time) for packet in packets]
    return [whole - 2**62 - 10 + part / 1e9 - NOW.timestamp() for whole, part in times]


@pytest.mark.parametrize("ahead_s", [0.0, 3.0, -3.0])
def test_by_a_right_clock_the_gateway_is_asked_by_it_and_silence_counts(ahead_s: float) -> None:
    net = silent()
    result = ask(others_say(ahead_s, ahead_s), net)
    assert (result.status, result.findings[0].code) == (Status.FAIL, "vpn.gateway_silent")
    assert dated(net) and all(0 <= each < 60 for each in dated(net))


def test_by_a_clock_that_is_ahead_no_question_is_dated_later_than_others_say_it_is() -> None:
    net = silent()
    result = ask(others_say(-7300, -7301), net)
    assert (result.status, result.findings[0].code) == (Status.UNKNOWN, "vpn.gateway_unproved")
    assert "the clock of this computer is 2 h ahead" in result.summary
    assert dated(net) and all(-7360 < each <= -7300 for each in dated(net))


def test_by_a_clock_that_is_behind_the_question_is_dated_by_it_as_the_persons_own_program_does() -> None:
    net = silent()
    result = ask(others_say(1800), net)
    assert result.status is Status.UNKNOWN and "30 min behind" in result.summary
    assert dated(net) and all(0 <= each < 60 for each in dated(net))


@pytest.mark.parametrize("ahead_s", [-7200, 1800])
def test_a_gateway_that_answers_by_a_wrong_clock_lives(ahead_s: float) -> None:
    assert ask(others_say(ahead_s), answering()).findings[0].code == "vpn.gateway_answers"


@pytest.mark.parametrize(
    "http",
    [FakeHttp(), others_say(0, 3600), others_say(0, age="90"), FakeHttp({BY_NUMBER: NOW_TOLD})],
    ids=["silent", "of two opinions", "kept by a cache", "no name"],
)
def test_where_nobody_tells_whether_the_clock_is_right_the_key_is_not_used(http: FakeHttp) -> None:
    net = answering()
    result = ask(http, net)
    assert result.status is Status.UNKNOWN
    assert "was not asked with your key" in result.summary and "clock" in result.summary
    assert dated(net) == []


def test_a_profile_without_controls_uses_no_key_and_a_closed_port_still_shows() -> None:
    net = FakeNet(replies={(HOST, 51820): Refused(Where(host=HOST)), ("stun.example", 3478): stun})
    result = ask(others_say(), net, tcp_controls=())
    assert result.findings[0].code == "vpn.gateway_refused" and dated(net) == []


def test_a_host_beside_another_tells_the_time_where_the_first_does_not() -> None:
    second = "https://control1.example:443/"
    assert ask(FakeHttp({second: NOW_TOLD}), answering()).status is Status.PASS
