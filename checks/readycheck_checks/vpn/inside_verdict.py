"""The verdict about the inside of the company network, from what answered there. Pure; asks nobody.

Only what comes through the tunnel is evidence about the company: without it, an inside address is anybody's at home.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from readycheck.api import Confidence, Finding, Owner, failed, passed, unknown
from readycheck_checks.controls import Controls
from readycheck_checks.endpoints import Endpoint
from readycheck_checks.replies import Reply


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One inside name (without a port) or server, and how it behaved."""

    host: str
    port: int | None = None
    reply: Reply
    rtt_ms: float | None = None

    def __str__(self) -> str:
        return self.host if self.port is None else str(Endpoint(self.host, self.port))


@dataclass(frozen=True, kw_only=True)
class Inside:
    """What was seen: ``tunnel`` whether the VPN was up (None: not told), names, servers, controls outside."""

    tunnel: bool | None
    names: tuple[Asked, ...] = ()
    servers: tuple[Asked, ...] = ()
    controls: Controls = Controls()

    @property
    def reached(self) -> bool:
        """True where it is proved that packets get inside: the tunnel is up, or an inside server answered."""
        return self.tunnel is True or self.answering

    @property
    def answering(self) -> bool:
        return any(server.reply is Reply.ANSWERED for server in self.servers)

    @property
    def looked_up(self) -> bool:
        """True where the tunnel is up and an inside name was found: so the company's name servers answer through it."""
        return self.tunnel is True and any(name.reply is Reply.ANSWERED for name in self.names)

    @property
    def evidence(self) -> str:
        vpn = {True: "the VPN is up", False: "the VPN is not up", None: "not known whether the VPN is up"}
        asked = [f"{one} {one.reply}" for one in (*self.names, *self.servers)]
        return "; ".join([vpn[self.tunnel], *asked, str(self.controls)])


def judge_inside(seen: Inside) -> list[Finding]:
    """What does not work, each once; one PASS where everything answered; UNKNOWN where nothing could be proved."""
    findings = [*_dead_tunnel(seen)] or [*_unknown_names(seen), *_refused(seen), *_silent(seen)]
    if findings:
        return findings
    everything = (*seen.names, *seen.servers)
    if all(one.reply is Reply.ANSWERED for one in everything):
        hosts = {server.host for server in seen.servers}
        listed = ", ".join(str(one) for one in everything if one.port is not None or one.host not in hosts)
        return [passed("vpn.inside_answers", f"The company network answers: {listed}", detail=seen.evidence)]
    return [_unproved(seen)]


def _unknown_names(seen: Inside) -> Iterator[Finding]:
    missing = dict.fromkeys(o.host for o in (*seen.names, *seen.servers) if o.reply is Reply.NAME_UNKNOWN)
    if missing and seen.reached:
        names = ", ".join(missing)
        although = "the VPN is connected" if seen.tunnel else "other company servers answer"
        yield failed(
            "vpn.inside_name",
            f"Company pages will not open by name: {names} is not known here, although {although}",
            remedy="Disconnect the VPN and connect it again. If it stays like this, tell IT support "
            "that the VPN does not give this computer the company's name servers.",
            owner=Owner.COMPANY,
            confidence=Confidence.HIGH if seen.answering else Confidence.MEDIUM,
            detail=seen.evidence,
        )


def _refused(seen: Inside) -> Iterator[Finding]:
    refusing = [str(server) for server in seen.servers if server.reply is Reply.REFUSED]
    if refusing and seen.reached:
        names = ", ".join(refusing)
        yield failed(
            "vpn.inside_refused",
            f"{names} cannot be used: the machine is there, but the service on it does not run",
            remedy=f"Tell IT support that {names} refuses connections over the VPN.",
            owner=Owner.COMPANY,
            confidence=Confidence.HIGH if seen.answering else Confidence.MEDIUM,
            detail=seen.evidence,
        )


def _dead_tunnel(seen: Inside) -> Iterator[Finding]:
    """All servers are silent, no inside name is found, and the line is alive. Whose it is does not show from one end."""
    silent = [str(server) for server in seen.servers if server.reply is Reply.SILENT]
    alive = seen.looked_up or len(silent) < len(seen.servers)
    if silent and not alive and seen.tunnel and seen.controls.answered("tcp"):
        yield failed(
            "vpn.inside_silent",
            f"The VPN is connected, but carries nothing: {', '.join(silent)} does not answer",
            remedy="Disconnect the VPN and connect it again. If it stays like this, tell IT support "
            "that the VPN connects but nothing passes through it.",
            detail=seen.evidence,
        )


def _silent(seen: Inside) -> Iterator[Finding]:
    silent = [str(server) for server in seen.servers if server.reply is Reply.SILENT]
    names = ", ".join(silent)
    if silent and (seen.answering or (seen.looked_up and seen.controls.answered("tcp"))):
        yield failed(
            "vpn.inside_silent",
            f"{names} cannot be used: it does not answer, while other company servers do",
            remedy=f"Tell IT support that {names} does not answer over the VPN.",
            owner=Owner.COMPANY,
            confidence=Confidence.HIGH if seen.answering else Confidence.MEDIUM,
            detail=seen.evidence,
        )


def _unproved(seen: Inside) -> Finding:
    if seen.tunnel is False:
        why = "the VPN is not connected"
    elif any(one.reply is Reply.NAME_TROUBLE for one in (*seen.names, *seen.servers)):
        why = "the name servers did not answer"
    elif any(one.reply is Reply.NO_ROUTE for one in seen.servers):
        why = "this computer knows no way there"
    else:
        why = "nothing else that could vouch for the connection answered at the same moment"
    return unknown(
        "vpn.inside_unproved",
        f"Whether the company network works could not be told: {why}",
        detail=seen.evidence,
    )
