"""Every fault of the embedded office, alone and in pairs, through the ordinary checks and the ordinary engine.

A healthy office is ready. Each fault is named by its own cause and owner, makes nothing else red, and puts on hold what waits
behind it.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from typing import cast

import pytest

from readycheck.model import Capability, Owner, Report, Status, Verdict
from readycheck.office.faults import FAULTS, faults_named
from readycheck.office.profile import office_overlay, office_secrets
from readycheck.office.running import Office
from readycheck.run.plan import Selection
from readycheck.run.registry import load_all
from readycheck.run.session import Session
from readycheck.wiring import Ask, assign

pytestmark = [pytest.mark.office, pytest.mark.slow, pytest.mark.timeout(300)]

AT_ONCE = 4
LIMIT_S = 60.0
SPEED_TEST = "bandwidth"
CAPABILITIES = {check.id: check.capability for check in load_all()[0]}
Names = tuple[str, ...]
Whose = tuple[str, Owner, tuple[Owner, ...]]
ReportOf = Callable[[Names], Report]
ALONE: list[Names] = [(name,) for name in FAULTS]
TWO: list[Names] = [
    (one.name, other.name) for one, other in combinations(FAULTS.values(), 2) if one.independent_of(other)
]
PAIRS = TWO[::3]  # the lab has pairs of its own


def run_demo(names: Names, selection: Selection) -> Report:
    """The ordinary run of the demo profile against an office with these faults."""
    with Office.start(faults_named(names)) as office:
        ask = Ask(
            source="demo",
            overlay=office_overlay(office.values),
            secrets=office_secrets(office.values),
            selection=selection,
        )
        session = Session(assign(ask))
        session.start()
        assert session.wait(LIMIT_S)
        assert session.failure is None and session.report is not None
        return session.report


def selection_for(names: Names) -> Selection:
    """Everything; pairs leave out what neither fault can touch, and the long speed test where neither is about it."""
    if len(names) < 2:
        return Selection()
    red = {check_id.partition(":")[0] for fault in faults_named(names) for check_id in fault.red}
    touched = {CAPABILITIES[check_id] for check_id in red} | {Capability.CONNECTION}
    skip = {str(capability) for capability in Capability if capability not in touched}
    return Selection(skip=frozenset(skip if SPEED_TEST in red else skip | {SPEED_TEST}))


@pytest.fixture(scope="module")
def report_of(request: pytest.FixtureRequest) -> Iterator[ReportOf]:
    """The runs of all tests asked for, started ahead, AT_ONCE at a time. The healthy one is alone on the computer: with four at
    once the office's own servers wait for the processor, and a slow answer is then what it is called.
    """
    here = [item for item in request.session.items if item.path == request.path]
    asked = [cast(Names, item.callspec.params["names"]) for item in here if isinstance(item, pytest.Function)]
    with ThreadPoolExecutor(1) as pool:
        alone = {names: pool.submit(run_demo, names, selection_for(names)) for names in asked if not names}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = alone | {names: pool.submit(run_demo, names, selection_for(names)) for names in asked if names}
        yield lambda names: runs[names].result(timeout=280)
        pool.shutdown(cancel_futures=True)


def named(names: Names) -> str:
    return "+".join(names) or "healthy"


def red(report: Report) -> set[str]:
    return {result.check_id for result in report.results if result.status is Status.FAIL}


def on_hold(report: Report) -> set[str]:
    return {result.check_id for result in report.results if result.behind}


def causes(report: Report) -> list[Whose]:
    return [(cause.code, cause.owner, cause.either) for cause in report.causes]


def told(report: Report) -> str:
    """What a failing test shows."""
    lines = [f"{r.check_id}: {r.status} {r.summary} {r.reason} {r.crash[-500:]}" for r in report.results]
    return "\n".join([*lines, *map(str, report.causes)])


@pytest.mark.parametrize("names", [()], ids=named)
def test_a_healthy_office_is_ready_and_nothing_is_red(report_of: ReportOf, names: Names) -> None:
    report = report_of(names)
    assert report.verdict in (Verdict.READY, Verdict.READY_WITH_WARNINGS), told(report)
    assert not red(report) and not report.causes and not on_hold(report), told(report)
    network = {result.status for result in report.results if result.capability != "device"}
    assert network <= {Status.PASS, Status.SKIP}, told(report)
    assert report.seconds < 20 and report.simulated


@pytest.mark.parametrize("names", ALONE, ids=named)
def test_a_fault_is_the_cause_on_top_and_nothing_else_is_red(report_of: ReportOf, names: Names) -> None:
    report, fault = report_of(names), FAULTS[names[0]]
    assert report.verdict is Verdict.NOT_READY, told(report)
    assert causes(report) == [(fault.cause, fault.owner, fault.either)], told(report)
    assert red(report) == set(fault.red), told(report)
    assert on_hold(report) == set(fault.holds), told(report)
    assert report.causes[0].next_step


@pytest.mark.parametrize("names", PAIRS, ids=named)
def test_two_faults_are_two_causes(report_of: ReportOf, names: Names) -> None:
    report, pair = report_of(names), faults_named(names)
    assert report.verdict is Verdict.NOT_READY, told(report)
    assert sorted(causes(report)) == sorted((f.cause, f.owner, f.either) for f in pair), told(report)
    assert red(report) == {check for fault in pair for check in fault.red}, told(report)
    held = {check for fault in pair for check in fault.holds}
    left_out = {r.check_id for r in report.results if r.status is Status.SKIP and not r.behind}
    assert on_hold(report) == held - left_out, told(report)
