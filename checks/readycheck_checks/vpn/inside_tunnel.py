"""The verdict where nothing came back from the inside: is it the VPN, or what lies behind it? Pure; asks nobody."""

from collections.abc import Iterator

from readycheck.api import Confidence, Finding, Owner, failed
from readycheck_checks.asking.replies import Reply
from readycheck_checks.vpn.inside_codes import ANYBODY, INSIDE_NAMES_SILENT, INSIDE_SILENT
from readycheck_checks.vpn.inside_seen import Inside


def unheard(seen: Inside) -> tuple[str, ...]:
    """Servers and name servers inside that kept silent, where nobody inside said anything and others outside answer; none where
    that is not so."""
    if not seen.tunnel or seen.carried or not seen.controls.answered("tcp"):
        return ()
    return (*_servers(seen), *seen.own.silent)


def judge_unheard(seen: Inside) -> Iterator[Finding]:
    """Who else answers through the VPN shows that it carries; nothing else tells a dead VPN from a dead inside."""
    if not (silent := ", ".join(unheard(seen))):
        return
    if not seen.met:
        yield _carries_nothing(silent, seen)
    elif _servers(seen):
        yield _nothing_behind(silent, seen)
    else:
        yield _name_server(silent, seen)


def _servers(seen: Inside) -> list[str]:
    return [str(server) for server in seen.through if server.reply is Reply.SILENT]


def _carries_nothing(silent: str, seen: Inside) -> Finding:
    """Either end of the tunnel may have died, and so may the way between them: a tunnel that is set up on this computer need not
    have come about."""
    return failed(
        INSIDE_SILENT,
        f"The VPN is connected, but carries nothing back: {silent} does not answer, and nobody on the way there does",
        remedy="Disconnect the VPN and connect it again. If the problem stays, try over a phone hotspot, and tell IT support "
        "that the VPN connects but nothing passes through it.",
        confidence=Confidence.MEDIUM,
        detail=seen.evidence,
        either=ANYBODY,
    )


def _nothing_behind(silent: str, seen: Inside) -> Finding:
    return failed(
        INSIDE_SILENT,
        f"The VPN carries, but nobody in the company network answers: {silent} is silent, while {seen.met} answers through it",
        remedy=f"Tell IT support that {seen.met} answers through the VPN, and that {silent} does not.",
        owner=Owner.COMPANY,
        confidence=Confidence.MEDIUM,
        detail=seen.evidence,
    )


def _name_server(silent: str, seen: Inside) -> Finding:
    return failed(
        INSIDE_NAMES_SILENT,
        f"Company pages will not open by name: the company's name server ({silent}) does not answer, although {seen.met} "
        "answers through the VPN",
        remedy=f"Tell IT support that their name server {silent} does not answer over the VPN.",
        owner=Owner.COMPANY,
        confidence=Confidence.MEDIUM,
        detail=seen.evidence,
    )
