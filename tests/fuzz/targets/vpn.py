"""What VPN gateways answer, and the settings files of VPN programs."""

import base64
import hmac
import struct
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from readycheck.api import HttpAnswer
from readycheck_checks.vpn import (
    ike,
    kinds,
    openvpn,
    ovpn_file,
    web_answers,
    wireguard,
    wireguard_file,
    wireguard_use,
)
from readycheck_checks.vpn.openvpn_keys import TlsAuth, TlsCrypt, digest_named
from tests.checks.vpn.far_ends import wireguard_cookie
from tests.fuzz.target import Target, text

SPI: Final = bytes(range(1, 9))
SESSION: Final = bytes(range(11, 19))
KEY: Final = bytes(range(256))


def _ike(version: int, exchange: int, kind: int, body: bytes) -> bytes:
    return struct.pack("!8s8sBBBBII", SPI, SPI[::-1], kind, version, exchange, 0x20, 0, 28 + len(body)) + body


def _notify(number: int, *, said: bytes = b"", first: int = 1) -> bytes:
    body = bytes((first, 0)) + struct.pack("!H", number) + said
    return struct.pack("!BBH", 0, 0, 4 + len(body)) + body


_IKE: Final = (
    _ike(0x20, 34, 41, _notify(17, said=b"\x00\x0e")),
    _ike(0x20, 34, 41, _notify(14)),
    _ike(0x20, 34, 41, struct.pack("!BBH", 41, 0, 8) + b"\x00\x00\x40\x04" + _notify(16390, said=bytes(20))),
    _ike(0x20, 34, 33, struct.pack("!BBH", 0, 0, 12) + bytes(8)),
    _ike(0x10, 5, 11, struct.pack("!BBHIBBH", 0, 0, 12, 1, 1, 0, 14)),
    _ike(0x10, 2, 1, struct.pack("!BBH", 0, 0, 12) + bytes(8)),
)
_IKE_SEEDS: Final = (*_IKE, *(ike.NON_ESP + each for each in _IKE))


def _answer_of_ike(data: bytes) -> object:
    return [found for port in (500, 4500) if (found := ike.answer_to(data, SPI, port)) is not None]


_RESET: Final = bytes([openvpn.SERVER_RESET_V2]) + bytes(range(8))
_ACKNOWLEDGED: Final = b"\x01" + bytes(4) + SESSION + bytes(4)
_COUNT: Final = struct.pack("!II", 1, 1_700_000_000)


def _with_tls_auth() -> bytes:
    tag = hmac.digest(KEY[64:84], _COUNT + _RESET + _ACKNOWLEDGED, "sha1")
    return _RESET + tag + _COUNT + _ACKNOWLEDGED


def _with_tls_crypt() -> bytes:
    head = _RESET + _COUNT
    tag = hmac.digest(KEY[64:96], head + _ACKNOWLEDGED, "sha256")
    stream = Cipher(algorithms.AES(KEY[:32]), modes.CTR(tag[:16])).encryptor()
    return head + tag + stream.update(_ACKNOWLEDGED)


_WRAPPINGS: Final = (
    openvpn.Bare(),
    TlsAuth(KEY, None, "sha1", 1_700_000_000),
    TlsAuth(KEY, 1, "sha512", 1_700_000_000),
    TlsCrypt(KEY, 1_700_000_000),
)


def _answer_of_openvpn(data: bytes) -> object:
    return (
        openvpn.length_of(data[:2]) if len(data) == 2 else any(w.is_answer(data, SESSION) for w in _WRAPPINGS)
    )


_STATIC: Final = (
    "-----BEGIN OpenVPN Static key V1-----\n"
    + "\n".join(KEY.hex()[at : at + 32] for at in range(0, 512, 32))
    + "\n-----END OpenVPN Static key V1-----\n"
)
_CLIENT: Final = (
    "-----BEGIN OpenVPN tls-crypt-v2 client key-----\n"
    + base64.encodebytes(KEY + bytes(40)).decode()
    + "-----END OpenVPN tls-crypt-v2 client key-----\n"
)
_OVPN: Final = f"""client
dev tun  # a comment
; another one
proto udp
remote vpn.example 1194
remote "vpn.example" 443 tcp-client
remote 2001:db8::1 1195 udp6
auth SHA512
key-direction 1
setenv opt tls-crypt-v2 client.key
<ca>
-----BEGIN CERTIFICATE-----
</ca>
<connection>
remote other.example
port 1200
</connection>
<tls-auth>
{_STATIC}</tls-auth>
"""


def _read_ovpn(found: str) -> object:
    file = ovpn_file.parse(found)
    for line in found.splitlines()[:100]:
        ovpn_file.words_of(line)
    if file.wrapping == "tls-crypt-v2":
        return ovpn_file.client_key(file.key)
    return file if file.wrapping == "none" else ovpn_file.static_key(file.key)


def _key_of_ovpn(found: str) -> object:
    return ovpn_file.client_key(found) if "v2" in found[:60] else ovpn_file.static_key(found)


_WG_KEY: Final = base64.b64encode(bytes(range(32))).decode()
_WG: Final = f"""[Interface]
PrivateKey = {_WG_KEY}
Address = 10.7.0.2/32, fd00::2/128
DNS = 10.7.0.1  # inside

[Peer]
PublicKey = {_WG_KEY}
PresharedKey = {_WG_KEY}
Endpoint = [2001:db8::7]:51820
AllowedIPs = 0.0.0.0/0
"""
_SENT: Final = wireguard.initiation(
    wireguard.Keys(private=bytes(range(1, 33)), gateway=b"\x09" + bytes(31)), SPI[:4], 1_700_000_000.5
)
_COOKIE_REPLY: Final = wireguard_cookie(_SENT.packet, b"\x09" + bytes(31))
_RESPONSE: Final = struct.pack("<I", 2) + bytes(4) + SPI[:4] + b"\x09" + bytes(79)
_HANDSHAKES: Final = f"wg0\t{_WG_KEY}\t1763800000\nwg1\t(none)\t0\n".encode()


def _web(data: bytes) -> HttpAnswer:
    """An answer whose status, headers and body stand in the input, a line each."""
    first, _, rest = data.partition(b"\n")
    named, _, body = rest.partition(b"\n")
    status = int.from_bytes(first[:2], "big") % 600
    headers = [each.partition("=")[::2] for each in named.decode("utf-8", "replace").lower().split(";")]
    return HttpAnswer(
        url="https://vpn.example/",
        status=status,
        headers=dict(headers),
        body=body,
        seconds=0.1,
        address="192.0.2.1",
    )


def _web_gateways(data: bytes) -> object:
    answer = _web(data)
    return (
        web_answers.anyconnect(answer),
        web_answers.globalprotect(answer, answer),
        web_answers.fortinet(answer),
        web_answers.recognised(answer),
    )


_WEB: Final = (
    b"\x00\xc8\nx-transcend-version=1\n<?xml?><config-auth client='vpn' type=\"auth-request\">",
    b"\x02\x00\nx-private-pan-globalprotect=1\n<prelogin-response><status>Error</status> does not exist",
    b"\x01\x2e\nlocation=https://vpn.example/remote/saml/start\n",
    b"\x00\xc8\nset-cookie=SVPNCOOKIE\n<form action='/remote/logincheck'>",
)

TARGETS: Final = (
    Target(name="vpn: an answer of IKE", play=_answer_of_ike, seeds=_IKE_SEEDS),
    Target(
        name="vpn: an answer of OpenVPN",
        play=_answer_of_openvpn,
        seeds=(_RESET + _ACKNOWLEDGED, _with_tls_auth(), _with_tls_crypt(), b"\x00\x0e"),
        share=0.5,
    ),
    Target(
        name="vpn: an .ovpn file",
        play=text(_read_ovpn),
        seeds=(_OVPN.encode(),),
        raises=(ValueError,),
        share=0.5,
    ),
    Target(
        name="vpn: a key of OpenVPN",
        play=text(_key_of_ovpn),
        seeds=(_STATIC.encode(), _CLIENT.encode()),
        raises=(ValueError,),
    ),
    Target(
        name="vpn: a digest", play=text(digest_named), seeds=(b"RSA-SHA256", b"sha-512"), raises=(ValueError,)
    ),
    Target(name="vpn: a transport", play=text(kinds.transport), seeds=(b"udp:1194",), raises=(ValueError,)),
    Target(
        name="vpn: an answer of WireGuard",
        play=lambda data: wireguard.is_answer(data, _SENT),
        seeds=(_COOKIE_REPLY, _RESPONSE),
        share=0.5,
    ),
    Target(
        name="vpn: a WireGuard file",
        play=text(lambda found: wireguard_file.parse(found).keys_for("2001:db8::7")),
        seeds=(_WG.encode(),),
        raises=(ValueError,),
    ),
    Target(
        name="vpn: wg show latest-handshakes",
        play=text(lambda found: wireguard_use.last_handshake(found, bytes(range(32)))),
        seeds=(_HANDSHAKES,),
    ),
    Target(name="vpn: web faces of gateways", play=_web_gateways, seeds=_WEB),
    Target(
        name="vpn: the head of SSTP's answer",
        play=lambda data: web_answers.sstp(data).alive,
        seeds=(b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n", b"HTTP/1.0 404\n"),
    ),
)
