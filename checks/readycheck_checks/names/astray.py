"""Names that lead to addresses which nobody on the internet has: stand-ins of a program, or a block. Pure judgement."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from readycheck.api import (
    Confidence,
    Finding,
    NetError,
    Owner,
    TlsAnswer,
    TlsFailed,
    failed,
    passed,
    unknown,
    warned,
)
from readycheck_checks.blame.ending import PRIVATE
from readycheck_checks.names.around import Around, Asked, Place, Reply
from readycheck_checks.names.codes import (
    DNS_BLOCKED,
    DNS_STAND_INS,
    DNS_STAND_INS_DEAD,
    DNS_STAND_INS_UNPROVED,
)
from readycheck_checks.names.verdict import Fault, fault
from readycheck_checks.names.word import Says, all_say_otherwise, of_its_place, who_says_so

# Proxy and access programs hand these out on the computer and take the connections to them themselves: RFC 2544, RFC 6598, and
# the half of the local addresses of IPv6 that nobody may give himself (RFC 4193, section 3.2)
STAND_INS: Final = tuple(map(ipaddress.ip_network, ("198.18.0.0/15", "100.64.0.0/10", "fc00::/8")))
Proof = TlsAnswer | NetError
IP = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, kw_only=True)
class Astray:
    """``stand_ins``: names that lead to stand-ins only; ``nowhere``: names that lead to private or empty addresses only."""

    stand_ins: tuple[str, ...]
    nowhere: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.stand_ins, *self.nowhere)


def astray(found: Mapping[str, Sequence[str]]) -> Astray:
    """``found``: addresses by name, in any notation that ipaddress reads (ValueError for others)."""
    inner = {name: [_number(ip) for ip in addresses] for name, addresses in found.items() if addresses}
    return Astray(
        stand_ins=tuple(name for name, ips in inner.items() if all(map(is_stand_in, ips))),
        nowhere=tuple(name for name, ips in inner.items() if all(map(_is_nowhere, ips))),
    )


def _is_nowhere(ip: IP) -> bool:
    """Private, or what lists of unwanted names are answered with: no address, or this computer's own."""
    inside = any(ip.version == network.version and ip in network for network in PRIVATE)
    return (inside and not is_stand_in(ip)) or ip.is_loopback or ip.is_unspecified


def stand_ins_only(addresses: Sequence[str]) -> bool:
    return bool(addresses) and all(is_stand_in(_number(ip)) for ip in addresses)


def is_stand_in(ip: IP) -> bool:
    return any(ip.version == network.version and ip in network for network in STAND_INS)


def _number(address: str) -> IP:
    return ipaddress.ip_address(address.partition("%")[0])


def carried(proofs: Mapping[str, Proof]) -> bool:
    """Somebody takes the connections in, whatever certificate he shows."""
    return any(isinstance(proof, TlsAnswer | TlsFailed) for proof in proofs.values())


def stand_ins_work() -> Finding:
    return passed(
        DNS_STAND_INS,
        "A program of this computer looks names up and carries the connections: a proxy, or the company's access program",
    )


def stand_ins_dead(around: Around, proofs: Mapping[str, Proof]) -> Finding:
    """``around``: who else answers at the same moment. Without anybody the line may be dead, and the program in order."""
    detail = f"{around}; {_said(proofs)}"
    if not any(each.reply is Reply.ANSWERED and each.place is not Place.HERE for each in around.everybody):
        return unknown(
            DNS_STAND_INS_UNPROVED,
            "Names lead to stand-in addresses of a program, and nothing shows whether the program or the line is at fault",
            detail=detail,
        )
    return failed(
        DNS_STAND_INS_DEAD,
        "Hardly anything can be reached: a program of this computer answers name lookups with stand-in addresses, "
        "and does not carry the connections to them",
        remedy="Quit the proxy or access program of this computer (Zscaler, Netskope, Clash and the like) and start it again. "
        "If the problem stays, show this result to IT support",
        detail=detail,
        either=(Owner.DEVICE, Owner.COMPANY),
    )


def blocked(names: Sequence[str], around: Around, *, everything: bool, missing: bool = False) -> Finding:
    """``names`` lead nowhere here, or are said not to exist (``missing``); ``around``: what each name server says of the first.
    ``everything``: all names that were asked."""
    found = whose_block(around)
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    says = "said not to exist" if missing else "led to an address that nobody on the internet has"
    say = failed if everything else warned
    return say(
        DNS_BLOCKED,
        f"{names[0]}{more} cannot be reached by name: it is {says}; {found.why}",
        remedy=found.remedy,
        blame=found.blame,
        detail=str(around),
    )


def whose_block(around: Around) -> Fault:
    """Whose it is that a name is blocked, from who says so and who does not."""
    liar = who_says_so(around, _about_a_block)
    if liar is None:
        return _nobody_says_so(around)
    honest = contradicted(around)
    why = f"the name server {liar.server} says so" + (", and others do not" if honest else "")
    ask = f"Ask whoever runs the name server {liar.server} whether it blocks this name"
    if not honest:
        return fault(why, ask, Owner.UNKNOWN, confidence=Confidence.LOW)
    return of_its_place(liar, around, _about_a_block, why, ask)


def _about_a_block(asked: Asked) -> Says:
    """A refusal, or a server that fails, says nothing about a name: programs ask the next one."""
    if _is_honest(asked):
        return Says.OTHERWISE
    leads_nowhere = asked.reply is Reply.ANSWERED and bool(asked.addresses)
    return Says.SO if leads_nowhere or asked.reply is Reply.UNKNOWN_NAME else Says.NOTHING


def _nobody_says_so(around: Around) -> Fault:
    ask = "Ask IT support what blocks it on this computer (its list of hosts, a filter)"
    if all_say_otherwise(around, _about_a_block):
        why = "the name servers that are set tell its address, so something on this computer blocks it"
        return fault(why, ask, Owner.DEVICE)
    why = "no name server that is set says anything when it is asked directly, so who says so is not known"
    return fault(why, ask, Owner.UNKNOWN, confidence=Confidence.LOW)


def contradicted(around: Around) -> bool:
    """Another name server knows an address of the internet for the name."""
    return any(_is_honest(each) for each in around.opinions)


def _is_honest(asked: Asked) -> bool:
    ips = [_number(address) for address in asked.addresses]
    return asked.reply is Reply.ANSWERED and bool(ips) and not all(map(_is_nowhere, ips))


def _said(proofs: Mapping[str, Proof]) -> str:
    return "; ".join(str(proof) for proof in proofs.values() if isinstance(proof, NetError))
