"""A name that leads to somebody else: its certificate there is another's, and other name servers know none of its addresses here.

One of the two by itself proves nothing. Large services have other addresses for everybody who asks, and a server may show a
wrong certificate by a slip; the two together may still be both, which is why the service is never left out.
"""

from collections.abc import Sequence
from typing import Final

from readycheck.api import Context, NetError, Owner, TlsFailed
from readycheck_checks.asking.attempts import at_once, attempt
from readycheck_checks.names.around import Around, Asked, Reply
from readycheck_checks.names.servers import ask_around, is_literal
from readycheck_checks.names.verdict import SUPPORT, Fault, fault
from readycheck_checks.names.word import Says, all_say_otherwise, of_its_place, who_says_so

MOST_OPINIONS: Final = 2
PROOF_S: Final = 2.3
NAMES_S: Final = 1.0  # the name was known a moment ago
STAY_AWAY: Final = "Type no password on pages of this name. Connect over a phone hotspot and check again"


async def first_forged(
    ctx: Context, names: Sequence[str], servers: Sequence[str] | None, second_opinion: Sequence[str]
) -> tuple[str, Fault, Around] | None:
    """Of these names, asked for their certificates. What a name server of the profile says is as the profile wants it."""
    if ctx.resolver or not second_opinion:
        return None
    proofs = await at_once({name: ctx.net.tls(name, 443, timeout_s=PROOF_S) for name in names})
    for name, proof in proofs.items():
        if isinstance(proof, TlsFailed) and proof.reason == "wrong_name":
            found = await forged(ctx, name, servers, second_opinion)
            return (name, *found) if found else None
    return None


async def forged(
    ctx: Context, host: str, servers: Sequence[str] | None, second_opinion: Sequence[str]
) -> tuple[Fault, Around] | None:
    """For a host that showed the certificate of another name. ``servers``: set on this computer. None where its name leads where
    others say too, or nobody else told an address."""
    here = (
        ()
        if is_literal(host) or not second_opinion
        else await attempt(ctx.net.resolve(host, timeout_s=NAMES_S))
    )
    if isinstance(here, NetError) or not here:
        return None
    around = await ask_around(ctx, host, servers, second_opinion[:MOST_OPINIONS])
    return (whose_forgery(around, here), around) if leads_elsewhere(around, here) else None


def leads_elsewhere(around: Around, here: Sequence[str]) -> bool:
    """Whether others know the name, and none of the addresses that it has ``here``. They tell IPv4 addresses only."""
    known, ours = _told_by_others(around), _ipv4(here)
    return bool(known and ours) and known.isdisjoint(ours)


def whose_forgery(around: Around, here: Sequence[str]) -> Fault:
    """Who leads the name elsewhere: the one of this computer's name servers that says so, or nobody but this computer."""
    ours = _ipv4(here)

    def about(asked: Asked) -> Says:
        if asked.reply is not Reply.ANSWERED or not asked.addresses:
            return Says.NOTHING
        return Says.SO if ours & set(asked.addresses) else Says.OTHERWISE

    liar = who_says_so(around, about)
    others = ", ".join(each.server for each in around.opinions if each.addresses)
    leads = (
        f"its name leads to {', '.join(sorted(ours))} here, and elsewhere by other name servers ({others})"
    )
    if liar is not None:
        ask = f"{STAY_AWAY}. Ask whoever runs the name server {liar.server} whether it leads this name elsewhere"
        return _or_the_service(of_its_place(liar, around, about, f"{leads}; {liar.server} says so", ask))
    if all_say_otherwise(around, about) and _own_agree(around):
        return fault(f"{leads}; no name server says so, but this computer itself", SUPPORT, Owner.DEVICE)
    return _or_the_service(fault(leads, STAY_AWAY, Owner.HOME, Owner.ISP))


def _own_agree(around: Around) -> bool:
    """This computer's name servers tell the addresses that others tell, and not just others than it came to."""
    own = [each for each in around.own or () if each.addresses]
    return all(_told_by_others(around) & set(each.addresses) for each in own)


def _told_by_others(around: Around) -> set[str]:
    return {address for each in around.opinions for address in each.addresses}


def _ipv4(addresses: Sequence[str]) -> set[str]:
    return {address for address in addresses if ":" not in address}


def _or_the_service(found: Fault) -> Fault:
    return fault(found.why, found.remedy, *found.blame.parties, Owner.SERVICE)
