"""Verbs for what a cable does to packets: how many it takes, how late, how long they may be, which it loses."""

import shutil
import subprocess
from contextlib import ExitStack
from typing import Final

from tests.lab import built, topology
from tests.lab.lab import Lab
from tests.lab.switches import tools
from tests.lab.switches.base import Undo, verb
from tests.lab.switches.wiring import forgotten, remembered
from tests.lab.topology import Link

_REAL_TIME: Final = ("chrt", "-f", "50")
_HONEST: Final = ("tso", "off", "gso", "off", "gro", "off", "tx", "off")  # as topology.lay() has it
_BURST_MS: Final = 10  # what may go out at once: enough for timers that are late on a busy machine
_NO_TOO_BIG: Final = """
    icmp type destination-unreachable icmp code frag-needed drop
    icmpv6 type packet-too-big drop
"""


@verb
def rate(lab: Lab, link: str, *, down_kbit: float = 0, up_kbit: float = 0, queue_ms: float = 50) -> Undo:
    """A link ("lan", "line", "peering", "uplink", "office") carries no more than this towards the person and away.

    ``queue_ms``: how long packets wait in front of it before they are lost; 1000 is a bloated queue. 0 kbit: no limit.
    """
    cable = topology.LINKS[link]
    ends = ((cable.a, cable.a_name, up_kbit), (cable.b, cable.b_name, down_kbit))
    with ExitStack() as undo:
        undo.callback(forgotten, lab)
        undo.callback(remembered(lab, (cable.a, cable.b)))
        for host, name, kbit in ends:
            if kbit:
                limit = ("rate", f"{kbit}kbit", "burst", str(_burst(kbit)), "latency", f"{queue_ms}ms")
                lab[host].run("tc", "qdisc", "replace", "dev", name, "root", "tbf", *limit)
        return undo.pop_all().close


def _burst(kbit: float) -> int:
    """In bytes: two full packets at least."""
    return int(min(max(kbit * _BURST_MS / 8, 3200), 65536))


@verb
def mtu(lab: Lab, size: int, *, link: str = "line", silent: bool = False) -> Undo:
    """A link takes packets of at most this many bytes, and its hosts tell senders so; ``silent``: they do not (a black hole)."""
    cable = topology.LINKS[link]
    with ExitStack() as undo:
        undo.callback(forgotten, lab)
        undo.callback(remembered(lab, (cable.a, cable.b)))
        for host, name in ((cable.a, cable.a_name), (cable.b, cable.b_name)):
            lab[host].ip(f"link set {name} mtu {size}")
            if silent:
                undo.callback(
                    tools.rules(lab[host], f"chain out {{ type filter hook output priority 0;{_NO_TOO_BIG}}}")
                )
        return undo.pop_all().close


@verb
def relay(
    lab: Lab,
    link: str,
    *,
    delay_ms: float = 0,
    jitter_ms: float = 0,
    reorder: bool = False,
    loss_percent: float = 0,
    burst_percent: float = 0,
    burst_end_percent: float = 25,
    duplicate_percent: float = 0,
    corrupt_percent: float = 0,
    mtu: int = 0,
    drop: bool = False,
    only: str = "both",
) -> Undo:
    """A link delays, loses and spoils packets, all values for each way; ``only``: "up" (away from the person) or "down".

    Every packet is ``delay_ms`` late, and up to ``jitter_ms`` more, evenly spread; it overtakes others only with ``reorder``.
    ``loss_percent`` are lost at random. ``burst_percent`` begin a burst, in which all are lost; each one in it ends it with a
    chance of ``burst_end_percent``. ``duplicate_percent`` come twice, ``corrupt_percent`` with a wrong bit. ``mtu``: longer ones
    vanish without a word; ``drop``: all do.
    """
    words = [f"{key}={float(value):g}" for key, value in _values(locals()).items() if value]
    directions = [
        part for way in ("up", "down") for part in ([way, *words] if only in (way, "both") else [way])
    ]
    cable = topology.LINKS[link]
    with ExitStack() as undo:
        undo.callback(forgotten, lab)
        put_back = remembered(lab, (cable.a, cable.b))
        undo.callback(put_back)
        undo.callback(topology.lay, lab.hosts, cable)
        undo.callback(_spliced(cable, directions))
        put_back()
        return undo.pop_all().close


def _values(given: dict[str, object]) -> dict[str, float]:
    return {key: value for key, value in given.items() if isinstance(value, bool | int | float)}


@verb
def wifi(lab: Lab, how: str) -> Undo:
    """The home network is a radio link: "busy" (up to 15 ms late), "weak" (up to 40 ms, bursts of loss), "bad" (hardly there)."""
    kinds = {
        "busy": {"jitter_ms": 15.0},
        "weak": {"delay_ms": 2.0, "jitter_ms": 40.0, "burst_percent": 0.5},
        "bad": {"delay_ms": 5.0, "jitter_ms": 120.0, "burst_percent": 3.0},
    }
    if how not in kinds:
        raise ValueError(f"wifi = {how}: not one of {', '.join(kinds)}")
    return relay(lab, "lan", **kinds[how])


def _spliced(cable: Link, directions: list[str]) -> Undo:
    """In place of the cable: two devices, one at each end, with the relay between them."""
    names = [f"end{tools.number()}" for _ in range(2)]
    command = [*_urgently(), str(built.relay()), *names, *directions]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    with ExitStack() as undo:
        undo.callback(_ended, process)
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise OSError(f"the relay did not start: exit {process.wait(5)}")
        _ip("-n", cable.a, "link", "del", cable.a_name)
        for name, host, end in zip(names, (cable.a, cable.b), (cable.a_name, cable.b_name), strict=True):
            _ip("link", "set", name, "txqueuelen", "10000")
            if host == "pc":
                undo.callback(_plugged(name, host, end))
            else:
                _ip("link", "set", name, "netns", host, "name", end)
        return undo.pop_all().close


def _plugged(device: str, host: str, end: str) -> Undo:
    """A cable from the host to the device: readycheck, which runs there, would take the device itself for a VPN."""
    outer, bridge = f"{device}out", f"{device}bridge"
    _ip("link", "add", "name", outer, "type", "veth", "peer", "name", end, "netns", host)
    _ip("link", "add", "name", bridge, "type", "bridge")
    for name in (outer, device):
        _ip("link", "set", "dev", name, "master", bridge)
    for name in (outer, device, bridge):
        _ip("link", "set", "dev", name, "addrgenmode", "none")
        _ip("link", "set", "dev", name, "up")
    for where in (["ethtool", "-K", outer], ["ip", "netns", "exec", host, "ethtool", "-K", end]):
        subprocess.run([*where, *_HONEST], check=False, capture_output=True)

    def pulled_out() -> None:
        _ip("link", "del", outer)
        _ip("link", "del", bridge)

    return pulled_out


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def _urgently() -> tuple[str, ...]:
    """Before everything else where the machine lets us: a relay that waits for the processor delays what it should not."""
    allowed = shutil.which("chrt") and subprocess.run([*_REAL_TIME, "true"], check=False).returncode == 0
    return _REAL_TIME if allowed else ()


def _ended(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()
