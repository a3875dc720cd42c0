"""Reads what a VPN program's .ovpn file says of its gateway and of the key of its first packets. Pure.

Strict about what is needed (remote, proto, port, tls-auth, tls-crypt, tls-crypt-v2, key-direction, auth), tolerant of all else.
Syntax: OpenVPN 2.6 manual, "inline file support" and "connection profiles". Errors are ValueErrors that never repeat the file.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from readycheck_checks.vpn.openvpn_keys import STATIC_KEY_BYTES, digest_named

Kind = Literal["none", "tls-auth", "tls-crypt", "tls-crypt-v2"]
MOST_LINES: Final = 20_000
MOST_REMOTES: Final = 64
LONGEST_LINE: Final = 4_096
DEFAULT_PORT: Final = 1194
WRAPPED_KEY_BYTES: Final = range(34, 1_025)  # tag, length and metadata: doc/tls-crypt-v2.txt
_WORD: Final = re.compile(r'"((?:\\.|[^"\\])*)"|\'([^\']*)\'|([^\s"\']\S*)')
_OPENING: Final = re.compile(r"^<([a-z0-9-]{1,40})>$")
_STATIC: Final = re.compile(
    r"-----BEGIN OpenVPN Static key V1-----([0-9A-Fa-f\s]*)-----END OpenVPN Static key V1-----"
)
_CLIENT: Final = re.compile(
    r"-----BEGIN OpenVPN tls-crypt-v2 client key-----([A-Za-z0-9+/=\s]*)-----END OpenVPN tls-crypt-v2 client key-----"
)


@dataclass(frozen=True)
class Remote:
    """One gateway of the file; ``protocol`` is "udp" or "tcp"."""

    host: str
    port: int
    protocol: str


@dataclass(frozen=True, kw_only=True)
class OvpnFile:
    """``key``: the text of the key block; ``key_file``: the file that it stands in, where it is not in this one."""

    remotes: tuple[Remote, ...] = ()
    wrapping: Kind = "none"
    key: str = field(default="", repr=False)
    key_file: str = ""
    direction: int | None = None
    digest: str = "sha1"


@dataclass
class _Reading:
    """What was read so far. Port and protocol hold for the remotes that do not say their own, wherever they stand."""

    remotes: list[tuple[str, str, str]] = field(default_factory=list)
    port: str = str(DEFAULT_PORT)
    protocol: str = "udp"
    wrapping: Kind = "none"
    key: str = field(default="", repr=False)
    key_file: str = ""
    direction: int | None = None
    digest: str = "sha1"


def parse(text: str) -> OvpnFile:
    """Raises ValueError where a line that matters cannot be understood."""
    lines = text.removeprefix("\ufeff").splitlines()
    if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        raise ValueError("it is too long for an .ovpn file")
    reading = _Reading()
    _read(iter(lines), reading)
    remotes = tuple(_remote(reading, *each) for each in reading.remotes)
    return OvpnFile(
        remotes=tuple(dict.fromkeys(remotes)),
        wrapping=reading.wrapping,
        key=reading.key,
        key_file=reading.key_file,
        direction=reading.direction,
        digest=reading.digest,
    )


def _read(lines: Iterable[str], reading: _Reading) -> None:
    rest = iter(lines)
    for line in rest:
        if opening := _OPENING.match(line.strip()):
            _block(opening[1], _until_closed(rest, opening[1]), reading)
        else:
            _directive(words_of(line), reading)


def _until_closed(rest: Iterable[str], name: str) -> list[str]:
    inside: list[str] = []
    for line in rest:
        if line.strip() == f"</{name}>":
            return inside
        inside.append(line)
    raise ValueError(f"its block <{name}> has no end")


def _block(name: str, inside: list[str], reading: _Reading) -> None:
    match name:
        case "connection":
            _connection(inside, reading)
        case "tls-auth" | "tls-crypt" | "tls-crypt-v2":
            reading.wrapping = name
            reading.key, reading.key_file = "\n".join(inside), ""


def _connection(inside: list[str], reading: _Reading) -> None:
    """One remote with settings of its own."""
    own = _Reading(port=reading.port, protocol=reading.protocol)
    for line in inside:
        _directive(words_of(line), own)
    for host, port, protocol in own.remotes:
        _add(reading, host, port or own.port, protocol or own.protocol)


def _add(reading: _Reading, host: str, port: str, protocol: str) -> None:
    if len(reading.remotes) >= MOST_REMOTES:
        raise ValueError(f"it names more than {MOST_REMOTES} gateways")
    reading.remotes.append((host, port, protocol))


def words_of(line: str) -> list[str]:
    """The words of a line without its comment; quotes keep words together."""
    words = []
    for match in _WORD.finditer(line):
        plain = match[3]
        if plain is not None and plain[0] in "#;":
            break
        quoted = match[2] if match[1] is None else re.sub(r"\\(.)", r"\1", match[1])
        words.append(quoted if plain is None else plain)
    return words


def _directive(words: list[str], reading: _Reading) -> None:
    if words[:2] == ["setenv", "opt"]:
        words = words[2:]
    match words:
        case ["remote", host, *more]:
            port, protocol = (*more, "", "")[:2]
            _add(reading, host, port, protocol)
        case ["port" | "rport", port, *_]:
            reading.port = port
        case ["proto", protocol, *_]:
            reading.protocol = protocol
        case ["key-direction", direction, *_]:
            reading.direction = _direction(direction)
        case ["auth", digest, *_]:
            reading.digest = digest_named(digest)
        case ["tls-auth" | "tls-crypt" | "tls-crypt-v2", *_]:
            _key_of(words, reading)


def _key_of(words: list[str], reading: _Reading) -> None:
    """``tls-auth FILE [DIRECTION]``; the file ``[inline]`` stands for a block of this name."""
    name, *rest = words
    if not rest:
        raise ValueError(f"its line {name} names no key")
    reading.wrapping = _kind(name)
    if rest[0] != "[inline]":
        reading.key, reading.key_file = "", rest[0]
    if name == "tls-auth" and len(rest) > 1:
        reading.direction = _direction(rest[1])


def _kind(name: str) -> Kind:
    match name:
        case "tls-auth" | "tls-crypt":
            return name
    return "tls-crypt-v2"


def _direction(text: str) -> int:
    if text not in ("0", "1"):
        raise ValueError("its key direction is neither 0 nor 1")
    return int(text)


def _remote(reading: _Reading, host: str, port: str, protocol: str) -> Remote:
    number, name = port or reading.port, (protocol or reading.protocol).lower()
    if not (number.isascii() and number.isdigit() and len(number) <= 5 and 0 < int(number) < 65_536):
        raise ValueError("the port of one of its gateways is no port")
    if name[:3] not in ("udp", "tcp"):
        raise ValueError("the protocol of one of its gateways is neither UDP nor TCP")
    return Remote(host, int(number), name[:3])


def static_key(text: str) -> bytes:
    """The 256 bytes of a "Static key V1". Raises ValueError."""
    found = _STATIC.search(text)
    digits = "".join(found[1].split()) if found else ""
    if len(digits) != 2 * STATIC_KEY_BYTES:
        raise ValueError("its key is no OpenVPN static key")
    return bytes.fromhex(digits)


def client_key(text: str) -> tuple[bytes, bytes]:
    """The client's key and its wrapped form, of a "tls-crypt-v2 client key". Raises ValueError."""
    found = _CLIENT.search(text)
    try:
        raw = base64.b64decode("".join(found[1].split()), validate=True) if found else b""
    except binascii.Error:
        raw = b""
    key, wrapped = raw[:STATIC_KEY_BYTES], raw[STATIC_KEY_BYTES:]
    if len(wrapped) not in WRAPPED_KEY_BYTES:
        raise ValueError("its key is no OpenVPN tls-crypt-v2 client key")
    return key, wrapped


def with_key(file: OvpnFile, text: str) -> OvpnFile:
    """The same with the key that stands in ``key_file``."""
    return replace(file, key=text, key_file="")
