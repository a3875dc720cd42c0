"""An emulated line between two computers: rate both ways, round-trip time, queue, loss. Whether it is that: link_check.py.

    with laid(Shape(down_mbps=50, up_mbps=10, rtt_ms=20, queue_ms=100)) as line:
        link_check.check(line)
        line.client.run("curl", f"http://{line.server_ip}/")
        line.server.popen("iperf3", "-s")

    client -- middle -- server         three network namespaces; IPv4 and IPv6

The middle one is the line. Delay: NFQUEUE held back by delay.c, half the round-trip time each way, on packets that come in.
Loss: nft, at random. Rate: htb and a FIFO in bytes, on what goes out; in the middle, because a sender's own queue never fills
(TCP small queues). Cubic on all routes: bbr, the default of some kernels, leaves queues empty. Segments are real packets, a few
of them together on fast lines. Works only in a private world (bench.world, or a lab's).
"""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Literal

from bench import world
from tests.lab import sandbox
from tests.lab.hosts import Host

FRAME_BYTES: Final = 1514  # what a full packet is on the wire, as htb counts it: 1500 and an Ethernet header
PAYLOAD_BYTES: Final = {4: 1448, 6: 1428}  # of TCP in it, with time stamps
NO_OFFLOAD: Final = ("tso", "off", "gso", "off", "gro", "off", "tx", "off")
OFFLOAD: Final = ("tx", "on", "gso", "on", "tso", "on", "gro", "off")
BUNDLE_S: Final = 0.000125  # packets travel in bundles of at most this much time, as through a network card
MOST_BUNDLED: Final = 10
REAL_TIME: Final = ("chrt", "-f", "50")
UP_QUEUE, DOWN_QUEUE = 0, 1  # numbers of the NFQUEUEs, by where the packets go
_ADDRESSES: Final = {
    "client": ("10.77.1.2", "fd77:1::2", "10.77.1.1", "fd77:1::1"),
    "server": ("10.77.2.2", "fd77:2::2", "10.77.2.1", "fd77:2::1"),
}
_numbers = count()

Direction = Literal["down", "up"]
DIRECTIONS: Final[tuple[Direction, ...]] = ("down", "up")


class NotEmulated(world.NotHere):
    """The machine does not carry such a link: what was measured is not what was set."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a link is to be. Rates in Mbit/s on the wire (0: no limit), ``loss`` as a fraction each way.

    ``queue_ms``: how long a packet waits behind a full queue; ``up_queue_ms`` where that differs for the other direction.
    ``jitter_ms``: each packet is late by something even between 0 and this, each way, without overtaking.
    """

    down_mbps: float = 100.0
    up_mbps: float = 20.0
    rtt_ms: float = 20.0
    loss: float = 0.0
    queue_ms: float = 100.0
    up_queue_ms: float | None = None
    jitter_ms: float = 0.0

    @property
    def bundle(self) -> int:
        """How many packets go through the kernel together on a fast line (htb counts them one by one).

        With loss one at a time, for a loss would take all of them.
        """
        fit = max(self.down_mbps, self.up_mbps) * 1e6 * BUNDLE_S / (8 * FRAME_BYTES)
        return 1 if self.loss else max(1, min(MOST_BUNDLED, int(fit)))

    def mbps(self, direction: Direction) -> float:
        return self.down_mbps if direction == "down" else self.up_mbps

    def queue_bytes(self, direction: Direction) -> int:
        """At least two packets: a queue for one would lose every pair."""
        ms = self.queue_ms if direction == "down" or self.up_queue_ms is None else self.up_queue_ms
        return max(2 * FRAME_BYTES, int(self.mbps(direction) * ms * 125))

    def goodput(self, direction: Direction, version: int = 4) -> float:
        """The truth about a rate: bit/s of TCP payload when the line is full."""
        return self.mbps(direction) * 1e6 * PAYLOAD_BYTES[version] / FRAME_BYTES

    def __str__(self) -> str:
        parts = [
            f"{self.down_mbps:g}/{self.up_mbps:g} Mbit/s",
            f"{self.rtt_ms:g} ms",
            f"queue {self.queue_ms:g} ms",
        ]
        parts += [f"loss {self.loss:.2%}"] if self.loss else []
        parts += [f"jitter {self.jitter_ms:g} ms"] if self.jitter_ms else []
        return ", ".join(parts)


@dataclass(kw_only=True)
class Link:
    """A link in use."""

    shape: Shape
    client: Host
    middle: Host
    server: Host
    client_ip: str = _ADDRESSES["client"][0]
    server_ip: str = _ADDRESSES["server"][0]
    server_ip6: str = _ADDRESSES["server"][1]
    _delay: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def set_loss(self, fraction: float) -> None:
        """Lose this part of the packets each way from now on, at random."""
        rule = f"numgen random mod 1000000 < {round(fraction * 1e6)} drop;" if fraction else ""
        self.middle.nft(
            f"""
            table inet loss {{ chain passing {{ type filter hook forward priority 0; }}; }}
            flush chain inet loss passing
            table inet loss {{ chain passing {{ type filter hook forward priority 0; {rule} }}; }}
            """
        )

    def set_delay(self, up_ms: float, down_ms: float) -> None:
        """Hold packets back for this long from now on."""
        assert self._delay is not None and self._delay.stdin is not None
        orders = f"{UP_QUEUE} {up_ms * 1000:.1f}\n", f"{DOWN_QUEUE} {down_ms * 1000:.1f}\n"
        for order in orders:
            self._delay.stdin.write(order.encode())
            self._delay.stdin.flush()


@contextmanager
def laid(shape: Shape) -> Iterator[Link]:
    """A link of this shape for as long as the block lasts, unchecked, and without its loss: set_loss() begins it."""
    if not sandbox.is_inside():
        raise RuntimeError("links are made in a private world only: bench.world.measured()")
    with ExitStack() as undo:
        hosts = _hosts(undo)
        line = Link(shape=shape, client=hosts["client"], middle=hosts["middle"], server=hosts["server"])
        _cable(line.client, line.middle, "client", shape)
        _cable(line.server, line.middle, "server", shape)
        line.middle.sysctl(net_ipv4_ip__forward=1, net_ipv6_conf_all_forwarding=1)
        _shape(line.middle, "client", shape, "down")
        _shape(line.middle, "server", shape, "up")
        if shape.rtt_ms or shape.jitter_ms:
            _hold_back(undo, line)
        yield line


def _hosts(undo: ExitStack) -> dict[str, Host]:
    number = next(_numbers)
    hosts = {role: Host(f"{role}{number or ''}") for role in ("client", "middle", "server")}
    for host in hosts.values():
        subprocess.run(["ip", "netns", "add", host.name], check=True)
        undo.callback(subprocess.run, ["ip", "netns", "del", host.name], check=True)
        host.ip("link set lo up")
        host.sysctl(
            net_ipv6_conf_default_accept__dad=0,
            net_ipv4_ping__group__range="0 2147483647",
            net_ipv4_tcp__no__metrics__save=1,  # a second run must not start from what the first one learned
        )
    # The far end is a server, and servers have room for fast and far clients; the client is as its system made it.
    hosts["server"].sysctl(
        net_ipv4_tcp__wmem="4096 16384 33554432", net_ipv4_tcp__rmem="4096 131072 33554432"
    )
    return hosts


def _cable(host: Host, middle: Host, role: str, shape: Shape) -> None:
    ip, ip6, gateway, gateway6 = _ADDRESSES[role]
    veth = (
        "ip",
        "-n",
        host.name,
        "link",
        "add",
        "eth0",
        "type",
        "veth",
        "peer",
        "name",
        role,
        "netns",
        middle.name,
    )
    subprocess.run(veth, check=True)
    for end, name in ((host, "eth0"), (middle, role)):
        end.run("ethtool", "-K", name, *(OFFLOAD if shape.bundle > 1 else NO_OFFLOAD), check=False)
        if shape.bundle > 1:
            end.ip(f"link set {name} gso_max_size {shape.bundle * PAYLOAD_BYTES[4] + 100}")
    middle.ip(
        f"address add {gateway}/24 dev {role}",
        f"address add {gateway6}/64 dev {role} nodad",
        f"link set {role} up",
    )
    host.ip(
        f"address add {ip}/24 dev eth0",
        f"address add {ip6}/64 dev eth0 nodad",
        "link set eth0 up",
        f"route replace default via {gateway} congctl cubic",
        f"route replace default via {gateway6} congctl cubic",
    )


def _shape(middle: Host, device: str, shape: Shape, direction: Direction) -> None:
    mbps = shape.mbps(direction)
    if not mbps:
        return
    # What may go out at once: one packet, or what the timers of a busy machine need to keep up with a fast line.
    burst = max(FRAME_BYTES + 86, int(mbps * 125 * 0.25))
    rate = ("rate", f"{mbps * 1000:.0f}kbit", "burst", str(burst), "cburst", str(burst), "quantum", "3028")
    middle.run("tc", "qdisc", "add", "dev", device, "root", "handle", "1:", "htb", "default", "1")
    middle.run("tc", "class", "add", "dev", device, "parent", "1:", "classid", "1:1", "htb", *rate)
    limit = str(shape.queue_bytes(direction))
    middle.run("tc", "qdisc", "add", "dev", device, "parent", "1:1", "bfifo", "limit", limit)


def _hold_back(undo: ExitStack, line: Link) -> None:
    """Delay what comes in, half the round-trip time each way."""
    for family in ("iptables-legacy", "ip6tables-legacy"):
        for device, queue in (("client", UP_QUEUE), ("server", DOWN_QUEUE)):
            rule = ("-t", "mangle", "-A", "FORWARD", "-i", device, "-j", "NFQUEUE", "--queue-num", str(queue))
            line.middle.run(family, *rule)
    half_us, jitter_us = f"{line.shape.rtt_ms * 500:.1f}", f"{line.shape.jitter_ms * 1000:.1f}"
    queues = (str(UP_QUEUE), half_us, jitter_us, str(DOWN_QUEUE), half_us, jitter_us)
    program = (*REAL_TIME, str(world.built("delay.c")), *queues)
    delay = line.middle.popen(*program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    undo.callback(_end, delay)
    assert delay.stdout is not None
    if delay.stdout.readline() != b"ready\n":
        raise NotEmulated("the kernel has no NFQUEUE: no delay")
    line._delay = delay


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait(5)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
