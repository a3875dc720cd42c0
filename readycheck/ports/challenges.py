"""How a server asks to be signed in to: the challenges of ``WWW-Authenticate`` (RFC 9110, 11.6.1). Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

_HASHES: Final = ("", "md5", "sha", "sha-256", "sha-512")  # of Digest; none named is MD5
_PIECE: Final = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.)*"?)+')
_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}"
_PARAMETER: Final = re.compile(rf"({_TOKEN})[ \t]*=[ \t]*({_TOKEN}|\"(?:[^\"\\]|\\.)*\")")
_SCHEME: Final = re.compile(rf"({_TOKEN})(?:[ \t]+(.*))?", re.DOTALL)


@dataclass(frozen=True)
class Challenge:
    """One way to sign in: ``scheme`` in lower case; ``parameters`` as they were written, with quotes, by name."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """Without quotes; empty where it is not told."""
        return self.parameters.get(name, "").strip('"')

    @property
    def takes_a_digest(self) -> bool:
        """Whether it is a Digest (RFC 7616) of a form that is answered here."""
        algorithm = self.value("algorithm").lower().removesuffix("-sess")
        ways = {way.strip() for way in self.value("qop").split(",")}
        told = self.value("realm") and self.value("nonce") and all(map(str.isascii, self.parameters.values()))
        return self.scheme == "digest" and bool(told) and algorithm in _HASHES and bool({"auth", ""} & ways)

    @property
    def takes_a_password(self) -> bool:
        """Whether a user name with a password is an answer to it."""
        return self.scheme == "basic" or self.takes_a_digest


def challenges_in(text: str) -> tuple[Challenge, ...]:
    """All of a header, or of several that were joined by commas; what is none of either form is left out."""
    return tuple(_challenges(text))


def _challenges(text: str) -> Iterator[Challenge]:
    """A comma stands between two challenges, and between two parameters of one."""
    scheme, parameters = "", dict[str, str]()
    for piece in (found[0].strip() for found in _PIECE.finditer(text)):
        parameter = _PARAMETER.fullmatch(piece)
        begins = None if parameter else _SCHEME.fullmatch(piece)
        if begins:
            if scheme:
                yield Challenge(scheme, parameters)
            scheme, parameters = begins[1].lower(), {}
            parameter = _PARAMETER.fullmatch(begins[2].strip()) if begins[2] else None
        if parameter:
            parameters.setdefault(parameter[1].lower(), parameter[2])
    if scheme:
        yield Challenge(scheme, parameters)
