"""irtt: truth about delay, jitter and loss of a path, at speed.corp.test:2112."""

import json
from typing import Any, Final

from tests.lab import topology
from tests.lab.hosts import Host
from tests.lab.servers.base import Server, udp_bound

PORT: Final = 2112
IPS: Final = (topology.COMPANY_WEB_IP, topology.ip6(topology.COMPANY_WEB_IP))
# Far below any client's interval: the server drops packets that jitter has bunched closer than this.
CLOSEST: Final = "1ms"


def server() -> Server:
    listening = ",".join(f"[{ip}]:{PORT}" if ":" in ip else f"{ip}:{PORT}" for ip in IPS)
    return Server(
        name="irtt",
        host="company",
        command=("irtt", "server", "-b", listening, "-i", CLOSEST, "-d", "300s"),
        ready=udp_bound(PORT),
    )


def measured(host: Host, *, seconds: float = 1.0, every_ms: int = 20, ip: str = IPS[0]) -> dict[str, Any]:
    """What irtt's own client on this host sees: its "stats" (rtt, send_delay, ... in nanoseconds; packet_loss_percent)."""
    target = f"[{ip}]:{PORT}" if ":" in ip else f"{ip}:{PORT}"
    asked = ("irtt", "client", "-q", "-o", "-", "-i", f"{every_ms}ms", "-d", f"{seconds:g}s", target)
    stats: dict[str, Any] = json.loads(host.run(*asked, timeout_s=seconds + 20).stdout)["stats"]
    return stats
