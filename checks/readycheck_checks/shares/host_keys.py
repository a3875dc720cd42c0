"""Host keys of SSH servers: which are confirmed (known_hosts, sshd(8)), which to ask for, what the shown one proves. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from readycheck_checks.shares import ssh

if TYPE_CHECKING:
    from asyncssh import SSHKnownHosts

USUAL_PORT: Final = 22
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
    found, bare = _Lines(), _Lines()
    for line in text.splitlines():
        if known := _read(line[:_LONGEST], name):
            found.add(known.match(name if usual else f"[{name}]:{port}", "", None))
            if not usual:
                bare.add(known.match(name, "", None))
    return KnownKeys(
        keys=frozenset(found.keys),
        without_port=frozenset(bare.keys),
        authorities=frozenset(key.fingerprint for key in found.authorities),
        revoked=frozenset(key.fingerprint for key in (*found.revoked, *bare.revoked)),
    )


@dataclass
class _Lines:
    """What lines for one name hold."""

    keys: list[HostKey] = field(default_factory=list)
    authorities: list[HostKey] = field(default_factory=list)
    revoked: list[HostKey] = field(default_factory=list)

    def add(self, told: tuple[Sequence[Any], ...]) -> None:
        """What the library matched: host keys, authorities, revoked keys, and certificates of other kinds."""
        for keys, of_line in zip((self.keys, self.authorities, self.revoked), told[:3], strict=True):
            keys += [key for each in of_line if (key := key_in(each.public_data))]


def _read(line: str, name: str) -> "SSHKnownHosts | None":
    """One line by itself, if it may be for this name: of a file the library would read nothing, were one of its lines broken.
    Names are in lower case, as ssh(1) compares them; a hashed one is of the name in lower case already."""
    from asyncssh import import_known_hosts

    words = line.split(maxsplit=4)
    at = 1 if words and words[0].startswith("@") else 0
    if len(words) < at + 3 or words[0].startswith("#"):
        return None
    if not words[at].startswith("|"):
        words[at] = words[at].lower()
    if not any(sign in words[at] for sign in (name, "*", "?", "|")):
        return None
    try:
        return import_known_hosts(" ".join(words))
    except ValueError:
        return None
