"""What a report may hold beyond its types: how many of each, within which bounds, and nothing that contradicts itself."""

import re
from collections import Counter
from collections.abc import Iterator
from enum import Enum
from typing import Any, Final, get_args, get_type_hints

from msgspec import Struct

from readycheck.model import Report, Standing, Verdict

MOST_RESULTS: Final = 1000
MOST_ITEMS: Final = 1000  # findings, measurements and facts of one result: what the engine lets a check say
MOST_TOGETHER: Final = 20_000
BIGGEST_WEIGHT: Final = 1000.0

Wrong = tuple[str, str]


def contradiction(report: Report) -> Wrong | None:
    """The first thing that cannot be so, and its path; None: the report agrees with itself."""
    for rule in (_amounts, _names, _scores, _weights, _limits, _verdict):
        for wrong in rule(report):
            return wrong
    return None


def _amounts(report: Report) -> Iterator[Wrong]:
    if len(report.results) > MOST_RESULTS:
        yield f"more than {MOST_RESULTS} results", "$.results"
    together = 0
    for place, result in enumerate(report.results):
        count = len(result.findings) + len(result.measurements) + len(result.facts)
        together += count
        if count > MOST_ITEMS:
            yield f"more than {MOST_ITEMS} findings, measurements and facts", f"$.results[{place}]"
    others = (report.causes, report.questions, report.problems, report.contact.routes, report.simulated)
    if together > MOST_TOGETHER or any(len(values) > MOST_RESULTS for values in others):
        yield "more entries than any run has", "$"


def _names(report: Report) -> Iterator[Wrong]:
    ids = Counter(result.check_id for result in report.results)
    for place, result in enumerate(report.results):
        if ids[result.check_id] > 1:
            yield "two results with the same check_id", f"$.results[{place}].check_id"
    capabilities = Counter(capability.id for capability in report.capabilities)
    for place, capability in enumerate(report.capabilities):
        if capabilities[capability.id] > 1:
            yield "two verdicts for the same capability", f"$.capabilities[{place}].id"


def _scores(report: Report) -> Iterator[Wrong]:
    score = report.score
    given = [("$.score.value", score.value), ("$.score.uncapped", score.uncapped), ("$.score.cap", score.cap)]
    given += [(f"$.capabilities[{place}].score", c.score) for place, c in enumerate(report.capabilities)]
    for path, value in given:
        if value is not None and not 0 <= value <= 100:
            yield "a score outside 0 to 100", path


def _weights(report: Report) -> Iterator[Wrong]:
    given = [(f"$.results[{place}].weight", result.weight) for place, result in enumerate(report.results)]
    given += [(f"$.capabilities[{place}].weight", c.weight) for place, c in enumerate(report.capabilities)]
    for path, weight in given:
        if not 0 <= weight <= BIGGEST_WEIGHT:
            yield f"a weight outside 0 to {BIGGEST_WEIGHT:.0f}", path
    for place, result in enumerate(report.results):
        if min(result.seconds, result.bytes_used, result.bytes_stated) < 0:
            yield "less than nothing was used", f"$.results[{place}]"


def _limits(report: Report) -> Iterator[Wrong]:
    for place, result in enumerate(report.results):
        for inner, one in enumerate(result.measurements):
            if (one.plan_limit is None) != (one.fail_limit is None):
                yield "one limit without the other", f"$.results[{place}].measurements[{inner}]"
            if one.plan_limit is not None and one.plan_limit == one.fail_limit:
                yield "two limits that are equal", f"$.results[{place}].measurements[{inner}]"


def _verdict(report: Report) -> Iterator[Wrong]:
    """Only what no version of the score can mean: ready, and something required does not work."""
    ready = report.verdict in (Verdict.READY, Verdict.READY_WITH_WARNINGS)
    broken = (Standing.NOT_WORKING, Standing.ON_HOLD)
    if ready and any(c.required and c.status in broken for c in report.capabilities):
        yield f"the verdict {report.verdict} beside a required capability that does not work", "$.verdict"


def expected_at(path: str) -> str:
    """The allowed values of the field at a path such as ``$.results[...].status``; empty where it has no fixed list."""
    found: Any = Report
    for name in re.findall(r"\.(\w+)", path):
        owner = next(
            (part for part in _parts(found) if isinstance(part, type) and issubclass(part, Struct)), None
        )
        found = get_type_hints(owner).get(name) if owner is not None else None
    for part in _parts(found):
        if isinstance(part, type) and issubclass(part, Enum):
            return "one of " + ", ".join(str(member.value) for member in part)
    return ""


def _parts(annotation: Any) -> Iterator[Any]:
    """The types that an annotation is made of: ``tuple[Finding, ...]`` holds Finding."""
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)
