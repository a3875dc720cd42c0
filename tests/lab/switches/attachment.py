"""Verbs for how the pc hangs on its network: adapter, cable, addresses, default route, the gateway, IP versions."""

import ipaddress
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.lab import topology
from tests.lab.hosts import Host
from tests.lab.lab import Lab
from tests.lab.servers import samba
from tests.lab.switches import tools
from tests.lab.switches.base import Undo, verb
from tests.lab.switches.block import drop, reject
from tests.lab.switches.impostors import impostor
from tests.lab.switches.names import name_servers
from tests.lab.switches.wiring import remembered

VERSIONS: Final = {"both": ("-4", "-6"), "ipv4": ("-4",), "ipv6": ("-6",)}
SELF_ASSIGNED: Final = "169.254.77.10/16"
_PERSON: Final = 50  # the computer's address in a network, counted from its first
_FILES: Final = 445


@verb
def link_down(lab: Lab, link: str) -> Undo:
    """The adapter of this link ("lan": the pc's, "line": the router's) is switched off."""
    cable = topology.LINKS[link]
    undo = remembered(lab, (cable.a, cable.b))
    lab[cable.a].ip(f"link set {cable.a_name} down")
    return undo


@verb
def unplugged(lab: Lab, link: str) -> Undo:
    """The cable is out: the adapter ("lan": the pc's, "line": the router's) is on, without carrier and without addresses."""
    cable = topology.LINKS[link]
    undo = remembered(lab, (cable.a, cable.b))
    lab[cable.b].ip(f"link set {cable.b_name} down")
    _unconfigure(lab[cable.a], cable.a_name, "both")
    return undo


@verb
def no_address(lab: Lab, how: str, *, versions: str = "both") -> Undo:
    """The pc was given no address: "none", or "self_assigned" (it took one of 169.254.0.0/16 by itself).

    ``versions``: what it has no address of, "both", "ipv4" or "ipv6".
    """
    if how not in ("none", "self_assigned"):
        raise ValueError(f"no_address = {how}: none or self_assigned")
    undo = remembered(lab, ("pc",))
    _unconfigure(lab["pc"], "eth0", versions)
    if how == "self_assigned":
        lab["pc"].ip(f"address add {SELF_ASSIGNED} dev eth0")
    return undo


@verb
def no_route(lab: Lab, versions: str) -> Undo:
    """The pc has its address and no default route: "both", "ipv4" or "ipv6"."""
    undo = remembered(lab, ("pc",))
    for version in VERSIONS[versions]:
        lab["pc"].run("ip", version, "route", "del", "default")
    return undo


@verb
def wrong_gateway(lab: Lab, gateway: str, *, gateway6: str = topology.LAN6 + "77") -> Undo:
    """The default route of the pc leads to an address of its network that nobody has. ``gateway6``: "" leaves IPv6 as it is."""
    undo = remembered(lab, ("pc",))
    for ip in filter(None, (gateway, gateway6)):
        lab["pc"].ip(f"route replace default via {ip} dev eth0")
    return undo


@verb
def at_home_too(lab: Lab, address: str, *, network: str = "10.20.0.0/24", answers: str = "refuses") -> Undo:
    """The home network has the addresses of the company's (``network``), and a machine of its own has this ``address``: packets
    to it stay at home, whatever the VPN does. The router is the first of the network, and knows names.

    ``answers``: what it says to those who want files: "refuses", "files" (it serves those of the family), or "hangs".
    """
    if answers not in ("refuses", "files", "hangs"):
        raise ValueError(f"at_home_too answers = {answers}: refuses, files or hangs")
    with ExitStack() as undo:
        undo.callback(_renumbered(lab, ipaddress.IPv4Network(network)))
        lab["router"].ip(f"address add {address}/32 dev lan")
        if answers == "files":
            undo.callback(tools.started(lab, [samba.at_home(address)]))
        if answers == "hangs":
            undo.callback(impostor(lab, "silent", address=address, port=_FILES, at="router"))
        return undo.pop_all().close


def _renumbered(lab: Lab, network: ipaddress.IPv4Network) -> Undo:
    """The computer has an address of this network in place of its own; the name server that its VPN brought stays."""
    router, size = network[1], network.prefixlen
    names = f"ip daddr {router} meta l4proto {{ tcp, udp }} th dport 53 dnat ip to {topology.ROUTER_IP}"
    with ExitStack() as undo:
        undo.callback(remembered(lab, ("pc", "router")))
        lab["router"].ip(f"address add {router}/{size} dev lan")
        lab["pc"].ip(
            f"address del {topology.PC_IP}/24 dev eth0",
            f"address add {network[_PERSON]}/{size} dev eth0",
            f"route replace default via {router} congctl cubic",
        )
        undo.callback(
            tools.rules(
                lab["router"], f"chain at {{ type nat hook prerouting priority dstnat - 1;\n{names}\n}}"
            )
        )
        if topology.ROUTER_IP in Path("/etc/netns/pc/resolv.conf").read_text(encoding="utf-8"):
            undo.callback(name_servers(lab, str(router)))
        return undo.pop_all().close


@verb
def gateway_silent(lab: Lab, how: str) -> Undo:
    """The router says and passes nothing: "hung" (found in the home network by its hardware address) or "off" (not even that)."""
    if how not in ("hung", "off"):
        raise ValueError(f"gateway_silent = {how}: hung or off")
    found = "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept" if how == "hung" else ""
    lines = f'{found}\niifname "lan" drop'
    with ExitStack() as undo:
        hooks = (
            f"chain at_{hook} {{ type filter hook {hook} priority 0;\n{lines}\n}}"
            for hook in ("input", "forward")
        )
        undo.callback(tools.rules(lab["router"], "\n".join(hooks)))
        if how == "off":
            undo.callback(lab["pc"].ip, "neighbour flush dev eth0")
            undo.callback(lab["router"].ip, "link set lan arp on")
            lab["router"].ip("link set lan arp off")
            lab["pc"].ip("neighbour flush dev eth0")
        return undo.pop_all().close


@verb
def no_ipv6(lab: Lab, _: bool) -> Undo:
    """A network without IPv6: the pc has none but its link-local address."""
    return no_address(lab, "none", versions="ipv6")


@verb
def no_ipv4(lab: Lab, _: bool) -> Undo:
    """A network without IPv4: the pc has IPv6 only, and asks the router's name server over it."""
    with ExitStack() as undo:
        undo.callback(no_address(lab, "none", versions="ipv4"))
        undo.callback(name_servers(lab, [topology.ROUTER_IP6]))
        return undo.pop_all().close


@verb
def ipv6_broken(lab: Lab, how: str, *, at: str = "router") -> Undo:
    """The pc has IPv6 addresses and a route, and behind the router nothing comes of it: "silent", "no_route" or "prohibited"."""
    if how == "silent":
        return drop(lab, "meta nfproto ipv6", at=at)
    return reject(lab, "meta nfproto ipv6", answer=how, at=at)


def _unconfigure(host: Host, interface: str, versions: str) -> None:
    """No addresses but the link-local one, and no default route over this interface."""
    for version in VERSIONS[versions]:
        host.run("ip", version, "address", "flush", "dev", interface, "scope", "global")
        host.run("ip", version, "route", "flush", "exact", "default", "dev", interface)
