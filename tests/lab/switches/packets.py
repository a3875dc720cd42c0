"""Which packets are meant: names of the zone, protocols and ports as nft writes them, and where on a host they pass."""

import ipaddress
from collections.abc import Sequence
from typing import Final

from tests.lab import topology, zone
from tests.lab.switches.tools import listed

Ports = int | Sequence[int]
Names = str | Sequence[str]

_USUAL: Final = {
    "pc": "output",
    "router": "forward",
    "isp": "forward",
}  # the others are where packets arrive: "input"
# On a host that forwards: the interface that the person's packets come in by, seen from the person's side.
_FROM_PERSON: Final = {"router": 'iifname "lan"', "isp": 'iifname "cust"', "company": 'iifname != "int"'}
_TO_PERSON: Final = {"router": 'iifname "wan"', "isp": 'iifname != "cust"', "company": 'iifname "int"'}
_ANSWERS: Final = {"output": "input", "input": "output"}


def hook(host: str, asked: str, direction: str) -> str:
    """The hook of this host that sees the packets. ``direction``: "out" is what the person's side sends, "in" what comes back."""
    usual = asked or _USUAL.get(host, "input")
    return usual if direction == "out" or asked else _ANSWERS.get(usual, usual)


def passing(hook: str, host: str, direction: str) -> str:
    """What a rule on this hook has to ask for: one direction only, and never what a host says to itself."""
    if hook != "forward":
        return 'oifname != "lo"' if hook == "output" else 'iifname != "lo"'
    return (_FROM_PERSON if direction == "out" else _TO_PERSON)[host]


def matches(
    text: str, *, protocol: str = "", port: Ports = (), only_ports: Ports = (), direction: str = "out"
) -> list[str]:
    """Matches of nft, of which any may hold. ``text``: "to NAME, NAME", "all", or nft's own words."""
    side = "d" if direction == "out" else "s"
    where = to(text.removeprefix("to "), side) if text.startswith("to ") else ["" if text == "all" else text]
    return [
        " ".join(part for part in (each, _ports(protocol, port, only_ports, side)) if part) for each in where
    ]


def to(names: Names, side: str = "d") -> list[str]:
    """Towards these names (``side`` "d") or from them ("s"): one match for each IP version that they have."""
    single = names.replace(",", " ").split() if isinstance(names, str) else list(names)
    found = [address for name in single for address in addresses(name)]
    four = sorted({ip for ip in found if ":" not in ip})
    six = sorted({ip for ip in found if ":" in ip})
    versions = (("ip", four), ("ip6", six))
    return [f"{family} {side}addr {{ {', '.join(ips)} }}" for family, ips in versions if ips]


def addresses(name: str) -> list[str]:
    """All addresses of a name of the zone; an address or a network stands for itself."""
    try:
        return [str(ipaddress.ip_network(name))] if "/" in name else [str(ipaddress.ip_address(name))]
    except ValueError:
        pass
    try:
        ip = zone.address(name)
    except KeyError:
        raise ValueError(f"{name}: not a name of the lab") from None
    return [ip, topology.ip6(ip)] if name in zone.public() else [ip]


def _ports(protocol: str, port: Ports, only_ports: Ports, side: str) -> str:
    head = f"meta l4proto {protocol}" if protocol else "meta l4proto { tcp, udp }"
    if given := listed(port):
        return f"{head} th {side}port {{ {', '.join(given)} }}"
    if given := listed(only_ports):
        return f"{head} th {side}port != {{ {', '.join(given)} }}"
    return f"meta l4proto {protocol}" if protocol else ""
