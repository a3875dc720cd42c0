"""The files that an operator names: certificate, key, token. Each mistake is one sentence that says what to do."""

import os
import ssl
import stat
from pathlib import Path
from typing import Final

from readycheck.errors import ReadycheckError
from readycheck.storage.regular_file import read_regular_file
from readycheck.text import clean

_TITLE: Final = "A file cannot be used"
_LEAST_TOKEN: Final = (
    16  # a proof can be heard and tried against guesses elsewhere: only a random secret withstands that
)
_MOST_TOKEN: Final = 4_096
_TOO_OPEN: Final = (
    stat.S_IRWXO | stat.S_IWGRP | stat.S_IXGRP
)  # a group may read: services get their secrets so


def certificate(chain: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """A server context of TLS 1.2 or newer; None where no certificate is named. Raises ReadycheckError."""
    if chain is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.num_tickets = 0  # nobody resumes a measurement
    context.options |= ssl.OP_NO_RENEGOTIATION  # the dear part of TLS, again and again on one connection
    context.set_alpn_protocols(["http/1.1"])
    for path in (chain, key or chain):
        _readable(path)
    try:
        context.load_cert_chain(chain, key, password=_no_password)
    except (ssl.SSLError, OSError) as error:
        text = clean(getattr(error, "reason", "") or error)
        raise ReadycheckError(
            f"{chain} with {key or chain} is no certificate with its key ({text}). Both are PEM, the key without a password.",
            title=_TITLE,
        ) from None
    return context


def token(path: Path | None) -> bytes:
    """The secret that clients have to know: the file's first line. b"" where no file is named. Raises ReadycheckError."""
    if path is None:
        return b""
    try:
        mode = path.stat().st_mode
        secret = read_regular_file(path, _MOST_TOKEN).partition(b"\n")[0].strip()
    except OSError as error:
        raise _unreadable(path, error) from None
    if os.name == "posix" and mode & _TOO_OPEN:
        raise ReadycheckError(f"{path} can be read by others. First: chmod 600 {path}", title=_TITLE)
    if len(secret) < _LEAST_TOKEN or not secret.isascii():
        raise ReadycheckError(
            f"The token in {path} has to be {_LEAST_TOKEN} ASCII characters or more, in the first line, and random. "
            f"Make one: openssl rand -hex 32 > {path}",
            title=_TITLE,
        )
    return secret


def _readable(path: Path) -> None:
    try:
        read_regular_file(path, 1)
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> ReadycheckError:
    return ReadycheckError(f"{path} cannot be read: {error.strerror}.", title=_TITLE)


def _no_password() -> str:
    """Called for an encrypted key: asking at a terminal would hang a service."""
    return ""
