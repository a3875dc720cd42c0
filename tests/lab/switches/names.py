"""Verbs for name lookups: name servers that are silent, late, refusing or lying, and a computer that asks the wrong ones."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.lab import topology
from tests.lab.lab import Lab
from tests.lab.sandbox import REPOSITORY
from tests.lab.servers.base import Server, wrote
from tests.lab.switches import packets, tools
from tests.lab.switches.base import Undo, verb
from tests.lab.switches.block import REFUSALS
from tests.lab.switches.packets import Names

PROGRAM: Final = REPOSITORY / "tests" / "lab" / "bad_names.py"
GOOD_SERVER: Final = {
    "router": topology.ROUTER_IP,
    "isp": topology.RESOLVER_IP,
    "internet": topology.LITERAL_IPS[0],
    "inside": topology.INSIDE_DNS_IP,
}
_DROPPED: Final = {
    "silent": "meta l4proto { tcp, udp }",
    "no_udp": "meta l4proto udp",
    "no_tcp": "meta l4proto tcp",
}
_CODES: Final = {"refused": "REFUSED", "failing": "SERVFAIL"}


@verb
def dns(
    lab: Lab,
    how: str,
    *,
    at: str = "router",
    names: Names = (),
    address: str = "",
    delay_ms: float = 0.0,
    everywhere: bool = False,
) -> Undo:
    """The name server at ``at`` (router, isp, internet: the public operators, inside) misbehaves.

    "silent" says nothing; "no_udp" answers over TCP only, "no_tcp" over UDP only; "closed": nobody listens on its port;
    "refused" and "failing" say REFUSED and SERVFAIL (``names``: for these and all below them only);
    "slow" answers right, but ``delay_ms`` late; "blocked": there are no such ``names``; "lying": these are at ``address``;
    "hijacked": every name is at ``address``; "search_help": names that do not exist are at ``address`` (default: the host's own);
    "cut": over UDP its answers come cut, to be asked again over TCP, which "cut_for_good" holds back; "long_lost": its answers
    are longer than 512 bytes, and those of that size that UDP is said to take (EDNS) are lost on their way.
    ``everywhere``: questions to other name servers that pass the host are treated alike: a network that enforces its own.
    """
    if how in _DROPPED or how == "closed":
        match = f"{_DROPPED.get(how, _DROPPED['silent'])} th dport 53"
        return tools.rules(
            lab[at], _unanswered(match, "jump refuse" if how == "closed" else "drop", at, everywhere)
        )
    options = _options(how, tools.listed(names), address or GOOD_SERVER[at], delay_ms)
    with ExitStack() as undo:
        port = 5300 + tools.number()
        undo.callback(tools.started(lab, [_bad_names(at, port, options)]))
        undo.callback(tools.rules(lab[at], _redirected(at, port, everywhere)))
        if how == "cut_for_good":
            match = f"{_DROPPED['no_tcp']} th dport {{ 53, {port} }}"
            undo.callback(tools.rules(lab[at], _unanswered(match, "drop", at, everywhere)))
        # a question from a port that was used a moment ago would still go to the good server
        lab[at].run("conntrack", "-D", "-p", "udp", "--dport", "53", check=False)
        return undo.pop_all().close


def told_by_router(lab: Lab, addresses: Mapping[str, str]) -> Undo:
    """The router's name server gives these names these addresses."""
    port = 5300 + tools.number()
    with ExitStack() as undo:
        lies = [f"--lie={name}={ip}" for name, ip in addresses.items()]
        undo.callback(tools.started(lab, [_bad_names("router", port, lies)]))
        undo.callback(tools.rules(lab["router"], _redirected("router", port, everywhere=False)))
        lab["router"].run("conntrack", "-D", "-p", "udp", "--dport", "53", check=False)
        return undo.pop_all().close


@verb
def name_servers(lab: Lab, servers: str | Sequence[str], *, at: str = "pc") -> Undo:
    """The computer asks these name servers and no others; none at all: []."""
    file = Path("/etc/netns", at, "resolv.conf")
    before = file.read_text(encoding="utf-8")
    lab[at].write_etc("resolv.conf", "".join(f"nameserver {ip}\n" for ip in tools.listed(servers)))
    return lambda: lab[at].write_etc("resolv.conf", before)


def _unanswered(match: str, verdict: str, at: str, everywhere: bool) -> str:
    chains = [f"chain refuse {{\n{REFUSALS['reset']}\n}}"]
    for hook in ("input", "forward") if everywhere else ("input",):
        way = packets.passing(hook, at, "out")
        chains.append(f"chain at_{hook} {{ type filter hook {hook} priority 0;\n{way} {match} {verdict}\n}}")
    return "\n".join(chains)


def _redirected(at: str, port: int, everywhere: bool) -> str:
    which = packets.passing("forward", at, "out") if everywhere else "fib daddr type local"
    rule = f"{which} meta l4proto {{ tcp, udp }} th dport 53 redirect to :{port}"
    return f"chain at {{ type nat hook prerouting priority dstnat - 1;\n{rule}\n}}"


def _options(how: str, names: Sequence[str], address: str, delay_ms: float) -> list[str]:
    match how:
        case "refused" | "failing":
            return ["--code", _CODES[how], *(("--of", *names) if names else ())]
        case "slow":
            return ["--delay-ms", str(delay_ms)]
        case "blocked":
            return [f"--lie={name}=" for name in names]
        case "lying":
            return [f"--lie={name}={address}" for name in names]
        case "hijacked":
            return [f"--lie=.={address}"]
        case "search_help":
            return ["--instead", address]
        case "cut" | "cut_for_good":
            return ["--cut"]
        case "long_lost":
            return ["--long"]
    others = "closed, slow, blocked, lying, hijacked, search_help, cut, cut_for_good, long_lost"
    raise ValueError(f"dns = {how}: not one of {', '.join([*_DROPPED, *_CODES])}, {others}")


def _bad_names(at: str, port: int, options: Sequence[str]) -> Server:
    name = f"bad-names-{port}"
    command = (sys.executable, str(PROGRAM), f"--port={port}", f"--upstream={GOOD_SERVER[at]}", *options)
    return Server(name=name, host=at, command=command, ready=wrote(name, "ready"))
