"""How hosts are wired, remembered and restored: addresses, routes, packet sizes and queues of their interfaces."""

import json
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from tests.lab.hosts import Host, HostError
from tests.lab.lab import Lab
from tests.lab.switches.base import Undo

_FLEETING: Final = ("dead", "linkdown")  # what the kernel says about a route and does not take back


@dataclass(frozen=True)
class _Interface:
    name: str
    up: bool
    mtu: int
    addresses: tuple[str, ...]
    queue: str


def remembered(lab: Lab, hosts: Sequence[str]) -> Undo:
    """Taken before a change of addresses, routes, sizes or queues; calling it makes these hosts as they were."""
    seen = [(lab[name], _interfaces(lab[name]), _routes(lab[name])) for name in hosts]

    def restore() -> None:
        for host, interfaces, _ in seen:
            _rewire(host, interfaces)
        for host, _, routes in seen:
            _reroute(host, routes)
            host.ip("neighbour flush all")

    return restore


def forgotten(lab: Lab) -> None:
    """No host remembers what it learned about the way: packet sizes, round-trip times, hardware addresses."""
    for host in lab.hosts.values():
        host.run(
            "sh", "-c", "ip route flush cache; ip -6 route flush cache; ip tcp_metrics flush all", check=False
        )


def _interfaces(host: Host) -> list[_Interface]:
    listing = json.loads(host.run("ip", "-j", "address").stdout)
    queues = _queues(host)
    return [
        _Interface(
            name=each["ifname"],
            up="UP" in each["flags"],
            mtu=each["mtu"],
            addresses=tuple(
                f"{a['local']}/{a['prefixlen']}" for a in each["addr_info"] if a["scope"] != "link"
            ),
            queue=queues.get(each["ifname"], ""),
        )
        for each in listing
    ]


def _queues(host: Host) -> dict[str, str]:
    """Interface to its rate limit, as tc takes it back."""
    lines = [line.split() for line in host.run("tc", "qdisc", "show").stdout.splitlines()]
    # qdisc tbf 8001: dev wan root refcnt 2 rate 2Mbit burst 5Kb lat 50ms
    return {words[4]: " ".join(words[8:]) for words in lines if words[1] == "tbf"}


def _routes(host: Host) -> list[tuple[str, str]]:
    """IP version and line, those of the connected networks first."""
    found = []
    for version in ("-4", "-6"):
        for line in host.run("ip", version, "route", "show").stdout.splitlines():
            words = [word for word in line.split() if word not in _FLEETING]
            if not line.startswith("fe80:"):
                found.append((version, " ".join(words)))
    return sorted(found, key=lambda route: " via " in route[1])


def _rewire(host: Host, interfaces: Sequence[_Interface]) -> None:
    now = {each.name: each for each in _interfaces(host)}
    for was in interfaces:
        if (is_now := now.get(was.name)) is None:
            continue
        _again_as(host, was, is_now)


def _again_as(host: Host, was: _Interface, is_now: _Interface) -> None:
    lines = [f"link set {was.name} mtu {was.mtu}"] if was.mtu != is_now.mtu else []
    lines += [f"link set {was.name} {'up' if was.up else 'down'}"] if was.up != is_now.up else []
    if was.addresses != is_now.addresses:
        lines += [f"address del {address} dev {was.name}" for address in is_now.addresses]
        lines += [
            f"address add {address} dev {was.name}{' nodad' if ':' in address else ''}"
            for address in was.addresses
        ]
    if lines:
        host.ip(*lines)
    if was.queue != is_now.queue:
        with suppress(HostError):  # there may be none by now
            host.run("tc", "qdisc", "del", "dev", was.name, "root")
        if was.queue:
            host.run("tc", "qdisc", "add", "dev", was.name, "root", "tbf", *was.queue.split())


def _reroute(host: Host, routes: Sequence[tuple[str, str]]) -> None:
    """What is there too much goes first. A route over an interface that has gone meanwhile (a tunnel) stays away."""
    names = {each.name for each in _interfaces(host)}
    for version, line in _routes(host):
        if (version, line) not in routes:
            _ip(host, version, "route", "del", *line.split())
    there = _routes(host)
    for version, line in routes:
        words = line.split()
        if (version, line) not in there and ("dev" not in words or words[words.index("dev") + 1] in names):
            _ip(host, version, "route", "replace", *words)


def _ip(host: Host, *arguments: Any) -> None:
    subprocess.run(["ip", "-n", host.name, *arguments], check=True, capture_output=True)
