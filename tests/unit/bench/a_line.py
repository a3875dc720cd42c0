"""What a small emulated line does, as JSON: run in a private world by test_links.py."""

import re

from bench import link_check, world
from bench.links import Shape, laid
from tests.lab.hosts import Host


def seen() -> list[dict[str, float]]:
    with laid(Shape(down_mbps=20, up_mbps=5, rtt_ms=30, queue_ms=80)) as line:
        link_check.check(line)
        found = {
            "rtt_ms": link_check.rtt_ms(line, 20),
            "down_mbps": link_check.wire_mbps(line, "down"),
            "up_mbps": link_check.wire_mbps(line, "up"),
            "rtt6_ms": _median_ms(line.client, line.server_ip6),
        }
        line.set_loss(0.1)
        said = line.client.run(
            "ping", "-q", "-i", "0.002", "-c", "1500", "-W", "1", line.server_ip, check=False
        ).stdout
        found["lost_percent"] = float(re.findall(r"([0-9.]+)% packet loss", said)[0])
    with laid(Shape(down_mbps=20, up_mbps=20, rtt_ms=10)) as line:
        line.set_delay(20, 5)
        found["moved_rtt_ms"] = link_check.rtt_ms(line, 20)
    return [found]


def _median_ms(host: Host, ip: str) -> float:
    said = host.run("ping", "-n", "-c", "20", "-i", "0.02", ip).stdout
    times = sorted(float(each) for each in re.findall(r"time=([0-9.]+)", said))
    return times[len(times) // 2]


if __name__ == "__main__":
    world.tell(seen)
