"""Signing in to an SSH server with asyncssh: first its host key, then the password or key. Runs in the child of sftp_child.py.

A server has keys of several kinds and shows the one that is asked for. So it is asked first for a kind that somebody has
confirmed (known_hosts), or, where the profile names one by its fingerprint alone, for one kind after the other.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from readycheck_checks.shares.host_keys import (
    HostKey,
    KnownKeys,
    Proof,
    key_in,
    known_in,
    without,
    without_certificates,
)
from readycheck_checks.shares.outcome import What
from readycheck_checks.shares.sftp_trouble import Trouble

CONNECT_S: Final = 10
KEYS_S: Final = 6.0  # to ask for one kind of key after the other
HANG_UPS: Final = 3  # that say nothing more than what was shown before
KNOWN_HOSTS: Final = ("~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts")
ANY: Final = "any"


class Guard:
    """What one connection showed of its host key, and what it asked the person for. Gives the password once."""

    def __init__(self, wanted: str, known: KnownKeys, password: str | None) -> None:
        self._wanted = wanted
        self._known = known
        self._password = password
        self.shown: HostKey | None = None
        self.proof = Proof.UNKNOWN
        self.asked = False  # for the password
        self.asked_more = ""  # what else the person was asked for

    def takes(self, public_data: bytes) -> bool:
        self.shown = key_in(public_data)
        if self.shown is None:
            return False
        if self._wanted:
            taken = self._wanted in (ANY, self.shown.fingerprint)
            self.proof = Proof.KNOWN if taken else Proof.OTHER
        else:
            self.proof = self._known.proof(self.shown)
        return self.proof is Proof.KNOWN

    def takes_signer(self, public_data: bytes) -> bool:
        signer = key_in(public_data)
        return signer is not None and self._known.is_authority(signer.fingerprint)

    def tell(self) -> str | None:
        """The password, the first time only: a second try would count against the account."""
        if self.asked or self._password is None:
            return None
        self.asked = True
        return self._password

    def answer(self, prompts: list[str]) -> list[str] | None:
        """To what a server asks on the keyboard; None ends it."""
        if not prompts:
            return []
        text = prompts[0].lower()
        if len(prompts) == 1 and "password" in text and "new" not in text.split():
            told = self.tell()
            return None if told is None else [told]
        self.asked_more = (
            "a new password" if any("new" in each.lower().split() for each in prompts) else "more"
        )
        return None


async def signed_in(asked: Mapping[str, Any]) -> tuple[Any, int]:
    """A connection to the literal address, and how many were needed. Raises what asyncssh raises, and Trouble for what was found
    here: a host key, a key file that cannot be used, a way to sign in that a saved password is no answer to."""
    import asyncssh

    wanted = asked["host_key"]
    known = KnownKeys() if wanted else known_in(_known_hosts(), asked["host"], asked["port"])
    left = known.preferred(_algorithms())
    others: list[HostKey] = []
    started, tries, hung_up = time.monotonic(), 0, 0
    while True:
        guard = Guard(wanted, known, None if asked["key_file"] else asked["password"])
        tries += 1
        try:
            return await _connected(asked, left, guard), tries
        except asyncssh.HostKeyNotVerifiable:
            if guard.shown is None and left != without_certificates(left):
                left = without_certificates(left)  # signed by nobody who is known, or for another name
                continue
            others += [guard.shown] if guard.shown else []
            if not wanted or guard.shown is None or time.monotonic() - started > KEYS_S:
                raise _stranger(guard, wanted, known, others) from None
            left = without(left, guard.shown.kind)
            if not left:
                raise _stranger(guard, wanted, known, others, all_of_them=True) from None
        except asyncssh.KeyExchangeFailed as error:
            if others:
                raise _stranger(guard, wanted, known, others, all_of_them=True) from None
            raise Trouble(What.NO_CIPHER, str(error)) from None
        except (asyncssh.ConnectionLost, ConnectionError):
            # One that has none of the kinds left hangs up, and its word may be lost by that; so does one that is busy.
            if not others or guard.shown is not None:
                raise
            hung_up += 1
            if hung_up > HANG_UPS or time.monotonic() - started > KEYS_S:
                raise _stranger(guard, wanted, known, others) from None
        except asyncssh.PermissionDenied:
            raise _refused(asked, guard) from None


async def _connected(asked: Mapping[str, Any], algorithms: tuple[str, ...], guard: Guard) -> Any:
    import asyncssh

    class Client(asyncssh.SSHClient):
        def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
            return guard.takes(key.public_data)

        def validate_host_ca_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
            return guard.takes_signer(key.public_data)

        def password_auth_requested(self) -> str | None:
            return guard.tell()

        def password_change_requested(self, prompt: str, lang: str) -> Any:
            guard.asked_more = "a new password"
            return NotImplemented

        def kbdint_auth_requested(self) -> str:
            return ""

        def kbdint_challenge_received(
            self, name: str, instructions: str, lang: str, prompts: Any
        ) -> list[str] | None:
            return guard.answer([text for text, _ in prompts])

    by_key = bool(asked["key_file"])
    return await asyncssh.connect(
        asked["address"],
        asked["port"],
        client_factory=Client,
        known_hosts=([], [], []),
        host_key_alias=asked["host"],  # a certificate is for the name, and the connection goes to the address
        server_host_key_algs=list(algorithms),
        compression_algs=["none"],  # what is packed in transit has no rate
        username=asked["user"] or (),
        client_keys=[_key(asked["key_file"], asked["password"])] if by_key else None,
        agent_path=None,
        config=None,
        gss_host=None,
        preferred_auth="publickey" if by_key else "password,keyboard-interactive",
        connect_timeout=CONNECT_S,
        login_timeout=CONNECT_S,
    )


def _stranger(
    guard: Guard, wanted: str, known: KnownKeys, shown: list[HostKey], *, all_of_them: bool = False
) -> Trouble:
    """Why nobody signs in to it. ``all_of_them``: it has shown every kind of key that it has."""
    told = "host key " + ", ".join(map(str, shown)) if shown else "a host key in a form of its own"
    if wanted:
        what = What.KEY_CHANGED if all_of_them else What.KEY_UNKNOWN
        return Trouble(what, f"{told}, not {wanted}")
    if guard.proof is Proof.REVOKED:
        return Trouble(What.KEY_REVOKED, f"{told}, known_hosts marks it as revoked")
    if guard.proof is Proof.OTHER:
        return Trouble(What.KEY_CHANGED, f"{told}, known_hosts has others")
    kinds = sorted({key.kind for key in known.keys})
    return Trouble(What.KEY_UNKNOWN, f"{told}, known_hosts has {', '.join(kinds)}" if kinds else told)


def _refused(asked: Mapping[str, Any], guard: Guard) -> Trouble:
    """A password is wrong only where it was asked for, and nothing besides it."""
    if asked["key_file"]:
        return Trouble(What.KEY, "the key was not accepted")
    if guard.asked_more == "a new password":
        return Trouble(What.EXPIRED, "the server asks for a new password")
    if guard.asked_more or not guard.asked:
        return Trouble(
            What.OTHER_SIGN_IN, "the server asks for more" if guard.asked_more else "no password asked for"
        )
    return Trouble(What.PASSWORD, "the password was not accepted")


def _algorithms() -> tuple[str, ...]:
    """All that the library offers by itself."""
    from asyncssh.public_key import get_default_certificate_algs, get_default_public_key_algs

    return tuple(name.decode() for name in (*get_default_certificate_algs(), *get_default_public_key_algs()))


def _key(path: str, passphrase: str | None) -> Any:
    import asyncssh

    try:
        return asyncssh.read_private_key(Path(path).expanduser(), passphrase)
    except (OSError, asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise Trouble(What.NO_PASSWORD, f"the key file: {type(error).__name__}") from None


def _known_hosts() -> str:
    texts = []
    for place in KNOWN_HOSTS:
        try:
            texts.append(Path(place).expanduser().read_text("utf-8", "replace"))
        except OSError:
            continue
    return "\n".join(texts)
