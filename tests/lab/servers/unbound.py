"""unbound: the company's inside name server, plain and over TLS, and a public one that is asked over TLS and HTTPS alone.

The inside one knows the inside names and the whole world as outside. The public one runs only where a situation asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, Literal

from tests.lab import topology, zone
from tests.lab.hosts import Host
from tests.lab.servers import certificates
from tests.lab.servers.base import Server, every, folder_of, tcp

if TYPE_CHECKING:
    from tests.lab.lab import Lab

NAME: Final = "inside-dns"
IP: Final = topology.INSIDE_DNS_IP
OPERATOR: Final = "operator-dns"
OPERATOR_IPS: Final = (zone.OPERATOR_IP, topology.ip6(zone.OPERATOR_IP))
_PORTS: Final = {"tls": 853, "https": 443}
_CONFIG: Final = """
server:
  access-control: 0.0.0.0/0 {access}
  tls-service-pem: {chain}
  tls-service-key: {key}
  do-daemonize: no
  username: ""
  chroot: ""
  pidfile: ""
  directory: {folder}
  use-syslog: no
  module-config: "iterator"
  num-threads: 1
  local-zone: "." static
"""
_FIXED: Final = (
    f"{zone.DOMAIN}. MX 10 mail.{zone.DOMAIN}.",
    *(
        f"{name}.{zone.DOMAIN}. SRV 0 10 {port} {target}."
        for name, target, port in (*zone.SERVICES, *zone.INSIDE_SERVICES)
    ),
)


def inside(
    lab: Lab,
    *,
    access: Literal["allow", "refuse", "deny"] = "allow",
    unknown: Iterable[str] = (),
    answers: Mapping[str, str] | None = None,
    certificate: certificates.Fault | None = None,
) -> Server:
    """``access``: "refuse" answers everybody REFUSED, "deny" says nothing. ``unknown``: names that it does not know (NXDOMAIN).
    ``answers``: names with another address than the right one.
    """
    chain, key = certificates.issued(lab, f"dns.{zone.DOMAIN}", (f"dns.{zone.DOMAIN}", IP), certificate)
    folder = folder_of(NAME)
    text = _CONFIG.format(access=access, chain=chain, key=key, folder=folder)
    text += f"  interface: {IP}\n  interface: {IP}@853\n"
    records = [*_FIXED, *_records(set(unknown), answers or {})]
    text += "".join(f"  local-data: '{record}'\n" for record in records)
    return Server(
        name=NAME,
        host="inside",
        command=("unbound", "-d", "-c", str(folder / "unbound.conf")),
        files={"unbound.conf": text},
        ready=tcp(IP, 53) if access == "deny" else every(tcp(IP, 853), _answers),
    )


def operator(
    lab: Lab,
    *,
    over: Iterable[Literal["tls", "https"]] = ("tls", "https"),
    access: Literal["allow", "refuse"] = "allow",
    path: str = "/dns-query",
    unknown: Iterable[str] = (),
    certificate: certificates.Fault | None = None,
) -> Server:
    """``over``: the ways on which it listens. ``path``: of lookups over HTTPS; elsewhere it answers 404. The rest as inside()."""
    ports = [_PORTS[way] for way in over]
    chain, key = certificates.issued(lab, zone.OPERATOR, (zone.OPERATOR,), certificate)
    folder = folder_of(OPERATOR)
    text = _CONFIG.format(access=access, chain=chain, key=key, folder=folder)
    text += f'  access-control: ::/0 {access}\n  https-port: 443\n  http-endpoint: "{path}"\n'
    text += "".join(f"  interface: {ip}@{port}\n" for ip in OPERATOR_IPS for port in ports)
    text += "".join(f"  local-data: '{record}'\n" for record in _records({*unknown, *zone.INSIDE}, {}))
    return Server(
        name=OPERATOR,
        host="internet",
        command=("unbound", "-d", "-c", str(folder / "unbound.conf")),
        files={"unbound.conf": text},
        ready=every(*(tcp(ip, port) for ip in OPERATOR_IPS for port in ports)),
    )


def _records(unknown: set[str], answers: Mapping[str, str]) -> Iterator[str]:
    """Addresses of all names that it knows: inside ones (IPv4 only) and public ones, with both."""
    for name, ip in {**zone.public(), **zone.INSIDE}.items():
        if name in unknown:
            continue
        yield f"{name}. A {answers.get(name, ip)}"
        if name not in answers and name not in zone.INSIDE:
            yield f"{name}. AAAA {topology.ip6(ip)}"


def _answers(host: Host) -> bool:
    asked = host.run(
        "kdig", "+timeout=1", "+retry=0", f"@{IP}", f"dns.{zone.DOMAIN}", check=False, timeout_s=3
    )
    return asked.returncode == 0
