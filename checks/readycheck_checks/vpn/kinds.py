"""The kinds of gateways: what is usual for each, and why the silence of some proves nothing. Tables; asks nobody."""

from typing import Final, Literal

from readycheck_checks.asking.endpoints import is_port

Kind = Literal[
    "openvpn", "ikev2", "l2tp", "wireguard", "anyconnect", "globalprotect", "fortinet", "sstp", "tls"
]
Wrapping = Literal["none", "tls-auth", "tls-crypt", "tls-crypt-v2"]
WORDS: Final[dict[Kind, str]] = {
    "openvpn": "an OpenVPN gateway",
    "ikev2": "an IKEv2 gateway",
    "l2tp": "an L2TP gateway",
    "wireguard": "a WireGuard gateway",
    "anyconnect": "an AnyConnect gateway",
    "globalprotect": "a GlobalProtect gateway",
    "fortinet": "Fortinet's SSL-VPN",
    "sstp": "an SSTP gateway",
    "tls": "a VPN gateway",
}
ALL_NEEDED: Final[tuple[Kind, ...]] = ("ikev2",)
"""Begins on one port and goes on over the other where a router translates addresses (RFC 7296, 2.23)."""
QUIET: Final[dict[Kind, str]] = {
    "wireguard": "it answers only whom it knows, and no key to ask it with is named in the profile",
    "ikev2": "it is silent, as some such gateways are to computers that they do not know",
    "l2tp": "such gateways may keep silent about an offer that they do not take, and no other is sent",
}


def usual(kind: Kind) -> tuple[str, ...]:
    """The transports of a gateway of which nothing else is said."""
    match kind:
        case "openvpn":
            return ("udp:1194",)
        case "ikev2" | "l2tp":
            return ("udp:500", "udp:4500")
        case "wireguard":
            return ("udp:51820",)
    return ("tcp:443",)


def transport(text: str) -> tuple[str, int]:
    """Protocol and port of "udp:1194". Raises ValueError."""
    protocol, _, port = text.partition(":")
    if protocol not in ("udp", "tcp") or not is_port(port):
        raise ValueError(f'"{text}" is no transport: write it like "udp:1194" or "tcp:443"')
    return protocol, int(port)
