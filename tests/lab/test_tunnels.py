"""The VPNs of the lab: every program connects, carries, and leaves nothing; what a fault changes shows."""

import ipaddress
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import pytest

from readycheck_checks.vpn.openvpn import client_reset, is_server_reset
from tests.lab import topology, tunnels
from tests.lab.hosts import Host
from tests.lab.journey import environment
from tests.lab.lab import Lab
from tests.lab.servers import dnsmasq, gateways, ocserv, openvpn, strongswan, wireguard
from tests.lab.servers.base import Server, tcp
from tests.lab.switches.base import switched

KINDS: Final = tuple(tunnels.CLIENTS)
GATEWAYS: Final[dict[str, Callable[..., Server]]] = {
    "openvpn": openvpn.gateway,
    "ocserv": ocserv.gateway,
    "wireguard": lambda lab, **variant: wireguard.gateway(**variant),
    "ike": strongswan.gateway,
}
INTERNET_IP: Final = "192.88.99.5"
PORT: Final = 7000
PARCEL: Final = 300_000


@pytest.fixture(scope="module", autouse=True)
def company(lab: Lab) -> Iterator[None]:
    """The gateways, and a name server inside where none runs yet."""
    knows = (
        f"--listen-address={topology.INSIDE_DNS_IP}",
        f"--host-record=files.corp.test,{topology.INSIDE_FILES_IP}",
    )
    command = ("dnsmasq", *dnsmasq.KEEP_RUNNING, *dnsmasq.QUIETLY, *knows)
    own = Server(name="tunnels-dns", host="inside", command=command, ready=tcp(topology.INSIDE_DNS_IP, 53))
    wanted = [make(lab) for make in GATEWAYS.values()] + [openvpn.gateway(lab, transport="tcp")]
    lab.start(wanted if own.ready(lab["inside"]) else [*wanted, own])
    yield
    lab.stop("tunnels-dns")


@contextmanager
def variant(lab: Lab, kind: str, **changes: Any) -> Iterator[None]:
    """The gateway of this kind with something changed."""
    lab.start([GATEWAYS[kind](lab, **changes)])
    try:
        yield
    finally:
        lab.start([GATEWAYS[kind](lab)])


@contextmanager
def connected(lab: Lab, kind: str, **how: Any) -> Iterator[tunnels.Tunnel]:
    tunnel = tunnels.connect(lab, kind, **how)
    try:
        yield tunnel
    finally:
        tunnel.disconnect()


@contextmanager
def parcels(host: Host, ip: str) -> Iterator[list[str]]:
    """A server that sends everybody a parcel; the list of those who came."""
    with host.entered():
        listener = socket.create_server((ip, PORT))
    came: list[str] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                one, (peer, _) = listener.accept()
                came.append(peer)
                with one, suppress(OSError):
                    one.sendall(bytes(PARCEL))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield came
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def fetch(host: Host, ip: str, wait_s: float = 3.0) -> int:
    """How many bytes of a parcel arrive; the wait is for each part of it."""
    with host.entered():
        one = socket.create_connection((ip, PORT), timeout=wait_s)
    arrived = 0
    with one, suppress(TimeoutError):
        while part := one.recv(65536):
            arrived += len(part)
    return arrived


def source_towards(host: Host, ip: str) -> ipaddress.IPv4Address:
    with host.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect((ip, 9))
        return ipaddress.IPv4Address(one.getsockname()[0])


def settings(lab: Lab) -> str:
    """Everything that a VPN program touches on a computer."""
    asked = ["ip -brief link", "ip -brief address", "ip route show table all", "ip rule", "ip -6 rule"]
    asked += ["nft list tables", "cat /etc/resolv.conf"]
    return "\n".join(lab["pc"].run(*question.split()).stdout for question in asked)


@pytest.mark.parametrize("extent", ["split", "full"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_tunnel_carries_what_it_should_and_leaves_nothing_behind(lab: Lab, kind: str, extent: str) -> None:
    before = settings(lab)
    with (
        connected(lab, kind, tunnel=extent),
        parcels(lab["inside"], topology.INSIDE_FILES_IP) as inside,
        parcels(lab["internet"], INTERNET_IP) as outside,
    ):
        assert fetch(lab["pc"], topology.INSIDE_FILES_IP) == PARCEL
        assert fetch(lab["pc"], INTERNET_IP) == PARCEL
        assert (
            lab["pc"].run("getent", "hosts", "files.corp.test").stdout.split()[0] == topology.INSIDE_FILES_IP
        )
    assert ipaddress.ip_address(inside[0]) in ipaddress.ip_network(topology.POOLS[kind])
    assert outside == [topology.COMPANY_IP if extent == "full" else topology.WAN_IP]
    assert settings(lab) == before


@pytest.mark.parametrize("kind", KINDS)
def test_readycheck_takes_the_interface_for_a_tunnel(lab: Lab, kind: str) -> None:
    question = """
import asyncio
from readycheck.adapters.system_linux import LinuxSystem
names = [line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line]
natures = asyncio.run(LinuxSystem(None).natures(names))
print(*(f"{name}={nature.kind}" for name, nature in natures.items() if nature.kind == "tunnel"))
"""
    interface = {"wireguard": "wg0", "ike": "ipsec0"}.get(kind, "tun0")
    with connected(lab, kind):
        told = lab["pc"].run(sys.executable, "-c", question, user=True, env=environment(lab)).stdout.split()
    assert told == [f"{interface}=tunnel"]


def test_the_lab_lets_the_inside_be_reached_through_a_tunnel_only(lab: Lab) -> None:
    with parcels(lab["inside"], topology.INSIDE_FILES_IP), pytest.raises(OSError):
        fetch(lab["pc"], topology.INSIDE_FILES_IP, wait_s=0.3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_tunnel_without_the_companys_name_server_leaves_the_name_service_alone(lab: Lab, kind: str) -> None:
    before = lab["pc"].run("cat", "/etc/resolv.conf").stdout
    with connected(lab, kind, dns=False):
        assert lab["pc"].run("cat", "/etc/resolv.conf").stdout == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_split_tunnel_can_lack_a_route(lab: Lab, kind: str) -> None:
    pool = ipaddress.ip_network(topology.POOLS[kind])
    with connected(lab, kind, routes=(f"{topology.INSIDE_DNS_IP}/32",)):
        assert source_towards(lab["pc"], topology.INSIDE_DNS_IP) in pool
        assert str(source_towards(lab["pc"], topology.INSIDE_FILES_IP)) == topology.PC_IP


@pytest.mark.parametrize("kind", KINDS)
def test_a_tunnel_can_have_a_small_mtu(lab: Lab, kind: str) -> None:
    with connected(lab, kind, mtu=1280), parcels(lab["inside"], topology.INSIDE_FILES_IP):
        assert "mtu 1280" in lab["pc"].run("ip", "link").stdout
        assert fetch(lab["pc"], topology.INSIDE_FILES_IP) == PARCEL


@pytest.mark.parametrize("kind", KINDS)
def test_a_tunnel_can_go_over_ipv6(lab: Lab, kind: str) -> None:
    with connected(lab, kind, ipv6=True):
        lab["router"].nft(
            "table inet half { chain forward { type filter hook forward priority -10; meta nfproto ipv4 drop; }; }"
        )
        try:
            assert _echo(lab)
        finally:
            lab["router"].nft("delete table inet half")


@pytest.mark.parametrize("kind", ["openvpn", "ocserv", "ike"])
def test_a_password_that_has_run_out_is_refused(lab: Lab, kind: str) -> None:
    before = settings(lab)
    with variant(lab, kind, password="another"), pytest.raises(tunnels.NotConnected, match=r"(?i)auth|login"):
        tunnels.connect(lab, kind)
    assert settings(lab) == before


def test_a_wireguard_gateway_that_does_not_know_the_key_stays_silent(lab: Lab) -> None:
    with (
        variant(lab, "wireguard", known="nobody"),
        pytest.raises(tunnels.NotConnected, match="does not answer"),
    ):
        tunnels.connect(lab, "wireguard", limit_s=0.6)


@pytest.mark.parametrize("certificate", ["expired", "other-name", "untrusted"])
@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        ("openvpn", "certificate verify failed"),
        ("ocserv", "Error in the certificate"),
        ("ike", "no trusted ECDSA public key"),
    ],
)
def test_a_gateway_with_a_wrong_certificate_is_not_believed(
    lab: Lab, kind: str, complaint: str, certificate: str
) -> None:
    with variant(lab, kind, certificate=certificate), pytest.raises(tunnels.NotConnected, match=complaint):
        tunnels.connect(lab, kind, limit_s=0.8)


@pytest.mark.parametrize("wrapping", ["tls-auth", "tls-crypt"])
def test_a_wrapped_openvpn_gateway_answers_its_clients_only(lab: Lab, wrapping: str) -> None:
    with variant(lab, "openvpn", wrapping=wrapping):
        assert not _openvpn_answers(lab, topology.COMPANY_IP)
        with connected(lab, "openvpn", wrapping=wrapping):
            assert _echo(lab)


@pytest.mark.parametrize("ip", gateways.IPS)
def test_an_openvpn_gateway_answers_strangers_before_they_sign_in(lab: Lab, ip: str) -> None:
    assert _openvpn_answers(lab, ip)


def test_openvpn_connects_over_tcp(lab: Lab) -> None:
    with connected(lab, "openvpn", transport="tcp"), parcels(lab["inside"], topology.INSIDE_FILES_IP):
        assert fetch(lab["pc"], topology.INSIDE_FILES_IP) == PARCEL


def test_a_dead_tunnel_looks_alive_and_carries_nothing(lab: Lab) -> None:
    with connected(lab, "openvpn"), switched(lab, [{"dead_tunnel": "all"}]):
        assert str(source_towards(lab["pc"], topology.INSIDE_FILES_IP)).startswith("10.20.20.")
        assert not _echo(lab)


def test_a_tunnel_can_be_a_step_of_a_situation(lab: Lab) -> None:
    before = settings(lab)
    with switched(lab, [{"vpn": "wireguard", "tunnel": "full", "dns": False}]):
        assert _echo(lab)
    assert settings(lab) == before


def test_a_tunnel_that_swallows_large_packets_lets_small_ones_through(lab: Lab) -> None:
    with (
        connected(lab, "openvpn"),
        parcels(lab["inside"], topology.INSIDE_FILES_IP),
        switched(lab, [{"dead_tunnel": "large"}]),
    ):
        assert _echo(lab)
        assert fetch(lab["pc"], topology.INSIDE_FILES_IP, wait_s=0.5) < PARCEL


@pytest.mark.parametrize("kind", KINDS)
def test_leaving_a_gateway_that_is_gone_restores_everything(lab: Lab, kind: str) -> None:
    before = settings(lab)
    tunnel = tunnels.connect(lab, kind, tunnel="full")
    gateway = GATEWAYS[kind](lab)
    lab.stop(gateway.name)
    tunnel.disconnect()
    lab.start([gateway])
    assert settings(lab) == before


def test_leaving_a_program_that_was_killed_restores_everything(lab: Lab) -> None:
    before = settings(lab)
    tunnel = tunnels.connect(lab, "ocserv", tunnel="full")
    tunnel.program.stop()
    tunnel.disconnect()
    assert settings(lab) == before


def _echo(lab: Lab) -> bool:
    with suppress(OSError):
        return any(gateways.carries(gateways.Terms(), pool)(lab["pc"]) for pool in topology.POOLS.values())
    return False


def _openvpn_answers(lab: Lab, ip: str) -> bool:
    session = os.urandom(8)
    with (
        lab["pc"].entered(),
        socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_DGRAM) as one,
    ):
        one.settimeout(0.5)
        one.connect((ip, openvpn.PORT))
        one.send(client_reset(session))
        with suppress(TimeoutError):
            return is_server_reset(one.recv(2048), session)
    return False
