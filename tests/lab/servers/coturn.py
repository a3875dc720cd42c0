"""coturn: the STUN and media servers of the world, and the company's own STUN and TURN server."""

from __future__ import annotations

import os
import re
import socket
import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from tests.lab import topology, zone
from tests.lab.hosts import USER, Host
from tests.lab.people import USER_PASSWORD
from tests.lab.servers.base import Ready, Server, every, folder_of

if TYPE_CHECKING:
    from tests.lab.lab import Lab

PORT: Final = 3478
GOOGLE_PORT: Final = 19302
TLS_PORT: Final = 5349
WEB_PORT: Final = 443
BEHIND_PORT: Final = 3480  # where the server on the web's port is plain
# Servers of different owners in one program: none of them speaks of another's address.
WORLD: Final = ("no-rfc5780", "realm=media.example", "min-port=49160", "max-port=49200")
_MEDIA: Final = re.compile(r"^stun\.|relay|turn")
_ON_WEB_PORT: Final = ("meet-jit-si-turnrelay.jitsi.net",)
# One relay thread: each costs memory and start-up time, and nobody relays more than a call.
_FRAME: Final = """no-cli
log-file=stdout
simple-log
fingerprint
lt-cred-mech
no-multicast-peers
relay-threads=1
"""


def names() -> tuple[str, ...]:
    """The vendors' names that are STUN or media servers."""
    return tuple(name for name in zone.vendor_names() if _MEDIA.search(name))


def public(lab: Lab) -> tuple[Server, ...]:
    """The media servers of the world on 3478; Google's also on 19302; those that calls over the web's port need, on 443."""
    plain = [name for name in names() if name not in _ON_WEB_PORT]
    google = [name for name in plain if name.endswith(".google.com")]
    return (
        _server("public-stun", "internet", _ips(plain), *WORLD),
        _server("google-stun", "internet", _ips(google), *WORLD, port=GOOGLE_PORT),
        _server("public-turn", "internet", _ips(_ON_WEB_PORT), *WORLD, *_tls(lab, WEB_PORT, *_ON_WEB_PORT)),
    )


def company(lab: Lab, *, password: str = USER_PASSWORD) -> tuple[Server, ...]:
    """STUN with the mapping tests of RFC 5780 and TURN for anna, over UDP, TCP, TLS and DTLS; and TURN over TLS on 443, for those
    whom nothing else is open to.
    """
    first, second = topology.COMPANY_IP, topology.COMPANY_TURN_IP
    own = (f"turn.{zone.DOMAIN}", first, second)
    account = (f"realm={zone.DOMAIN}", f"user={USER}:{password}")
    both, web = (first, second, topology.ip6(first), topology.ip6(second)), (second, topology.ip6(second))
    usual = (*account, "min-port=49160", "max-port=49200", *_tls(lab, TLS_PORT, *own))
    behind = (*account, "min-port=49201", "max-port=49240", *_tls(lab, WEB_PORT, *own))
    return (
        _server("company-turn", "company", both, *usual),
        _server("company-turn-tls", "company", web, *behind, port=BEHIND_PORT),
    )


def _server(name: str, host: str, ips: Iterable[str], *settings: str, port: int = PORT) -> Server:
    folder, ips = folder_of(name), tuple(ips)
    listening = [f"listening-ip={ip}" for ip in ips]
    own = [f"listening-port={port}", f"userdb={folder}/users.db", f"pidfile={folder}/pid"]
    return Server(
        name=name,
        host=host,
        command=("turnserver", "-c", str(folder / "turnserver.conf")),
        files={"turnserver.conf": _FRAME + "\n".join((*listening, *own, *settings, ""))},
        ready=every(*(binds(ip, port) for ip in ips)),
    )


def _tls(lab: Lab, port: int, *identities: str) -> tuple[str, ...]:
    chain, key = lab.trusted.issue("turn", *identities)
    return f"tls-listening-port={port}", f"cert={chain}", f"pkey={key}"


def _ips(hosts: Iterable[str]) -> tuple[str, ...]:
    addresses = dict.fromkeys(zone.address(name) for name in hosts)
    return (*addresses, *map(topology.ip6, addresses))


def binds(ip: str, port: int) -> Ready:
    """Ready when a STUN Binding is answered there, over UDP."""

    def asked(host: Host) -> bool:
        request = struct.pack("!HHI12s", 0x0001, 0, 0x2112A442, os.urandom(12))
        family = socket.AF_INET6 if ":" in ip else socket.AF_INET
        with host.entered(), socket.socket(family, socket.SOCK_DGRAM) as one:
            one.settimeout(0.3)
            one.connect((ip, port))
            one.send(request)
            answer = one.recv(1500)
        return answer[:2] == b"\x01\x01" and answer[8:20] == request[8:20]

    return asked
