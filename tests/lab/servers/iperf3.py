"""iperf3: truth about the rate of a path, at speed.corp.test:5201 (IPv4: one server listens on one address)."""

import json
from typing import Any, Final

from tests.lab import topology
from tests.lab.hosts import Host, HostError
from tests.lab.servers.base import Server, listens

PORT: Final = 5201
IP: Final = topology.COMPANY_WEB_IP


def server() -> Server:
    return Server(
        name="iperf3",
        host="company",
        command=("iperf3", "-s", "-B", IP, "-p", str(PORT)),
        ready=listens(
            PORT
        ),  # a connection would be its one client: the next one is refused until that is over
    )


def received_bits_per_s(host: Host, *options: str, seconds: int = 2) -> float:
    """What arrived, by iperf3's own client on this host; ``-R`` measures the download, ``-P 4`` with four connections.

    Not what was sent, which counts what still lies in buffers.
    """
    asked = ("iperf3", "-c", IP, "-p", str(PORT), "-t", str(seconds), "-J", *options)
    told: dict[str, Any] = json.loads(host.run(*asked, timeout_s=seconds + 20).stdout)
    if "error" in told:
        raise HostError(f"iperf3: {told['error']}")
    rate: float = told["end"]["sum_received"]["bits_per_second"]
    return rate
