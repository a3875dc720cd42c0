"""From what a check says to its result: the one place where findings become a status. Pure; knows nothing of time or threads."""

from collections.abc import Iterable
from typing import Any, Final

from readycheck.api import Check, Code, Fact, Finding, Measurement, Owner, Progress, Status, judge
from readycheck.model import CheckResult

MOST_ITEMS: Final = 1000
_WORST_FIRST: Final = (Status.FAIL, Status.WARN, Status.UNKNOWN, Status.PASS, Status.SKIP)


class Outcome:
    """Gathers what one check says. ``take`` refuses what a check may not say (TypeError) and too much of it (ValueError).

    ``codes``: those that the check declares; a finding that none of them allows is refused (ValueError). Empty: all are allowed.
    """

    def __init__(self, codes: Iterable[Code] = ()) -> None:
        self._codes = {code.name: code for code in codes}
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
                self._declared(item)
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

    def whole(self, check: Check) -> None:
        """The check has said all. ValueError where it fails by its measurements alone and declares codes, but not that it can."""
        if check.codes and not check.by_figures and not self.findings and self.status is Status.FAIL:
            raise ValueError(
                "the check fails by its measurements alone, which it does not declare (by_figures)"
            )

    def _declared(self, finding: Finding) -> None:
        if not self._codes:
            return
        code = self._codes.get(finding.code)
        if code is None:
            raise ValueError(f"the check says {finding.code}, which it does not declare")
        if finding.status not in code.status:
            raise ValueError(f"the check says {finding.code} as {finding.status}, which it does not declare")
        named = {finding.owner, *finding.either} - {Owner.UNKNOWN}
        if undeclared := named.difference(code.owners):
            whose = ", ".join(sorted(undeclared))
            raise ValueError(f"the check says {finding.code} of {whose}, which it does not declare")

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
