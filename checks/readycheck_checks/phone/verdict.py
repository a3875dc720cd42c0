"""The verdict about a SIP telephone's way to its exchange, over each transport and compared. Pure; asks nobody.

A box that meddles with SIP (an "application layer gateway" of a router) is proved by what it changed: what a server returns is
not what was sent, or it saw this computer's private address over UDP while over TLS, which no box can read, it saw another one.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Final

from readycheck.api import (
    Blame,
    Confidence,
    Finding,
    Owner,
    Silent,
    Status,
    TlsFailed,
    failed,
    passed,
    unknown,
    warned,
)
from readycheck_checks.blame.answering import who_answers
from readycheck_checks.conversation.server import Trouble
from readycheck_checks.conversation.verdict import App, judge_trouble
from readycheck_checks.phone.asking import Reply
from readycheck_checks.phone.sip import Transport, Via, changes

CODE: Final = "apps.phone"
USE_TLS: Final = "Set the telephone to TLS (port 5061)"
NO_ALG: Final = (
    f"{USE_TLS} in its settings, or ask IT support to. "
    'If you look after this network, switch off "SIP ALG" (also called SIP helper or SIP inspection) in the router.'
)
MEANWHILE: Final = "Meanwhile use a mobile phone."


def judge(
    name: str, replies: Sequence[Reply], troubles: Mapping[Transport, Trouble], *, tunnelled: bool = False
) -> Finding:
    """``troubles``: of the transports that did not work; ``tunnelled``: the way leads through a VPN."""
    evidence = "; ".join(
        [*map(str, replies), *(each.looked.ends for each in troubles.values() if each.looked.ends)]
    )
    works = [reply for reply in replies if reply.answer is not None]
    if not works:
        return _nothing_works(name, troubles)
    if all(reply.answer is not None and reply.answer.status in range(500, 600) for reply in works):
        return _out_of_order(name, works, evidence, tunnelled=tunnelled)
    if how := meddling(replies):
        return _alg(name, how, evidence, tunnelled=tunnelled)
    if len(works) == len(replies):
        ways = ", ".join(reply.name for reply in replies)
        return passed(f"{CODE}_answers", f"The telephone exchange {name} answers ({ways})", detail=evidence)
    return _in_part(name, works, troubles, evidence)


def meddling(replies: Sequence[Reply]) -> str:
    """What shows that somebody on the way rewrites SIP; "" where nothing does."""
    for reply in replies:
        if reply.answer is None or reply.question is None or reply.transport == "tls":
            continue
        if told := changes(reply.question, reply.answer):
            return f"over {reply.name} {told[0]}"
    return _seen_otherwise(replies)


def _seen_otherwise(replies: Sequence[Reply]) -> str:
    seen = {reply.transport: _via(reply).received for reply in replies}
    tls, own = seen.get("tls", ""), _own(replies)
    for transport in ("udp", "tcp"):
        told = seen.get(transport, "")
        if tls and told and told == own and tls != own and _same_version(tls, told):
            return f"over {transport.upper()} the exchange seems to see {told}, over TLS it sees {tls}"
    return ""


def _own(replies: Sequence[Reply]) -> str:
    return next((reply.question.own_address for reply in replies if reply.question is not None), "")


def _via(reply: Reply) -> Via:
    if reply.answer is None or not reply.answer.vias:
        return Via(sent_by="")
    return reply.answer.vias[0]


def _same_version(one: str, other: str) -> bool:
    try:
        return ipaddress.ip_address(one).version == ipaddress.ip_address(other).version
    except ValueError:
        return False


def mapping(replies: Sequence[Reply]) -> str:
    """How the exchange sees this computer over UDP: "192.0.2.1:40000"; "" where it does not tell."""
    via = next((_via(reply) for reply in replies if reply.transport == "udp"), Via(sent_by=""))
    return f"{via.received}:{via.rport}" if via.received and via.rport else via.received


def _alg(name: str, how: str, evidence: str, *, tunnelled: bool) -> Finding:
    """Most are routers at home; a provider that translates addresses and the company's own firewall do it too."""
    return warned(
        f"{CODE}_alg",
        f"Calls over {name} may break off or stay silent: something on the way rewrites telephone messages (SIP ALG)",
        remedy=NO_ALG,
        either=(Owner.COMPANY, Owner.HOME) if tunnelled else (Owner.HOME, Owner.COMPANY, Owner.ISP),
        confidence=Confidence.MEDIUM,
        detail=f"{how}; {evidence}",
    )


def _out_of_order(name: str, works: Sequence[Reply], evidence: str, *, tunnelled: bool) -> Finding:
    """What is said over UDP or TCP alone may be said by a box on the way."""
    proved = any(reply.transport == "tls" for reply in works)
    blame = who_answers(Owner.COMPANY, proved=proved, tunnelled=tunnelled, provider=True)
    return failed(
        f"{CODE}_out_of_order",
        f"Calls over {name} cannot be made: the telephone exchange says {works[0].answer}",
        remedy=f"Tell IT support what the telephone exchange says. {MEANWHILE}",
        blame=blame,
        confidence=Confidence.HIGH if proved else blame.confidence,
        detail=evidence,
    )


def _in_part(
    name: str, works: Sequence[Reply], troubles: Mapping[Transport, Trouble], evidence: str
) -> Finding:
    """A telephone that is set to a way that does not work does not ring, though another way works."""
    trouble = next(iter(troubles.values()))
    ways = " and ".join(reply.name for reply in works)
    said = judge_trouble(App(code=CODE, does_not=f"Calls over {trouble.port} cannot be made"), trouble)
    if said.status is Status.UNKNOWN and "udp" not in troubles:
        return _told_in_part(name, ways, trouble, evidence)
    instead = USE_TLS if any(reply.transport == "tls" for reply in works) else f"Set the telephone to {ways}"
    alg = (
        ' If you look after this network, switch off "SIP ALG" in the router too.'
        if "udp" in troubles
        else ""
    )
    return warned(
        f"{CODE}_udp" if "udp" in troubles else said.code,
        f"The telephone exchange {name} answers over {ways}, not over {trouble.port}",
        remedy=f"{instead} in its settings, or ask IT support to. {said.remedy}{alg}",
        blame=Blame(said.owner, said.either, said.confidence or Confidence.LOW),
        detail=f"{evidence}; {trouble.evidence}",
    )


def _told_in_part(name: str, ways: str, trouble: Trouble, evidence: str) -> Finding:
    """Silence without a control, which over UDP an answer of the same exchange is: only UDP is often blocked as a whole."""
    return unknown(
        f"{CODE}_unproved",
        f"The telephone exchange {name} answers over {ways}; whether it does over {trouble.port} could not be told",
        detail=f"{evidence}; {trouble.evidence}",
    )


def _nothing_works(name: str, troubles: Mapping[Transport, Trouble]) -> Finding:
    """By what tells most: a certificate, then an answer of any kind, then a connection that was taken, then silence."""
    app = App(code=CODE, does_not=f"Calls over {name} cannot be made", meanwhile=MEANWHILE)
    return judge_trouble(app, min(troubles.values(), key=_tells_little))


def _tells_little(trouble: Trouble) -> int:
    if isinstance(trouble.error, TlsFailed):
        return 0
    if not isinstance(trouble.error, Silent):
        return 1
    return 2 if trouble.taken else 3
