import asyncio
from typing import Any

import pytest

from readycheck.api import ChildFailed, NameSilent, NameUnknown, NotTold, Owner, Silent, Status, Where
from readycheck.model import CheckResult
from readycheck.ports import CommandAnswer
from readycheck.testing import FakeChildren, FakeNet, FakeSystem, run_check
from readycheck_checks.declared import echoes
from readycheck_checks.declared.ping_verdict import Echoes, judge_echoes
from readycheck_checks.ping import PingOptions, check

IP = "192.0.2.10"
LOST = Silent(Where(host=IP))
NOT_HERE = NotTold("this system lets no ordinary user send an ICMP echo")
OPTIONS = PingOptions(title="Server", host="server.example")
LINUX = b"""PING 192.0.2.10 (192.0.2.10) 56(84) bytes of data.
64 bytes from 192.0.2.10: icmp_seq=1 ttl=57 time=12.3 ms
64 bytes from 192.0.2.10: icmp_seq=1 ttl=57 time=12.9 ms (DUP!)
From 192.0.2.1 icmp_seq=2 Destination Host Unreachable
64 bytes from 192.0.2.10: icmp_seq=3 ttl=57 time=11.1 ms

--- 192.0.2.10 ping statistics ---
3 packets transmitted, 2 received, +1 duplicates, 33% packet loss, time 412ms
rtt min/avg/max/mdev = 11.100/12.100/12.900/0.700 ms
"""
GERMAN = """Ping wird ausgeführt für 192.0.2.10 mit 32 Bytes Daten:\r
Antwort von 192.0.2.10: Bytes=32 Zeit=12ms TTL=57\r
Antwort von 192.0.2.10: Bytes=32 Zeit<1ms TTL=57\r
Antwort von 192.0.2.1: Zielhost nicht erreichbar.\r
Zeitüberschreitung der Anforderung.\r
    Minimum = 0ms, Maximum = 12ms, Mittelwert = 6ms\r
""".encode()
MACOS = b"""PING 192.0.2.10 (192.0.2.10): 56 data bytes
64 bytes from 192.0.2.10: icmp_seq=0 ttl=57 time=12.345 ms
Request timeout for icmp_seq 1
round-trip min/avg/max/stddev = 12.345/12.345/12.345/0.000 ms
"""
WINDOWS_IPV6 = b"Reply from 2001:db8::1: time=3ms \r\nReply from 2001:db8::1: time<1ms \r\n"


def sent(answers: Any, children: FakeChildren | None = None, **told: Any) -> CheckResult:
    options = PingOptions(**{"title": "Server", "host": IP, "tcp_controls": ("9.9.9.9:443",), **told})
    net = FakeNet(
        echoes={IP: answers, "9.9.9.9": told.pop("control", 9.0)}
        if not isinstance(answers, dict)
        else answers
    )
    return asyncio.run(run_check(check, options, net=net, children=children or FakeChildren()))


def code(result: CheckResult) -> str:
    return result.findings[0].code


def test_echoes_that_come_back_are_counted_with_their_interval() -> None:
    result = sent(20.0)
    loss, time = result.measurements
    assert result.status is Status.PASS and (loss.value, time.value) == (0, 20)
    assert loss.high is not None and 20 < loss.high < 35  # ten echoes prove no more


@pytest.mark.parametrize(
    ("sent_", "back", "max_loss", "expected"),
    [
        (10, 10, 20, "declared.ping"),
        (10, 8, 20, "declared.ping"),
        (10, 6, 20, "declared.ping_unproved"),
        (10, 3, 20, "declared.ping_loss"),
        (3, 2, 0, "declared.ping_loss"),
        (50, 25, 20, "declared.ping_loss"),
    ],
)
def test_loss_is_judged_by_its_interval(sent_: int, back: int, max_loss: float, expected: str) -> None:
    seen = Echoes(sent=sent_, times_ms=(10.0,) * back)
    assert judge_echoes(OPTIONS, seen, max_loss, 0, 0).code == expected


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ((90.0,) * 10, "declared.ping"),
        ((110.0,) * 10, "declared.ping_slow"),
        ((90.0,) * 4 + (130.0,) * 6, "declared.ping_unproved"),
    ],
)
def test_time_is_judged_by_the_interval_of_its_median(times: tuple[float, ...], expected: str) -> None:
    assert judge_echoes(OPTIONS, Echoes(sent=10, times_ms=times), 20, 100, 0).code == expected


def test_an_echo_that_is_lost_is_nobodys_alone() -> None:
    finding = judge_echoes(OPTIONS, Echoes(sent=10, times_ms=(9.0,)), 20, 0, 0)
    assert finding.either == (Owner.COMPANY, Owner.ISP, Owner.HOME)


@pytest.mark.parametrize(
    ("control", "expected"), [(9.0, "declared.ping_silent"), (LOST, "declared.ping_unproved")]
)
def test_silence_counts_only_while_another_host_answers_an_echo(control: Any, expected: str) -> None:
    assert code(sent({IP: LOST, "9.9.9.9": control})) == expected


def test_a_name_that_is_not_known_is_no_silence() -> None:
    def named(error: Any) -> str:
        net = FakeNet(names={"server.example": error})
        return code(asyncio.run(run_check(check, OPTIONS, net=net)))

    assert named(NameUnknown(Where(host="server.example"))) == "declared.ping_name"
    assert named(NameSilent(Where(host="server.example"))) == "declared.ping_unproved"


# ---- The system's own program ----


@pytest.mark.parametrize(
    ("output", "expected"),
    [(LINUX, (12.3, 11.1)), (GERMAN, (12, 0.5)), (MACOS, (12.345,)), (WINDOWS_IPV6, (3, 0.5)), (b"", ())],
)
def test_what_ping_says_is_read_in_every_language(output: bytes, expected: tuple[float, ...]) -> None:
    assert echoes.times_ms(output.decode(), 10) == expected


@pytest.mark.parametrize(
    ("system", "address", "expected"),
    [
        ("Linux", IP, ("ping", "-n", "-c", "3", "-i", "0.2", "-W", "1", IP)),
        ("macOS", IP, ("ping", "-n", "-c", "3", "-i", "0.2", IP)),
        ("macOS", "2001:db8::1", ("ping6", "-n", "-c", "3", "-i", "0.2", "2001:db8::1")),
        ("Windows", IP, ("ping", "-n", "3", "-w", "1000", IP)),
    ],
)
def test_each_system_has_its_own_arguments(system: str, address: str, expected: tuple[str, ...]) -> None:
    assert echoes.command(system, address, 3) == expected


def test_where_no_echo_may_be_sent_the_program_of_the_system_does() -> None:
    children = FakeChildren(commands={"ping": CommandAnswer(code=0, stdout=LINUX, stderr=b"")})
    result = sent({IP: NOT_HERE}, children, count=3)
    assert result.measurements[0].value == pytest.approx(100 / 3)
    assert children.ran[0][0][-1] == IP


@pytest.mark.parametrize(
    "ended",
    [ChildFailed("ping: not found"), CommandAnswer(code=2, stdout=b"", stderr=b"ping: not permitted")],
)
def test_where_neither_can_be_had_nothing_is_known(ended: Any) -> None:
    result = sent({IP: NOT_HERE}, FakeChildren(commands={"ping": ended}))
    assert (result.status, code(result)) == (Status.UNKNOWN, "declared.ping_impossible")


def test_no_host_can_be_an_option_of_the_program() -> None:
    import msgspec

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"title": "x", "host": "-f"}, PingOptions)


def test_the_computer_of_the_person_is_asked_which_system_it_is() -> None:
    assert echoes.seconds("Windows", 5) > echoes.seconds("Linux", 5)
    assert asyncio.run(FakeSystem().host()).system == "Linux"
