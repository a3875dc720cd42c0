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
CLOCK: Final = "connection.clock_off"
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
    return _absorb(causes, PORTAL, lambda other: _checks(other) & {"internet", "dns", "tls", "clock", "proxy"})


def no_internet_is_one_cause(causes: Causes, results: Results) -> Causes:
    """No interface, no answer of the router or no answer from outside: one cause, its owner by how far packets got."""
    failing = [c for c in causes if _checks(c) & {"interface", "internet"}]
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
        owner=owner if owner is not Owner.UNKNOWN else first.owner,
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
        return Owner.ISP, Confidence.MEDIUM, f"The home router answers: {gateway.summary}"
    return Owner.UNKNOWN, Confidence.MEDIUM, "It could not be told whether the home router answers"


def clock_explains_certificates(causes: Causes, results: Results) -> Causes:
    """With a clock that is off, certificates look expired or not yet valid: the clock is the cause."""
    return _absorb(
        causes,
        CLOCK,
        lambda other: "certificate" in other.code or other.code.startswith("connection.tls"),
    )


RULES: Final[tuple[Rule, ...]] = (
    one_code_one_cause,
    portal_explains_the_network,
    no_internet_is_one_cause,
    clock_explains_certificates,
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
