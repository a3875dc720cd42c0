"""nginx where Outlook looks for its settings, autodiscover.corp.test: it wants a sign-in, as Exchange does, and knows nobody."""

from typing import TYPE_CHECKING, Final

from tests.lab import topology, zone
from tests.lab.servers import certificates, nginx
from tests.lab.servers.base import Server, tcp

if TYPE_CHECKING:
    from tests.lab.lab import Lab

NAME: Final = "autodiscover"
HOST: Final = f"autodiscover.{zone.DOMAIN}"
IPS: Final = (topology.COMPANY_MAIL_IP, topology.ip6(topology.COMPANY_MAIL_IP))
PROVIDER: Final = "https://autodiscover.provider.example"  # nobody goes there


def service(
    lab: "Lab", *, status: int = 401, certificate: certificates.Fault | None = None, leads_on: bool = False
) -> Server:
    """``status``: of all its answers. ``leads_on``: over plain HTTP it sends on to its provider, as those of many domains do."""
    chain, key = certificates.issued(lab, HOST, (), certificate)
    secure = f"ssl_certificate {chain}; ssl_certificate_key {key};"
    blocks = f"server {{ {_listen('443 ssl')} {secure} location / {{ return {status}; }} }}"
    if leads_on:
        blocks += f" server {{ {_listen('80')} return 302 {PROVIDER}$request_uri; }}"
    return nginx.server(NAME, "company", blocks, ready=tcp(IPS[0], 443))


def _listen(rest: str) -> str:
    return " ".join(f"listen {f'[{ip}]' if ':' in ip else ip}:{rest};" for ip in IPS)
