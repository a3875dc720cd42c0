"""From results to causes: what is wrong, whose it is, what it explains, and the one next step. Pure; measures nothing.

A cause stands for one fault. It starts as the deciding FAIL of a check; the rules below then join causes that are one fault seen
twice, and name the owner where only the results together can. A rule speaks of checks and evidence, never of a particular fault.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from readycheck.model import Cause, CheckResult, Confidence, Finding, Owner, Status

Results = Mapping[str, CheckResult]
Causes = tuple[Cause, ...]
Rule = Callable[[Causes, Results], Causes]

NO_INTERNET: Final = "connection.no_internet"
PORTAL: Final = "connection.captive_portal"
REFUSED: Final = "connection.internet_refused"
CLOCK: Final = "connection.clock_off"
INTERCEPTED: Final = "connection.tls_intercepted"
DATES: Final = "connection.tls_dates"
ASKED_BY_NAME: Final = "asked_by_name"
HELD_BACK: Final = "connection.secure_held_back"
NEAR_TO_FAR: Final = (
    "interface",
    "gateway",
    "captive_portal",
    "internet",
    "dns",
    "proxy",
    "clock",
    "tls",
    "call_path",
    "vpn_gateway",
    "vpn_tunnel",
    "vpn_inside",
)


def diagnose(results: Sequence[CheckResult]) -> Causes:
    """The causes behind all FAIL results, the one on top first: nearest to the person, then what explains most."""
    by_id = {result.check_id: result for result in results}
    causes = tuple(_cause(result, finding, results) for result in results for finding in _failures(result))
    for rule in RULES:
        causes = rule(causes, by_id)
    return tuple(sorted(causes, key=lambda cause: (_distance(cause), -len(cause.explains), cause.code)))


def _failures(result: CheckResult) -> Iterable[Finding]:
    if result.status is not Status.FAIL:
        return ()
    failed = {f.code: f for f in reversed(result.findings) if f.status is Status.FAIL}
    return tuple(reversed(failed.values())) or (_measured_short(result),)


def _measured_short(result: CheckResult) -> Finding:
    return Finding(
        code=f"{result.capability}.{result.check_id.partition(':')[0]}",
        status=Status.FAIL,
        summary=result.summary or f"{result.title} is below what is needed",
        remedy="Show this result to IT support",
    )


def _cause(result: CheckResult, finding: Finding, results: Sequence[CheckResult]) -> Cause:
    held = tuple(other.check_id for other in results if result.check_id in other.behind)
    return Cause(
        code=finding.code,
        owner=finding.owner,
        confidence=finding.confidence,
        summary=finding.summary,
        next_step=finding.remedy,
        explains=(result.check_id, *held),
        evidence_for=tuple(text for text in (finding.summary, finding.detail) if text),
        either=finding.either,
    )


def _distance(cause: Cause) -> int:
    first = cause.explains[0].partition(":")[0] if cause.explains else ""
    return NEAR_TO_FAR.index(first) if first in NEAR_TO_FAR else len(NEAR_TO_FAR)


def one_code_one_cause(causes: Causes, results: Results) -> Causes:
    """The same finding in several checks is one fault: two shares that both refuse the password."""
    joined: dict[tuple[str, Owner], Cause] = {}
    for cause in causes:
        key = (cause.code, cause.owner)
        joined[key] = _join(joined[key], cause) if key in joined else cause
    return tuple(joined.values())


def portal_explains_the_network(causes: Causes, results: Results) -> Causes:
    """Behind a captive portal nothing else of the network can be judged: what failed there is the portal's doing."""
    return _absorb(
        causes, PORTAL, lambda other: _checks(other) & {"internet", "dns", "tls", "clock", "proxy"}
    )


def plain_pages_show_a_live_line(causes: Causes, results: Results) -> Causes:
    """Test pages that come back exactly as expected show that the line is alive: where everyday hosts were asked too and gave
    no secure answer, something holds back secure connections."""
    pages, internet = results.get("captive_portal"), results.get("internet")
    if pages is None or pages.status is not Status.PASS or internet is None:
        return causes
    if not any(fact.name == ASKED_BY_NAME for fact in internet.facts):
        return causes
    return tuple(_held_back(c, pages) if "internet" in _checks(c) else c for c in causes)


def _held_back(cause: Cause, pages: CheckResult) -> Cause:
    return replace(
        cause,
        code=HELD_BACK,
        owner=Owner.UNKNOWN,
        confidence=Confidence.MEDIUM,
        summary="Plain web pages come through and secure connections do not: something on the way holds them back",
        next_step="Ask whoever runs this network whether it holds back secure connections (port 443), "
        "or use the hotspot of a phone",
        evidence_for=(*cause.evidence_for, f"Web pages without encryption answer: {pages.summary}"),
    )


def no_internet_is_one_cause(causes: Causes, results: Results) -> Causes:
    """No interface, no answer of the router or no answer from outside: one cause, its owner by how far packets got."""
    failing = [c for c in causes if "interface" in _checks(c) or c.code == NO_INTERNET]
    router = [c for c in causes if "gateway" in _checks(c)]
    if not failing:
        return causes
    first, evidence = failing[0], _how_far(results)
    owner, confidence, told = evidence
    if router:
        return _absorb(causes, router[0].code, lambda other: other in failing)
    merged = replace(
        first,
        code=NO_INTERNET,
        owner=first.owner if first.owner is not Owner.UNKNOWN else owner,
        confidence=confidence,
        evidence_for=(*first.evidence_for, *((told,) if told else ())),
    )
    for other in failing[1:]:
        merged = _join(merged, other)
    return (merged, *(c for c in causes if c not in failing))


def _how_far(results: Results) -> tuple[Owner, Confidence, str]:
    interface, gateway = results.get("interface"), results.get("gateway")
    if interface is not None and interface.status is Status.FAIL:
        return Owner.UNKNOWN, Confidence.HIGH, ""
    if gateway is not None and gateway.status is Status.PASS:
        return Owner.ISP, Confidence.LOW, f"The home router answers: {gateway.summary}"
    return Owner.UNKNOWN, Confidence.MEDIUM, "It could not be told whether the home router answers"


def a_filter_is_not_the_router(causes: Causes, results: Results) -> Causes:
    """Where something refuses connections to everybody, names that are not found do not show the router at fault."""
    internet = results.get("internet")
    refusing = [f for f in internet.findings if f.code == REFUSED] if internet is not None else []
    if not refusing:
        return causes
    return tuple(_filtered(c, refusing[0]) if "dns" in _checks(c) else c for c in causes)


def _filtered(cause: Cause, refusing: Finding) -> Cause:
    return replace(
        cause,
        owner=Owner.UNKNOWN,
        next_step=refusing.remedy,
        evidence_for=(*cause.evidence_for, refusing.summary),
    )


def clock_explains_certificates(causes: Causes, results: Results) -> Causes:
    """With a clock that is off, certificates look expired or not yet valid: the clock is the cause."""
    return _absorb(
        causes,
        CLOCK,
        lambda other: "certificate" in other.code or other.code.startswith("connection.tls"),
    )


def interception_explains_certificates(causes: Causes, results: Results) -> Causes:
    """What opens the secure connections of everybody shows its own certificate for the company's hosts too."""
    return _absorb(causes, INTERCEPTED, lambda other: "certificate" in other.code)


def a_right_clock_is_not_to_blame(causes: Causes, results: Results) -> Causes:
    """Certificates that look out of date by a clock that was found right are not the doing of this computer's clock."""
    clock = results.get("clock")
    if clock is None or clock.status is not Status.PASS:
        return causes
    return tuple(_not_the_clock(c, clock) if c.code == DATES else c for c in causes)


def _not_the_clock(cause: Cause, clock: CheckResult) -> Cause:
    return replace(
        cause,
        owner=Owner.UNKNOWN,
        confidence=Confidence.LOW,
        summary="The certificates of all hosts look out of date, although the clock of this computer is right",
        next_step="Type no password on this network. Try the hotspot of a phone; "
        "if it is the same there, install the pending system updates",
        evidence_for=(*cause.evidence_for, clock.summary),
    )


RULES: Final[tuple[Rule, ...]] = (
    one_code_one_cause,
    portal_explains_the_network,
    plain_pages_show_a_live_line,
    no_internet_is_one_cause,
    a_filter_is_not_the_router,
    clock_explains_certificates,
    interception_explains_certificates,
    a_right_clock_is_not_to_blame,
)


def _checks(cause: Cause) -> set[str]:
    """The check a cause was found by (its first), without the instance."""
    return {cause.explains[0].partition(":")[0]} if cause.explains else set()


def _join(into: Cause, other: Cause) -> Cause:
    return replace(
        into,
        explains=tuple(dict.fromkeys((*into.explains, *other.explains))),
        evidence_for=tuple(dict.fromkeys((*into.evidence_for, *other.evidence_for))),
    )


def _absorb(causes: Causes, code: str, belongs: Callable[[Cause], object]) -> Causes:
    """Join into the cause of this code all others that belong to it; unchanged where there is no such cause."""
    root = next((cause for cause in causes if cause.code == code), None)
    if root is None:
        return causes
    kept = []
    for cause in causes:
        if cause is root or cause.code == code:
            continue
        if belongs(cause):
            root = _join(root, cause)
        else:
            kept.append(cause)
    return (root, *kept)
