"""What the findings of a report say that the checks behind them do not declare. For runs in the lab: there a finding stands as it
would for a person, and is held against the declarations afterwards."""

from collections.abc import Iterator

from readycheck.api import Check
from readycheck.model import CheckResult, Report, Status
from readycheck.run.outcome import Outcome
from readycheck.run.registry import load_all


def undeclared(report: Report) -> list[str]:
    """One sentence for each finding that its check does not declare."""
    checks = {check.id: check for check in load_all()[0]}
    found = ((checks.get(each.check_id.partition(":")[0]), each) for each in report.results)
    return [told for check, result in found if check is not None for told in _undeclared(check, result)]


def _undeclared(check: Check, result: CheckResult) -> Iterator[str]:
    for finding in result.findings:
        try:
            Outcome(check.codes).take(finding)
        except ValueError as error:
            yield f"{result.check_id}: {error}"
    if check.codes and not check.by_figures and not result.findings and result.status is Status.FAIL:
        yield f"{result.check_id}: fails by its measurements alone"
