"""Measures the line with the first speed server that takes part, and says why others did not. Judges nothing."""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from readycheck.api import Context
from readycheck.measure.providers.base import (
    IdleTold,
    NoSpeed,
    Provider,
    RateTold,
    ServerTold,
    SpeedPlan,
    Step,
    Tell,
    Told,
    World,
)
from readycheck.measure.throughput.allowance import LEAST_BYTES

QUICK_BYTES: Final = 2_000_000  # leaves room for the other checks of a quick run, which stays below 3 MB
DOWN_SHARE: Final = 0.65
ALL_S: Final = 46.0  # for all servers together
LEAST_S: Final = 4.0
LEAST: Final = 2 * LEAST_BYTES  # below this no rate can be measured
LEAST_OF_BOTH: Final = math.ceil(LEAST / (1 - DOWN_SHARE))
ONE_MEBIBYTE: Final = 1_250_000  # what it takes with headers, the idle time and probes beside it
WAYS: Final = ("download", "upload")


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Bytes for each direction."""

    down: int
    up: int

    @property
    def all(self) -> int:
        return self.down + self.up

    @property
    def enough(self) -> bool:
        return min(self.down, self.up) >= LEAST


def most_bytes(profile_bytes: int, quick: bool) -> int:
    """What the check's own plan and the quick plan allow."""
    return min(profile_bytes, QUICK_BYTES) if quick else profile_bytes


def budget(ctx: Context, planned: int, least_down: int = LEAST) -> Budget:
    """What may be used: ``planned``, and what is left of the run, whichever is less; of a small amount the upload gives way to a
    server that sends nothing below ``least_down``."""
    left = max(0, planned if ctx.meter.left is None else min(planned, ctx.meter.left))
    usual = int(left * DOWN_SHARE)
    down = max(usual, min(least_down, left - LEAST))
    return Budget(down=down, up=left - down)


def least_bytes(least_down: int) -> int:
    """With less of both directions together a rate of this server is not worth trying."""
    return max(LEAST_OF_BOTH, least_down + LEAST)


@dataclass(frozen=True, kw_only=True)
class Absent:
    """A server that did not take part, or not in all: ``missing`` are the directions that it left open."""

    title: str
    trouble: NoSpeed
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A server in the order of the profile: what people call it, where it is (empty: known only later), how its provider is made
    when its turn comes, and the fewest bytes of a download from it."""

    title: str
    host: str
    provider: Callable[[], Provider]
    least_down: int = LEAST


@dataclass
class Chain:
    """Candidates one after the other, until both directions are measured; each measures only what is missing.

    ``absent`` says why one was not enough, ``missing`` what nobody measured, ``host`` where the last rate was measured; they are
    known when measure() has returned.
    """

    ctx: Context
    candidates: Sequence[Candidate]
    most_bytes: int
    absent: list[Absent] = field(default_factory=list)
    missing: tuple[str, ...] = WAYS
    host: str = ""
    _wants_idle: bool = True

    async def measure(self, tell: Tell) -> None:
        """Tells what the providers tell; a failure of all of them is no exception."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + ALL_S
        for candidate in self.candidates:
            plan = self._plan(ends - loop.time(), candidate.least_down)
            trouble = await self._attempt(candidate, plan, tell)
            if not self.missing:
                return
            self.absent.append(Absent(title=candidate.title, trouble=trouble, missing=self.missing))

    def _plan(self, seconds: float, least_down: int) -> SpeedPlan:
        """The rest of the data, for the directions that are missing."""
        rest = budget(self.ctx, self.most_bytes - self.ctx.meter.used, least_down)
        only = len(self.missing) == 1
        return SpeedPlan(
            down_bytes=(rest.all if only else rest.down) if "download" in self.missing else 0,
            up_bytes=(rest.all if only else rest.up) if "upload" in self.missing else 0,
            idle=self._wants_idle,
            quick=self.ctx.quick,
            seconds=seconds,
        )

    async def _attempt(self, candidate: Candidate, plan: SpeedPlan, tell: Tell) -> NoSpeed:
        """Why this candidate was not enough; of no interest where nothing is missing after it."""
        bytes_for = {"download": plan.down_bytes, "upload": plan.up_bytes}
        if min(bytes_for[way] for way in self.missing) < LEAST:
            return NoSpeed(f"the data allowance left nothing for {candidate.title}")
        if plan.seconds < LEAST_S:
            return NoSpeed(f"there was no time left for {candidate.title}")
        world = World(
            net=self.ctx.net, http=self.ctx.http, children=self.ctx.children, spent=self.ctx.meter.add
        )
        try:
            async with asyncio.timeout(plan.seconds):
                await candidate.provider().measure(
                    world, plan, lambda told: self._hear(candidate, told, tell)
                )
        except NoSpeed as trouble:
            return trouble
        except TimeoutError:
            return NoSpeed(f"{candidate.title} did not finish in {plan.seconds:.0f} s")
        return NoSpeed(f"{candidate.title} told no rate")

    def _hear(self, candidate: Candidate, told: Told, tell: Tell) -> None:
        match told:
            case RateTold():
                self.missing = tuple(way for way in self.missing if way != told.direction)
                self.host = candidate.host
            case IdleTold():
                self._wants_idle = False
            case ServerTold() | Step():
                pass
        tell(told)
