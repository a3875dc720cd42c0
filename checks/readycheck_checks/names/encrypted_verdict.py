"""What came of encrypted lookups, and whose it is where none was answered. Pure.

A server that proves by its certificate who it is, and gives no address, is reached: the network is not at fault. A server that
takes a connection in and then says nothing may hang; or a box on the way lets connections pass and takes their first words
away.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from readycheck.api import (
    Blame,
    Code,
    Confidence,
    Finding,
    Garbled,
    NameUnknown,
    NetError,
    Owner,
    TlsFailed,
    Where,
    passed,
    warned,
)
from readycheck_checks.blame.certificates import BadCertificate
from readycheck_checks.blame.owners import between
from readycheck_checks.names.codes import (
    DNS_ENCRYPTED,
    DNS_ENCRYPTED_BLOCKED,
    DNS_ENCRYPTED_HIDDEN,
    DNS_ENCRYPTED_OPENED,
    DNS_ENCRYPTED_REFUSED,
    DNS_ENCRYPTED_SILENT,
)
from readycheck_checks.names.verdict import Fault

_ASK_NETWORK: Final = (
    "Ask whoever runs this network whether it holds encrypted name lookups back; "
    "until then lookups can be read on the way"
)
_TELL_SUPPORT: Final = "Tell IT support; until then lookups can be read on the way"


class NoAddress(Garbled):
    """An answer, and no address in it. ``own``: it is the server's own trouble, whoever asks and wherever."""

    def __init__(self, where: Where, detail: str, *, own: bool) -> None:
        super().__init__(where, detail)
        self.own = own


class Kind(StrEnum):
    """How far a lookup came that got no address."""

    HIDDEN = "its name is not known"
    UNREACHED = "no connection"
    SILENT = "nothing, or the end, on a connection that was taken in"
    OPENED = "no proof of who it is"
    REFUSED = "an answer without an address"


@dataclass(frozen=True)
class Tried:
    """``problem``: None where an address came back. ``reached``: its port took a connection in at the same moment."""

    url: str
    problem: NetError | None
    reached: bool = False

    @property
    def kind(self) -> Kind:
        """Of one with a problem."""
        match self.problem:
            case NameUnknown():
                return Kind.HIDDEN
            case TlsFailed():
                return Kind.OPENED
            case NoAddress():
                return Kind.REFUSED
        return Kind.SILENT if self.reached else Kind.UNREACHED


def works(tried: Sequence[Tried]) -> Finding:
    return passed(DNS_ENCRYPTED, "Name lookups can be encrypted here", detail=_detail(tried))


def blocked(tried: Sequence[Tried], found: Blame) -> Finding:
    """``found``: whose it is that the first of them that was not reached is not."""
    return _warned(
        tried,
        DNS_ENCRYPTED_BLOCKED,
        "Name lookups cannot be encrypted here: none of the name servers that the profile names is reached that way",
        found,
        remedy=_TELL_SUPPORT if found.owner is Owner.SERVICE else _ASK_NETWORK,
    )


def hidden(tried: Sequence[Tried], host: str, found: Fault | None) -> Finding:
    """``found``: whose word it is that there is no such name, where another name server knows it."""
    if found is None:
        mistaken = between(Owner.COMPANY, Owner.HOME, Owner.ISP)
        why, remedy = "nobody who was asked knows it", "Ask IT support whether the name is right"
    else:
        mistaken, why, remedy = found.blame, found.why, found.remedy
    summary = f"Name lookups cannot be encrypted here: {host} is said not to exist; {why}"
    return _warned(tried, DNS_ENCRYPTED_HIDDEN, summary, mistaken, remedy=remedy)


def opened(tried: Sequence[Tried], found: BadCertificate | None) -> Finding:
    """``found``: what is wrong with the certificate of the first of them; None where the handshake failed otherwise."""
    summary = "Encrypted name lookups are not safe here: the name servers asked cannot prove who they are"
    near = between(Owner.HOME, Owner.ISP, Owner.SERVICE)
    told = near if found is None else found.blame
    remedy = _ASK_NETWORK if found is None or not found.advice else f"{found.advice}. {_ASK_NETWORK}"
    return _warned(
        tried,
        DNS_ENCRYPTED_OPENED,
        summary,
        told,
        remedy=_TELL_SUPPORT if told.owner is Owner.SERVICE else remedy,
    )


def judged(tried: Sequence[Tried], kinds: set[Kind]) -> Finding:
    """``kinds`` of all of them, which are of one kind if anybody is to be named."""
    if kinds == {Kind.SILENT}:
        summary = (
            "Name lookups cannot be encrypted here: connections are taken in, and nothing is said on them"
        )
        whoever = between(Owner.SERVICE, Owner.HOME, Owner.ISP)
        return _warned(tried, DNS_ENCRYPTED_SILENT, summary, whoever, remedy=_ASK_NETWORK)
    if kinds == {Kind.REFUSED}:
        summary = "Name lookups cannot be encrypted: the name servers that the profile names are reached, and give no address"
        return _warned(tried, DNS_ENCRYPTED_REFUSED, summary, _whose_refusal(tried), remedy=_TELL_SUPPORT)
    return blocked(tried, Blame())


def _whose_refusal(tried: Sequence[Tried]) -> Blame:
    if all(isinstance(each.problem, NoAddress) and each.problem.own for each in tried):
        return Blame(Owner.SERVICE, confidence=Confidence.MEDIUM)
    return between(Owner.SERVICE, Owner.COMPANY, confidence=Confidence.MEDIUM)


def _warned(tried: Sequence[Tried], code: Code, summary: str, found: Blame, *, remedy: str) -> Finding:
    return warned(
        code,
        summary,
        remedy=remedy,
        blame=found,
        detail=_detail(tried),
    )


def _detail(tried: Sequence[Tried]) -> str:
    return "; ".join(_failures(tried))


def _failures(tried: Sequence[Tried]) -> Iterator[str]:
    return (f"{each.url}: {each.problem}" for each in tried if each.problem is not None)
