"""The first line of an SSH server (RFC 4253, 4.2) and the fingerprints of its keys (RFC 4255 as OpenSSH prints it). Pure."""

import base64
import hashlib
import re
from typing import Final

MOST_LINES: Final = 20  # a server may say other lines first
_BANNER: Final = re.compile(rb"SSH-(2\.0|1\.99)-([!-~]{1,200})(?: [ -~]*)?\r?\n?")
_FINGERPRINT: Final = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


def software_in(line: bytes) -> str | None:
    """The name of the software in the line by which an SSH 2 server begins; None for any other line."""
    told = _BANNER.fullmatch(line)
    return told[2].decode("ascii") if told else None


def is_text(part: bytes) -> bool:
    """True for what may stand in the lines in front of it: ASCII without control characters but line ends, tabs."""
    return all(0x20 <= byte < 0x7F or byte in b"\r\n\t" for byte in part)


def is_fingerprint(text: str) -> bool:
    """``SHA256:`` and 43 characters, as ``ssh-keygen -l`` prints it."""
    return _FINGERPRINT.fullmatch(text) is not None


def fingerprint_of(public_key: bytes) -> str:
    """The fingerprint of a key in its wire form."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(public_key).digest()).decode("ascii").rstrip("=")
