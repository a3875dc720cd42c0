"""Is there free memory for the programs of a working day? Counts what programs can still get, not what is unused."""

from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Code,
    Context,
    Cost,
    Finding,
    Measurement,
    Options,
    Owner,
    Privacy,
    Says,
    Status,
    fact,
    failed,
    judge,
    measured,
    passed,
    unknown,
    warned,
)
from readycheck_checks.asking.limits import require_above

_LIMITS_OF = (
    "readycheck: a call client takes up to 1 GB beside what is open already; below 0.1 GB programs are ended"
)
_GB = 1e9

ENOUGH: Final = Code("device.memory", "There is free memory for more programs", (Status.PASS,))
LOW: Final = Code(
    "device.memory_low",
    "Programs have little memory left, or none",
    (Status.WARN, Status.FAIL),
    (Owner.DEVICE,),
    "Close programs and browser tabs that you do not need, or restart the computer",
)
NOT_TOLD: Final = Code(
    "device.memory_not_told", "This computer does not tell how much memory is free", (Status.UNKNOWN,)
)


class MemoryOptions(Options, frozen=True, kw_only=True):
    plan_gb: Annotated[float, Meta(gt=0, description="Available memory to plan with, in GB")] = 1.0
    fail_gb: Annotated[float, Meta(gt=0, description="Available memory that is too little, in GB")] = 0.1
    source: Annotated[str, Meta(description="Whose limits these are")] = _LIMITS_OF

    def __post_init__(self) -> None:
        require_above("plan_gb", self.plan_gb, "fail_gb", self.fail_gb)


async def run(options: MemoryOptions, ctx: Context) -> Says:
    memory = await ctx.system.memory()
    if memory is None:
        yield unknown(NOT_TOLD, NOT_TOLD.meaning)
        return
    yield fact("memory_total", "Memory built in", f"{memory.total_bytes / _GB:.1f} GB", Privacy.PUBLIC)
    free = measured(
        "memory_available",
        "Available memory",
        round(memory.available_bytes / _GB, 2),
        "GB",
        plan=options.plan_gb,
        fail=options.fail_gb,
        source=options.source,
    )
    yield free
    yield verdict(free)


def verdict(free: Measurement) -> Finding:
    status = judge(free)
    if status is Status.PASS:
        return passed(ENOUGH, f"{free.value:.1f} GB of memory are free")
    told = f"{free.value:.2f} GB of memory are free, {free.plan_limit:g} wanted"
    if status is Status.WARN:
        return warned(LOW, f"Programs may become slow: {told}", owner=Owner.DEVICE)
    return failed(LOW, f"No room for another program: {told}", owner=Owner.DEVICE)


check = Check(
    id="memory",
    title="Memory",
    capability=Capability.DEVICE,
    summary="Whether there is free memory for the programs of a working day",
    run=run,
    options=MemoryOptions,
    local=True,
    cost=Cost(bytes=0, seconds=0.5),
    codes=(ENOUGH, LOW, NOT_TOLD),
)
