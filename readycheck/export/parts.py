"""Sentences that the exports for people share."""

from readycheck.model import Report
from readycheck.spending import used_text


def run_line(report: Report) -> str:
    """Which profile judged, when, with which readycheck and how much data, what was stood in for, and whether names were
    replaced."""
    when = report.started.replace("T", " ")
    profile = f"{report.policy.title} {report.policy.version}".strip()
    parts = [f"Profile {profile}, checked {when}, readycheck {report.tool.version}.", used_text(report)]
    if report.partial:
        parts.append("This run was stopped before it was done.")
    if report.simulated:
        parts.append(f"Stood in for: {' '.join(report.simulated)}")
    if report.redaction.replaced:
        parts.append("Names of persons and machines were replaced.")
    return " ".join(parts)
