"""The address that a web server says it saw, and whose it is, in the forms that such pages have. Pure; never raises."""

import ipaddress
import json
import re
from typing import Any, Final

from readycheck.api import clean

_MOST: Final = 4_096
_KEYS: Final = ("ip", "ip_addr", "address", "query", "origin")
# As services that tell it call it (ipinfo.io, ip-api.com, ipwho.is and their kin), the nearest to the provider first
_ORGANISATIONS: Final = ("isp", "asOrganization", "asn_org", "org", "organization")
_INNER: Final = "connection"  # an object in which some tell it
_LONGEST: Final = 80
_LINE: Final = re.compile(r"^ip=([0-9A-Fa-f.:]{2,45})\r?$", re.MULTILINE)


def echoed_address(body: bytes) -> str:
    """A public or private literal address from plain text, from lines like ``ip=192.0.2.1``, or from a JSON object; empty where
    there is none."""
    text = body[:_MOST].decode("utf-8", "replace").strip()
    if found := _LINE.search(text):
        return _literal(found[1])
    return _literal(text) or _of_json(text)


def echoed_organisation(body: bytes) -> str:
    """Whose that address is, mostly the internet provider, cleaned, at most 80 characters; empty where the page is no JSON object
    that says so."""
    told = _object(body[:_MOST].decode("utf-8", "replace").strip())
    inner = told.get(_INNER)
    for source in (told, inner if isinstance(inner, dict) else {}):
        for value in map(source.get, _ORGANISATIONS):
            if isinstance(value, str) and (found := clean(value, _LONGEST).strip()):
                return found
    return ""


def _of_json(text: str) -> str:
    values = map(_object(text).get, _KEYS)
    return next((found for value in values if isinstance(value, str) and (found := _literal(value))), "")


def _object(text: str) -> dict[str, Any]:
    if not text.startswith("{"):
        return {}
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _literal(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip())) if len(text) <= 50 else ""
    except ValueError:
        return ""
