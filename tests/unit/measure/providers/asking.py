"""What the tests of providers share: the real network as a provider's world, and what it told, by kind."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from readycheck.adapters.children import RealChildren
from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.measure.providers.base import (
    IdleTold,
    NoSpeed,
    Provider,
    RateTold,
    ServerTold,
    SpeedPlan,
    Told,
    World,
)
from readycheck.measure.throughput.bulk import Throughput
from readycheck.ports import Meter

PLAN = SpeedPlan(down_bytes=8_000_000, up_bytes=4_000_000, seconds=30)
QUICK = SpeedPlan(down_bytes=1_300_000, up_bytes=700_000, quick=True, seconds=30)
T = TypeVar("T")


@dataclass
class Heard:
    """Everything told, in order; ``refused`` where it ended in a NoSpeed; ``spent`` bytes."""

    told: list[Told] = field(default_factory=list)
    refused: NoSpeed | None = None
    spent: int = 0

    def of(self, kind: type[T]) -> list[T]:
        return [each for each in self.told if isinstance(each, kind)]

    @property
    def rates(self) -> dict[str, Throughput]:
        return {each.direction: each.rate for each in self.of(RateTold)}

    @property
    def server(self) -> ServerTold:
        return self.of(ServerTold)[0]

    @property
    def idle_ms(self) -> float:
        return self.of(IdleTold)[0].latency.rtt_ms


def ask(provider: Provider, plan: SpeedPlan = PLAN, **changes: Any) -> Heard:
    """Measure with the real network; a NoSpeed is kept, anything else is raised."""
    heard = Heard()

    def spent(count: int) -> None:
        heard.spent += count

    async def run() -> None:
        meter = Meter()
        net = RealNet(meter)
        own: dict[str, Any] = {"net": net, "http": RealHttp(net, meter), "children": RealChildren()}
        world = World(spent=spent, **(own | changes))
        try:
            await provider.measure(world, plan, heard.told.append)
        except NoSpeed as refused:
            heard.refused = refused
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, left

    asyncio.run(run())
    return heard


Answer = Callable[..., None]
