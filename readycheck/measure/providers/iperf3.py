"""iperf3, where its program is installed and a server of one's own stands ready: a child process for each run.

iperf3 ends after a time or after an amount of data, never after whichever comes first. A first short run with a fifth of the data
shows what amount the line carries in a few seconds, and by amount the second run ends: its data are never more than allowed,
however fast the line turns out to be. Counted is what the receiving end received; the ramp is in it, so the bounds are wide.

The first runs of all directions come first: the round-trip time is known with them, and a rate that there is no time for
afterwards is at least what its first run reached.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from readycheck.errors import ChildFailed, ChildTimeout, NetError
from readycheck.measure.latency.idle import Latency
from readycheck.measure.providers.base import (
    Direction,
    IdleTold,
    NoSpeed,
    RateTold,
    ServerTold,
    SpeedPlan,
    Step,
    Tell,
    World,
    did_not_take_part,
)
from readycheck.measure.providers.http import steps
from readycheck.measure.throughput.allowance import on_the_wire
from readycheck.measure.throughput.bulk import StoppedBy, Throughput
from readycheck.text import clean, clean_bytes

PORT: Final = 5201
LOW: Final = 0.95  # the rate that was reached, ramp included; what the line can do is above it, by the ramp
HIGH: Final = 1.25
SETTLED_S: Final = 1.5
RAMP_ROUND_TRIPS: Final = (
    40  # until connections carry what the line can do, or lost it once and have found it again
)
_STREAMS: Final = 4
_FIRST_S: Final = 1
_MOST_S: Final = 5
_FIRST_PART: Final = 0.2
_MAIN_PART: Final = 0.7
_PIECE: Final = "16K"  # what a stream hands over at once: so much more than the amount it may be
_REACHED: Final = 0.8  # of the rate that the first run was held to: the line is at least that fast
_MARGIN_S: Final = 8.0
_LEAST_S: Final = 1.0  # a run that has less is not begun
_SPARE_S: Final = 0.5  # of each run, for what it takes longer than the first one
_CONNECT_MS: Final = 4_000
_MOST_SAID: Final = 262_144


@dataclass(frozen=True, kw_only=True)
class _First:
    """What a first run told; ``beside_s``: what it took besides its load, of which there is more on a way that is far."""

    told: Mapping[str, Any]
    beside_s: float


@dataclass(frozen=True, kw_only=True)
class _Main:
    """What the run that counts told, and what ended it where it did not settle."""

    told: Mapping[str, Any]
    stopped_by: StoppedBy


class _Absent(NoSpeed):
    """No run has a chance: the program is missing, or nobody takes part at the other end."""


@dataclass(frozen=True, kw_only=True)
class Iperf3:
    host: str
    port: int = PORT
    name: str = ""

    @property
    def hosts(self) -> str:
        return self.host

    async def measure(self, world: World, plan: SpeedPlan, tell: Tell) -> None:
        """As the Protocol says. NoSpeed too where the program is not installed."""
        try:
            address = (await world.net.resolve(self.host))[0]
        except NetError as trouble:
            raise did_not_take_part(trouble) from None
        ends = _now() + plan.seconds - _SPARE_S
        ways: tuple[tuple[Direction, int], ...] = (("download", plan.down_bytes), ("upload", plan.up_bytes))
        wanted: dict[Direction, int] = {direction: most for direction, most in ways if most}
        firsts: dict[Direction, _First] = {}
        refused: NoSpeed | None = None
        for direction, most in wanted.items():
            steps(direction, tell)(0.0, 0.0)
            try:
                first = await self._first_run(world, address, direction, most, _part(ends, 2))
            except NoSpeed as trouble:
                refused = refused or trouble
                if isinstance(trouble, _Absent):
                    break
                continue
            if not firsts:
                tell(ServerTold(name=f"iperf3 on {self.name or self.host}"))
            firsts[direction] = first
        idle = least_rtt(firsts["upload"].told) if "upload" in firsts else None
        if plan.idle and idle is not None:
            tell(IdleTold(latency=idle))
        for number, (direction, first) in enumerate(firsts.items()):
            tell(Step(text=direction.capitalize(), bits_per_s=_received(first.told)[0]))
            until = _part(ends, len(firsts) - number)
            main = await self._main_run(world, address, direction, first, wanted[direction], until)
            rtt_s = idle.least_ms / 1000 if idle is not None else 0.0
            tell(RateTold(direction=direction, rate=rate(main.told, first.told, rtt_s, main.stopped_by)))
        if refused is not None:
            raise refused

    async def _first_run(
        self, world: World, address: str, direction: Direction, most: int, until: float
    ) -> _First:
        """With a fifth of the data. Raises NoSpeed."""
        began, amount = _now(), int(most * _FIRST_PART)
        told = await self._run(world, address, direction, amount, until, *held_back(most))
        return _First(told=told, beside_s=max(0.0, _now() - began - _received(told)[2]))

    async def _main_run(
        self, world: World, address: str, direction: Direction, first: _First, most: int, until: float
    ) -> _Main:
        """The run that counts; where it comes to nothing, or there is no time for it, the first one shows what the line can do at
        least."""
        load_s = until - _now() - first.beside_s - _SPARE_S
        if load_s < _LEAST_S:
            return _Main(told=first.told, stopped_by="time")
        amount = main_bytes(first.told, most, min(load_s, _MOST_S))
        stopped_by: StoppedBy = "data" if amount >= int(most * _MAIN_PART) else "time"
        try:
            told = await self._run(world, address, direction, amount, until, "-n", str(amount), "-l", _PIECE)
        except _Absent:
            return _Main(told=first.told, stopped_by="time")
        except NoSpeed:  # among others, a line so fast that the run was over before the server had looked
            return _Main(told=first.told, stopped_by="data")
        return _Main(told=told, stopped_by=stopped_by)

    async def _run(
        self, world: World, address: str, direction: Direction, most: int, until: float, *asked: str
    ) -> Mapping[str, Any]:
        """One run, which may use ``most`` bytes and be there ``until`` a time of the loop's clock; its JSON. Raises NoSpeed."""
        left_s = until - _now()
        if left_s < _LEAST_S:
            raise NoSpeed(f"there was no time left for iperf3 on {self.host}")
        command = [
            "iperf3",
            "-c",
            address,
            "-p",
            str(self.port),
            "-J",
            "-i",
            "0",
            "-P",
            str(_STREAMS),
            *asked,
        ]
        command += ["--connect-timeout", str(_CONNECT_MS), *(("-R",) if direction == "download" else ())]
        try:
            answer = await world.children.run(
                command, timeout_s=min(left_s, _MOST_S + _MARGIN_S), limit=_MOST_SAID
            )
        except ChildFailed as missing:
            raise _Absent("iperf3 is not installed here", str(missing)) from None
        except ChildTimeout as silent:
            world.spent(on_the_wire(most))
            raise _Absent(f"iperf3 on {self.host} did not finish", str(silent)) from None
        world.spent(on_the_wire(sent(answer.stdout, most)))
        return parsed(answer.stdout, self.host)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _part(ends: float, parts: int) -> float:
    """When the next of so many equal parts of the time until then is over."""
    now = _now()
    return now + (ends - now) / parts


def held_back(most_bytes: int) -> tuple[str, ...]:
    """Arguments of the first run: so slow that it keeps to its part of the data. The rate is one of each stream."""
    return "-t", str(_FIRST_S), "-b", str(int(first_rate(most_bytes) / _STREAMS)), "-l", _PIECE


def first_rate(most_bytes: int) -> float:
    """Bit/s that the first run may reach."""
    return most_bytes * _FIRST_PART * 8 / _FIRST_S


def main_bytes(first: Mapping[str, Any], most_bytes: int, seconds: float = _MOST_S) -> int:
    """Amount of the run that counts: so many seconds of what the first one reached, where the line did not keep up with that."""
    reached, left = _received(first)[0], int(most_bytes * _MAIN_PART)
    if reached >= _REACHED * first_rate(most_bytes) and seconds >= _MOST_S:
        return left
    return min(left, int(reached * seconds / 8))


def sent(stdout: bytes, most: int) -> int:
    """Bytes that a run used: as it tells, none where it did not begin, else as many as it may have used."""
    try:
        told = json.loads(stdout)
        if not told["start"]["connected"] and not told["end"]:
            return 0
        return max(0, int(told["end"]["sum_sent"]["bytes"]))
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return most


def parsed(stdout: bytes, host: str) -> Mapping[str, Any]:
    """What iperf3 told. Raises NoSpeed with its own words where it measured nothing."""
    try:
        told = json.loads(stdout)
        error = told.get("error")
        if error is None and _received(told)[0] > 0 and told["end"]["sum_sent"]["bytes"] > 0:
            return dict(told)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        raise NoSpeed(
            f"iperf3 on {host} said nothing that can be read", clean_bytes(stdout[:120], 120)
        ) from None
    reason = clean(error or "no data arrived", 160)
    if "busy" in reason:
        raise NoSpeed(f"iperf3 on {host} is measuring somebody else's line now", reason)
    kind = _Absent if _never_connected(told) else NoSpeed
    raise kind(f"iperf3 on {host} did not take part", reason)


def _never_connected(told: Mapping[str, Any]) -> bool:
    start = told.get("start")
    return isinstance(start, dict) and start.get("connected") == []


def rate(
    main: Mapping[str, Any], first: Mapping[str, Any], rtt_s: float = 0.0, ended: StoppedBy = "data"
) -> Throughput:
    """The rate of the run that counts, a floor where most of it may have been ramp; ``bytes`` of both runs."""
    bits_per_s, count, seconds = _received(main)
    settled = seconds >= SETTLED_S + RAMP_ROUND_TRIPS * rtt_s
    return Throughput(
        bits_per_s=bits_per_s,
        low=bits_per_s * LOW,
        high=bits_per_s * HIGH if settled else float("inf"),
        converged=settled,
        seconds=seconds + (_received(first)[2] if main is not first else 0.0),
        bytes=count + (_received(first)[1] if main is not first else 0),
        connections=_STREAMS,
        method="iperf3, bytes received at the other end of the load",
        stopped_by="rule" if settled else ended,
    )


def least_rtt(first: Mapping[str, Any]) -> Latency | None:
    """The least round-trip time that the sender's TCP saw while the line was held back; None where it does not tell."""
    try:
        least = min(each["sender"]["min_rtt"] for each in first["end"]["streams"]) / 1000
    except (LookupError, TypeError, ValueError, ArithmeticError):
        return None
    if not least > 0:
        return None
    return Latency(
        rtt_ms=least,
        least_ms=least,
        p95_ms=least,
        jitter_ms=0.0,
        count=_STREAMS,
        missed=0,
        bytes=0,
        method="iperf3, least round-trip time of TCP",
    )


def _received(told: Mapping[str, Any]) -> tuple[float, int, float]:
    """Bit/s, bytes and seconds at the receiving end."""
    total = told["end"]["sum_received"]
    return float(total["bits_per_second"]), int(total["bytes"]), float(total["seconds"])
