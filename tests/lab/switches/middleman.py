"""Verbs for a network that answers in place of the sites asked for: sign-in pages, and TLS inspection."""

from contextlib import ExitStack
from typing import Final

from tests.lab import pki, topology, zone
from tests.lab.lab import Lab
from tests.lab.servers import nginx
from tests.lab.servers.base import Server, tcp
from tests.lab.switches import packets, tools
from tests.lab.switches.base import Undo, verb
from tests.lab.switches.names import dns as lying_names
from tests.lab.switches.packets import Names

SIGN_IN: Final = f"http://{topology.ROUTER_IP}/login"
_FAKED: Final = f"""
    add_header Via "1.1 cache.hotel.test (squid/5.7)" always;
    location = /generate_204 {{ return 204; }}
    location = /connecttest.txt {{ return 200 "Microsoft Connect Test"; }}
    location / {{ return 302 {SIGN_IN}; }}
"""
_FORM: Final = "<form><input name='room'><button>Sign in</button></form>"
_PAGE: Final = f"<!doctype html><title>Hotel</title><h1>Welcome to the hotel</h1>{_FORM}"


@verb
def portal(
    lab: Lab,
    how: str,
    *,
    secure: str = "reset",
    udp: str = "drop",
    names: str = "honest",
    at: str = "router",
) -> Undo:
    """The router wants a sign-in first, as in a hotel, and answers every plain web page itself.

    "redirect": with a redirect to its sign-in page; "page": with that page in place; "changed": with 404 (a box that answers for
    others, and no sign-in page); "faked": test pages as their vendors would, by a cache that gives its name. ``secure``: all
    other TCP is met with "reset" or "drop", or port 443 with an "untrusted" certificate; "pass": everything but plain pages
    passes, as at a firewall that blocks those. ``udp``: "drop", "reject", "pass".
    ``names``: "honest", or "hijacked": all names lead to the router. ``at``: router, or company (for what comes out of the VPN
    there).
    """
    port = 8000 + 2 * tools.number()
    with ExitStack() as undo:
        if names == "hijacked":
            undo.callback(lying_names(lab, "hijacked", everywhere=True))
        undo.callback(tools.started(lab, [_portal_server(lab, how, port, at)]))
        way = packets.passing("forward", at, "out")
        undo.callback(tools.rules(lab[at], _portal_rules(port, secure, udp, way)))
        return undo.pop_all().close


def _portal_server(lab: Lab, how: str, port: int, at: str) -> Server:
    answer = {
        "redirect": f"return 302 {SIGN_IN};",
        "page": f'return 200 "{_PAGE}";',
        "changed": 'return 404 "blocked";',
        "faked": _FAKED,
    }.get(how)
    if answer is None:
        raise ValueError(f"portal = {how}: redirect, page, changed or faked")
    chain, key = lab.untrusted.issue("hotel", "login.hotel.test", topology.ROUTER_IP)
    secure = f"ssl_certificate {chain}; ssl_certificate_key {key};"
    any_name = f"server {{ listen [::]:{port} ipv6only=off default_server; {answer} }}"
    own_name = f'server {{ listen [::]:{port}; server_name {topology.ROUTER_IP}; return 200 "{_PAGE}"; }}'
    over_tls = f"server {{ listen [::]:{port + 1} ssl ipv6only=off; {secure} {answer} }}"
    return nginx.server(
        f"portal-{port}", at, "\n".join((any_name, own_name, over_tls)), ready=tcp("127.0.0.1", port)
    )


def _portal_rules(port: int, secure: str, udp: str, way: str) -> str:
    tls = f"{way} tcp dport 443 redirect to :{port + 1}" if secure == "untrusted" else ""
    caught = f"""
        chain caught {{ type nat hook prerouting priority dstnat - 1;
            {way} tcp dport 80 redirect to :{port}
            {tls}
        }}
    """
    return caught if secure == "pass" else caught + _shut(secure, udp, way)


def _shut(secure: str, udp: str, way: str) -> str:
    tcp_verdict = "drop" if secure == "drop" else "reject with tcp reset"
    udp_verdict = {"drop": "drop", "reject": "reject", "pass": "accept"}[udp]
    return f"""
        chain shut {{ type filter hook forward priority 0;
            {way} meta l4proto tcp {tcp_verdict}
            {way} meta l4proto udp {udp_verdict}
            {way} drop
        }}
    """


@verb
def intercept(lab: Lab, by: str, *, names: Names = (), but: Names = (), at: str = "router") -> Undo:
    """TLS on port 443 is opened on the way: a proxy shows a certificate of the inspection CA and asks the true site itself.

    ``by``: "untrusted", or "trusted" where the inspection CA is installed on the computers, as companies do.
    ``names``: only these sites; ``but``: all except these. ``at``: router, isp or company (for what comes out of the VPN there).
    What is no web page (a TLS VPN, a media relay) does not get through, as with the real ones.
    """
    if by not in ("untrusted", "trusted"):
        raise ValueError(f"intercept = {by}: untrusted or trusted")
    port = 8000 + 2 * tools.number()
    with ExitStack() as undo:
        if by == "trusted":
            undo.callback(_trusted(lab))
        undo.callback(tools.started(lab, [_inspecting(lab, at, port)]))
        undo.callback(tools.rules(lab[at], _towards(at, port, names, but)))
        return undo.pop_all().close


def _trusted(lab: Lab) -> Undo:
    before = {file: file.read_bytes() for file in pki.bundles() if file.exists()}
    pki.trust([lab.untrusted])

    def undo() -> None:
        for file, content in before.items():
            file.write_bytes(content)

    return undo


def _inspecting(lab: Lab, at: str, port: int) -> Server:
    everywhere = (*zone.public(), *zone.INSIDE, *topology.LITERAL_IPS, *topology.LITERAL_IP6S)
    chain, key = lab.untrusted.issue("inspection", *everywhere)
    resolver = {"router": topology.ROUTER_IP}.get(at, topology.RESOLVER_IP)
    blocks = f"""
        map $ssl_server_name $asked {{ "" $host; default $ssl_server_name; }}
        server {{
            listen [::]:{port} ssl ipv6only=off; ssl_certificate {chain}; ssl_certificate_key {key};
            resolver {resolver}; client_max_body_size 0; proxy_request_buffering off; proxy_buffering off;
            location / {{
                proxy_pass https://$asked; proxy_http_version 1.1; proxy_set_header Host $host;
                proxy_ssl_server_name on; proxy_ssl_name $asked;
            }}
        }}
    """
    return nginx.server(f"inspection-{port}", at, blocks, ready=tcp("127.0.0.1", port))


def _towards(at: str, port: int, names: Names, but: Names) -> str:
    way = packets.passing("forward", at, "out")
    spared = [f"{match} accept" for match in (packets.to(but) if but else [])]
    caught = [
        f"{way} {match} tcp dport 443 redirect to :{port}" for match in (packets.to(names) if names else [""])
    ]
    return "\n".join(["chain caught { type nat hook prerouting priority dstnat - 1;", *spared, *caught, "}"])
