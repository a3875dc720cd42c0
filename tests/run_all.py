"""make test: every test this machine can run, then what it could not run and why.

READYCHECK_MUST_RUN (comma-separated needs) makes a skipped test of those needs a failure: CI sets it.
"""

import os
import sys

import pytest


class Unrun:
    """Hears of every skipped test, with its reason."""

    def __init__(self) -> None:
        self.reasons: dict[str, int] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):
            reason = report.longrepr[2].removeprefix("Skipped: ")
            self.reasons[reason] = self.reasons.get(reason, 0) + 1


def main(arguments: list[str]) -> int:
    unrun = Unrun()
    code = int(pytest.main(arguments or ["tests"], plugins=[unrun]))
    must = [need for need in os.environ.get("READYCHECK_MUST_RUN", "").split(",") if need]
    owed = [reason for reason in unrun.reasons if any(reason.startswith(f"{need}:") for need in must)]
    for reason, count in sorted(unrun.reasons.items()):
        print(f"not run here: {count} x {reason}")
    if not unrun.reasons:
        print("not run here: nothing, every test ran")
    for reason in owed:
        print(f"this machine must be able to run: {reason}")
    return code or (1 if owed else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
