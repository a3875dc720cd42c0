"""Delay, jitter and loss of a call's path, as we and our peers see them on the same link, one after another: irtt, coturn's own
client, ping. What each of them cannot tell is left out. Of the link its round-trip time is looked at beforehand; the loss is what
nftables is told.
"""

import re
import statistics
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from bench import far_end, link_check, programs, world
from bench.figure import Figure, stated
from bench.links import Link, Shape, laid

RTT_MS, LOSS = 20.0, 0.02
SHAPE: Final = Shape(down_mbps=100, up_mbps=100, rtt_ms=RTT_MS, loss=LOSS)
SECONDS: Final = 10.0
PACKETS: Final = 500
BOTH_WAYS: Final = 100 * (1 - (1 - LOSS) ** 2)


@dataclass(frozen=True, kw_only=True)
class Path:
    """``loss`` in percent: of both ways together, and of each where the client tells; jitter as the client defines it."""

    client: str
    rtt_ms: float
    jitter_ms: float
    loss: float
    up: float | None = None
    down: float | None = None
    seconds: float
    kilobytes: float


def measured() -> Iterator[Path]:
    with laid(SHAPE) as line:
        link_check.trim(line)
        line.set_loss(LOSS)
        with far_end.reflector(line, tls=False), far_end.irtt(line), far_end.coturn(line):
            yield _ours(line)
            yield _irtt(line)
            yield _coturn(line)
            yield _ping(line)


def _ours(line: Link) -> Path:
    asked = {"port": far_end.REFLECTOR, "udp_port": far_end.REFLECTOR, "times": 1, "seconds": SECONDS}
    ran = programs.ours(line, "calls", **asked)
    one = ran.json["calls"][0]
    up, down = one["up"], one["down"]
    lost = 100 * (1 - (1 - up["loss"]["value"]) * (1 - down["loss"]["value"]))
    return Path(
        client="readycheck",
        rtt_ms=statistics.median(one["rtts_ms"]),
        jitter_ms=(up["jitter"]["value"] + down["jitter"]["value"]) / 2,
        loss=lost,
        up=100 * up["loss"]["value"],
        down=100 * down["loss"]["value"],
        **_cost(ran),
    )


def _irtt(line: Link) -> Path:
    asked = ("client", "-q", "-o", "-", "-i", "20ms", "-l", "172", "-d", f"{SECONDS:g}s", line.server_ip)
    ran = programs.run(line, "irtt", *asked)
    stats = ran.json["stats"]
    return Path(
        client="irtt",
        rtt_ms=stats["rtt"]["median"] / 1e6,
        jitter_ms=(stats["ipdv_send"]["mean"] + stats["ipdv_receive"]["mean"]) / 2e6,
        loss=stats["packet_loss_percent"],
        up=stats["upstream_loss_percent"],
        down=stats["downstream_loss_percent"],
        **_cost(ran),
    )


def _coturn(line: Link) -> Path:
    """Through the relay to an echo behind it; its times are in whole milliseconds of its own clock."""
    peer = line.server.popen(
        "turnutils_peer", "-L", line.server_ip, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        who = ("-u", far_end.USER, "-w", far_end.PASSWORD)
        what = ("-c", "-m", "1", "-n", str(PACKETS), "-l", "172", "-z", "20")
        ran = programs.run(line, "turnutils_uclient", *who, *what, "-e", line.server_ip, line.server_ip)
    finally:
        peer.kill()
        peer.wait(5)
    found = (
        _number(ran.said, text)
        for text in (r"round trip delay ([0-9.]+)", r"jitter ([0-9.]+)", r"\(([0-9.]+)%")
    )
    rtt, jitter, lost = found
    return Path(client="coturn's client", rtt_ms=rtt, jitter_ms=jitter, loss=lost, **_cost(ran))


def _ping(line: Link) -> Path:
    """Its "mdev" is the standard deviation: a jitter of its own kind."""
    ran = programs.run(line, "ping", "-n", "-q", "-c", str(PACKETS), "-i", "0.02", line.server_ip)
    rtt, jitter = re.findall(r"= [0-9.]+/([0-9.]+)/[0-9.]+/([0-9.]+) ms", ran.said)[0]
    lost = _number(ran.said, r"([0-9.]+)% packet loss")
    return Path(client="ping", rtt_ms=float(rtt), jitter_ms=float(jitter), loss=lost, **_cost(ran))


def _number(said: str, pattern: str) -> float:
    return float(re.findall(pattern, said)[0])


def _cost(ran: programs.Ran) -> dict[str, Any]:
    return {"seconds": ran.seconds, "kilobytes": (ran.down_bytes + ran.up_bytes) / 1000}


def figures() -> list[Figure]:
    found = []
    for path in (Path(**each) for each in world.measured("bench.call_peers")):
        ways = (
            f"{path.up:.1f} % up, {path.down:.1f} % down, "
            if path.up is not None
            else "ways not told apart, "
        )
        cost = f"{path.seconds:.0f} s, {path.kilobytes:.0f} kB"
        truth = f"truth {BOTH_WAYS:.1f} % both ways"
        found += [
            stated(f"{path.client}: round-trip time (truth {RTT_MS:g} ms)", path.rtt_ms, "ms", 1, cost),
            stated(f"{path.client}: jitter (truth 0 ms)", path.jitter_ms, "ms", 1),
            stated(f"{path.client}: loss", path.loss, "%", 1, ways + truth),
        ]
    return found


if __name__ == "__main__":
    world.tell(measured)
