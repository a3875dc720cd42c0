"""A Nextcloud as far as its status page goes, by nginx: what it says of itself to everybody. There is nothing behind it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.lab import topology, zone
from tests.lab.servers import certificates, nginx
from tests.lab.servers.base import Server, tcp

if TYPE_CHECKING:
    from tests.lab.lab import Lab

NAME: Final = "cloud"
HOST: Final = f"cloud.{zone.DOMAIN}"


def cloud(
    lab: Lab,
    *,
    maintenance: bool = False,
    status: int = 200,
    page: bool = False,
    certificate: certificates.Fault | None = None,
) -> Server:
    """``status``: of its status page. ``page``: an ordinary web page stands in its place."""
    chain, key = certificates.issued(lab, HOST, fault=certificate)
    told = {
        "installed": True,
        "maintenance": maintenance,
        "needsDbUpgrade": False,
        "version": "31.0.5.1",
        "versionstring": "31.0.5",
        "productname": "Nextcloud",
    }
    body = "<title>Corp</title>" if page else json.dumps(told)
    blocks = f"""server {{ listen {topology.COMPANY_MAIL_IP}:443 ssl; server_name {HOST};
      ssl_certificate {chain}; ssl_certificate_key {key};
      location = /status.php {{ default_type application/json; return {status} '{body}'; }} }}"""
    return nginx.server(NAME, "company", blocks, ready=tcp(topology.COMPANY_MAIL_IP, 443))
