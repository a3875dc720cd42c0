"""Verbs for what stands between the person and names and pages: access programs, caches, configuration files, lists of hosts."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.lab import topology, zone
from tests.lab.lab import HOME, Lab
from tests.lab.servers import nginx
from tests.lab.servers.base import tcp
from tests.lab.switches import tools
from tests.lab.switches.base import Undo, verb
from tests.lab.switches.names import told_by_router

CACHE: Final = "1.1 cache.hotel.test (squid/5.7)"
KDE_FILE: Final = Path(".config", "kioslaverc")


@verb
def stand_ins(lab: Lab, network: str, *, carried: bool = True) -> Undo:
    """A program of the computer answers every public name with an address of ``network`` ("198.18" or "100.64"), as access
    programs do, and carries the connections to them; ``carried = false``: it does not.
    """
    if network not in ("198.18", "100.64"):
        raise ValueError(f"stand_ins = {network}: 198.18 or 100.64")
    public = zone.public()
    lies = {name: f"{network}.0.{number}" for number, name in enumerate(sorted(public), start=1)}
    with ExitStack() as undo:
        undo.callback(told_by_router(lab, lies))
        if carried:
            pairs = ", ".join(f"{ip} : {public[name]}" for name, ip in lies.items())
            chain = f"chain carried {{ type nat hook output priority -100; dnat ip to ip daddr map {{ {pairs} }}; }}"
            undo.callback(tools.rules(lab["pc"], chain))
        return undo.pop_all().close


@verb
def web_cache(lab: Lab, _: bool) -> Undo:
    """The router passes plain web pages through a cache that gives its name, as hotels and mobile networks do."""
    port = 8000 + 2 * tools.number()
    blocks = f"""
        server {{
            listen [::]:{port} ipv6only=off; resolver {topology.ROUTER_IP};
            location / {{ proxy_pass http://$host; proxy_set_header Host $host; add_header Via "{CACHE}" always; }}
        }}
    """
    chain = f'chain caught {{ type nat hook prerouting priority dstnat - 1; iifname "lan" tcp dport 80 redirect to :{port}; }}'
    with ExitStack() as undo:
        server = nginx.server(f"cache-{port}", "router", blocks, ready=tcp("127.0.0.1", port))
        undo.callback(tools.started(lab, [server]))
        undo.callback(tools.rules(lab["router"], chain))
        return undo.pop_all().close


@verb
def pac(lab: Lab, script: str, *, status: int = 200, url: str = "", detects: bool = False) -> Undo:
    """The person's desktop (KDE) is set to a proxy configuration file: this script, on a web server of the company.

    ``status``: the server's answer; ``url``: the settings name this address in its place; ``detects``: they name none, and say
    that the network is asked for one (WPAD), which has it under that name.
    """
    if detects:
        return _offered(lab, script, status)
    port = 8500 + tools.number()
    quoted = script.replace("\\", "\\\\").replace("'", "\\'")
    block = (
        f"server {{ listen {topology.COMPANY_WEB_IP}:{port}; location / {{ return {status} '{quoted}'; }} }}"
    )
    place = url or f"http://www.{zone.DOMAIN}:{port}/proxy.pac"
    with ExitStack() as undo:
        server = nginx.server(f"pac-{port}", "company", block, ready=tcp(topology.COMPANY_WEB_IP, port))
        undo.callback(tools.started(lab, [server]))
        settings = f"[Proxy Settings]\nProxyType=2\nProxy Config Script={place}\n"
        undo.callback(tools.persons_file(HOME / KDE_FILE, settings.encode()))
        return undo.pop_all().close


def _offered(lab: Lab, script: str, status: int) -> Undo:
    """The office's computers look names up in the company's domain, where there is a ``wpad``."""
    ip, name = topology.COMPANY_VOICE_IP, f"wpad.{zone.DOMAIN}"
    quoted = script.replace("\\", "\\\\").replace("'", "\\'")
    block = f"server {{ listen {ip}:80; location = /wpad.dat {{ return {status} '{quoted}'; }} }}"
    file = Path("/etc/netns/pc/resolv.conf")
    before = file.read_text(encoding="utf-8")
    with ExitStack() as undo:
        server = nginx.server(f"pac-{tools.number()}", "company", block, ready=tcp(ip, 80))
        undo.callback(tools.started(lab, [server]))
        undo.callback(told_by_router(lab, {name: ip}))
        undo.callback(lambda: lab["pc"].write_etc("resolv.conf", before))
        lab["pc"].write_etc("resolv.conf", f"search {zone.DOMAIN}\n{before}")
        undo.callback(tools.persons_file(HOME / KDE_FILE, b"[Proxy Settings]\nProxyType=3\n"))
        return undo.pop_all().close


@verb
def desktop_proxy(lab: Lab, place: str, *, but: str = "") -> Undo:
    """The person's desktop (KDE) is set to this proxy by hand ("host port"). ``but``: hosts that are asked directly."""
    lines = (
        "[Proxy Settings]",
        "ProxyType=1",
        f"httpProxy=http://{place}",
        f"httpsProxy=http://{place}",
        f"NoProxyFor={but}",
    )
    return tools.persons_file(HOME / KDE_FILE, "\n".join(lines).encode())


@verb
def host_list(lab: Lab, addresses: Mapping[str, str]) -> Undo:
    """The person's computer has these names in its own list of hosts."""
    file = Path("/etc/netns/pc/hosts")
    before = file.read_text(encoding="utf-8")
    lab["pc"].write_etc("hosts", before + "".join(f"{ip} {name}\n" for name, ip in addresses.items()))
    return lambda: lab["pc"].write_etc("hosts", before)
