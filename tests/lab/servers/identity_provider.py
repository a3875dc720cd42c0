"""nginx as an identity provider, login.corp.test: its OpenID documents and its page. Nobody can sign in there."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from tests.lab import built, topology, zone
from tests.lab.servers import certificates, nginx, sites
from tests.lab.servers.base import Server, tcp

if TYPE_CHECKING:
    from tests.lab.lab import Lab

NAME: Final = "login"
HOST_NAME: Final = f"login.{zone.DOMAIN}"
ISSUER: Final = f"https://{HOST_NAME}"
IPS: Final = (topology.COMPANY_APPS_IP, topology.ip6(topology.COMPANY_APPS_IP))
KEY: Final = {"kty": "EC", "crv": "P-256", "use": "sig", "kid": "1", "x": "x", "y": "y"}
_CHAT: Final = f"https://im.{zone.DOMAIN}/token"  # another host that the document names


def provider(
    lab: "Lab",
    *,
    status: int = 0,
    certificate: certificates.Fault | None = None,
    issuer: str = ISSUER,
    document: Literal["whole", "garbage", "gone"] = "whole",
    keys: Literal["whole", "none", "gone"] = "whole",
    token_host: str = "",
    clock_off_s: float = 0.0,
) -> Server:
    """``status``: answers everything with it. ``issuer``: what it calls itself. ``document``: "garbage" is a web page instead.

    ``token_host``: tokens come from this host instead; ``clock_off_s``: how far its clock is ahead.
    """
    chain, key = certificates.issued(lab, HOST_NAME, (), certificate)
    pages = sites.broken(status) if status else _pages(issuer, document, keys, token_host)
    listening = " ".join(f"listen {f'[{ip}]' if ':' in ip else ip}:443 ssl http2;" for ip in IPS)
    secure = f"ssl_certificate {chain}; ssl_certificate_key {key};"
    block = f"server {{ {listening} server_name {HOST_NAME}; {secure} {pages} }}"
    web = nginx.server(NAME, "company", block, ready=tcp(IPS[0], 443))
    return replace(web, command=tuple(built.clocked(web.command, clock_off_s)))


def _pages(issuer: str, document: str, keys: str, token_host: str) -> str:
    token = f"https://{token_host}/token" if token_host else f"{ISSUER}/token"
    told = {
        "issuer": issuer,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": token,
        "jwks_uri": f"{ISSUER}/keys",
    }
    documents = {"whole": json.dumps(told), "garbage": "<h1>Welcome</h1>"}
    key_sets = {"whole": json.dumps({"keys": [KEY]}), "none": json.dumps({"keys": []})}
    served = {"/.well-known/openid-configuration": documents.get(document), "/keys": key_sets.get(keys)}
    return (
        "".join(
            f"location = {path} {{ default_type application/json; return 200 '{text}'; }}\n"
            for path, text in served.items()
            if text is not None
        )
        + sites.page("Sign in to Corp").replace("location / {", "location = /authorize {")
        + ("location / { return 404; }")
    )
