"""Inputs that once broke a parser, or took it long."""

from dataclasses import replace
from typing import Final

import pytest

from tests.fuzz.__main__ import too_slow
from tests.fuzz.playing import play
from tests.fuzz.targets import ALL
from tests.fuzz.targets.line import _CERTIFICATE
from tests.fuzz.targets.speed import _IPERF3

DEEP: Final = b"[" * 3_000
HUGE: Final = b"1" + b"0" * 400

FOUND: Final = (
    ("kernel: an ICMP error", b"q\0\0\0\2\0\0\0\0\0\0\0\0\0\0\3\0"),
    ("Linux: routes", b"\n0\t00000000\t11A01A8C0\t3\t0\t0\t0\t00000000"),
    ("Linux: ip neigh, pactl", DEEP),
    ("Linux: ip neigh, pactl", b'[{"state": false}]'),
    ("Windows: PowerShell's objects", DEEP),
    ("Windows: net use", b"\n" * 65_536),
    ("Wi-Fi: nmcli, /proc/net/wireless", b"*" + b":" * 65_535),
    ("TLS: names of a certificate", _CERTIFICATE.replace(b"\xa0\3\2\1\2", b"\xa0\3\2\1\x45")),
    ("TLS: until when it is valid", b"Jan"),
    ("names: an answer", b"\x124\x81\0\0\1\0\1m\0" + b"\0\1\0\0" * 15_000),
    ("web: a URL to be asked", b"https://keys.example/\0keys"),
    ("web: a URL to be asked", b"https://keys.example/" + "ä".encode() * 32_000),
    ("web: a page in the characters that it states", b"punycode\n" + b"a9" * 32_000),
    ("proxy: settings of desktops", b"[a]\ne\n r"),
    ("proxy: settings of desktops", b"[Proxy Settings]\n" + b"\na" * 32_000),
    ("speed: iperf3", _IPERF3.replace(b"5.1", HUGE)),
    ("speed: how much arrived", DEEP),
    ("settings: of the app", DEEP),
    ("support: a time zone and a country", b"n/" * 358 + b"n"),
)


@pytest.mark.parametrize(
    ("name", "data"), FOUND, ids=[f"{number} {name}" for number, (name, _) in enumerate(FOUND)]
)
def test_an_input_that_once_was_too_much_is_read_or_refused(name: str, data: bytes) -> None:
    target = next(each for each in ALL if each.name == name)
    played = play(replace(target, seeds=(data,)), 0)
    assert played.is_good, played.failure or too_slow(played)
