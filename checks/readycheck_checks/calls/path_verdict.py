"""Is the UDP path of calls open? Pure judgement over what relays and controls of one moment answered.

A success or an error reply proves the path. Silence of one target proves nothing while another answers, and two servers of one
organisation can be down together. Silence of two hosts, one of them of another party, while TCP is answered at the same moment,
is a network that lets no UDP through; so is one that says so itself, and a target that turns UDP away itself is none.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from readycheck.api import (
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
from readycheck_checks.asking.endpoints import endpoint
from readycheck_checks.blame.ending import Ending, Place
from readycheck_checks.calls.parties import is_here
from readycheck_checks.calls.probes import Reached, StunReply
from readycheck_checks.calls.reflecting import Reflected

FEWEST_SILENT: Final = 2
REMEDY: Final = (
    "Use another network or the hotspot of a phone for calls. "
    "If you look after this network, let UDP to port 3478 out; a guest network or a firewall often holds it back"
)
REMEDY_PROVIDER: Final = (
    "Use another network or the hotspot of a phone for calls. "
    "Ask your internet provider why UDP goes out through your router and is not answered"
)
REMEDY_HERE: Final = (
    "Ask IT support whether a firewall on this computer holds UDP back. Until then, join calls by phone"
)
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
        only_there = not evidence.replies and _of_two_parties(evidence)
        found = [_open_to_one(evidence) if only_there else _open(evidence)]
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


def _of_two_parties(evidence: Evidence) -> bool:
    """Two hosts at least did not answer, one of them a control, which is somebody else's than the relays."""
    silent = evidence.unanswered
    hosts = [_host(target, error) for target, error in silent.items()]
    different = min(len({name for name, _ in hosts}), len({address for _, address in hosts}))
    return different >= FEWEST_SILENT and any(target in evidence.controls for target in silent)


def _host(target: str, error: NetError) -> tuple[str, str]:
    """Its name and the address that was tried, where one was. On this computer every port is a host of its own."""
    name, address = endpoint(target).host, error.where.address or ""
    return (target, target) if address and is_here(address) else (name, address or name)


def _somebody_said_so(evidence: Evidence, ending: Ending) -> bool:
    """That UDP may not pass was an answer, on the way or by this computer, and no silence."""
    return ending.sure or all(isinstance(each, NotAllowed) for each in evidence.unanswered.values())


def _open(evidence: Evidence) -> Finding:
    return passed(
        "calls.udp",
        f"Voice and video can take the direct way: UDP is open ({evidence.open_to[0]})",
        detail=str(evidence),
    )


def _open_to_one(evidence: Evidence) -> Finding:
    return unknown(
        "calls.udp_unproved",
        f"UDP passes to {evidence.open_to[0]}; whether it does to call servers is not known: those that were asked are silent",
        remedy="Start a test call to see whether it gets through. If it does not, use another network or the hotspot of a phone",
        detail=str(evidence),
    )


def _turned_away(evidence: Evidence, ending: Ending) -> Finding:
    return unknown(
        "calls.udp_unproved",
        "Whether UDP passes is not known: it gets as far as a server that was asked, which turns it away itself",
        remedy="Show this to IT support: the profile may name a wrong port, or servers that are out of service",
        detail=f"{evidence}; {ending.sentence}",
    )


def _relay_unproved(relays: list[str], evidence: Evidence) -> Finding:
    return unknown(
        "calls.relay_unproved",
        f"UDP is open, but the media relay {relays[0]} did not answer; whether calls get through to it is not proved",
        remedy="Start a test call: its quality shows whether the relay is reached",
        detail=str(evidence),
    )


def _too_few(evidence: Evidence) -> Finding:
    return unknown(
        "calls.udp_unproved",
        "Whether UDP passes is not known: too few servers could be asked",
        remedy="Show this to IT support: the profile needs STUN servers of two operators (udp_controls) whose names are known",
        detail=str(evidence),
    )


def _no_control(evidence: Evidence) -> Finding:
    return unknown(
        "calls.no_control",
        "Whether UDP passes is not known: nothing else answered at the same moment either",
        remedy="Check again once the internet connection works",
        detail=str(evidence),
    )


@dataclass(frozen=True)
class _Blame:
    who: str
    remedy: str
    confidence: Confidence
    owner: Owner = Owner.UNKNOWN
    either: tuple[Owner, ...] = ()


_HERE: Final = _Blame("this computer lets no UDP out", REMEDY_HERE, Confidence.HIGH, Owner.DEVICE)
_HERE_LIKELY: Final = replace(_HERE, confidence=Confidence.MEDIUM)
_HOME: Final = _Blame("this network lets no UDP through", REMEDY, Confidence.HIGH, Owner.HOME)
_HOME_LIKELY: Final = replace(_HOME, confidence=Confidence.MEDIUM)
_PROVIDER: Final = _Blame(  # the way back cannot be seen
    "the internet provider lets no UDP through", REMEDY_PROVIDER, Confidence.MEDIUM, Owner.ISP
)
_NOT_TOLD: Final = replace(
    _HOME, confidence=Confidence.MEDIUM, owner=Owner.UNKNOWN, either=(Owner.HOME, Owner.ISP)
)
_NEAR: Final = replace(_NOT_TOLD, either=(Owner.HOME, Owner.DEVICE))
_IN_VPN: Final = replace(
    _NOT_TOLD,
    who="no UDP comes through the VPN",
    remedy=REMEDY_VPN,
    either=(Owner.COMPANY, Owner.ISP, Owner.HOME),
)


def _blame(ending: Ending, answers: Collection[NetError], vpn: bool) -> _Blame:
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
    blame = _blame(ending, evidence.unanswered.values(), vpn)
    said: dict[str, Any] = {
        "remedy": blame.remedy,
        "owner": blame.owner,
        "either": blame.either,
        "confidence": blame.confidence,
        "detail": "; ".join(part for part in (str(evidence), ending.sentence) if part),
    }
    fallback_works = any(isinstance(answer, Reached) for answer in evidence.fallback.values())
    if udp == "preferred" and (fallback_works or not evidence.fallback):
        return warned(
            "calls.udp_blocked", f"Calls have to take the slow way here: {blame.who}, only TCP", **said
        )
    return failed("calls.udp_blocked", f"Calls do not get through here: {blame.who}", **said)
