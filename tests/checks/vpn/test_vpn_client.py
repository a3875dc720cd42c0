"""VPN programs: what they say is read exactly, and nothing is made of what is not known."""

import asyncio
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from readycheck.adapters.children import RealChildren
from readycheck.errors import ChildFailed, ChildTimeout
from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import CommandAnswer, Interface
from readycheck.testing import FakeChildren, FakeNet, FakeSystem, run_check
from readycheck_checks import vpn_client
from readycheck_checks.vpn.clients.asking import Seen
from readycheck_checks.vpn.clients.products import Ask, Product, Sign
from readycheck_checks.vpn.clients.reading import meaning
from readycheck_checks.vpn.clients.shipped import products
from readycheck_checks.vpn.clients.verdict import judge_clients
from readycheck_checks.vpn_client import ClientOptions, check

WIFI = Interface(name="wlan0", kind="wifi", up=True, addresses=("192.168.1.23",), mtu=1500)
TUNNEL = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
BANNER = b"Cisco Secure Client (version 5.1) .\r\n\r\nCopyright (c) Cisco Systems, Inc.\r\n\r\n"


def shipped(name: str, system: str = "Linux") -> Ask:
    ask = products()[name].ask_on(system)
    assert ask is not None
    return ask


def state(name: str, stdout: bytes, *, code: int = 0, stderr: bytes = b"", system: str = "Linux") -> str:
    return meaning(shipped(name, system), code, stdout, stderr).state


# ---- What the programs say ----


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (BANNER + b"  >> state: Connected\n", "connected"),
        (BANNER + b"  >> state: Disconnected\n", "off"),
        (BANNER + b"  >> state: Connecting\n  >> state: Connected\nVPN> ", "connected"),
        (BANNER + b"  >> state: Connected\n  >> state: Disconnecting\n", "off"),
        (BANNER + b"  >> state: Reconnecting\n", "connecting"),
        (BANNER + b"  >> state: Connected to something new\n", "not_told"),
        (BANNER + b"  >> notice: not Connected\n", "not_told"),
        (BANNER + b"  >> state: Connected\n  >> state: Suspended\n", "not_told"),
        (b"", "not_told"),
        (b"\xff\xfe\0\0garbage", "not_told"),
    ],
)
def test_the_last_state_of_cisco_counts_and_only_as_a_whole_line(said: bytes, means: str) -> None:
    assert state("cisco", said) == means


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (b'{"BackendState": "Running", "Self": {"Online": true}}', "connected"),
        (b'{"BackendState": "Running", "Self": {"Online": false}}', "connecting"),
        (b'{"BackendState": "Running", "Self": {"Online": 1}}', "connecting"),
        (b'{"BackendState": "Running"}', "connecting"),
        (b'{"BackendState": "NeedsLogin"}', "attention"),
        (b'{"BackendState": "Stopped", "TailscaleIPs": ["100.64.0.1"]}', "off"),
        (b'{"BackendState": "Hibernating"}', "not_told"),
        (b'["Running"]', "not_told"),
        (b"[" * 100_000, "not_told"),
        (b"{", "not_told"),
    ],
)
def test_tailscale_is_connected_only_while_it_is_online(said: bytes, means: str) -> None:
    assert state("tailscale", said) == means


def test_tailscale_without_its_service_is_off() -> None:
    said = b"failed to connect to local tailscaled; it doesn't appear to be running\n"
    assert state("tailscale", b"", code=1, stderr=said) == "off"


@pytest.mark.parametrize(
    ("name", "said", "means"),
    [
        ("globalprotect", b"GlobalProtect status: Connected\n", "connected"),
        ("globalprotect", b"GlobalProtect status: Disconnected\n", "off"),
        ("forticlient", b"Status: Connected\n    VPN name: x\n", "connected"),
        ("forticlient", b"Status: Not Running\n", "off"),
        ("warp", b"Status update: Connected\nSuccess\n", "connected"),
        ("warp", b"Status update: Disconnected. Reason: Manual Disconnection\n", "off"),
        ("warp", b"Status update: Registration missing\n", "attention"),
        ("zerotier", b'{"address": "abcdef0123", "online": true}', "connected"),
        ("zerotier", b'{"address": "abcdef0123", "online": false}', "connecting"),
        ("networkmanager", b"802-11-wireless:activated\nvpn:activated\n", "connected"),
        ("networkmanager", b"vpn:activating\nwireguard:activated\n", "connected"),
        ("networkmanager", b"802-11-wireless:activated\ntun:activated\n", "off"),
        ("networkmanager", b"vpn:deactivated\n", "off"),
    ],
)
def test_other_programs_are_read_by_their_own_words(name: str, said: bytes, means: str) -> None:
    assert state(name, said) == means


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (b'* (Connected)      0A-1B PPP --> L2TP "Work" [PPP:L2TP]\n', "connected"),
        (b'* (Disconnected)   0A-1B PPP --> L2TP "My (Connected) VPN" [PPP:L2TP]\n', "off"),
        (b'* (Disconnected) 0A "A" [VPN:x]\n* (Connected) 0B "B" [VPN:y]\n', "connected"),
        (b"Available network connection services in the current set (*=enabled):\n", "not_told"),
    ],
)
def test_scutil_is_read_by_the_place_of_the_word(said: bytes, means: str) -> None:
    assert state("macos", said, system="macOS") == means


def test_windows_may_speak_in_two_bytes_a_letter() -> None:
    said = "Disconnected\r\nConnected\r\n".encode("utf-16-le")
    assert state("windows", said, system="Windows") == "connected"


def test_what_ended_badly_is_not_told_even_where_silence_means_off() -> None:
    assert state("networkmanager", b"", code=1) == "not_told"
    assert state("networkmanager", b"", code=0) == "off"


def test_every_shipped_program_is_dated_and_sourced_and_knows_connected_and_off() -> None:
    for name, product in products().items():
        assert product.source and product.checked, name
        for ask in product.asks:
            states = {sign.state for sign in ask.signs} | {ask.otherwise}
            assert ask.programs == () or {"connected", "off"} <= states or name == "zerotier", name
            assert not ask.by_interface or product.interfaces, name


# ---- The check ----


def product(path: str, **changes: Any) -> Product:
    signs = (
        Sign(state="connected", line="up"),
        Sign(state="off", line="down"),
        Sign(state="connecting", line="dialling"),
        Sign(state="attention", line="locked", why="it wants you to sign in"),
    )
    ask = Ask(systems=("Linux",), programs=(path,), arguments=("state",), signs=signs, **changes)
    return Product(title="Corp Connect", asks=(ask,), interfaces=("corp*",))


def ask(
    monkeypatch: pytest.MonkeyPatch,
    told: Product,
    *,
    says: bytes | Exception = b"",
    interfaces: tuple[Interface, ...] = (WIFI,),
    sources: dict[str, str | None] | None = None,
    **options: Any,
) -> CheckResult:
    monkeypatch.setattr(vpn_client, "products", lambda: {"cisco": told})
    answer = says if isinstance(says, Exception) else CommandAnswer(code=0, stdout=says, stderr=b"")
    children = FakeChildren(commands=dict.fromkeys(told.asks[0].programs, answer))
    wanted = ClientOptions(use=("cisco",), **options)
    system = FakeSystem(network=interfaces)
    net = FakeNet(sources=sources or {})
    return asyncio.run(run_check(check, wanted, net=net, children=children, system=system))


@pytest.fixture
def installed(tmp_path: Path) -> Product:
    path = tmp_path / "corp-connect"
    path.touch(0o755)
    return product(str(path))


@pytest.mark.parametrize(
    ("says", "status", "code", "owner"),
    [
        (b"up", Status.PASS, "vpn.client_connected", Owner.UNKNOWN),
        (b"down", Status.FAIL, "vpn.client_off", Owner.DEVICE),
        (b"locked", Status.FAIL, "vpn.client_attention", Owner.DEVICE),
        (b"dialling", Status.FAIL, "vpn.client_connecting", Owner.UNKNOWN),
        (b"hello", Status.UNKNOWN, "vpn.client_not_told", Owner.UNKNOWN),
        (ChildFailed("no permission"), Status.UNKNOWN, "vpn.client_not_told", Owner.UNKNOWN),
    ],
)
def test_each_state_is_a_finding_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
    installed: Product,
    says: bytes | Exception,
    status: Status,
    code: str,
    owner: Owner,
) -> None:
    found = ask(monkeypatch, installed, says=says).findings[0]
    assert (found.status, found.code, found.owner) == (status, code, owner)
    assert "Corp Connect" in found.summary


INSIDE = "10.20.0.1"


@pytest.mark.parametrize(
    ("source", "expect", "status", "code"),
    [
        ("10.8.0.2", "connected", Status.PASS, "vpn.client_connected"),
        ("192.168.1.23", "connected", Status.UNKNOWN, "vpn.client_elsewhere"),
        (None, "connected", Status.UNKNOWN, "vpn.client_elsewhere"),
        ("192.168.1.23", "any", Status.PASS, "vpn.client_connected"),
        ("198.51.100.1", "connected", Status.PASS, "vpn.client_connected"),  # of no interface that is known
    ],
)
def test_a_program_that_is_connected_may_be_so_to_another_vpn(
    monkeypatch: pytest.MonkeyPatch,
    installed: Product,
    source: str | None,
    expect: str,
    status: Status,
    code: str,
) -> None:
    tunnel = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
    world: dict[str, Any] = {"interfaces": (WIFI, tunnel), "sources": {INSIDE: source}}
    found = ask(monkeypatch, installed, says=b"up", inside=INSIDE, expect=expect, **world).findings[0]
    assert (found.status, found.code) == (status, code)


def test_where_the_profile_names_no_inside_address_it_is_said_that_any_vpn_counts(
    monkeypatch: pytest.MonkeyPatch, installed: Product
) -> None:
    assert "to whose VPN, it does not say" in ask(monkeypatch, installed, says=b"up").findings[0].summary


@pytest.mark.parametrize("said", [b"vpn:aktiviert\n", b"802-3-ethernet:activated\nwireguard:sleeping\n"])
def test_a_state_of_networkmanager_that_is_not_known_is_not_taken_for_off(said: bytes) -> None:
    (told,) = products()["networkmanager"].asks
    assert meaning(told, 0, said).state == "not_told"
    assert meaning(told, 0, b"802-3-ethernet:activated\n").state == "off"
    assert meaning(told, 0, said + b"vpn:activated\n").state == "connected"
    assert meaning(told, 0, said + b"vpn:activating\n").state == "connecting"


def test_programs_are_asked_in_the_language_of_their_signs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "corp-connect"
    program.write_text('#!/bin/sh\nif [ "$LC_ALL" = C ]; then echo up; else echo verbunden; fi\n')
    program.chmod(0o755)
    monkeypatch.setattr(vpn_client, "products", lambda: {"cisco": product(str(program))})
    result = asyncio.run(run_check(check, ClientOptions(use=("cisco",)), children=RealChildren()))
    assert result.status is Status.PASS


def test_a_program_that_is_not_there_is_missing_only_where_no_vpn_is_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing = product("/nowhere/corp-connect")
    assert ask(monkeypatch, missing).findings[0].code == "vpn.client_missing"
    result = ask(monkeypatch, missing, interfaces=(WIFI, TUNNEL))
    assert (result.status, result.findings[0].code) == (Status.UNKNOWN, "vpn.client_not_told")


def test_a_program_of_other_systems_is_not_among_those_that_were_not_found() -> None:
    here, elsewhere = (
        Seen(title="Corp Connect", installed=False),
        Seen(title="Other", installed=None, why="?"),
    )
    found = judge_clients([elsewhere, here], "connected")
    assert found.code == "vpn.client_missing" and "Other" not in found.summary


def test_a_program_of_other_systems_is_not_told_and_never_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = msgspec.structs.replace(
        product("/x/y"), asks=(Ask(systems=("Windows",), programs=("C:\\x.exe",)),)
    )
    assert ask(monkeypatch, elsewhere).status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("expect", "says", "status"),
    [
        ("any", b"down", Status.SKIP),
        ("any", b"up", Status.PASS),
        ("installed", b"down", Status.PASS),
        ("installed", b"hello", Status.PASS),
    ],
)
def test_what_the_profile_does_not_ask_for_is_not_held_against_anybody(
    monkeypatch: pytest.MonkeyPatch, installed: Product, expect: str, says: bytes, status: Status
) -> None:
    assert ask(monkeypatch, installed, says=says, expect=expect).status is status


def test_without_a_command_its_interface_shows_that_it_is_on_and_nothing_that_it_is_off(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only_there = Ask(systems=("Linux",), installed=(str(tmp_path),))
    told = Product(title="Corp Connect", asks=(only_there,), interfaces=("tun*",))
    assert ask(monkeypatch, told).status is Status.UNKNOWN
    assert "tun0" in ask(monkeypatch, told, interfaces=(WIFI, TUNNEL)).summary
    idle = Interface(name="tun0", kind="tunnel", up=True, addresses=("fe80::1",), mtu=1380)
    assert ask(monkeypatch, told, interfaces=(WIFI, idle)).status is Status.UNKNOWN


def test_one_that_always_has_an_interface_is_off_without_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    by_interface = Ask(systems=("Linux",), installed=(str(tmp_path),), by_interface=True)
    told = Product(title="Corp Connect", asks=(by_interface,), interfaces=("tun*",))
    assert ask(monkeypatch, told).findings[0].code == "vpn.client_off"


def named(name: str, description: str = "", kind: str = "tunnel") -> Interface:
    return Interface(
        name=name, kind=kind, up=True, addresses=("10.8.0.2",), mtu=1400, description=description
    )


@pytest.mark.parametrize(
    ("program", "up", "code"),
    [
        ("wireguard", named("wg0"), "vpn.client_connected"),
        ("wireguard", named("büro", "WireGuard Tunnel"), "vpn.client_connected"),
        ("wireguard", named("acme"), "vpn.client_not_told"),
        ("wireguard", named("wg0-other"), "vpn.client_not_told"),
        ("wireguard", named("Ethernet 7", kind="unknown"), "vpn.client_not_told"),
        ("wireguard", WIFI, "vpn.client_off"),
        ("openvpn", named("tun0"), "vpn.client_not_told"),
        ("openvpn", named("Ethernet 5", "TAP-Windows Adapter V9", kind="virtual"), "vpn.client_not_told"),
        ("openvpn", named("ovpn-acme"), "vpn.client_connected"),
        ("openvpn", WIFI, "vpn.client_off"),
    ],
    ids=str,
)
def test_a_tunnel_counts_only_for_the_program_that_it_can_be_tied_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str, up: Interface, code: str
) -> None:
    only_there = Ask(systems=("Linux",), installed=(str(tmp_path),), by_interface=True)
    told = msgspec.structs.replace(products()[program], asks=(only_there,))
    assert ask(monkeypatch, told, interfaces=(up,)).findings[0].code == code


@pytest.mark.parametrize("system", ["Linux", "macOS", "Windows"])
def test_zscaler_is_asked_nothing_and_never_called_off(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: str
) -> None:
    way = shipped("zscaler", system)
    assert way.programs == ()
    there = msgspec.structs.replace(way, systems=("Linux",), installed=(str(tmp_path),))
    told = msgspec.structs.replace(products()["zscaler"], asks=(there,))
    found = {
        up.name: ask(monkeypatch, told, interfaces=(up,)).findings[0].code
        for up in (named("zcctun0"), named("Ethernet 4", "Zscaler Network Adapter 1.0.2.0"), WIFI)
    }
    assert found == {
        "zcctun0": "vpn.client_connected",
        "Ethernet 4": "vpn.client_connected",
        "wlan0": "vpn.client_not_told",
    }


def test_a_program_that_hangs_is_not_called_off_where_nobody_asks_for_it(
    monkeypatch: pytest.MonkeyPatch, installed: Product
) -> None:
    summary = ask(monkeypatch, installed, says=ChildTimeout("slow"), expect="any").summary
    assert "not connected" not in summary and "not told (it did not answer" in summary
    assert "Corp Connect: not connected" in ask(monkeypatch, installed, says=b"down", expect="any").summary


def test_a_program_that_hangs_is_unknown_after_its_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "corp-connect"
    path.write_text("#!/bin/sh\nexec sleep 60\n")
    path.chmod(0o755)
    monkeypatch.setattr(vpn_client, "products", lambda: {"cisco": product(str(path), wait_s=0.3)})
    started = time.monotonic()
    result = asyncio.run(run_check(check, ClientOptions(use=("cisco",)), children=RealChildren()))
    assert result.status is Status.UNKNOWN and "did not answer" in result.reason
    assert time.monotonic() - started < 30


def test_a_profile_names_programs_and_can_bring_none() -> None:
    assert msgspec.convert({"use": ["cisco", "warp"]}, ClientOptions).use == ("cisco", "warp")
    tables: tuple[dict[str, object], ...] = (
        {"use": ["mine"]},
        {"use": []},
        {"use": ["cisco"], "products": {}},
    )
    for table in tables:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(table, ClientOptions)
    assert set(msgspec.structs.asdict(ClientOptions(use=("cisco",)))) == {
        "use",
        "expect",
        "inside",
        "addresses",
    }


def test_no_program_is_looked_for_along_a_path_or_run_by_a_relative_name() -> None:
    for path in ("vpn", "./vpn", "bin/vpn"):
        with pytest.raises(ValueError, match="no whole path"):
            Ask(systems=("Linux",), programs=(path,))


def test_the_facts_hold_the_state_and_nothing_that_the_program_printed(
    monkeypatch: pytest.MonkeyPatch, installed: Product
) -> None:
    result = ask(monkeypatch, installed, says=b"user anna@corp.example\nup")
    assert [fact.value for fact in result.facts] == ["Corp Connect: connected"]
    assert "anna" not in str(result)
