"""What the VPN costs: rates and round trips through it beside those past it, and the verdict. Pure; measures nothing.

Rates come with their intervals, and so does what is left of them: too little is said only where the upper bound says so.
Everything that was measured on both sides is judged, and what was not is said, with its reason.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from readycheck.api import (
    Confidence,
    Finding,
    Measurement,
    failed,
    measured,
    number,
    passed,
    unknown,
    warned,
)
from readycheck_checks.vpn.cost_codes import ANYBODY, FAR, SLOW, SPEED, SPEED_NOT_MEASURED


@dataclass(frozen=True)
class Rate:
    """Mbit/s with its bounds; ``high`` is infinite where only a floor was shown."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Side:
    """What was measured on one side of the tunnel; None where it was not, and then ``why``."""

    down: Rate | None = None
    up: Rate | None = None
    rtt_ms: float | None = None
    why: str = ""

    @property
    def is_empty(self) -> bool:
        return self.down is None and self.up is None and self.rtt_ms is None


@dataclass(frozen=True, kw_only=True)
class Terms:
    """``plan_percent``, ``fail_percent``: of the line's own rate that is to be kept; ``enough_mbps``: a rate through the VPN that
    is good whatever the line can do; ``added_ms``: what the VPN may add to a round trip."""

    plan_percent: float
    fail_percent: float
    enough_mbps: float
    added_ms: float


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One direction: what is left of the rate, in percent, with its bounds."""

    way: str
    inside: Rate
    outside: Rate

    @property
    def percent(self) -> float:
        return min(100.0, 100 * self.inside.value / self.outside.value)

    @property
    def low(self) -> float:
        return 0.0 if math.isinf(self.outside.high) else min(100.0, 100 * self.inside.low / self.outside.high)

    @property
    def high(self) -> float:
        return (
            100.0 if math.isinf(self.inside.high) else min(100.0, 100 * self.inside.high / self.outside.low)
        )

    def short_of(self, percent: float, enough_mbps: float) -> bool:
        """Proved to be less than this part of the line, and not enough by itself."""
        return self.high < percent and self.inside.high < enough_mbps

    @property
    def is_floor(self) -> bool:
        """One of the rates is "at least": nothing bounds what the VPN can do, or what the line can do."""
        return math.isinf(self.inside.high) or math.isinf(self.outside.high)

    def is_open(self, percent: float, enough_mbps: float) -> bool:
        """Proved neither to be too little nor to be enough. Rates that have bounds on both sides count by their values, as those
        of the line do; of one that is "at least" only what was proved counts."""
        if self.short_of(percent, enough_mbps) or self.inside.low >= enough_mbps or self.low >= percent:
            return False
        return self.is_floor or (self.percent < percent and self.inside.value < enough_mbps)

    def __str__(self) -> str:
        return f"{self.way} {_rate(self.inside)} of {_rate(self.outside)} Mbit/s"

    @property
    def in_words(self) -> str:
        """With what the VPN takes; where a rate is "at least", no part of it is known."""
        if self.is_floor:
            return str(self)
        return f"{100 - self.percent:.0f} % of the {self}"


def _rate(rate: Rate) -> str:
    """A floor is proved by its lower bound."""
    return f"at least {number(rate.low)}" if math.isinf(rate.high) else number(rate.value)


def kept(inside: Side, outside: Side) -> list[Kept]:
    """The directions that were measured on both sides."""
    ways = (("download", inside.down, outside.down), ("upload", inside.up, outside.up))
    return [Kept(way=way, inside=a, outside=b) for way, a, b in ways if a and b and b.low > 0]


def measurements(inside: Side, outside: Side, terms: Terms) -> Iterator[Measurement]:
    """Both sides beside each other, and what the difference is."""
    for place, side in (("through the VPN", inside), ("beside the VPN", outside)):
        key = "inside" if side is inside else "outside"
        for way, rate in (("Download", side.down), ("Upload", side.up)):
            if rate is not None:
                high = None if math.isinf(rate.high) else rate.high
                name = f"vpn_{way.lower()}_{key}"
                yield measured(name, f"{way} {place}", rate.value, "Mbit/s", low=rate.low, high=high)
        if side.rtt_ms is not None:
            yield measured(f"vpn_rtt_{key}", f"Round trip {place}", side.rtt_ms, "ms")
    for each in kept(inside, outside):
        if each.is_floor:
            continue  # no part of an unknown whole
        name, title = f"vpn_{each.way}_kept", f"{each.way.capitalize()} that the VPN keeps"
        yield measured(
            name,
            title,
            each.percent,
            "%",
            plan=terms.plan_percent,
            fail=terms.fail_percent,
            source="profile",
            low=each.low,
            high=each.high,
        )


def is_slow(inside: Side, outside: Side, terms: Terms) -> bool:
    """In one direction at least, by the limit of planning."""
    return any(each.short_of(terms.plan_percent, terms.enough_mbps) for each in kept(inside, outside))


def slower(one: Side, other: Side) -> Side:
    """Of two measurements of one side, what is proved of both: the lower rate, where both told one, and the longer round trip."""

    def lower(a: Rate | None, b: Rate | None) -> Rate | None:
        return min(a, b, key=lambda rate: rate.low) if a and b else None

    reasons = [side.why for side in (one, other) if side.down is None or side.up is None]
    times = [time for time in (one.rtt_ms, other.rtt_ms) if time is not None]
    return Side(
        down=lower(one.down, other.down),
        up=lower(one.up, other.up),
        rtt_ms=max(times, default=None),
        why="; ".join(dict.fromkeys(filter(None, reasons))),
    )


def judge_cost(inside: Side, outside: Side, terms: Terms) -> list[Finding]:
    """One finding for each thing that is wrong, and one for all that is not known; else the one that all is well."""
    ways = kept(inside, outside)
    added = _added(inside, outside)
    dead = [each for each in ways if each.short_of(terms.fail_percent, terms.enough_mbps)]
    slow = [each for each in ways if each.short_of(terms.plan_percent, terms.enough_mbps)]
    found = [_slow(dead or slow, fails=bool(dead), added=added)] if slow else []
    if added is not None and added > terms.added_ms:
        found.append(_far(added, terms))
    if why := _open(inside, outside, terms):
        found.append(not_measured(why))
    does = "leaves" if any(each.is_floor for each in ways) else "costs"
    return found or [passed(SPEED, f"The VPN {does} {_in_words(ways, added)}")]


def _open(inside: Side, outside: Side, terms: Terms) -> str:
    """What is not known, and why; empty where all is."""
    ways = kept(inside, outside)
    parts = [_why_open(each) for each in ways if each.is_open(terms.plan_percent, terms.enough_mbps)]
    for place, side in (("beside", outside), ("through", inside)):
        rates = (("download", side.down), ("upload", side.up))
        lacking = [way for way, rate in rates if rate is None]
        if lacking and not (place == "through" and outside.is_empty):
            parts.append(f"no {' and no '.join(lacking)} {place} it, {side.why}")
    for way, rate in (("download", outside.down), ("upload", outside.up)):
        if rate is not None and not rate.low > 0:
            parts.append(f"the {way} beside it was too unsteady to compare with")
    return "; ".join(parts)


def _why_open(each: Kept) -> str:
    if each.is_floor:
        return (
            f"the {each.way} is {_rate(each.inside)} Mbit/s through it and {_rate(each.outside)} beside it, "
            "and there was no time or data to see more"
        )
    return f"the {each} is too close to the limit for what was measured"


def not_measured(why: str) -> Finding:
    return unknown(SPEED_NOT_MEASURED, f"What the VPN costs could not be measured: {why}")


def _slow(ways: Sequence[Kept], *, fails: bool, added: float | None) -> Finding:
    """The line beside it is fast at the same time. Between the gateway, what is behind it, the way there and a computer that
    encrypts too slowly nothing seen from here decides."""
    say = failed if fails else warned
    return say(
        SLOW,
        f"The VPN is slow, and the line is not: {_in_words(ways, added)}",
        remedy="Disconnect the VPN and connect it again, to another gateway if your VPN program offers one. "
        "If the problem stays, tell IT support both numbers: what the line does, and what is left of it in the VPN.",
        confidence=Confidence.HIGH,
        either=ANYBODY,
    )


def _far(added: float, terms: Terms) -> Finding:
    return warned(
        FAR,
        f"The VPN adds {added:.0f} ms to every round trip, more than the {terms.added_ms:g} ms that the profile allows",
        remedy="Choose a nearer gateway, if your VPN program offers one. If it does not, tell IT support.",
        confidence=Confidence.MEDIUM,
        either=ANYBODY,
    )


def _added(inside: Side, outside: Side) -> float | None:
    if inside.rtt_ms is None or outside.rtt_ms is None:
        return None
    return max(0.0, inside.rtt_ms - outside.rtt_ms)


def _in_words(ways: Sequence[Kept], added: float | None) -> str:
    """ "12 % of the download 44 of 50 Mbit/s and 0 % of the upload ... and 4 ms a round trip"."""
    parts = [each.in_words for each in ways]
    return " and ".join([*parts, *([f"{added:.0f} ms more a round trip"] if added is not None else [])])
