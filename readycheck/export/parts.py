"""Sentences that the exports for people share: a measured value with its limits, the contact card, where a run took place."""

from datetime import datetime

from readycheck.model import Measurement, Report
from readycheck.units import quantity, value_text


def measured_text(measurement: Measurement) -> str:
    """ "Upload: 3.1 Mbit/s, 4 wanted (1.5 Mbit/s is where it stops working; Office profile)"."""
    known = [f"{quantity(measurement.fail_limit, measurement.unit)} is where it stops working"] if (
        measurement.fail_limit is not None
    ) else []
    known += [measurement.source] if measurement.source else []
    about = f" ({'; '.join(known)})" if known else ""
    return f"{measurement.title}: {value_text(measurement)}{about}"


def run_line(report: Report) -> str:
    """Which profile judged, when, with which readycheck, and what was stood in for."""
    when = report.started.replace("T", " ")
    line = f"Profile {report.policy.title} {report.policy.version}, checked {when}, readycheck {report.tool.version}."
    if report.partial:
        line += " This run was stopped before it was done."
    if report.simulated:
        line += f" Stood in for on this computer: {', '.join(report.simulated)}."
    return line


def moment_of(report: Report) -> datetime | None:
    """When the run ended; None where the report states no time that can be read."""
    try:
        moment = datetime.fromisoformat(report.finished)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
