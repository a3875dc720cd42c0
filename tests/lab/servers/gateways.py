"""What the company's VPN gateways have in common: name, certificate, terms for a client, and how one sees that it is in."""

import ipaddress
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from tests.lab import topology, zone
from tests.lab.hosts import Host
from tests.lab.servers.base import Ready

if TYPE_CHECKING:
    from tests.lab.lab import Lab

NAME: Final = f"vpn.{zone.DOMAIN}"
IPS: Final = (topology.COMPANY_IP, topology.ip6(topology.COMPANY_IP))
INSIDE_NETWORK: Final = "10.20.0.0/16"
EVERYTHING: Final = "0.0.0.0/0"
Certificate = Literal["good", "expired", "other-name", "untrusted"]
VALID: Final = (-7.0, 825.0)
EXPIRED: Final = (-90.0, -1.0)
ECHO_S: Final = 0.3
_ECHO_REQUEST: Final = bytes((8, 0, 0, 0, 0, 0, 0, 1))  # RFC 792; the kernel fills in checksum and identifier


@dataclass(frozen=True, kw_only=True)
class Terms:
    """On what terms a client is let in: everything through the tunnel or only ``routes``; whether the company's name server is
    to be used; ``mtu``: of the tunnel, 0 for what the software takes by itself; ``ipv6``: the way to the gateway.
    """

    full: bool = False
    routes: Sequence[str] = (INSIDE_NETWORK,)
    dns: bool = True
    mtu: int = 0
    ipv6: bool = False

    @property
    def destinations(self) -> tuple[str, ...]:
        return (EVERYTHING,) if self.full else tuple(self.routes)

    @property
    def gateway_ip(self) -> str:
        """Clients go to an address, so that a fault of names or of the other protocol leaves a tunnel that is up alone."""
        return IPS[self.ipv6]

    @property
    def witness(self) -> str:
        """An inside address that these terms lead to, to be asked whether the tunnel carries. Raises ValueError without one."""
        networks = [ipaddress.ip_network(route) for route in self.destinations]
        for ip in topology.INSIDE_IPS:
            if any(ipaddress.ip_address(ip) in network for network in networks):
                return ip
        raise ValueError(f"no inside address is reached by {', '.join(self.destinations)}")


def certificate(lab: "Lab", kind: Certificate, *, rsa: bool = False) -> tuple[Path, Path]:
    """The gateway's certificate chain and key, good or with one thing wrong. ``rsa``: for software that reads no other key."""
    authority = lab.untrusted if kind == "untrusted" else lab.trusted
    names = (f"old.{zone.DOMAIN}",) if kind == "other-name" else (NAME, *IPS)
    return authority.issue("vpn", *names, valid_days=EXPIRED if kind == "expired" else VALID, rsa=rsa)


def carries(terms: Terms, pool: str) -> Ready:
    """Ready when an inside address is routed into the tunnel (by an address of this pool) and answers an echo request."""

    def asked(host: Host) -> bool:
        with host.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP) as one:
            one.settimeout(ECHO_S)
            one.connect((terms.witness, 0))
            if ipaddress.ip_address(one.getsockname()[0]) not in ipaddress.ip_network(pool):
                return False
            one.send(_ECHO_REQUEST + os.urandom(8))
            return bool(one.recv(64))

    return asked


def wrote_name_server(terms: Terms) -> Ready:
    """Ready when the host asks the company's name server, where the terms say so."""
    path = Path("/etc/netns")
    return lambda host: (
        not terms.dns
        or topology.INSIDE_DNS_IP in (path / host.name / "resolv.conf").read_text(encoding="utf-8")
    )


def split(network: str) -> tuple[str, str]:
    """Address and mask of a network, as older configuration languages want them."""
    parsed = ipaddress.IPv4Network(network)
    return str(parsed.network_address), str(parsed.netmask)


def first_of(network: str) -> str:
    """The address that the gateway itself has in a pool."""
    return str(ipaddress.ip_network(network)[1])
