"""One rule for names that this computer's name servers do not know, whosesoever they are: what is wrong, and whose it is.

A name that is gone is the far side's. A filter of this line, or a name server that knows its own names only, says the same; name
servers of others tell them apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import Blame, Confidence, Context, Owner
from readycheck_checks.asking.attempts import HostPort
from readycheck_checks.asking.endpoints import endpoint
from readycheck_checks.names import verdict
from readycheck_checks.names.around import Around, Asked, Place, Reply
from readycheck_checks.names.servers import ask_around, is_literal

NameServers = Annotated[
    tuple[HostPort, ...],
    Meta(
        max_length=4,
        description="Name servers of others, address:port, asked where a name is not known here",
        extra={"same_as": "checks.dns.second_opinion"},
    ),
]
HOTSPOT: Final = (
    "Connect over a phone hotspot. If you look after this network, ask your internet provider or look in the settings of "
    "the router why {host} is not found, or set another name server there."
)
_TELL: Final = "Tell IT support that the name {host} is not known."
_VPN_FIRST: Final = (
    "Connect the VPN if this needs it, and check again. "
    "If the problem stays, tell IT support that the name {host} is not known."
)
_COMPARE: Final = (
    "Compare the name {host} with the instructions of your IT support, and tell them if it is the same."
)
_ELSEWHERE: Final = "Try once over a phone hotspot. If it is the same there, tell IT support that the name {host} is not known."
_GIVEN_UP: Final = (
    "Tell IT support that the name {host} is not known anywhere: the service may have given it up."
)


@dataclass(frozen=True, kw_only=True)
class LostName:
    """``says`` is a clause about the name; ``remedy`` whole sentences; ``hidden``: others know it, so it is kept back near
    here."""

    says: str
    blame: Blame
    remedy: str
    hidden: bool = False
    evidence: str = ""


def require_addresses(servers: Sequence[str]) -> None:
    """ValueError for a name server that is given by name: it would be looked up by the one that is asked about."""
    for server in servers:
        if not is_literal(endpoint(server).host):
            raise ValueError(f'name_servers names "{server}": write an address, such as "1.1.1.1:53"')


async def ask_for(ctx: Context, host: str, name_servers: Sequence[str]) -> Around:
    """Every name server by itself for this name: those of this computer, the router, and those of others."""
    return await ask_around(ctx, host, await ctx.system.dns_servers(), name_servers)


def judge_lost_name(
    host: str, around: Around | None, far: Owner = Owner.COMPANY, *, inside: bool = False
) -> LostName:
    """``around``: each name server asked by itself for this name; None where nobody could be asked. ``far``: who has to keep the
    name; ``inside``: it may be one that is known inside the company only."""
    others = () if around is None else around.opinions
    knowing = next((each for each in others if each.reply is Reply.ANSWERED), None)
    if around is not None and knowing is not None:
        return _hidden(host, around, knowing)
    agreeing = [each for each in others if each.reply is Reply.UNKNOWN_NAME]
    blame, remedy = _of_the_inside(around) if inside else _missing(far, len(agreeing))
    return LostName(
        says=f"the name {host} is not known" + ", to other name servers neither" * bool(agreeing),
        blame=blame,
        remedy=remedy.format_map({"host": host}),
        evidence=str(around) if around is not None else "",
    )


def _hidden(host: str, around: Around, knowing: Asked) -> LostName:
    """Others know it: so the name is good, and whoever answers this computer keeps it back."""
    found = verdict.whose(around)
    bad = around.bad
    who = f"the name server that this computer asks ({bad.server})" if bad else "name lookup on this computer"
    return LostName(
        says=f"{who} does not know {host}, while others do ({knowing.server})",
        blame=found.blame,
        remedy=HOTSPOT.format_map({"host": host}),
        hidden=True,
        evidence=str(around),
    )


def _missing(far: Owner, agreeing: int) -> tuple[Blame, str]:
    """Blamed on the far side only where others agree that the name does not exist."""
    company = far is Owner.COMPANY
    if agreeing:
        sure = Confidence.HIGH if agreeing > 1 else Confidence.MEDIUM
        return Blame(far, confidence=sure), _COMPARE if company else _GIVEN_UP
    near = (Owner.HOME, Owner.ISP)
    return Blame(either=(far, *near) if company else (*near, far)), _ELSEWHERE


def _of_the_inside(around: Around | None) -> tuple[Blame, str]:
    """Outside the VPN nobody knows a name of the inside: then it is the VPN that is missing, or the name. The VPN's own name
    server has to know it."""
    own = () if around is None else around.own or ()
    if any(each.place is Place.TUNNEL and each.reply is Reply.UNKNOWN_NAME for each in own):
        return Blame(Owner.COMPANY, confidence=Confidence.MEDIUM), _TELL
    parties = (Owner.DEVICE, Owner.COMPANY)
    by_likelihood = parties[::-1] if around is not None and around.vpn else parties
    return Blame(either=by_likelihood, confidence=Confidence.MEDIUM), _VPN_FIRST
