"""Rules about the way out: no network, no internet, a sign-in page, filters."""

from functools import partial
from typing import Final

from msgspec.structs import replace

from readycheck.diagnose.causes import Causes, Results, absorbed, checks_of, joined, may_be_one_fault, parties
from readycheck.diagnose.codes import HELD_BACK, NO_INTERNET
from readycheck.model import Cause, CheckResult, Confidence, Finding, Owner, Status

REFUSED: Final = "connection.internet_refused"
ASKED_BY_NAME: Final = "asked_by_name"
ON_THE_LINE: Final = {Owner.HOME, Owner.ISP}


def plain_pages_show_a_live_line(causes: Causes, results: Results) -> Causes:
    """Test pages that come back exactly as expected show that the line is alive: where everyday hosts were asked too and gave
    no secure answer, something holds back secure connections."""
    pages, internet = results.get("captive_portal"), results.get("internet")
    if pages is None or pages.status is not Status.PASS or internet is None:
        return causes
    if not any(fact.name == ASKED_BY_NAME for fact in internet.facts):
        return causes
    return tuple(_held_back(c, pages) if "internet" in checks_of(c) else c for c in causes)


def _held_back(cause: Cause, pages: CheckResult) -> Cause:
    """Whose it is stays as the packets to those hosts told."""
    return replace(
        cause,
        code=HELD_BACK.name,
        confidence=Confidence.MEDIUM,
        summary=HELD_BACK.meaning,
        next_step=HELD_BACK.remedy,
        evidence_for=(*cause.evidence_for, f"Web pages without encryption answer: {pages.summary}"),
    )


def no_internet_is_one_cause(causes: Causes, results: Results) -> Causes:
    """No interface, no answer of the router or no answer from outside: one cause, its owner by how far packets got."""
    failing = [c for c in causes if "interface" in checks_of(c) or c.code == NO_INTERNET.name]
    router = [c for c in causes if "gateway" in checks_of(c)]
    if not failing:
        return causes
    first = failing[0]
    owner, either, confidence, told = _how_far(first, results)
    if router:
        return absorbed(causes, router[0], partial(_is_the_routers, failing, router[0]))
    merged = replace(
        first,
        code=NO_INTERNET.name,
        owner=owner,
        either=either,
        confidence=confidence,
        evidence_for=(*first.evidence_for, *((told,) if told else ())),
    )
    for other in failing[1:]:
        merged = joined(merged, other)
    return (merged, *(c for c in causes if c not in failing))


def _is_the_routers(failing: list[Cause], router: Cause, other: Cause) -> bool:
    """A line that packets were seen to leave by the router, and to end behind it, is not dead by the router's silence."""
    return other in failing and may_be_one_fault(router, other)


def _how_far(first: Cause, results: Results) -> tuple[Owner, tuple[Owner, ...], Confidence, str]:
    """Whose it is: as the packets themselves told, if they did; else by whether the home router answers."""
    interface, gateway = results.get("interface"), results.get("gateway")
    if interface is not None and interface.status is Status.FAIL:
        return first.owner, first.either, Confidence.HIGH, ""
    if first.owner is not Owner.UNKNOWN or first.either:
        return first.owner, first.either, first.confidence, ""
    if (
        gateway is not None and gateway.status is Status.PASS
    ):  # a router that hangs answers for itself as well
        told = f"The home router answers: {gateway.summary}"
        return Owner.UNKNOWN, (Owner.ISP, Owner.HOME), Confidence.MEDIUM, told
    return Owner.UNKNOWN, (), Confidence.MEDIUM, "It could not be told whether the home router answers"


def a_filter_is_not_the_router(causes: Causes, results: Results) -> Causes:
    """Where something refuses connections to everybody, names that are not found do not show the router or the provider at fault.
    What a program of this computer or the VPN does to names shows itself by other signs, and stays theirs."""
    internet = results.get("internet")
    refusing = [f for f in internet.findings if f.code == REFUSED] if internet is not None else []
    if not refusing:
        return causes
    return tuple(_filtered(c, refusing[0]) if _is_names_of_the_line(c) else c for c in causes)


def _is_names_of_the_line(cause: Cause) -> bool:
    return "dns" in checks_of(cause) and not parties(cause).isdisjoint(ON_THE_LINE)


def _filtered(cause: Cause, refusing: Finding) -> Cause:
    return replace(
        cause,
        owner=Owner.UNKNOWN,
        either=(),
        next_step=refusing.remedy,
        evidence_for=(*cause.evidence_for, refusing.summary),
    )
