"""The verdict about the inside of the company network, from what answered there. Pure; asks nobody.

Only what comes through the tunnel is evidence about the company: without it, an inside address is anybody's at home.
"""

from collections.abc import Iterator
from typing import Final

from readycheck.api import Confidence, Finding, Owner, failed, passed, warned
from readycheck_checks.asking.replies import Reply
from readycheck_checks.vpn.inside_codes import (
    ANYBODY,
    INSIDE_ANSWERS,
    INSIDE_BLOCKED_HERE,
    INSIDE_HANGS,
    INSIDE_NO_ROUTE,
    INSIDE_REFUSED,
    INSIDE_SILENT,
    LARGE_PACKETS_LOST,
    NAME_PUBLIC,
)
from readycheck_checks.vpn.inside_left import unproved, what_is_left
from readycheck_checks.vpn.inside_names import judge_names
from readycheck_checks.vpn.inside_seen import Inside
from readycheck_checks.vpn.inside_tunnel import judge_unheard
from readycheck_checks.vpn.tunnel_codes import ROUTE_MISSING
from readycheck_checks.vpn.tunnel_verdict import ANOTHER_NETWORK, WHO_HAS_THE_ADDRESSES

_OUT_OF_REACH: Final = (Reply.SILENT, Reply.NO_ROUTE, Reply.REFUSED)


def judge_inside(seen: Inside) -> list[Finding]:
    """What does not work, each once; one PASS where everything answered; UNKNOWN for what could not be proved."""
    dead = [*judge_unheard(seen)]
    names = [] if dead else [*_unknown_names(seen)]
    findings = [
        *dead,
        *_past(seen),
        *names,
        *_refused(seen),
        *_silent(seen),
        *_beyond(seen),
        *_no_route(seen),
        *_kept_back(seen),
        *_hangs(seen),
        *_large_lost(seen),
    ]
    left = what_is_left(seen, names_told=bool(dead or names))
    open_ = [unproved(seen, left, alone=not findings)] if left else []
    return [*(findings or ([] if left else [_answers(seen)])), *open_, *_public(seen)]


def _answers(seen: Inside) -> Finding:
    hosts = {server.host for server in seen.servers}
    names = [str(name) for name in seen.names if name.host not in hosts]
    listed = ", ".join([*names, *map(str, seen.servers)])
    says = "The company network answers" if seen.servers else "Inside names are found"
    return passed(INSIDE_ANSWERS, f"{says}: {listed}", detail=seen.evidence)


def _unknown_names(seen: Inside) -> Iterator[Finding]:
    """Where nothing came back from the inside, that names are not found is seen all the same, and why is a guess."""
    missing = dict.fromkeys(o.host for o in seen.everything if o.reply is Reply.NAME_UNKNOWN)
    untold = dict.fromkeys(o.host for o in seen.everything if o.reply is Reply.NAME_TROUBLE)
    known = seen.carried or seen.own.heard or bool(seen.own.kept_back)
    if not missing and not (untold and seen.own.asked):
        return
    if (seen.tunnel and (known or not seen.own.asked)) or seen.answering:
        although = "the VPN is connected" if seen.tunnel else "other company servers answer"
        sure = seen.sure if known or seen.met else Confidence.LOW
        yield from judge_names(tuple(missing), tuple(untold), seen.own, although, sure, seen.evidence)


def _refused(seen: Inside) -> Iterator[Finding]:
    refusing = [str(server) for server in seen.through if server.reply is Reply.REFUSED]
    if refusing and (seen.tunnel or seen.answering):
        names = ", ".join(refusing)
        yield failed(
            INSIDE_REFUSED,
            f"{names} cannot be used: the machine is there, but the service on it does not run",
            remedy=f"Tell IT support that {names} refuses connections over the VPN.",
            owner=Owner.COMPANY,
            confidence=seen.sure,
            detail=seen.evidence,
        )


def _past(seen: Inside) -> Iterator[Finding]:
    """The VPN is up and its routes leave this server out: its packets go to whoever has that address at home, if anybody."""
    lost = [server for server in seen.beside if server.reply in _OUT_OF_REACH]
    if names := ", ".join(str(server) for server in lost if server.near):
        yield failed(
            ROUTE_MISSING,
            f"{names} is out of reach: the VPN is connected, but this network has the same addresses as the company's",
            remedy=ANOTHER_NETWORK,
            detail=seen.evidence,
            either=WHO_HAS_THE_ADDRESSES,
        )
    if names := ", ".join(str(server) for server in lost if not server.near):
        yield failed(
            ROUTE_MISSING,
            f"{names} is out of reach: the VPN is connected, and leads past it",
            remedy=f"Disconnect all VPNs, then connect the one of your company. If the problem stays, tell IT support that the "
            f"VPN has no route to {names}.",
            confidence=Confidence.HIGH,
            detail=seen.evidence,
            either=(Owner.COMPANY, Owner.DEVICE),
        )


def _silent(seen: Inside) -> Iterator[Finding]:
    """One that is silent in the VPN while others in it speak."""
    names = ", ".join(str(server) for server in seen.through if server.reply is Reply.SILENT)
    if names and seen.carried:
        yield failed(
            INSIDE_SILENT,
            f"{names} cannot be used: it does not answer, while other company servers do",
            remedy=f"Tell IT support that {names} does not answer over the VPN.",
            owner=Owner.COMPANY,
            confidence=Confidence.MEDIUM,
            detail=seen.evidence,
        )


def _beyond(seen: Inside) -> Iterator[Finding]:
    """Servers that are asked over the internet, past the VPN: anybody on the way may keep them from answering, and so may a
    route that is missing."""
    for code, reply, does in (
        (INSIDE_SILENT, Reply.SILENT, "does not answer"),
        (INSIDE_REFUSED, Reply.REFUSED, "refuses connections"),
    ):
        names = ", ".join(str(server) for server in seen.beyond if server.reply is reply)
        if names and seen.controls.answered("tcp"):
            yield failed(
                code,
                f"{names} cannot be used: it {does}, and the way to it leads past the VPN",
                remedy=f"Try once over a phone hotspot. If it is the same there, tell IT support that {names} {does}, and that "
                "the VPN does not lead there.",
                confidence=Confidence.LOW,
                detail=seen.evidence,
                either=ANYBODY,
            )


def _no_route(seen: Inside) -> Iterator[Finding]:
    """A router behind the tunnel says that no way leads there."""
    names = ", ".join(str(s) for s in seen.through if s.reply is Reply.NO_ROUTE and s.through and s.turned_by)
    if names and seen.tunnel:
        yield failed(
            INSIDE_NO_ROUTE,
            f"{names} cannot be reached: the company's network says that no way leads there",
            remedy=f"Tell IT support that from the VPN no way leads to {names}.",
            owner=Owner.COMPANY,
            confidence=Confidence.MEDIUM,
            detail=seen.evidence,
        )


def _kept_back(seen: Inside) -> Iterator[Finding]:
    """Whatever the VPN does: these packets never left."""
    names = ", ".join(str(server) for server in seen.servers if server.reply is Reply.NOT_ALLOWED)
    if names and seen.tunnel is not False:
        yield failed(
            INSIDE_BLOCKED_HERE,
            f"{names} cannot be used: this computer itself lets nothing out to it",
            remedy="Look whether a firewall or a security program on this computer blocks it. If you cannot change that, tell "
            f"IT support that this computer lets no connection out to {names}.",
            owner=Owner.DEVICE,
            confidence=Confidence.HIGH,
            detail=seen.evidence,
        )


def _hangs(seen: Inside) -> Iterator[Finding]:
    connected = {str(server) for server in seen.through if server.reply is Reply.ANSWERED}
    names = ", ".join(where for where in seen.large.hangs if where in connected)
    if names and seen.tunnel:
        yield failed(
            INSIDE_HANGS,
            f"{names} cannot be used: it accepts connections and says nothing",
            remedy=f"Tell IT support that {names} accepts connections over the VPN and does not answer.",
            owner=Owner.COMPANY,
            confidence=Confidence.MEDIUM,
            detail=seen.evidence,
        )


def _large_lost(seen: Inside) -> Iterator[Finding]:
    """Where hosts outside send large packets at the same moment, the line takes them: they are lost in the tunnel or after."""
    if not seen.large.lost or not seen.tunnel:
        return
    names, outside = ", ".join(seen.large.lost), seen.large.outside
    beside = ", while others outside the VPN do" if outside else ""
    near = () if outside else (Owner.ISP, Owner.HOME)
    yield failed(
        LARGE_PACKETS_LOST,
        f"The VPN loses large packets: {names} answers in small packets and not in full ones{beside}",
        remedy="Disconnect the VPN and connect it again. If the problem stays, tell IT support that large packets are lost in "
        "the VPN, and that its packet size (MTU) should be smaller.",
        confidence=Confidence.HIGH if outside else Confidence.MEDIUM,
        either=(Owner.COMPANY, Owner.DEVICE, *near),
        detail=seen.evidence,
    )


def _public(seen: Inside) -> Iterator[Finding]:
    if seen.public:
        names = ", ".join(seen.public)
        yield warned(
            NAME_PUBLIC,
            f"Public name servers know {names}, which only the company's should",
            remedy=f"Tell IT support that {names} can be looked up by everybody.",
            owner=Owner.COMPANY,
            confidence=Confidence.HIGH,
        )
