"""Finds checks: names without importing, or all. A broken package is data (a Problem), never an exception and never the end."""

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from readycheck.api import Check
from readycheck.text import clean

GROUP: Final = "readycheck.checks"
OWN: Final = "readycheck"
LOAD_S: Final = 10.0  # an import that takes longer is left behind


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A check package that could not be loaded: of which distribution, which entry, and why in one sentence."""

    distribution: str
    name: str
    message: str

    def __str__(self) -> str:
        return f'The check "{self.name}" of {self.distribution} could not be loaded: {self.message}'


def names() -> tuple[str, ...]:
    """All registered names, sorted; imports nothing."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)}))


def load_all() -> tuple[tuple[Check, ...], tuple[Problem, ...]]:
    """Every check that loads, readycheck's own first, and a problem for each that does not."""
    return load_points(tuple(entry_points(group=GROUP)))


def load_points(
    points: tuple[EntryPoint, ...], *, limit_s: float = LOAD_S
) -> tuple[tuple[Check, ...], tuple[Problem, ...]]:
    """As load_all(), of these. Where two have the same id, readycheck's own is used, else the first."""
    checks: dict[str, Check] = {}
    owners: dict[str, str] = {}
    problems = []
    for point in sorted(points, key=lambda point: _owner(point) != OWN):
        try:
            check = _load(point) if _owner(point) == OWN else _load_within(limit_s, point)
            if check.id in checks:
                raise ValueError(f'{owners[check.id]} has a check "{check.id}" already, and that one is used')
            checks[check.id], owners[check.id] = check, _owner(point)
        except (
            Exception,
            SystemExit,
        ) as error:  # a package may break in any way; it must not stop the others
            problems.append(Problem(distribution=_owner(point), name=point.name, message=_why(error)))
    return tuple(checks.values()), tuple(problems)


def _load_within(limit_s: float, point: EntryPoint) -> Check:
    """Somebody else's code, imported in a thread that is left behind where it does not come to an end."""
    loaded: Future[Check] = Future()

    def load() -> None:
        try:
            loaded.set_result(_load(point))
        except BaseException as error:  # handed to the one who waits
            loaded.set_exception(error)

    threading.Thread(target=load, name=f"load {point.name}", daemon=True).start()
    try:
        return loaded.result(limit_s)
    except TimeoutError:
        if loaded.done():  # the package's own
            raise
        raise TimeoutError(f"its import took longer than {limit_s:g} s") from None


def _load(point: EntryPoint) -> Check:
    check = point.load()
    if not isinstance(check, Check):
        raise TypeError(f"{point.value} is a {type(check).__name__}, not a readycheck.api.Check")
    if check.id != point.name:
        raise ValueError(f'its id is "{check.id}"; the entry point must have the same name')
    return check


def _owner(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "an unknown distribution"


def _why(error: BaseException) -> str:
    return clean(f"{type(error).__name__}: {error}", 300)
