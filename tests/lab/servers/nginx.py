"""nginx: the web of the lab. The vendors' sites on `internet`, the company's public ones on `company`, its intranet on `inside`.

A site is text in nginx's own language; here is the frame around it: addresses, certificates, and the faults of single sites.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from tests.lab import topology, zone
from tests.lab.servers import certificates, chrony, coturn, sites
from tests.lab.servers.base import Ready, Server, every, folder_of, tcp

if TYPE_CHECKING:
    from tests.lab.lab import Lab

Statuses = Mapping[str, int]
Faults = Mapping[str, certificates.Fault]
NO_FAULTS: Final[Mapping[str, Any]] = MappingProxyType({})
FRAME: Final = """
daemon off; user root; worker_processes 1; pid {folder}/pid; error_log stderr;
events {{ worker_connections 1024; }}
http {{
  access_log off; default_type text/html; charset utf-8; server_tokens off; keepalive_timeout 30s; sendfile on;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  scgi_temp_path {folder}/scgi; uwsgi_temp_path {folder}/uwsgi; server_names_hash_bucket_size 128;
{servers}
}}
"""


@dataclass(frozen=True, kw_only=True)
class Site:
    """One name (or, for a site by address, several addresses) and what it serves over HTTPS and over plain HTTP."""

    name: str
    ips: tuple[str, ...]
    pages: str
    plain: str = sites.TO_HTTPS
    identities: tuple[str, ...] = ()

    def configured(self, lab: Lab, status: int | None, certificate: certificates.Fault | None) -> str:
        """Its two server blocks; ``status``: every page answers with it in place of what it has."""
        pages, plain = (sites.broken(status),) * 2 if status else (self.pages, self.plain)
        chain, key = certificates.issued(lab, self.name, self.identities, certificate)
        secure = f"ssl_certificate {chain}; ssl_certificate_key {key};"
        return (
            f"server {{ {_listen(self.ips, '443 ssl http2')} server_name {self.name}; {secure} {pages} }}\n"
            f"server {{ {_listen(self.ips, '80')} server_name {self.name}; {plain} }}"
        )


def internet(lab: Lab, *, status: Statuses = NO_FAULTS, certificate: Faults = NO_FAULTS) -> Server:
    """The sites of all vendors, each at its organisation's addresses, and the public name servers' pages at theirs.

    ``status``: these hosts answer everything with this status. ``certificate``: these hosts show a certificate with this fault.
    """
    literal, folder = (*topology.LITERAL_IPS, *topology.LITERAL_IP6S), folder_of("internet-web")
    operators = Site(name="one.one.one.one", ips=literal, pages=sites.page("Public DNS"), identities=literal)
    vendors = [
        Site(
            name=name, ips=_both(ip), pages=sites.vendor(name, folder), plain=sites.vendor_plain(name, folder)
        )
        for name, ip in zone.internet().items()
        if name in web_names()
    ]
    shown = (operators, *vendors)
    web = _web("internet-web", "internet", lab, shown, status, certificate, beside=sites.sink(folder))
    return replace(web, prepare=sites.speed_files)


def web_names() -> tuple[str, ...]:
    """The vendors' names that are neither time servers nor media relays."""
    others = {*chrony.names(), *coturn.names()}
    return tuple(name for name in zone.vendor_names() if name not in others)


def company(
    lab: Lab,
    *,
    status: Statuses = NO_FAULTS,
    certificate: Faults = NO_FAULTS,
    desk: Literal["page", "rt"] = "page",
) -> Server:
    """What the company shows to everybody: its site, help desk, chat and speed server. ``desk``: "rt" is a real ticket system
    behind 127.0.0.1:8080, which must be started apart.
    """
    folder, ips = folder_of("company-web"), _both(topology.COMPANY_WEB_IP)
    desk_pages = sites.page("Help desk of Corp", sites.DESK) if desk == "page" else sites.TICKETS
    speed = sites.speed(folder)
    shown = (
        Site(name=zone.DOMAIN, ips=ips, pages=sites.page("Corp")),
        Site(name=f"www.{zone.DOMAIN}", ips=ips, pages=sites.page("Corp")),
        Site(name=f"helpdesk.{zone.DOMAIN}", ips=ips, pages=desk_pages),
        Site(name=f"chat.{zone.DOMAIN}", ips=ips, pages=sites.page("Chat with the help desk", sites.CHAT)),
        Site(name=f"speed.{zone.DOMAIN}", ips=ips, pages=speed, plain=speed),
    )
    web = _web("company-web", "company", lab, shown, status, certificate, beside=sites.sink(folder))
    return replace(web, prepare=sites.speed_files)


def inside(lab: Lab, *, status: Statuses = NO_FAULTS, certificate: Faults = NO_FAULTS) -> Server:
    """The intranet, which only the VPN leads to."""
    pages = sites.page("Intranet of Corp")
    intranet = Site(name=f"intranet.{zone.DOMAIN}", ips=(topology.INSIDE_WEB_IP,), pages=pages)
    return _web("inside-web", "inside", lab, (intranet,), status, certificate)


def _web(
    name: str,
    host: str,
    lab: Lab,
    shown: Sequence[Site],
    status: Statuses,
    certificate: Faults,
    *,
    beside: str = "",
) -> Server:
    """One nginx with these sites. Raises ValueError for a fault of a site that it does not have."""
    if missing := {*status, *certificate} - {site.name for site in shown}:
        raise ValueError(f"{name} has no site {', '.join(sorted(missing))}")
    blocks = [site.configured(lab, status.get(site.name), certificate.get(site.name)) for site in shown]
    ready = every(*(tcp(ip, 443) for ip in dict.fromkeys(ip for site in shown for ip in site.ips)))
    return server(name, host, "\n".join((*blocks, beside)), ready=ready)


def server(name: str, host: str, blocks: str, *, ready: Ready) -> Server:
    """One nginx with these server blocks."""
    folder = folder_of(name)
    return Server(
        name=name,
        host=host,
        command=("nginx", "-c", str(folder / "nginx.conf")),
        files={"nginx.conf": FRAME.format(folder=folder, servers=blocks)},
        ready=ready,
    )


def _both(ip: str) -> tuple[str, str]:
    return ip, topology.ip6(ip)


def _listen(ips: Iterable[str], rest: str) -> str:
    return " ".join(f"listen {f'[{ip}]' if ':' in ip else ip}:{rest};" for ip in ips)
