"""From what a check says to its result: the one place where findings become a status. Pure; knows nothing of time or threads."""

from typing import Any, Final

from readycheck.api import Check, Fact, Finding, Measurement, Progress, Status, judge
from readycheck.model import CheckResult

MOST_ITEMS: Final = 1000
_WORST_FIRST: Final = (Status.FAIL, Status.WARN, Status.UNKNOWN, Status.PASS, Status.SKIP)


class Outcome:
    """Gathers what one check says. ``take`` refuses what a check may not say (TypeError) and too much of it (ValueError)."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.measurements: list[Measurement] = []
        self.facts: list[Fact] = []
        self._taken = 0

    def take(self, item: object) -> None:
        self._taken += 1
        if self._taken > MOST_ITEMS:
            raise ValueError(f"a check may say at most {MOST_ITEMS} things")
        match item:
            case Finding():
                self.findings.append(item)
            case Measurement():
                self.measurements.append(item)
            case Fact():
                self.facts.append(item)
            case Progress():
                pass
            case _:
                raise TypeError(
                    f"a check yields Progress, Finding, Measurement or Fact, not {type(item).__name__}"
                )

    @property
    def status(self) -> Status:
        """The worst finding; without findings the worst measurement; without both UNKNOWN."""
        said = [finding.status for finding in self.findings] or [judge(m) for m in self.measurements]
        return next((status for status in _WORST_FIRST if status in said), Status.UNKNOWN)

    @property
    def deciding(self) -> Finding | None:
        """The first finding of the deciding status: its summary stands for the check."""
        return next((finding for finding in self.findings if finding.status is self.status), None)

    def said(self) -> dict[str, Any]:
        return {
            "findings": tuple(self.findings),
            "measurements": tuple(self.measurements),
            "facts": tuple(self.facts),
        }

    def ended(self) -> dict[str, Any]:
        """Status, summary and reason of a check that came to its end."""
        status, deciding = self.status, self.deciding
        summary = deciding.summary if deciding else ""
        if status is Status.UNKNOWN and not summary:
            summary = "The check ended without saying anything"
        reason = summary if status in (Status.SKIP, Status.UNKNOWN) else ""
        return {"status": status, "summary": summary, "reason": reason}


def result_of(check: Check, outcome: Outcome, **fields: Any) -> CheckResult:
    """The result of one check: what it said, and ``fields`` over it (a time-out, a crash, its place in the plan)."""
    values: dict[str, Any] = {
        "check_id": check.id,
        "capability": check.capability,
        "title": check.title,
        "weight": check.weight,
        "essential": check.essential,
    }
    return CheckResult(**(values | outcome.said() | outcome.ended() | fields))
