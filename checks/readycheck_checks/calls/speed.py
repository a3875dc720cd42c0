"""Measures the line with the first speed server that takes part, and says why others did not; what is too slow there is measured
with the next one as well. Judges nothing.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from readycheck.api import Context
from readycheck.measure.providers.base import (
    Direction,
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
from readycheck.measure.throughput.bulk import Throughput
from readycheck_checks.calls.sites import Site

QUICK_BYTES: Final = 1_940_000  # leaves room for the other checks of a quick run, which stays below 3 MB
DOWN_SHARE: Final = 0.65
ALL_S: Final = 46.0  # for all servers together
LEAST_S: Final = 4.0
LEAST: Final = 2 * LEAST_BYTES  # below this no rate can be measured
LEAST_OF_BOTH: Final = math.ceil(LEAST / (1 - DOWN_SHARE))
SECOND_BYTES: Final = 400_000  # kept of the data for a second server, should the first one be too slow
ONE_MEBIBYTE: Final = 1_250_000  # what it takes with headers, the idle time and probes beside it
WAYS: Final[tuple[Direction, ...]] = ("download", "upload")


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
    """A server in the order of the profile, how its provider is made when its turn comes, and the fewest bytes of a download from
    it."""

    site: Site
    provider: Callable[[], Provider]
    least_down: int = LEAST


Heard = Told | Site  # the site of those that follow
Short = Callable[[Direction, Throughput], bool]


def _never(_way: Direction, _rate: Throughput) -> bool:
    return False


@dataclass
class Chain:
    """Candidates one after the other, until both directions are measured; each measures only what is missing, and what is too
    slow (``is_short``) at one other host only: it may be that host which is slow.

    ``absent`` says why one was not enough, ``missing`` what nobody measured; they are known when measure() has returned.
    """

    ctx: Context
    candidates: Sequence[Candidate]
    most_bytes: int
    is_short: Short = _never
    absent: list[Absent] = field(default_factory=list)
    missing: tuple[Direction, ...] = WAYS
    doubted: dict[Direction, Site] = field(default_factory=dict)
    _wants_idle: bool = True

    async def measure(self, tell: Callable[[Heard], None]) -> None:
        """Tells what the providers tell, and before that their site; a failure of all of them is no exception."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + ALL_S
        for candidate in self.candidates:
            wanted = self._wanted(candidate.site)
            if not wanted:
                continue
            tell(candidate.site)
            plan = self._plan(candidate, wanted, ends - loop.time())
            trouble = await self._attempt(candidate, wanted, plan, tell)
            if still := tuple(way for way in self._wanted(candidate.site) if way in wanted):
                self.absent.append(Absent(title=candidate.site.title, trouble=trouble, missing=still))

    def _wanted(self, site: Site) -> tuple[Direction, ...]:
        return tuple(
            way
            for way in WAYS
            if way in self.missing or (way in self.doubted and site.is_another(self.doubted[way]))
        )

    def _plan(self, candidate: Candidate, wanted: Sequence[Direction], seconds: float) -> SpeedPlan:
        """The rest of the data, for these directions; some is kept where another host can still be asked about the first one."""
        left = self.most_bytes - self.ctx.meter.used
        if self.ctx.meter.left is not None:
            left = min(left, self.ctx.meter.left)
        asks = self.missing and any(each.site.is_another(candidate.site) for each in self.candidates)
        enough = left - SECOND_BYTES >= max(2 * SECOND_BYTES, least_bytes(candidate.least_down))
        kept = SECOND_BYTES if asks and enough else 0
        rest = budget(self.ctx, left - kept, candidate.least_down)
        only = len(wanted) == 1
        return SpeedPlan(
            down_bytes=(rest.all if only else rest.down) if "download" in wanted else 0,
            up_bytes=(rest.all if only else rest.up) if "upload" in wanted else 0,
            idle=self._wants_idle,
            quick=self.ctx.quick,
            seconds=seconds,
        )

    async def _attempt(
        self, candidate: Candidate, wanted: Sequence[Direction], plan: SpeedPlan, tell: Tell
    ) -> NoSpeed:
        """Why this candidate was not enough; of no interest where it measured all that was wanted."""
        title = candidate.site.title
        bytes_for = {"download": plan.down_bytes, "upload": plan.up_bytes}
        if min(bytes_for[way] for way in wanted) < LEAST:
            return NoSpeed(f"the data allowance left nothing for {title}")
        if plan.seconds < LEAST_S:
            return NoSpeed(f"there was no time left for {title}")
        world = World(
            net=self.ctx.net, http=self.ctx.http, children=self.ctx.children, spent=self.ctx.meter.add
        )
        try:
            async with asyncio.timeout(plan.seconds):
                await candidate.provider().measure(
                    world, plan, lambda told: self._hear(candidate.site, told, tell)
                )
        except NoSpeed as trouble:
            return trouble
        except TimeoutError:
            return NoSpeed(f"{title} did not finish in {plan.seconds:.0f} s")
        return NoSpeed(f"{title} told no rate")

    def _hear(self, site: Site, told: Told, tell: Tell) -> None:
        match told:
            case RateTold():
                first = told.direction in self.missing
                self.missing = tuple(way for way in self.missing if way != told.direction)
                self.doubted.pop(told.direction, None)
                if first and self.is_short(told.direction, told.rate):
                    self.doubted[told.direction] = site
            case IdleTold():
                self._wants_idle = False
            case ServerTold() | Step():
                pass
        tell(told)
