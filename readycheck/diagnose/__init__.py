"""From results to causes: what is wrong, whose it is, what it explains, and the one next step. Pure; measures nothing.

A cause stands for one fault. It starts as the deciding FAIL of a check; the rules below then join causes that are one fault seen
twice, and name the owner where only the results together can. A rule speaks of checks and evidence, never of a particular fault.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Final

from msgspec.structs import replace

from readycheck.diagnose.against import what_speaks_against
from readycheck.diagnose.causes import Causes, Results, Rule, joined
from readycheck.diagnose.certificates import (
    a_right_clock_is_not_to_blame,
    a_wrong_clock_spoils_dates,
    what_opens_connections_is_a_stranger,
)
from readycheck.diagnose.connection import (
    a_filter_is_not_the_router,
    no_internet_is_one_cause,
    plain_pages_show_a_live_line,
)
from readycheck.diagnose.explanations import what_explains_what
from readycheck.diagnose.incidents import a_known_incident_is_waited_for
from readycheck.diagnose.slow_line import a_line_that_carries_next_to_nothing_stalls
from readycheck.diagnose.work import (
    a_silent_company_is_one_cause,
    an_unproved_gateway_blames_nobody,
    hidden_names_are_one_filter,
    one_mail_server_is_one_cause,
    one_web_server_is_one_cause,
)
from readycheck.model import Cause, CheckResult, Finding, Owner, Status

__all__ = ["RULES", "diagnose", "distance"]

NEAR_TO_FAR: Final = (
    "interface",
    "wifi",
    "gateway",
    "captive_portal",
    "internet",
    "line",
    "path_mtu",
    "dns",
    "proxy",
    "clock",
    "tls",
    "call_path",
    "vpn_gateway",
    "vpn_client",
    "vpn_tunnel",
    "vpn_inside",
    "vpn_speed",
)

MOST_SENTENCES: Final = 3  # of one check about several servers
DECLARED: Final = "declared."  # codes of the checks without code: web, port, command ...


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
    failed = tuple(f for f in result.findings if f.status is Status.FAIL)
    return failed or (_measured_short(result),)


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
    return distance(cause.explains[0]) if cause.explains else len(NEAR_TO_FAR)


def distance(check_id: str) -> int:
    """How far from the person what a check looks at is, in steps: of two troubles the nearer one explains the other."""
    kind = check_id.partition(":")[0]
    return NEAR_TO_FAR.index(kind) if kind in NEAR_TO_FAR else len(NEAR_TO_FAR)


def one_code_one_cause(causes: Causes, results: Results) -> Causes:
    """The same finding in several checks is one fault: two shares that both refuse the password. Checks that a profile declares
    have their codes in common and nothing else."""
    kept: dict[tuple[str, str, Owner, frozenset[Owner]], list[Cause]] = {}
    for cause in causes:
        own = cause.explains[0] if cause.code.startswith(DECLARED) else ""
        kept.setdefault((own, cause.code, cause.owner, frozenset(cause.either)), []).append(cause)
    return tuple(_named_all(alike, results) for alike in kept.values())


def _named_all(alike: Sequence[Cause], results: Results) -> Cause:
    """One cause, whose sentence names the others where theirs says something else: of another server, for instance. What one
    check found of several servers is told in its own words, for its title does not tell them apart."""
    first = alike[0]
    others = [c for c in alike[1:] if c.summary != first.summary]
    own = [other.summary for other in others if other.explains[0] in first.explains]
    elsewhere = [
        results[other.explains[0]].title for other in others if other.explains[0] not in first.explains
    ]
    titles = ", ".join(dict.fromkeys(elsewhere))
    told = [f"The same is so with {titles}"] if titles else []
    summary = ". ".join(dict.fromkeys((first.summary, *own[: MOST_SENTENCES - 1], *told)))
    return replace(reduce(joined, alike), summary=summary)


RULES: Final[tuple[Rule, ...]] = (
    a_wrong_clock_spoils_dates,
    what_opens_connections_is_a_stranger,
    one_code_one_cause,  # after these: of one code is a certificate that has run out, and a stranger's
    what_explains_what,
    plain_pages_show_a_live_line,
    no_internet_is_one_cause,
    a_line_that_carries_next_to_nothing_stalls,
    a_filter_is_not_the_router,
    a_silent_company_is_one_cause,
    one_web_server_is_one_cause,
    one_mail_server_is_one_cause,
    hidden_names_are_one_filter,
    an_unproved_gateway_blames_nobody,
    a_right_clock_is_not_to_blame,
    a_known_incident_is_waited_for,
    what_speaks_against,  # last: it weighs the causes that are left
)
