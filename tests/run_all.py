"""make test: every test this machine can run, then what it could not run and why.

Without arguments: first what mostly waits, several at a time; then, one after the other, what no other test may disturb (ALONE);
then the tests of tests/lab inside two labs, each a world of its own (tests/lab/sandbox.py). Arguments are those of pytest, and
may name tests of every kind. READYCHECK_MUST_RUN (comma-separated needs) makes a skipped test of those needs a failure: CI
sets it.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

import msgspec
import pytest

from tests.lab import machine, sandbox

TESTS: Final = sandbox.REPOSITORY / "tests"
LAB: Final = TESTS / "lab"
ALONE: Final = (
    # Their truth is in milliseconds: no other test may use the processor meanwhile.
    *("office", "unit/measure", "unit/bench"),
    *("checks/test_bandwidth*.py", "checks/test_call_*.py", "checks/test_share_rate.py"),
    # It compares the whole machine before and after, and other tests make namespaces.
    "contract/test_lab_ends.py",
)
AT_A_TIME: Final = 3
NOTHING_COLLECTED: Final = 5  # pytest's code where no test matches
INTERRUPTED: Final = 2


class Outcome(msgspec.Struct, frozen=True):
    """How a part of the tests ended: pytest's code, and how many tests could not run, by reason."""

    code: int
    unrun: dict[str, int] = {}


class Unrun:
    """Hears of every skipped test and module, with its reason."""

    def __init__(self) -> None:
        self.reasons: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)  # of a whole module

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):
            self.reasons[report.longrepr[2].removeprefix("Skipped: ")] += 1


def main(arguments: Sequence[str]) -> int:
    here, in_lab = parts(arguments)
    outcomes = [run(each) for each in ((side_by_side(), alone()) if not arguments else (here,)) if each]
    if in_lab and not any(each.code == INTERRUPTED for each in outcomes):
        outcomes += run_in_labs(lab_shares() if not arguments else [in_lab])
    told = merged(outcomes)
    lines, owed = summary(told.unrun, os.environ.get("READYCHECK_MUST_RUN", "").split(","))
    print(*lines, sep="\n")
    return told.code or (1 if owed else 0)


def parts(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The arguments of pytest for the tests here and for those in the lab; empty where there are none of the kind."""
    named = [each for each in arguments if not each.startswith("-") and _path(each).exists()]
    options = [each for each in arguments if each not in named]
    in_lab = [each for each in named if _path(each).is_relative_to(LAB)]
    here = [each for each in named or [str(TESTS)] if each not in in_lab]
    if any(LAB.is_relative_to(_path(each)) for each in here):
        in_lab = [str(LAB)]
        options_here = [f"--ignore={LAB}", *options]
    else:
        options_here = options
    return ([*here, *options_here] if here else []), ([*in_lab, *options] if in_lab else [])


def _path(argument: str) -> Path:
    return Path(argument.partition("::")[0]).resolve()


def side_by_side() -> list[str]:
    """The arguments of pytest for all that may run several at a time."""
    left_out = [f"--ignore-glob={TESTS / each}" for each in ("lab", *ALONE)]
    return [str(TESTS), *left_out, "-n", str(AT_A_TIME), "--dist", "loadfile"]


def alone() -> list[str]:
    return [str(path) for each in ALONE for path in sorted(TESTS.glob(each))]


def run(arguments: Sequence[str]) -> Outcome:
    unrun = Unrun()
    code = int(pytest.main(list(arguments), plugins=[unrun]))
    return Outcome(code, dict(unrun.reasons))


def lab_shares() -> list[list[str]]:
    files = [str(path) for path in sorted(LAB.glob("test_*.py"))]
    return [files[0::2], files[1::2]]


def run_in_labs(shares: Sequence[Sequence[str]]) -> list[Outcome]:
    """Each share in a lab of its own, at the same time; what they say comes one after the other."""
    if trouble := machine.obstacle():
        return [Outcome(0, {f"lab: all of tests/lab: {trouble}": 1})]
    print("In the lab:", flush=True)
    if len(shares) == 1:
        return [run_in_lab(shares[0], None)]
    with ThreadPoolExecutor(len(shares)) as pool, ExitStack() as files:
        said = [files.enter_context(TemporaryFile()) for _ in shares]
        outcomes = list(pool.map(run_in_lab, shares, said))
        for each in said:
            each.seek(0)
            print(each.read().decode(errors="replace"), end="", flush=True)
    return outcomes


def run_in_lab(arguments: Sequence[str], said: IO[bytes] | None) -> Outcome:
    """Run them in a private world; the outcome comes through a pipe, what is said goes to ``said`` (None: to the terminal)."""
    reader, writer = os.pipe()
    command = sandbox.command(["pytest", str(writer), *arguments])
    process = subprocess.Popen(command, cwd=sandbox.REPOSITORY, pass_fds=[writer], stdout=said, stderr=said)
    os.close(writer)
    try:
        with os.fdopen(reader, "rb") as pipe:
            told = pipe.read()
        code = process.wait()
    except KeyboardInterrupt:
        process.wait()
        return Outcome(INTERRUPTED)
    return msgspec.json.decode(told, type=Outcome) if told else Outcome(code or 1)


def tell(descriptor: int, arguments: Sequence[str]) -> int:
    """Inside the private world: run, and tell the outcome to whoever waits outside."""
    outcome = run(arguments)
    with os.fdopen(descriptor, "wb") as pipe:
        pipe.write(msgspec.json.encode(outcome))
    return outcome.code


def merged(outcomes: Sequence[Outcome]) -> Outcome:
    """Good where each part is; a part to which no test belongs counts only where there is no other."""
    codes = [each.code for each in outcomes]
    bad = [code for code in codes if code not in (0, NOTHING_COLLECTED)]
    code = bad[0] if bad else NOTHING_COLLECTED if set(codes) == {NOTHING_COLLECTED} else 0
    unrun = sum((Counter(each.unrun) for each in outcomes), Counter[str]())
    return Outcome(code, dict(unrun))


def summary(unrun: dict[str, int], must: Sequence[str]) -> tuple[list[str], list[str]]:
    """The last lines, and the reasons that this machine was to have none of."""
    owed = [
        reason for reason in sorted(unrun) if any(need and reason.startswith(f"{need}:") for need in must)
    ]
    lines = [f"not run here: {count} x {reason}" for reason, count in sorted(unrun.items())]
    lines = lines or ["not run here: nothing, every test ran"]
    return [*lines, *(f"this machine must be able to run: {reason}" for reason in owed)], owed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
