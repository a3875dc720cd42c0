"""Spots what may name a person in free text by its shape alone: e-mail, MAC and IP addresses, home folders.

The second line of defence: what a field says about itself comes first (fields.py). Replaces nothing.
"""

import re
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

# A value may follow an escape that is spelled out (``\u0007``, ``\x07``, ``\n``, ``%2F``), whose last character is no part of it.
_AFTER_ESCAPE: Final = r"(?<=\\[nrt])|(?<=\\x[0-9a-f]{2})|(?<=\\u[0-9a-f]{4})|(?<=%[0-9a-f]{2})"
START: Final = rf"(?:(?<![0-9a-z])|{_AFTER_ESCAPE})"
END: Final = r"(?![0-9a-z])"
_START_OF_NUMBER: Final = rf"(?:(?<![0-9])|{_AFTER_ESCAPE})"

TOKEN: Final = r"\[(?:user|computer|folder|wi-fi|address|e-mail|device|note) [0-9]+\]"
EMAIL: Final = r"(?<![\w.+%-])[\w.+%-]++@(?:[\w-]++\.)+[^\W\d_]{2,24}"
MAC: Final = (
    rf"{START}(?:[0-9a-f]{{2}}(?:[:-][0-9a-f]{{2}}){{5,}}+|[0-9a-f]{{4}}(?:\.[0-9a-f]{{4}}){{2}}){END}"
)
HOME: Final = (
    rf"(?:(?<![\w.])|{_AFTER_ESCAPE})(?:"
    r'[a-z]:\\{1,4}users\\{1,4}(?:[^\\/:*?"<>|\[\r\n]+(?=\\)|[^\\/\s:*?"\'<>|,;()\[\]]+)'
    r"|(?:[a-z]:)?(?:/var|/export|/mnt/[a-z])?[\\/]{1,4}(?:home|users)[\\/]{1,4}"
    r'[^\\/\s:*?"\'<>|,;()\[\]]+)'
)
IPV6: Final = rf"{START}(?:[0-9a-f]{{0,4}}:){{2,8}}(?:[0-9a-f]{{1,4}}(?![0-9a-f]|\.[0-9]))?"
IPV4: Final = rf"{_START_OF_NUMBER}(?<![0-9]\.)[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}(?![0-9]|\.[0-9])"
DASHED: Final = rf"{_START_OF_NUMBER}(?<![0-9]-)[0-9]{{1,3}}(?:-[0-9]{{1,3}}){{3}}(?![0-9]|-[0-9])"

# Addresses that name no line and no person: their class is what solves the case (IANA special-purpose registries, 2026-11).
_OWN_NETWORKS: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
) + tuple(IPv6Network(network) for network in ("::/8", "fc00::/7", "fe80::/10", "ff00::/8"))
_GLOBAL_IPV6: Final = re.compile(r"[23][0-9a-f]{3}:.*", re.IGNORECASE)


def addresses_and_emails(text: str) -> set[str]:
    """All e-mail and IP addresses in a text, in one notation each."""
    found = {match.group().casefold() for match in _EMAIL.finditer(text)}
    written = (ip_of(match.group()) for match in _IP.finditer(text))
    return found | {address for address in written if address is not None}


def ip_of(written: str) -> str | None:
    """The IP address in one notation; None for what only looks like one (a time, a version). Dashes count as dots."""
    if ":" not in written:
        octets = [int(part) for part in re.split("[.-]", written)]
        return ".".join(map(str, octets)) if max(octets) <= 255 else None
    inner = _GLOBAL_IPV6.search(written)
    for candidate in (written, inner.group() if inner else ""):
        for trimmed in (candidate, candidate.removesuffix(":")):
            try:
                return str(IPv6Address(trimmed))
            except ValueError:
                continue
    return None


def is_public(ip: str) -> bool:
    """Whether an address (from ip_of) could be that of a person's line. Documentation ranges count as public."""
    address = ip_address(ip)
    return not any(address in network for network in _OWN_NETWORKS if network.version == address.version)


def is_fingerprint(pairs: str) -> bool:
    """Six pairs of hex digits are a MAC address, eight an EUI-64; 16 and more are a certificate's fingerprint and name nobody."""
    return len(hex_of(pairs)) >= 32


def hex_of(mac: str) -> str:
    """The digits of a MAC address alone: the same for every notation."""
    return re.sub("[^0-9a-f]", "", mac.lower())


def mac_inside(ip: str) -> str | None:
    """The MAC address (digits) that an IPv6 interface identifier was made from (RFC 4291 appendix A, modified EUI-64)."""
    address = ip_address(ip)
    if address.version == 4 or address.packed[11:13] != b"\xff\xfe":
        return None
    last = address.packed[8:]
    return bytes((last[0] ^ 2, *last[1:3], *last[5:])).hex()


def network_part(ip: str) -> str:
    """The first 64 bits of an IPv6 address, as ``fe80::``."""
    return str(IPv6Address(ip_address(ip).packed[:8] + bytes(8)))


def folder_key(path: str) -> str:
    """One notation for a path: the same for both kinds of slash, doubled ones and letter case."""
    return re.sub(r"[\\/]+", "/", path).rstrip("/").casefold()


_EMAIL: Final = re.compile(EMAIL)
_IP: Final = re.compile(f"{IPV6}|{IPV4}|{DASHED}", re.IGNORECASE)
