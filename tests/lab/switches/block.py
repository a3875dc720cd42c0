"""Verbs for packets that do not get through: lost without a word, or turned away."""

from contextlib import ExitStack
from typing import Final

from tests.lab.hosts import Host
from tests.lab.lab import Lab
from tests.lab.switches import packets, tools
from tests.lab.switches.base import Undo, verb
from tests.lab.switches.packets import Names, Ports

REFUSALS: Final = {
    "reset": "meta l4proto tcp reject with tcp reset\nreject with icmpx type port-unreachable",
    "unreachable": "reject with icmpx type port-unreachable",
    "prohibited": "reject with icmpx type admin-prohibited",
    "no_host": "reject with icmpx type host-unreachable",
    "no_route": "reject with icmpx type no-route",
}


@verb
def drop(
    lab: Lab,
    what: str,
    *,
    at: str = "router",
    chain: str = "",
    direction: str = "out",
    protocol: str = "",
    port: Ports = (),
    only_ports: Ports = (),
    but: Names = (),
) -> Undo:
    """Packets are lost without a word: a firewall that drops.

    ``what``: nft's words ("udp dport != 53"), "to NAME, NAME" (names of the zone, addresses, networks), or "all".
    ``at``: the host; its usual chain is forward (router, isp), output (pc), input (internet, company, inside), ``chain`` names
    another. ``direction``: "out" what the person's side sends, "in" what comes back. ``protocol``, ``port``: narrower;
    ``only_ports``: these pass, the other TCP and UDP ports do not. ``but``: names and addresses that pass all the same.
    """
    matches = packets.matches(what, protocol=protocol, port=port, only_ports=only_ports, direction=direction)
    return tools.rules(lab[at], _chain(at, chain, direction, matches, but, "drop"))


@verb
def reject(
    lab: Lab,
    what: str,
    *,
    answer: str = "reset",
    at: str = "router",
    chain: str = "",
    direction: str = "out",
    protocol: str = "",
    port: Ports = (),
    only_ports: Ports = (),
    but: Names = (),
    each_time: bool = False,
) -> Undo:
    """Packets are turned away at once: a firewall that says so.

    ``answer``: "reset" (TCP; other protocols hear of a closed port), or an ICMP message for every protocol: "unreachable" (closed
    port), "prohibited", "no_host", "no_route". ``each_time``: for every packet; otherwise the kernel sends a computer one ICMP
    message a second, and no more than a few at once. Everything else as with drop.
    """
    if answer not in REFUSALS:
        raise ValueError(f"{answer}: not one of {', '.join(REFUSALS)}")
    matches = packets.matches(what, protocol=protocol, port=port, only_ports=only_ports, direction=direction)
    refuse = f"chain refuse {{\n{REFUSALS[answer]}\n}}\n"
    with ExitStack() as undo:
        if each_time:
            undo.callback(_without_limit(lab[at]))
        undo.callback(
            tools.rules(lab[at], refuse + _chain(at, chain, direction, matches, but, "jump refuse"))
        )
        return undo.pop_all().close


def _without_limit(host: Host) -> Undo:
    four, six = (
        int(host.run("sysctl", "-n", f"net.{key}").stdout)
        for key in ("ipv4.icmp_ratelimit", "ipv6.icmp.ratelimit")
    )
    host.sysctl(net_ipv4_icmp__ratelimit=0, net_ipv6_icmp_ratelimit=0)
    return lambda: host.sysctl(net_ipv4_icmp__ratelimit=four, net_ipv6_icmp_ratelimit=six)


def _chain(at: str, asked: str, direction: str, matches: list[str], but: Names, verdict: str) -> str:
    hook = packets.hook(at, asked, direction)
    way = packets.passing(hook, at, direction)
    spared = packets.to(but, "d" if direction == "out" else "s") if but else []
    lines = [*(f"{match} accept" for match in spared), *(f"{way} {match} {verdict}" for match in matches)]
    return "\n".join([f"chain at {{ type filter hook {hook} priority 0;", *lines, "}"])
