"""Host keys of SSH servers: which are confirmed (known_hosts, sshd(8)), which to ask for, what the shown one proves. Pure."""

import base64
import binascii
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from readycheck_checks.shares import ssh

USUAL_PORT: Final = 22
_REVOKED: Final = "@revoked"
_AUTHORITY: Final = "@cert-authority"
_CERTIFICATE: Final = "-cert-v01@openssh.com"
_RSA: Final = ("rsa-sha2-", "ssh-rsa")
_LONGEST: Final = 100_000  # characters of a line; a key has a few thousand


class Proof(StrEnum):
    """What a shown key proves. OTHER: one of its kind is confirmed, and this is not it; UNKNOWN: none of its kind is."""

    KNOWN = "known"
    OTHER = "another one"
    REVOKED = "revoked"
    UNKNOWN = "not confirmed"


@dataclass(frozen=True)
class HostKey:
    """``kind`` as in its wire form: "ssh-ed25519", "ssh-rsa" ...; ``fingerprint`` as ``ssh-keygen -l`` prints it."""

    kind: str
    fingerprint: str

    def __str__(self) -> str:
        return f"{self.fingerprint} ({self.kind})"


@dataclass(frozen=True, kw_only=True)
class KnownKeys:
    """What is confirmed of one server. ``without_port``: of its name alone, while it stands on another port than the usual one:
    such a key is taken, as ssh(1) does, and says nothing against others. ``authorities``: fingerprints of who signs host keys."""

    keys: frozenset[HostKey] = frozenset()
    without_port: frozenset[HostKey] = frozenset()
    authorities: frozenset[str] = frozenset()
    revoked: frozenset[str] = frozenset()

    def proof(self, shown: HostKey) -> Proof:
        if shown.fingerprint in self.revoked:
            return Proof.REVOKED
        if shown in self.keys or shown in self.without_port:
            return Proof.KNOWN
        return Proof.OTHER if any(key.kind == shown.kind for key in self.keys) else Proof.UNKNOWN

    def is_authority(self, fingerprint: str) -> bool:
        return fingerprint in self.authorities and fingerprint not in self.revoked

    def preferred(self, algorithms: Iterable[str]) -> tuple[str, ...]:
        """These algorithms in the order to ask for them: what could prove the server first, as ssh(1) has it. Certificates are
        asked for only where somebody is known who signs them, and no key is revoked: it could be one inside of a certificate."""
        kinds = {key.kind for key in (*self.keys, *self.without_port)}
        names = tuple(algorithms)
        plain = without_certificates(names)
        signed = (
            [name for name in names if name not in plain] if self.authorities and not self.revoked else []
        )
        return (*signed, *sorted(plain, key=lambda name: kind_of(name) not in kinds))


def kind_of(algorithm: str) -> str:
    """The kind of key that an algorithm signs with: RSA keys have several (RFC 8332)."""
    plain = algorithm.removesuffix(_CERTIFICATE)
    return "ssh-rsa" if plain.startswith(_RSA) else plain


def without(algorithms: Iterable[str], kind: str) -> tuple[str, ...]:
    """Those that sign with other kinds of key."""
    return tuple(name for name in algorithms if kind_of(name) != kind)


def without_certificates(algorithms: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in algorithms if not name.endswith(_CERTIFICATE))


def key_in(public_key: bytes) -> HostKey | None:
    """The key in its wire form (RFC 4253, 6.6); None where it does not begin with its kind."""
    size = int.from_bytes(public_key[:4], "big")
    if not 0 < size <= 64 or len(public_key) <= 4 + size:
        return None
    kind = public_key[4 : 4 + size].decode("ascii", "replace")
    return HostKey(kind, ssh.fingerprint_of(public_key))


def known_in(text: str, host: str, port: int) -> KnownKeys:
    """What lines of a ``known_hosts`` file say of this server; what is no such line is left out."""
    name = host.lower()
    usual = port == USUAL_PORT
    found = list(_lines(text, (name, f"[{name}]:{port}") if usual else (f"[{name}]:{port}",)))
    bare = [] if usual else list(_lines(text, (name,)))
    return KnownKeys(
        keys=frozenset(key for mark, key in found if not mark),
        without_port=frozenset(key for mark, key in bare if not mark),
        authorities=frozenset(key.fingerprint for mark, key in found if mark == _AUTHORITY),
        revoked=frozenset(key.fingerprint for mark, key in (*found, *bare) if mark == _REVOKED),
    )


def _lines(text: str, names: tuple[str, ...]) -> Iterator[tuple[str, HostKey]]:
    """Mark and key of each line for one of these names."""
    for line in text.splitlines():
        words = line[:_LONGEST].split(maxsplit=4)
        mark = words.pop(0) if words and words[0].startswith("@") else ""
        if len(words) < 3 or words[0].startswith("#") or not any(_is_named(words[0], name) for name in names):
            continue
        try:
            key = key_in(base64.b64decode(words[2], validate=True))
        except (binascii.Error, ValueError):
            continue
        if key is not None and key.kind == words[1]:
            yield mark, key


def _is_named(hosts: str, name: str) -> bool:
    """Patterns stand between commas, and one with ! in front that fits takes the line away; a hashed name is
    |1|salt|HMAC-SHA1 of the name."""
    if hosts.startswith("|1|"):
        return _is_hash_of(hosts, name)
    patterns = hosts.lower().split(",")
    if any(fits(each[1:], name) for each in patterns if each.startswith("!")):
        return False
    return any(fits(each, name) for each in patterns if not each.startswith("!"))


def _is_hash_of(hashed: str, name: str) -> bool:
    try:
        salt, digest = (base64.b64decode(part, validate=True) for part in hashed[3:].split("|"))
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(hmac.digest(salt, name.encode(), "sha1"), digest)


def fits(pattern: str, name: str) -> bool:
    """Whether * (any characters) and ? (one) make the pattern this name; no other character has a meaning."""
    at = here = 0
    star, mark = -1, 0
    while here < len(name):
        if at < len(pattern) and pattern[at] == "*":
            star, mark = at, here
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", name[here]):
            at, here = at + 1, here + 1
        elif star >= 0:
            mark += 1
            at, here = star + 1, mark
        else:
            return False
    return not pattern[at:].strip("*")
