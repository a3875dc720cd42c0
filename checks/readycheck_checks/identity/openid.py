"""The documents of an OpenID provider (OpenID Connect Discovery 1.0, RFC 7517). Pure.

provider() and keys() raise ValueError, with what was expected, for anything that is no such document.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from readycheck.api import clean
from readycheck_checks.asking.endpoints import Endpoint

WELL_KNOWN: Final = "/.well-known/openid-configuration"
MOST_BYTES: Final = 262_144
MOST_KEYS: Final = 1_000
ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
TENANT: Final = "{tenant}"
_TENANT: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """What the discovery document says. ``hosts``: of its endpoints, without repetition; ``keys``: URL of its keys."""

    issuer: str
    keys: str
    hosts: tuple[Endpoint, ...]


def provider(body: bytes) -> Provider:
    """The discovery document (section 3 of OpenID Connect Discovery 1.0)."""
    told = _object(body)
    issuer, keys = told.get("issuer"), told.get("jwks_uri")
    if not isinstance(issuer, str) or not isinstance(told.get("authorization_endpoint"), str):
        raise ValueError("it names no issuer or no page to sign in at")
    if not isinstance(keys, str):
        raise ValueError("it names no keys (jwks_uri)")
    urls = [url for url in map(told.get, ENDPOINTS) if isinstance(url, str)]
    hosts = dict.fromkeys(host_of(url) for url in urls)
    return Provider(issuer=clean(issuer, 300), keys=keys, hosts=tuple(hosts))


def keys(body: bytes) -> int:
    """How many keys there are: at least one (RFC 7517, 5)."""
    found = _object(body).get("keys")
    if (
        not isinstance(found, list)
        or not found
        or not all(isinstance(key, dict) for key in found[:MOST_KEYS])
    ):
        raise ValueError("it holds no keys")
    return len(found)


def is_issuer(told: str, expected: str) -> bool:
    """Exactly the expected one (section 4.3); ``{tenant}`` in it stands for any tenant number."""
    pattern = re.escape(expected).replace(re.escape(TENANT), _TENANT)
    return re.fullmatch(pattern, told) is not None


def host_of(url: str) -> Endpoint:
    """Host and port of an https URL. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or clean(parts.hostname, 253) != parts.hostname:
        raise ValueError(f"{clean(url, 100)} is no https address")
    return Endpoint(parts.hostname, parts.port or 443)


def _object(body: bytes) -> dict[str, Any]:
    if len(body) > MOST_BYTES:
        raise ValueError("it is too long")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON") from None
    if not isinstance(told, dict):
        raise ValueError("it is no JSON object")
    return told
