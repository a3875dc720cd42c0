"""The lines of a ticket below its first sentences: what was tried, the evidence, where it was measured. Pure."""

from collections.abc import Iterator
from typing import Final

from readycheck.model import Cause, CheckResult, Measurement, Report, Status
from readycheck.questions import tally
from readycheck.show.state import row_status
from readycheck.show.wording import CONFIDENCE_WORDS, STATUS_WORDS, result_text
from readycheck.units import quantity, value_text

PROBLEMS: Final = (Status.FAIL, Status.WARN, Status.UNKNOWN)


def tried(report: Report) -> Iterator[str]:
    """One line for every check that ran or is on hold, in the order of the run, and the questions that were answered."""
    for result in report.results:
        if result.status is Status.SKIP and not result.behind:
            continue  # it was not asked for, or does not apply here
        yield f"{STATUS_WORDS[row_status(result)]}: {result.title}. {result_text(result)}".rstrip(". ")
    if any(question.answer for question in report.questions):
        yield f"Questions to the person: {tally(report.questions)}"
    for question in report.questions:
        if question.answer:
            yield f"  {question.text} {question.answer}{', to look at' if question.to_look_at else ''}"


def cause_lines(cause: Cause) -> Iterator[str]:
    """The summary, then indented whose it is, how sure that is, what the person was told to do, and what speaks for it."""
    yield cause.summary
    yield f"  {cause.code}; owner: {' or '.join(cause.either) or cause.owner} ({CONFIDENCE_WORDS[cause.confidence]})"
    if cause.next_step:
        yield f"  The person was told: {one_line(cause.next_step)}"
    if len(cause.explains) > 1:
        yield f"  Explains: {', '.join(cause.explains)}"
    yield from (f"  For it: {one_line(text)}" for text in cause.evidence_for if text != cause.summary)
    yield from (f"  Against it: {one_line(text)}" for text in cause.evidence_against)


def evidence(report: Report) -> Iterator[str]:
    """Findings, measured values with their limits and sources, and facts of every check that did not simply pass."""
    for result in report.results:
        if result.status in PROBLEMS:
            yield f"{result.check_id}: {result_text(result)} ({result.seconds:g} s)"
            yield from (f"  {line}" for line in _told(result))
    measured = [m for result in report.results if result.status is Status.PASS for m in result.measurements]
    if measured:
        yield "Measured and good:"
        yield from (f"  {measurement_line(one)}" for one in measured)


def _told(result: CheckResult) -> Iterator[str]:
    for finding in result.findings:
        detail = f": {one_line(finding.detail)}" if finding.detail else ""
        yield f"{finding.code} ({finding.status}){detail}"
    yield from (measurement_line(one) for one in result.measurements)
    yield from (f"{fact.title}: {one_line(fact.value)}" for fact in result.facts)
    if result.crash:
        yield f"Fault of the check: {one_line(result.crash)}"


def measurement_line(measurement: Measurement) -> str:
    """ "Upload: 3.1 Mbit/s, 4 wanted; stops working at 1.5 Mbit/s (Teams planning, 2026-10)"."""
    line = f"{measurement.title}: {value_text(measurement)}"
    if measurement.fail_limit is not None:
        line += f"; stops working at {quantity(measurement.fail_limit, measurement.unit)}"
    return f"{line} ({measurement.source})" if measurement.source else line


def environment(report: Report) -> Iterator[str]:
    """The computer, the profile, the time, and the facts that checks which passed have seen."""
    home, policy = report.environment, report.policy
    yield from _filled(
        ("Computer", home.computer),
        ("User", home.user),
        ("System", f"{home.system} {home.system_version} {home.machine}".strip()),
        ("Time zone", home.timezone),
    )
    yield f"Profile: {f'{policy.title} {policy.version}'.strip()} (SHA-256 {policy.hash[:12]})"
    yield f"Checked: {report.started} to {report.finished}, readycheck {report.tool.version}, run {report.run_id}"
    score = "none" if report.score.value is None else f"{report.score.value} of 100"
    yield f"Verdict: {report.verdict}, readiness {score} (score version {report.score.version})"
    if report.partial:
        yield "The run was stopped before it was done"
    yield from _filled(("Stood in for", " ".join(report.simulated)))
    yield from (f"Note of readycheck: {one_line(problem)}" for problem in report.problems)
    passed = (result for result in report.results if result.status is Status.PASS)
    yield from _filled(*((fact.title, one_line(fact.value)) for result in passed for fact in result.facts))


def _filled(*named: tuple[str, str]) -> Iterator[str]:
    return (f"{name}: {value}" for name, value in named if value)


def one_line(text: str) -> str:
    return " ".join(text.split())
