"""The address that a web server says it saw, in the forms that such pages have. Pure; never raises."""

import ipaddress
import json
import re
from typing import Final

_MOST: Final = 4_096
_KEYS: Final = ("ip", "ip_addr", "address", "query", "origin")
_LINE: Final = re.compile(r"^ip=([0-9A-Fa-f.:]{2,45})\r?$", re.MULTILINE)


def echoed_address(body: bytes) -> str:
    """A public or private literal address from plain text, from lines like ``ip=192.0.2.1``, or from a JSON object; empty where
    there is none."""
    text = body[:_MOST].decode("utf-8", "replace").strip()
    if found := _LINE.search(text):
        return _literal(found[1])
    return _literal(text) or _of_json(text)


def _of_json(text: str) -> str:
    if not text.startswith("{"):
        return ""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    values = [told.get(key) for key in _KEYS] if isinstance(told, dict) else []
    return next((found for value in values if isinstance(value, str) and (found := _literal(value))), "")


def _literal(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip())) if len(text) <= 50 else ""
    except ValueError:
        return ""
