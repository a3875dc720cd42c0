"""A known incident: what a status page reports explains the failures of the checks that ask the same service. Pure."""

from typing import Final

from msgspec.structs import replace

from readycheck.diagnose.causes import Causes, Results, is_one_of, parties
from readycheck.model import Cause, CheckResult, Confidence, Finding, Status

REPORTED: Final = ("help.known_incident", "help.known_maintenance")
ABOUT: Final = "status_page_about"  # fact: the checks that ask the service of the page
OUTAGES: Final = (  # what an incident looks like from here; a certificate that has run out, or a wrong password, is none
    *("*_silent", "*_refused", "*_hangs", "*_closed", "*_down", "*_unreachable", "*_garbled", "*_slow"),
    *("*_not_now", "*_trouble", "*_out_of_order", "*_says_no", "*_status", "*_body", "*_document", "*_keys"),
)
NO_OUTAGES: Final = ("files.sign_in_refused",)


def a_known_incident_is_waited_for(causes: Causes, results: Results) -> Causes:
    """What its owner itself reports needs no ticket: where what was seen may be that owner's at all."""
    for page in results.values():
        reported = next((f for f in page.findings if f.code in REPORTED and f.status is Status.WARN), None)
        if reported is not None:
            about = _about(page)
            causes = tuple(_known(each, reported) if _asked(each) & about else each for each in causes)
    return causes


def _about(page: CheckResult) -> set[str]:
    return {check for each in page.facts if each.name == ABOUT for check in each.value.split()}


def _asked(cause: Cause) -> set[str]:
    """The check that found it, as profiles name it: with its instance, or all of its kind."""
    return {cause.explains[0], cause.explains[0].partition(":")[0]} if cause.explains else set()


def _known(cause: Cause, reported: Finding) -> Cause:
    suspects = parties(cause)
    if reported.owner not in suspects or not is_one_of(cause.code, OUTAGES) or cause.code in NO_OUTAGES:
        return cause
    sure = suspects == {reported.owner}
    others = tuple(o for o in cause.either if o is not reported.owner)
    return replace(
        cause,
        either=(reported.owner, *others)
        if others
        else (),  # of one that may be anybody's nobody is singled out
        confidence=Confidence.MEDIUM,  # the page proves an incident, not that this is it
        summary=f"{cause.summary}. This {'is' if sure else 'may be'} a known incident",
        next_step=reported.remedy,
        evidence_for=(*cause.evidence_for, reported.summary),
    )
