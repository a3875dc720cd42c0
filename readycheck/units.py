"""Numbers for people: a value in a unit of reading size, with the limit it is held against. Pure."""

from typing import Final

from readycheck.model import Measurement

_BITS: Final = ((1e9, "Gbit/s"), (1e6, "Mbit/s"), (1e3, "kbit/s"), (1.0, "bit/s"))
_BYTES: Final = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "bytes"))
_BYTE_RATE: Final = ((1e9, "GB/s"), (1e6, "MB/s"), (1e3, "kB/s"), (1.0, "bytes/s"))
_TIME: Final = ((86_400.0, "days"), (3_600.0, "hours"), (60.0, "min"), (1.0, "s"))
_SCALES: Final = {
    "bit/s": _BITS,
    "bytes": _BYTES,
    "B": _BYTES,
    "bytes/s": _BYTE_RATE,
    "B/s": _BYTE_RATE,
    "s": _TIME,
}


def number(value: float, decimals: int = 1) -> str:
    """Up to ``decimals`` behind the point below 10 (none from 10 on), without trailing zeros: 3.1, 4, 48."""
    if abs(value) >= 10 and decimals <= 1:
        return f"{value:.0f}"
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(value: float, unit: str) -> str:
    """A number with its unit, scaled for reading: 3_100_000 bit/s is "3.1 Mbit/s"."""
    factor, shown = _scale(value, unit)
    return f"{number(value / factor)} {shown}".rstrip()


def _scale(value: float, unit: str) -> tuple[float, str]:
    for factor, name in _SCALES.get(unit, ()):
        if abs(value) >= factor:
            return factor, name
    return 1.0, {"B": "bytes", "B/s": "bytes/s"}.get(unit, unit)


def value_text(measurement: Measurement) -> str:
    """The value, with the limit one plans for: "3.1 Mbit/s, 4 wanted"; "95 ms, at most 80 wanted"."""
    plan, fail = measurement.plan_limit, measurement.fail_limit
    if plan is None or fail is None:
        return quantity(measurement.value, measurement.unit)
    factor, unit = _scale(max(abs(measurement.value), abs(plan)), measurement.unit)
    value, limit = measurement.value / factor, plan / factor
    shown = _told_apart(value, limit)
    wanted = f"{number(limit)} wanted" if plan > fail else f"at most {number(limit)} wanted"
    return f"{shown} {unit}".rstrip() + f", {wanted}"


def _told_apart(value: float, limit: float) -> str:
    """A value just short of its limit is not rounded onto it, nor a small one onto 0: "3.97, 4 wanted", "0.04, 4 wanted"."""
    for decimals in (1, 2, 3):
        shown = number(value, decimals)
        if value == limit or (shown != number(limit) and (shown != "0" or not value)):
            return shown
    return number(value, 3)
