"""Findings of declared checks as the profile wants them told: its level, its words, its remedy. Pure; asks nobody."""

from msgspec.structs import replace

from readycheck.api import Blame, Finding, Owner, Status, clean, failed
from readycheck_checks.blame.remedies import later
from readycheck_checks.declared.options import Told


def told(finding: Finding, options: Told) -> Finding:
    """A failure at the level of the profile. Its remedy is the profile's where it is for the owner that the profile names; what
    was seen to be somebody else's keeps its own."""
    if finding.status is not Status.FAIL:
        return finding
    return replace(
        finding,
        status=Status.WARN if options.level == "warn" else Status.FAIL,
        remedy=_remedy(finding, options),
    )


def _remedy(finding: Finding, options: Told) -> str:
    likeliest = finding.either[0] if finding.either else finding.owner
    if options.remedy and likeliest in (options.far, Owner.UNKNOWN):
        return clean(options.remedy, 1000, lines=True)
    return finding.remedy


def missed(
    options: Told, code: str, how: str, blame: Blame, *, remedy: str = "", detail: str = ""
) -> Finding:
    """It answers, and not as the profile expects. ``how`` ends the summary."""
    return told(
        failed(
            code,
            f"{options.does_not}: {how}",
            remedy=remedy or usual_remedy(options),
            blame=blame,
            detail=detail,
        ),
        options,
    )


def usual_remedy(options: Told) -> str:
    match options.far:
        case Owner.SERVICE:
            return f"{later(options.title)}."
        case Owner.HOME:
            return f"Look at {options.title} yourself, or ask whoever looks after this network."
        case Owner.ISP:
            return f"Tell your internet provider what is said here about {options.title}."
    return f"Tell IT support what is said here about {options.title}."
