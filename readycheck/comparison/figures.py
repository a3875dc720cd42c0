"""Two measured values side by side: whether they are the same thing in the same unit, and whether one is better. Pure."""

import math
import re
from enum import StrEnum
from typing import Final

from msgspec import Struct

from readycheck.model import Measurement

ALIKE: Final = (
    0.1  # of the larger one, or of what one plans for: values that are nearer than that count as alike
)
UNNOTICED_S: Final = 0.005  # a network's times differ by that much from one minute to the next
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_HOW_IT_WENT: Final = re.compile(
    r"; |, at least\b|, not finished\b"
)  # what stands behind it is of one measurement only
_BASE: Final = {
    "ms": ("s", 1e-3),
    "kbit/s": ("bit/s", 1e3),
    "Mbit/s": ("bit/s", 1e6),
    "Gbit/s": ("bit/s", 1e9),
    "B": ("bytes", 1.0),
    "kB": ("bytes", 1e3),
    "MB": ("bytes", 1e6),
    "GB": ("bytes", 1e9),
    "B/s": ("bytes/s", 1.0),
}


class Way(StrEnum):
    """How the second value stands to the first one. HIGHER and LOWER: neither report says which of them is better."""

    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"
    ALIKE = "alike"
    NOT_COMPARED = "not_compared"


class FigureChange(Struct, frozen=True, kw_only=True):
    """One value that both reports have. ``before``, ``after`` and ``difference`` are in ``unit``; ``percent``: the difference, of
    ``before``. ``low_``, ``high_``: the bounds, one of them alone means "at least" or "at most". Not compared: ``why`` says why,
    ``difference`` is none, and ``after`` is in ``unit_after``."""

    check_id: str
    name: str
    title: str
    way: Way
    unit: str
    unit_after: str
    before: float
    after: float
    low_before: float | None = None
    high_before: float | None = None
    low_after: float | None = None
    high_after: float | None = None
    difference: float | None = None
    percent: float | None = None
    why: str = ""


def compared(check_id: str, before: Measurement, after: Measurement) -> FigureChange:
    """Both are of this check and have the same name."""
    one, other = _in_one_unit(before, after)
    why = _why_not(one, other)
    difference = None if why else other.value - one.value
    return FigureChange(
        check_id=check_id,
        name=after.name,
        title=after.title,
        way=Way.NOT_COMPARED if why else _way(one, other),
        unit=one.unit,
        unit_after=other.unit,
        before=one.value,
        after=other.value,
        low_before=one.low,
        high_before=one.high,
        low_after=other.low,
        high_after=other.high,
        difference=difference,
        percent=round(100 * difference / abs(one.value), 1) if difference is not None and one.value else None,
        why=why,
    )


def _in_one_unit(before: Measurement, after: Measurement) -> tuple[Measurement, Measurement]:
    """As they are where they have one unit, or none that is known to be the same thing; else both in the unit of the second."""
    if before.unit == after.unit:
        return before, after
    (base, times), (other_base, other_times) = (
        _BASE.get(each.unit, (each.unit, 1.0)) for each in (before, after)
    )
    return (
        (_scaled(before, times / other_times, after.unit), after) if base == other_base else (before, after)
    )


def _scaled(measurement: Measurement, factor: float, unit: str) -> Measurement:
    def scaled(value: float | None) -> float | None:
        return None if value is None else value * factor

    return Measurement(
        name=measurement.name,
        title=measurement.title,
        value=measurement.value * factor,
        unit=unit,
        plan_limit=scaled(measurement.plan_limit),
        fail_limit=scaled(measurement.fail_limit),
        low=scaled(measurement.low),
        high=scaled(measurement.high),
        method=measurement.method,
    )


def _why_not(before: Measurement, after: Measurement) -> str:
    if before.unit != after.unit:
        return f"measured in different units, {before.unit or 'none'} and {after.unit or 'none'}"
    if _manner(before) != _manner(after):
        ways = [_HOW_IT_WENT.split(each.method)[0] or "not said" for each in (before, after)]
        return f"measured in different ways: {ways[0]}, and {ways[1]}"
    return ""


def _manner(measurement: Measurement) -> str:
    """The method without how it went that time: how a load ended, how many packets there were."""
    return _NUMBER.sub("#", _HOW_IT_WENT.split(measurement.method)[0])


def _way(before: Measurement, after: Measurement) -> Way:
    difference = after.value - before.value
    scale = max(abs(before.value), abs(after.value), abs(after.plan_limit or 0))
    unnoticed = max(ALIKE * scale, _unnoticed(after.unit))
    if abs(difference) < unnoticed or not difference or _overlap(before, after):
        return Way.ALIKE
    higher_is_better = {up for each in (before, after) if (up := _higher_is_better(each)) is not None}
    if len(higher_is_better) != 1:
        return Way.HIGHER if difference > 0 else Way.LOWER
    return Way.BETTER if (difference > 0) in higher_is_better else Way.WORSE


def _unnoticed(unit: str) -> float:
    base, factor = _BASE.get(unit, (unit, 1.0))
    return UNNOTICED_S / factor if base == "s" else 0.0


def _higher_is_better(measurement: Measurement) -> bool | None:
    plan, fail = measurement.plan_limit, measurement.fail_limit
    return None if plan is None or fail is None or plan == fail else plan > fail


def _overlap(before: Measurement, after: Measurement) -> bool:
    """Values whose intervals touch may be the same one."""
    (low, high), (other_low, other_high) = _interval(before), _interval(after)
    return low <= other_high and other_low <= high


def _interval(measurement: Measurement) -> tuple[float, float]:
    """One bound alone means "at least" or "at most"; none, that the value is what it is."""
    low, high = measurement.low, measurement.high
    if low is None and high is None:
        return measurement.value, measurement.value
    return -math.inf if low is None else low, math.inf if high is None else high
