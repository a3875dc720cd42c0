"""Reads a WireGuard settings file (wg-quick): the person's key, the gateway's, and the addresses inside. Pure.

Form: wg(8) and wg-quick(8), "CONFIGURATION FILE FORMAT". Errors are ValueErrors that never repeat the file.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from readycheck_checks.asking.endpoints import Endpoint, endpoint
from readycheck_checks.vpn.wireguard import KEY_BYTES, Keys

MOST_LINES: Final = 20_000
MOST_PEERS: Final = 1_000
LONGEST_LINE: Final = 4_096


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A gateway of the file; ``at`` None where the file does not say where it is."""

    at: Endpoint | None
    public: bytes = field(repr=False)
    shared: bytes = field(default=bytes(KEY_BYTES), repr=False)


@dataclass(frozen=True, kw_only=True)
class WireGuardFile:
    private: bytes = field(repr=False)
    addresses: tuple[str, ...] = ()
    peers: tuple[Peer, ...] = ()

    def keys_for(self, host: str) -> Keys | None:
        """For the gateway of this name or address; where the file has one gateway only, for that."""
        named = [peer for peer in self.peers if peer.at is not None and peer.at.host.lower() == host.lower()]
        peer = next(iter(named or (self.peers if len(self.peers) == 1 else ())), None)
        return None if peer is None else Keys(private=self.private, gateway=peer.public, shared=peer.shared)


def parse(text: str) -> WireGuardFile:
    """Raises ValueError where it is none, or a key in it is none."""
    private, addresses, peers = b"", [], []
    for section, entries in _sections(text):
        if section == "interface":
            private = key_of(_single(entries, "privatekey"))
            addresses += [each.strip().partition("/")[0] for each in _single(entries, "address").split(",")]
        elif section == "peer":
            peers.append(_peer(entries))
    if not private or not peers:
        raise ValueError("it has no [Interface] with a key, or no [Peer]")
    return WireGuardFile(private=private, addresses=tuple(filter(None, addresses)), peers=tuple(peers))


def _peer(entries: dict[str, list[str]]) -> Peer:
    shared = _single(entries, "presharedkey")
    where = _single(entries, "endpoint")
    try:
        at = endpoint(where) if where else None
    except ValueError:
        raise ValueError("the address of its gateway (Endpoint) is none") from None
    return Peer(
        at=at,
        public=key_of(_single(entries, "publickey")),
        shared=key_of(shared) if shared else bytes(KEY_BYTES),
    )


def _single(entries: dict[str, list[str]], name: str) -> str:
    return ",".join(entries.get(name, ()))


def _sections(text: str) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Each section with its entries, names in small letters; an entry may be there several times."""
    lines = text.removeprefix("\ufeff").splitlines()
    if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        raise ValueError("it is too long for a WireGuard file")
    found: list[tuple[str, dict[str, list[str]]]] = []
    for line in lines:
        said = line.partition("#")[0].strip()
        if said.startswith("[") and said.endswith("]"):
            found.append((said[1:-1].strip().lower(), {}))
        elif found and "=" in said:
            name, _, value = said.partition("=")
            found[-1][1].setdefault(name.strip().lower(), []).append(value.strip())
        if len(found) > MOST_PEERS:
            raise ValueError(f"it names more than {MOST_PEERS} gateways")
    yield from found


def key_of(text: str) -> bytes:
    """The 32 bytes of a key as WireGuard writes it. Raises ValueError, which does not repeat it."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError("a key in it is no WireGuard key")
    return key
