"""Finds checks: names without importing, one by name, or all. A broken plug-in is data (a Problem), never an exception."""

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from readycheck.api import Check
from readycheck.text import clean

GROUP: Final = "readycheck.checks"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A plug-in that could not be loaded: of which distribution, which entry, and why in one sentence."""

    distribution: str
    name: str
    message: str

    def __str__(self) -> str:
        return f'The check "{self.name}" of {self.distribution} could not be loaded: {self.message}'


def names() -> tuple[str, ...]:
    """All registered names, sorted; imports nothing."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)}))


def load_all() -> tuple[tuple[Check, ...], tuple[Problem, ...]]:
    """Every check that loads, in the order of registration, and a problem for each that does not."""
    return load_points(tuple(entry_points(group=GROUP)))


def load_points(points: tuple[EntryPoint, ...]) -> tuple[tuple[Check, ...], tuple[Problem, ...]]:
    checks: dict[str, Check] = {}
    problems = []
    for point in points:
        try:
            check = _load(point)
            if check.id in checks:
                raise ValueError(f'another distribution has a check "{check.id}" already; that one is used')
            checks[check.id] = check
        except Exception as error:  # a plug-in may break in any way; it must not stop the others
            problems.append(Problem(distribution=_owner(point), name=point.name, message=_why(error)))
    return tuple(checks.values()), tuple(problems)


def _load(point: EntryPoint) -> Check:
    check = point.load()
    if not isinstance(check, Check):
        raise TypeError(f"{point.value} is a {type(check).__name__}, not a readycheck.api.Check")
    if check.id != point.name:
        raise ValueError(f'its id is "{check.id}"; the entry point must have the same name')
    return check


def _owner(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "an unknown distribution"


def _why(error: Exception) -> str:
    return clean(f"{type(error).__name__}: {error}", 300)
