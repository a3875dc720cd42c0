"""The verb for address translation: what kind of NAT stands between the person and the internet, and how soon it forgets."""

from contextlib import ExitStack
from typing import Final

from tests.lab import topology
from tests.lab.lab import Lab
from tests.lab.switches import tools
from tests.lab.switches.base import Undo, verb
from tests.lab.switches.wiring import remembered

_PC: Final = f"dnat ip to {topology.PC_IP}"
_FROM_ANYBODY: Final = f'iifname "wan" meta nfproto ipv4 udp dport 1024-65535 {_PC}'
_FROM_KNOWN: Final = f'iifname "wan" meta nfproto ipv4 ip saddr . udp dport @known {_PC}'
_LEARN: Final = 'iifname "lan" meta nfproto ipv4 update @known { ip daddr . udp sport }'
_KINDS: Final = {
    "port-restricted": "",
    "symmetric": """
        chain out { type nat hook postrouting priority srcnat - 1; oifname "wan" meta nfproto ipv4 masquerade fully-random; }
    """,
    "full-cone": f"chain in {{ type nat hook prerouting priority dstnat; {_FROM_ANYBODY}; }}",
    "address-restricted": f"""
        set known {{ type ipv4_addr . inet_service; flags dynamic, timeout; timeout 2m; }}
        chain learn {{ type filter hook forward priority 0; {_LEARN}; }}
        chain in {{ type nat hook prerouting priority dstnat; {_FROM_KNOWN}; }}
    """,
}
# The provider's second translation: the router has a private address on the line.
_BEHIND: Final = {
    "double": ("192.168.178.2/30", "192.168.178.1/30"),
    "cgnat": ("100.64.8.2/30", "100.64.8.1/30"),
}
_TIMEOUTS: Final = ("nf_conntrack_udp_timeout", "nf_conntrack_udp_timeout_stream")


@verb
def nat(lab: Lab, kind: str, *, udp_timeout_s: int = 0) -> Undo:
    """How the router translates IPv4 addresses.

    "port-restricted": one outside port for each inside one, open only for who was spoken to (as it is without this verb);
    "address-restricted": open for every port of who was spoken to; "full-cone": open for all; "symmetric": another outside port
    for each peer. "double", "cgnat": the provider translates once more (the router's address is in 192.168/16 or 100.64/10).
    ``udp_timeout_s``: how soon a UDP mapping is forgotten; 0: as it is.
    """
    if kind not in (*_KINDS, *_BEHIND):
        raise ValueError(f"nat = {kind}: not one of {', '.join((*_KINDS, *_BEHIND))}")
    with ExitStack() as undo:
        if udp_timeout_s:
            undo.callback(_forgetting(lab, udp_timeout_s))
        if kind in _BEHIND:
            undo.callback(_once_more(lab, *_BEHIND[kind]))
        elif _KINDS[kind]:
            undo.callback(tools.rules(lab["router"], _KINDS[kind]))
        return undo.pop_all().close


def _forgetting(lab: Lab, seconds: int) -> Undo:
    router = lab["router"]
    before = [router.run("sysctl", "-n", f"net.netfilter.{key}").stdout.strip() for key in _TIMEOUTS]

    def put(values: list[str]) -> None:
        router.run(
            "sysctl",
            "-w",
            *(f"net.netfilter.{key}={value}" for key, value in zip(_TIMEOUTS, values, strict=True)),
        )

    put([str(seconds)] * len(_TIMEOUTS))
    return lambda: put(before)


def _once_more(lab: Lab, router_address: str, isp_address: str) -> Undo:
    """The line gets private addresses; what comes from them leaves the provider with one of its own."""
    router, isp, line = lab["router"], lab["isp"], topology.LINKS["line"]
    with ExitStack() as undo:
        undo.callback(remembered(lab, ("router", "isp")))
        own = f"ip saddr {router_address.partition('/')[0]} oifname {{ peer, biz }} masquerade"
        undo.callback(tools.rules(isp, f"chain out {{ type nat hook postrouting priority srcnat; {own}; }}"))
        for host, name, old, new in (
            (router, line.a_name, line.a_addresses[0], router_address),
            (isp, line.b_name, line.b_addresses[0], isp_address),
        ):
            host.ip(f"address add {new} dev {name}", f"address del {old} dev {name}")
        router.ip(f"route replace default via {isp_address.partition('/')[0]} congctl cubic")
        return undo.pop_all().close
