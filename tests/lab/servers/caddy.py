"""Caddy: HTTP/3 of the two vendors whose hosts the shipped profile asks for QUIC. Their plain HTTPS is nginx's.

Caddy opens a TCP port beside every QUIC port, and TCP 443 is taken: it listens elsewhere, and UDP 443 is led there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.lab import topology, zone
from tests.lab.hosts import Host
from tests.lab.servers import certificates
from tests.lab.servers.base import Server, folder_of, udp_bound

if TYPE_CHECKING:
    from tests.lab.lab import Lab

NAME: Final = "internet-quic"
NAMES: Final = ("www.google.com", "www.cloudflare.com")
PORT: Final = 9443


def quic(lab: Lab) -> Server:
    sites = "\n".join(_site(lab, name) for name in NAMES)
    settings = f"{{\n admin off\n auto_https off\n storage file_system {folder_of(NAME)}\n servers {{\n protocols h3\n }}\n}}\n"
    return Server(
        name=NAME,
        host="internet",
        command=("caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile"),
        ready=udp_bound(PORT),
        files={"Caddyfile": settings + sites},
        prepare=_led_there,
        before=f"export HOME={folder_of(NAME)}",
    )


def _site(lab: Lab, name: str) -> str:
    chain, key = certificates.issued(lab, name)
    return f'https://{name}:{PORT} {{\n tls {chain} {key}\n respond "{name}"\n}}\n'


def _led_there(host: Host, folder: Path) -> None:
    ips = [zone.internet()[name] for name in NAMES]
    host.nft(
        f"""
        table inet quic
        delete table inet quic
        table inet quic {{ chain to {{ type nat hook prerouting priority dstnat;
            ip daddr {{ {", ".join(ips)} }} udp dport 443 redirect to :{PORT};
            ip6 daddr {{ {", ".join(map(topology.ip6, ips))} }} udp dport 443 redirect to :{PORT};
        }}; }}
        """
    )
