"""The verdict where the gateway's host answered, and not as such a gateway should: something else, a trouble of its own, an offer
that does not fit, a key that it does not know, or one of two ports that must both be open. Pure."""

from collections.abc import Sequence

from readycheck.api import Confidence, Finding, Owner, failed
from readycheck_checks.asking.replies import Reply
from readycheck_checks.blame.ending import Ending
from readycheck_checks.vpn.blocked_verdict import is_blocked, port_blocked, whose
from readycheck_checks.vpn.case import Case
from readycheck_checks.vpn.gateway_codes import (
    GATEWAY_PROPOSALS,
    GATEWAY_TROUBLE,
    GATEWAY_WRONG,
    KEY,
    PORT_SILENT,
)
from readycheck_checks.vpn.probe import Probe


def judge_answer(
    host: str, probes: Sequence[Probe], ending: Ending, evidence: str, case: Case
) -> Finding | None:
    """None where the answers are those of a gateway that works, or of none."""
    answered = [probe for probe in probes if probe.reply is Reply.ANSWERED]
    if unfit := [probe for probe in answered if probe.unfit]:
        return _unfit(host, unfit[0], evidence)
    good = [probe for probe in answered if not probe.instead]
    if case.all_needed and good and len(answered) < len(probes):
        return _half(host, probes, ending, evidence)
    if good:
        return None
    if other := next((probe for probe in probes if probe.instead), None):
        return _something_else(host, other, evidence, case)
    if troubled := next((probe for probe in probes if probe.trouble), None):
        return _troubled(host, troubled, evidence)
    if case.keyed and {probe.reply for probe in probes} == {Reply.CLOSED}:
        return _key_refused(host, evidence)
    return None


def _something_else(host: str, probe: Probe, evidence: str, case: Case) -> Finding:
    remedy = f"Tell IT support that {host} answers on {probe.transport} as {probe.instead}, and not as {case.kind}."
    return failed(
        GATEWAY_WRONG,
        f"The VPN will not connect: {host} answers on {probe.transport}, but is {probe.instead} and not {case.kind}",
        remedy=f"{remedy} {case.remedy}".strip(),
        owner=Owner.COMPANY,
        confidence=Confidence.MEDIUM,
        detail=evidence,
    )


def _troubled(host: str, probe: Probe, evidence: str) -> Finding:
    return failed(
        GATEWAY_TROUBLE,
        f"The VPN will not connect: {host} answers on {probe.transport} that it cannot do it now ({probe.trouble})",
        remedy=f"Wait ten minutes and check again. If the problem stays, tell IT support that {host} says {probe.trouble}.",
        owner=Owner.COMPANY,
        confidence=Confidence.HIGH,
        detail=evidence,
    )


def _unfit(host: str, probe: Probe, evidence: str) -> Finding:
    """Everything customary was offered: nothing of it is set up there, or nothing for a computer at this address."""
    return failed(
        GATEWAY_PROPOSALS,
        f"The VPN will not connect: {host} answers on {probe.transport}, and takes none of the usual ways of encryption",
        remedy=f"Tell IT support that the VPN gateway {host} answers NO_PROPOSAL_CHOSEN to everything that is customary.",
        owner=Owner.COMPANY,
        confidence=Confidence.MEDIUM,
        detail=evidence,
    )


def _key_refused(host: str, evidence: str) -> Finding:
    """A box on the way that lets no VPN through may hang up as well."""
    return failed(
        KEY,
        f"The VPN will not connect: {host} ends the conversation, as a gateway does that does not know your key",
        either=KEY.owners,
        confidence=Confidence.LOW,
        detail=evidence,
    )


def _half(host: str, probes: Sequence[Probe], ending: Ending, evidence: str) -> Finding:
    """One port answers, and the other does not: the conversation begins on one and goes on over the other."""
    open_, closed = (
        " and ".join(probe.transport for probe in probes if (probe.reply is Reply.ANSWERED) is heard)
        for heard in (True, False)
    )
    if is_blocked(ending):
        return port_blocked(closed, ending, evidence)
    blame = whose(ending)
    return failed(
        PORT_SILENT,
        f"The VPN will not connect from behind a router: {host} answers on {open_} and not on {closed}, which it needs too",
        remedy="Connect over a phone hotspot. "
        f"If it does not work there either, tell IT support that {host} does not answer on {closed}.",
        blame=blame,
        detail=evidence,
    )
