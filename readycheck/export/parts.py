"""Sentences that the exports for people share."""

from readycheck.model import Report
from readycheck.show.spending import used_text


def run_line(report: Report, *, when: str, simulated: str) -> str:
    """Which profile judged, when, with which readycheck and how much data, what was stood in for (``simulated``, of a run that
    simulates), and whether names were replaced."""
    version = f" (version {report.policy.version})" if report.policy.version else ""
    parts = [
        f"Profile {report.policy.title}{version}, checked {when}, readycheck {report.tool.version}.",
        used_text(report),
    ]
    if report.partial:
        parts.append("This run was stopped before it was done.")
    if report.simulated:
        parts.append(simulated)
    if report.redaction.replaced:
        parts.append("Names of persons and machines were replaced.")
    return " ".join(parts)


def stood_in_for(report: Report) -> str:
    return f"Stood in for: {' '.join(report.simulated)}"
