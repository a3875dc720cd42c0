"""IPv4 and IPv6 apart: which of them works, is not there, or is there and leads nowhere. Asked where one of them answers.

Programs try IPv6 first where this computer has an address for it (RFC 6724, RFC 8305): one that leads nowhere costs each of them
a wait. A version that is turned away at once costs nothing, and one that is not there is no fault.
"""

import asyncio
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from readycheck.api import Context, Finding, NetError, NoRoute, NotAllowed, Owner, Silent, TcpAnswer, warned
from readycheck_checks.asking.attempts import at_once, attempt
from readycheck_checks.asking.endpoints import Endpoint, endpoint
from readycheck_checks.asking.routes import leads_through_tunnel
from readycheck_checks.blame.ending import Ending, Flow
from readycheck_checks.reach.verdict import whose_end

Outcome = TcpAnswer | NetError
AGAIN_S: Final = 3.2  # a lost first packet is sent again after one second and after three (RFC 6298)
NAMES_S: Final = 1.5
# Addresses of IPv6 over IPv4 (RFC 4380, RFC 3056): systems keep them for themselves and prefer IPv4 (RFC 6724)
_OVER_IPV4: Final = (ipaddress.ip_network("2001::/32"), ipaddress.ip_network("2002::/16"))


class Version(StrEnum):
    IPV4 = "IPv4"
    IPV6 = "IPv6"

    @property
    def number(self) -> int:
        return 4 if self is Version.IPV4 else 6


class Standing(StrEnum):
    WORKS = "answers"
    ABSENT = "not in use here"
    TURNED_AWAY = "turned away at once"
    BROKEN = "no answer, though this computer has an address for it"
    UNKNOWN = "not told"


@dataclass(frozen=True, kw_only=True)
class Stand:
    """How a version stands. ``flows``: packets to be followed hop by hop where it is broken, the silent ones first."""

    version: Version
    standing: Standing
    flows: tuple[Flow, ...] = ()
    tunnelled: bool = False
    detail: str = ""


async def stands(
    ctx: Context,
    version: Version,
    targets: Sequence[str],
    by_name: Sequence[str],
    outcomes: Mapping[str, Outcome],
) -> Stand:
    """``outcomes`` of the targets that have answered or failed by now; a target without one may be slow or silent."""
    own = [endpoint(target) for target in targets if _number_of(endpoint(target).host) == version.number]
    said = [outcomes[str(where)] for where in own if str(where) in outcomes]
    if any(isinstance(each, TcpAnswer) for each in said):
        return Stand(version=version, standing=Standing.WORKS)
    if not own:
        return Stand(version=version, standing=Standing.UNKNOWN)
    if not any(is_in_use(ctx.net.source_address(where.host), version) for where in own):
        return Stand(version=version, standing=Standing.ABSENT)
    if len(said) == len(own) and all(isinstance(each, NoRoute | NotAllowed) for each in said):
        return Stand(version=version, standing=Standing.TURNED_AWAY)
    beside = next(endpoint(target) for target, each in outcomes.items() if isinstance(each, TcpAnswer))
    return await _asked_again(ctx, version, own, by_name, beside)


async def _asked_again(
    ctx: Context, version: Version, own: Sequence[Endpoint], by_name: Sequence[str], beside: Endpoint
) -> Stand:
    """With all the time that a lost packet needs, everyday hosts of this version beside them, and a target that answers: public
    name servers may be closed on purpose, and the line may have died meanwhile."""
    everyday = await _everyday(ctx, version, by_name)
    asked = {str(where): where for where in (*own, *everyday)} | {"": beside}
    outcomes = await at_once(
        {name: ctx.net.tcp(where.host, where.port, timeout_s=AGAIN_S) for name, where in asked.items()}
    )
    control = outcomes.pop("")
    said = tuple(outcomes.values())
    tunnelled = await leads_through_tunnel(ctx, own[0].host)
    return Stand(
        version=version,
        standing=_standing(said, isinstance(control, TcpAnswer)),
        flows=(Flow("tcp", own[0].host, own[0].port), Flow("udp", own[0].host, own[0].port, bytes(1))),
        tunnelled=tunnelled,
        detail="; ".join(str(each) for each in said if isinstance(each, NetError)),
    )


def _standing(said: Sequence[Outcome], controlled: bool) -> Standing:
    """Only silence costs programs time, and only where something else answers does it prove anything."""
    if any(isinstance(each, TcpAnswer) for each in said):
        return Standing.WORKS
    if all(isinstance(each, NoRoute | NotAllowed) for each in said):
        return Standing.TURNED_AWAY
    silent = controlled and all(isinstance(each, Silent | NoRoute) for each in said)
    return Standing.BROKEN if silent and len(said) > 1 else Standing.UNKNOWN


async def _everyday(ctx: Context, version: Version, by_name: Sequence[str]) -> list[Endpoint]:
    wheres = [endpoint(text) for text in by_name]
    found = await asyncio.gather(*(attempt(ctx.net.resolve(at.host, timeout_s=NAMES_S)) for at in wheres))
    return [
        Endpoint(next(ip for ip in addresses if _number_of(ip) == version.number), where.port)
        for where, addresses in zip(wheres, found, strict=True)
        if isinstance(addresses, tuple) and any(_number_of(ip) == version.number for ip in addresses)
    ]


def is_in_use(source: str | None, version: Version) -> bool:
    """An address that leads out: one of the link alone, of the own site alone or of IPv6 over IPv4 does not."""
    if source is None or _number_of(source) != version.number:
        return False
    ip = ipaddress.ip_address(source.partition("%")[0])
    if ip.version == 4:
        return not (ip.is_link_local or ip.is_loopback)
    return ip.is_global and not any(ip in network for network in _OVER_IPV4)


def _number_of(address: str) -> int:
    """4 or 6; 0 for what is no address."""
    try:
        return ipaddress.ip_address(address.partition("%")[0]).version
    except ValueError:
        return 0


_SLOW: Final = "programs wait for it before they take the other way"
_PARTLY: Final = "hosts that have no IPv6 cannot be reached"


def broken(stand: Stand, ending: Ending) -> Finding:
    """One version leads nowhere while the other answers. ``ending``: where its packets end."""
    owner, either, confidence = whose_end(ending)
    if stand.tunnelled:
        owner, either = Owner.UNKNOWN, (Owner.COMPANY, Owner.DEVICE)
    follows = _SLOW if stand.version is Version.IPV6 else _PARTLY
    return warned(
        f"connection.{stand.version.lower()}_broken",
        f"{stand.version} leads nowhere, though this computer has an address for it: {follows}",
        remedy=_remedy(stand),
        owner=owner,
        either=either,
        confidence=confidence,
        detail="; ".join(part for part in (stand.detail, ending.sentence) if part),
    )


def _remedy(stand: Stand) -> str:
    if stand.tunnelled:
        return (
            f"Disconnect the VPN and check again; if {stand.version} works then, tell the support of the VPN"
        )
    restart = "Restart the router: unplug it for ten seconds, then wait two minutes. If the problem stays, "
    if stand.version is Version.IPV6:
        return f"{restart}switch IPv6 off in its settings, and tell your internet provider"
    return f"{restart}tell your internet provider that IPv4 does not work"
