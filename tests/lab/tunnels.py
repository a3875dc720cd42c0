"""The person's VPN programs on the pc: real clients that connect, and that leave nothing behind when they are closed."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from tests.lab.hosts import Host, HostError
from tests.lab.lab import Lab
from tests.lab.servers import gateways, ocserv, openvpn, strongswan, wireguard
from tests.lab.servers.base import Running, Server
from tests.lab.servers.gateways import Terms
from tests.lab.switches.base import Undo, verb

CLIENTS: Final[dict[str, Callable[..., Server]]] = {
    "openvpn": openvpn.client,
    "ocserv": ocserv.client,
    "wireguard": wireguard.client,
    "ike": strongswan.client,
}
CONNECT_S: Final = 12.0
GOODBYE_S: Final = 3.0


class NotConnected(HostError):
    """The VPN program gave up, or no inside address answered in time. Its message ends with what the program said last."""


def connect(
    lab: Lab,
    kind: str = "openvpn",
    *,
    tunnel: str = "split",
    dns: bool = True,
    routes: Sequence[str] = (gateways.INSIDE_NETWORK,),
    mtu: int = 0,
    ipv6: bool = False,
    limit_s: float = CONNECT_S,
    **options: Any,
) -> "Tunnel":
    """Connect and wait until an inside address is routed into the tunnel and answers; else NotConnected, and nothing is left.

    ``routes``: what a split tunnel carries. ``dns``: the gateway's name server becomes the only one of the pc. ``ipv6``: the way
    to the gateway. ``options``: those of the client (password, transport, wrapping). The gateway must run.
    """
    if tunnel not in ("split", "full"):
        raise ValueError(f"tunnel: {tunnel!r} is neither split nor full")
    terms = Terms(full=tunnel == "full", routes=tuple(routes), dns=dns, mtu=mtu, ipv6=ipv6)
    return Tunnel(lab, CLIENTS[kind](lab, terms, **options), limit_s)


class Tunnel:
    """A VPN program that is connected."""

    def __init__(self, lab: Lab, client: Server, limit_s: float = CONNECT_S) -> None:
        self._before = _Settings(lab[client.host])
        self.program = Running(client, lab[client.host])
        try:
            self.program.wait(limit_s)
        except HostError as error:
            self.disconnect()
            raise NotConnected(str(error)) from None
        self._before.make_new_routes_fill_queues()

    def disconnect(self) -> None:
        """Close the program; what it could not put back itself (its gateway is dead, it was frozen) is put back for it."""
        self.program.resume()
        self.program.leave(GOODBYE_S)
        self._before.put_back()


class _Settings:
    """The name service and routing settings of a host as they were."""

    _KINDS: Final = {"-4 route": "table all", "-6 route": "table all", "-4 rule": "", "-6 rule": ""}

    def __init__(self, host: Host) -> None:
        self._host = host
        self._names = _resolv_conf(host).read_text(encoding="utf-8")
        self._lines = {kind: self._list(kind) for kind in self._KINDS}

    def make_new_routes_fill_queues(self) -> None:
        """As topology.route() does for those that are there from the beginning."""
        for line in self._list("-4 route"):
            if line not in self._lines["-4 route"] and not line.startswith(("local", "broadcast", "throw")):
                self._change("-4 route", "change", f"{line} congctl cubic")

    def put_back(self) -> None:
        """Also works where the programs have put everything back themselves."""
        self._host.write_etc("resolv.conf", self._names)
        for kind, before in self._lines.items():
            now = self._list(kind)
            for line in (line for line in now if line not in before):
                self._change(kind, "delete", line)
            for line in (line for line in before if line not in now):
                self._change(kind, "add", line)

    def _list(self, kind: str) -> list[str]:
        listed = self._host.run("ip", *kind.split(), "show", *self._KINDS[kind].split()).stdout.splitlines()
        return [" ".join(line.split()) for line in listed]

    def _change(self, kind: str, task: str, line: str) -> None:
        rank, _, rule = line.partition(": ")
        words = f"{rule} priority {rank}" if kind.endswith("rule") else line
        self._host.run("ip", *kind.split(), task, *words.split(), check=False)


def _resolv_conf(host: Host) -> Path:
    return Path("/etc/netns", host.name, "resolv.conf")


@verb
def vpn(lab: Lab, kind: str, **options: Any) -> Undo:
    """The person's VPN program is connected: openvpn, ocserv, wireguard or ike; tunnel = "split" or "full"; dns, routes, mtu and
    the rest as in connect().
    """
    return connect(lab, kind, **options).disconnect


@verb
def dead_tunnel(lab: Lab, what: str, *, over_bytes: int = 1000) -> Undo:
    """Tunnels stay up but carry nothing ("all"), or swallow packets of more than ``over_bytes`` without a word ("large")."""
    matches = {"all": "", "large": f"meta length > {over_bytes}"}
    pool = "10.20.20.0/22"
    lab["company"].nft(
        f"""
        table inet dead_tunnel {{ chain forward {{ type filter hook forward priority -10;
            ip saddr {pool} {matches[what]} drop;
            ip daddr {pool} {matches[what]} drop;
        }}; }}
        """
    )
    return lambda: lab["company"].nft("delete table inet dead_tunnel")
