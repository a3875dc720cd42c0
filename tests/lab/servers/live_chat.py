"""The company's own chat, im.corp.test: nginx in front of a WebSocket server that waits for people to sign in."""

import sys
from typing import TYPE_CHECKING, Final

from tests.lab import topology, zone
from tests.lab.sandbox import REPOSITORY
from tests.lab.servers import certificates, nginx
from tests.lab.servers.base import Server, tcp

if TYPE_CHECKING:
    from tests.lab.lab import Lab

NAME: Final = "live-chat"
BEHIND: Final = "live-chat-socket"
HOST_NAME: Final = f"im.{zone.DOMAIN}"
IPS: Final = (topology.COMPANY_APPS_IP, topology.ip6(topology.COMPANY_APPS_IP))
PORT: Final = 8443
INNER: Final = 8090
PROGRAM: Final = REPOSITORY / "tests" / "lab" / "web_socket.py"
_UPGRADE: Final = 'proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'


def chat(
    lab: "Lab",
    *,
    certificate: certificates.Fault | None = None,
    passes_upgrades: bool = True,
    how: str = "waits",
) -> tuple[Server, Server]:
    """``passes_upgrades``: False is the usual mistake in front of such a server. ``how``: "waits", or "closes" at once."""
    chain, key = certificates.issued(lab, HOST_NAME, (), certificate)
    listening = " ".join(f"listen {f'[{ip}]' if ':' in ip else ip}:{PORT} ssl;" for ip in IPS)
    upgrade = _UPGRADE if passes_upgrades else ""
    block = f"""
      server {{ {listening} server_name {HOST_NAME}; ssl_certificate {chain}; ssl_certificate_key {key};
        location / {{ proxy_pass http://127.0.0.1:{INNER}; proxy_http_version 1.1; {upgrade} }}
      }}"""
    socket = Server(
        name=BEHIND,
        host="company",
        command=(sys.executable, str(PROGRAM), how, str(INNER)),
        ready=tcp("127.0.0.1", INNER),
    )
    return socket, nginx.server(NAME, "company", block, ready=tcp(IPS[0], PORT))
