"""iperf3 inside the company network, on the intranet's host: the far end for the speed through a VPN."""

from typing import Final

from tests.lab import topology
from tests.lab.servers.base import Server, listens

PORT: Final = 5201
IP: Final = topology.INSIDE_WEB_IP


def server() -> Server:
    return Server(
        name="inside-speed",
        host="inside",
        command=("iperf3", "-s", "-B", IP, "-p", str(PORT)),
        ready=listens(PORT),
    )
