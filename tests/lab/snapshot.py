"""Everything of the lab that a switch can change, as text: what was switched and switched back must read the same."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from tests.lab.hosts import Host
from tests.lab.lab import HOME, Lab

# Left out are link-local routes and those of the subnet's any-router address: the kernel's own, which come when it likes.
_ASKED: Final = """
nft -s list ruleset
ip -4 rule; ip -4 route show table all | sort; ip -6 route show table all | grep -v -e fe80 -e ^anycast | sort
tc qdisc show | sort
cat /etc/resolv.conf /etc/hosts
sysctl net.netfilter net.ipv4.ip_forward net.ipv6.conf.all.forwarding 2>/dev/null | grep -v count
cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == "0A" { print "listens", $2 }' | sort -u
cat /proc/net/udp /proc/net/udp6 | awk '$3 ~ /:0000$/ { print "bound", $2 }' | sort -u
"""
_LINK: Final = ("ifname", "mtu", "operstate", "flags", "link_type")


def taken(lab: Lab) -> dict[str, str]:
    """By host, and the person and the servers beside them."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        seen = dict(zip(lab.hosts, pool.map(_host, lab.hosts.values()), strict=True))
    return {**seen, "person": _person(lab), "servers": _servers(lab), "mounts": _mounts()}


def _host(host: Host) -> str:
    text = host.run("sh", "-c", _ASKED).stdout
    links = json.loads(host.run("ip", "-j", "address").stdout)
    steady = [
        line for line in text.splitlines() if not re.search(r"bound .*:(?!0035|0043)[89A-F]\w{3}$", line)
    ]
    return "\n".join([*map(_steady, steady), *sorted(_link(link) for link in links)])


def _steady(line: str) -> str:
    return re.sub(r"qdisc (\w+) \w+:", r"qdisc \1", line).strip()


def _link(link: dict[str, Any]) -> str:
    addresses = sorted(
        f"{each['local']}/{each['prefixlen']}" for each in link["addr_info"] if each["scope"] != "link"
    )
    return f"{[link.get(key) for key in _LINK]} {addresses}"


def _person(lab: Lab) -> str:
    files = sorted(str(path) for path in (*HOME.iterdir(), *Path("/opt").rglob("*")))
    return f"{lab.person_env} {lab.person_password!r} {lab.clock_offset_s} {files}"


def _servers(lab: Lab) -> str:
    running = sorted(lab.running.items())
    return "\n".join(
        f"{name} {one.server.command} {one.server.files} {one.is_paused()}" for name, one in running
    )


def _mounts() -> str:
    return Path("/proc/mounts").read_text()
