"""Is the UDP path of calls open? Pure judgement over what relays and controls of one moment answered.

A success or an error reply proves the path. Silence of one target proves nothing while another answers, and two servers of one
organisation can be down together. Silence of two hosts, one of them of another party, while TCP is answered at the same moment,
is a network that lets no UDP through; so is one that says so itself, and a target that turns UDP away itself is none.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from readycheck.api import (
    Blame,
    Confidence,
    Finding,
    NameRefused,
    NameSilent,
    NameUnknown,
    NetError,
    NotAllowed,
    Owner,
    failed,
    passed,
    unknown,
    warned,
)
from readycheck_checks.asking.endpoints import endpoint, is_here
from readycheck_checks.blame.ending import Ending, Place
from readycheck_checks.blame.owners import between
from readycheck_checks.blame.remedies import let_out
from readycheck_checks.calls.codes import NO_CONTROL, RELAY_UNPROVED, UDP, UDP_BLOCKED, UDP_UNPROVED
from readycheck_checks.calls.probes import Reached, StunReply
from readycheck_checks.calls.reflecting import Reflected

FEWEST_SILENT: Final = 2
REMEDY: Final = (
    "Use another network or a phone hotspot for calls. "
    "If you look after this network, let UDP to port 3478 out; a guest network or a firewall often holds it back"
)
REMEDY_PROVIDER: Final = (
    "Use another network or a phone hotspot for calls. "
    "Ask your internet provider why UDP goes out through your router and is not answered"
)
REMEDY_HERE: Final = f"{let_out('UDP', Owner.DEVICE)}. Until then, join calls by phone"
REMEDY_VPN: Final = (
    "Disconnect the VPN, if your company lets you, and check again. "
    "If calls get through then, tell IT support that the VPN holds UDP back. Until then, join calls by phone"
)
Udp = Mapping[str, StunReply | NetError]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Answers by target (host:port), all asked at the same moment."""

    relays: Udp = field(default_factory=dict)
    controls: Udp = field(default_factory=dict)
    tcp: Mapping[str, Reached | NetError] = field(default_factory=dict)
    fallback: Mapping[str, Reached | NetError] = field(default_factory=dict)
    reflector: Mapping[str, Reflected | NetError] = field(default_factory=dict)

    @property
    def udp(self) -> dict[str, StunReply | NetError]:
        return {**self.relays, **self.controls}

    @property
    def replies(self) -> tuple[StunReply, ...]:
        """What answered over UDP, relays first."""
        return tuple(reply for reply in self.udp.values() if isinstance(reply, StunReply))

    @property
    def reflected(self) -> Reflected | None:
        """The organisation's own reflector, if it answered. Its silence proves nothing: it may be reached in a VPN only."""
        return next((each for each in self.reflector.values() if isinstance(each, Reflected)), None)

    @property
    def open_to(self) -> tuple[str, ...]:
        """Targets that answered over UDP."""
        reflected = (self.reflected.target,) if self.reflected is not None else ()
        return (*(reply.target for reply in self.replies), *reflected)

    @property
    def unanswered(self) -> dict[str, NetError]:
        """UDP targets that were really asked, and did not answer; a name that has no address was not asked."""
        unasked = (NameUnknown, NameSilent, NameRefused)
        return {t: r for t, r in self.udp.items() if isinstance(r, NetError) and not isinstance(r, unasked)}

    @property
    def tcp_answers(self) -> tuple[str, ...]:
        """TCP and TLS targets that answered."""
        return tuple(t for t, answer in {**self.tcp, **self.fallback}.items() if isinstance(answer, Reached))

    def __str__(self) -> str:
        told = [
            f"{target} {'answered' if isinstance(reply, StunReply) else reply.says}"
            for target, reply in self.udp.items()
        ]
        told += [
            f"{target} {'answered' if isinstance(reply, Reflected) else reply.says}"
            for target, reply in self.reflector.items()
        ]
        return "; ".join((*told, f"TCP answered by {', '.join(self.tcp_answers) or 'nobody'}"))


def may_be_blocked(evidence: Evidence) -> bool:
    """No UDP at all gets through while TCP does: worth looking where it ends."""
    return bool(not evidence.open_to and evidence.unanswered and evidence.tcp_answers)


def judge_path(
    evidence: Evidence,
    udp: Literal["required", "preferred"],
    ending: Ending | None = None,
    *,
    vpn: bool = False,
) -> list[Finding]:
    """The findings on the path: one, or two where a relay keeps silent on an open path.

    ``ending``: of UDP that may be blocked; ``vpn``: whether it went into a VPN.
    """
    silent_relays = [target for target in evidence.relays if target in evidence.unanswered]
    if evidence.open_to:
        found = [_how_far_open(evidence)]
        if silent_relays and not any(isinstance(reply, StunReply) for reply in evidence.relays.values()):
            found.append(_relay_unproved(silent_relays, evidence))
        return found
    if not may_be_blocked(evidence):
        return [_no_control(evidence) if evidence.unanswered else _too_few(evidence)]
    ends = ending or Ending()
    if ends.within(Place.TARGET):
        return [_turned_away(evidence, ends)]
    if not (_of_two_parties(evidence) or _somebody_said_so(evidence, ends)):
        return [_too_few(evidence)]
    return [_blocked(evidence, udp, ends, vpn)]


def _how_far_open(evidence: Evidence) -> Finding:
    if not evidence.replies and _of_two_parties(evidence):
        return _open_to_one(evidence)
    held_back = _silent_port(evidence)
    return _open_elsewhere(evidence, held_back) if held_back else _open(evidence)


def _silent_port(evidence: Evidence) -> int:
    """The port on which several hosts were asked and none answered; 0: there is none."""
    open_ports = {endpoint(target).port for target in evidence.open_to}
    for port in {endpoint(target).port for target in evidence.unanswered} - open_ports:
        there = {t: error for t, error in evidence.unanswered.items() if endpoint(t).port == port}
        if _different_hosts(there) >= FEWEST_SILENT:
            return port
    return 0


def _of_two_parties(evidence: Evidence) -> bool:
    """Two hosts at least did not answer, one of them a control, which is somebody else's than the relays."""
    silent = evidence.unanswered
    return _different_hosts(silent) >= FEWEST_SILENT and any(target in evidence.controls for target in silent)


def _different_hosts(silent: Mapping[str, NetError]) -> int:
    hosts = [_host(target, error) for target, error in silent.items()]
    return min(len({name for name, _ in hosts}), len({address for _, address in hosts}))


def _host(target: str, error: NetError) -> tuple[str, str]:
    """Its name and the address that was tried, where one was. On this computer every port is a host of its own."""
    name, address = endpoint(target).host, error.where.address or ""
    return (target, target) if address and is_here(address) else (name, address or name)


def _somebody_said_so(evidence: Evidence, ending: Ending) -> bool:
    """That UDP may not pass was an answer, on the way or by this computer, and no silence."""
    return ending.sure or all(isinstance(each, NotAllowed) for each in evidence.unanswered.values())


def _open(evidence: Evidence) -> Finding:
    return passed(
        UDP,
        f"Voice and video can take the direct way: UDP is open ({evidence.open_to[0]})",
        detail=str(evidence),
    )


def _open_to_one(evidence: Evidence) -> Finding:
    return unknown(
        UDP_UNPROVED,
        f"UDP passes to {evidence.open_to[0]}; whether it does to call servers is not known: those that were asked are silent",
        remedy="Start a test call to see whether it gets through. If it does not, use another network or a phone hotspot",
        detail=str(evidence),
    )


def _open_elsewhere(evidence: Evidence, port: int) -> Finding:
    return unknown(
        UDP_UNPROVED,
        f"UDP passes to {evidence.open_to[0]}; whether it does to port {port}, which calls use too, is not known: all that were "
        "asked there are silent",
        remedy="Start a test call to see whether it gets through. If it does not, use another network or a phone hotspot",
        detail=str(evidence),
    )


def _turned_away(evidence: Evidence, ending: Ending) -> Finding:
    return unknown(
        UDP_UNPROVED,
        "Whether UDP passes is not known: it gets as far as a server that was asked, which turns it away itself",
        remedy="Show this to IT support: the profile may name a wrong port, or servers that are out of service",
        detail=f"{evidence}; {ending.sentence}",
    )


def _relay_unproved(relays: list[str], evidence: Evidence) -> Finding:
    return unknown(
        RELAY_UNPROVED,
        f"UDP is open, but the media relay {relays[0]} did not answer; whether calls get through to it is not proved",
        detail=str(evidence),
    )


def _too_few(evidence: Evidence) -> Finding:
    return unknown(
        UDP_UNPROVED,
        "Whether UDP passes is not known: too few servers could be asked",
        remedy="Show this to IT support: the profile needs STUN servers of two operators (udp_controls) whose names are known",
        detail=str(evidence),
    )


def _no_control(evidence: Evidence) -> Finding:
    return unknown(
        NO_CONTROL,
        "Whether UDP passes is not known: nothing else answered at the same moment either",
        detail=str(evidence),
    )


@dataclass(frozen=True)
class _Holder:
    """Who holds UDP back: ``who`` completes a summary."""

    who: str
    remedy: str
    blame: Blame


def _sure(holder: _Holder, *owners: Owner, confidence: Confidence = Confidence.MEDIUM) -> _Holder:
    return replace(holder, blame=between(*owners, confidence=confidence))


_HERE_LIKELY: Final = _Holder(
    "this computer lets no UDP out", REMEDY_HERE, Blame(Owner.DEVICE, confidence=Confidence.MEDIUM)
)
_HERE: Final = _sure(_HERE_LIKELY, Owner.DEVICE, confidence=Confidence.HIGH)
_HOME_LIKELY: Final = _Holder(
    "this network lets no UDP through", REMEDY, Blame(Owner.HOME, confidence=Confidence.MEDIUM)
)
_HOME: Final = _sure(_HOME_LIKELY, Owner.HOME, confidence=Confidence.HIGH)
_PROVIDER: Final = _Holder(  # the way back cannot be seen
    "the internet provider lets no UDP through",
    REMEDY_PROVIDER,
    Blame(Owner.ISP, confidence=Confidence.MEDIUM),
)
_NOT_TOLD: Final = _sure(_HOME, Owner.HOME, Owner.ISP)
_NEAR: Final = _sure(_HOME, Owner.HOME, Owner.DEVICE)
_IN_VPN: Final = _Holder(
    "no UDP comes through the VPN",
    REMEDY_VPN,
    between(Owner.COMPANY, Owner.ISP, Owner.HOME, confidence=Confidence.MEDIUM),
)


def _holder(ending: Ending, answers: Collection[NetError], vpn: bool) -> _Holder:
    if ending.within(Place.COMPUTER):
        return _HERE if ending.sure else _HERE_LIKELY
    if ending.within(Place.ROUTER):
        return _HOME if ending.sure else _HOME_LIKELY
    if ending.within(Place.COMPUTER, Place.ROUTER):
        return _NEAR
    if ending.within(Place.PROVIDER, Place.BEYOND):
        return _PROVIDER
    if not ending.places and all(isinstance(answer, NotAllowed) for answer in answers):
        return _HERE_LIKELY  # its own system refused to send
    return _IN_VPN if vpn else _NOT_TOLD


def _blocked(evidence: Evidence, udp: Literal["required", "preferred"], ending: Ending, vpn: bool) -> Finding:
    holder = _holder(ending, evidence.unanswered.values(), vpn)
    said: dict[str, Any] = {
        "remedy": holder.remedy,
        "blame": holder.blame,
        "detail": "; ".join(part for part in (str(evidence), ending.sentence) if part),
    }
    fallback_works = any(isinstance(answer, Reached) for answer in evidence.fallback.values())
    if udp == "preferred" and (fallback_works or not evidence.fallback):
        return warned(UDP_BLOCKED, f"Calls have to take the slow way here: {holder.who}, only TCP", **said)
    return failed(UDP_BLOCKED, f"Calls do not get through here: {holder.who}", **said)
