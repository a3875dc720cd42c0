"""Has the processor room for a call? A busy processor is a warning at most: the next minute may be quiet."""

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
    judge,
    measured,
    passed,
    unknown,
    warned,
)
from readycheck_checks.asking.limits import require_above

_GOOGLE = (
    "Google Meet troubleshooting playbook (Google Cloud Community, item 165810): below 80 %; "
    "readycheck: at 100 % nothing is left"
)
_SAMPLES = 3  # one busy second is the start of a program, our own too

ROOM: Final = Code("device.processor", "The processor has room for a call", (Status.PASS,))
BUSY: Final = Code(
    "device.processor_busy",
    "The processor is so busy that calls may stutter",
    (Status.WARN,),
    (Owner.DEVICE,),
    "Close programs and browser tabs that you do not need, and wait for updates to finish",
)
NOT_TOLD: Final = Code(
    "device.processor_not_told", "This computer does not tell how busy it is", (Status.UNKNOWN,)
)


class ProcessorOptions(Options, frozen=True, kw_only=True):
    plan_percent: Annotated[float, Meta(gt=0, lt=100, description="Load to plan with, in percent")] = 80.0
    fail_percent: Annotated[float, Meta(gt=0, le=100, description="Load that leaves no room, in percent")] = (
        100.0
    )
    sample_s: Annotated[float, Meta(ge=0.1, le=5, description="Length of a sample, in seconds")] = 1.0
    source: Annotated[str, Meta(description="Whose limits these are")] = _GOOGLE

    def __post_init__(self) -> None:
        require_above("fail_percent", self.fail_percent, "plan_percent", self.plan_percent)


async def run(options: ProcessorOptions, ctx: Context) -> Says:
    count = await ctx.system.cpu_count()
    if count is not None:
        yield fact("processors", "Processors", count, Privacy.PUBLIC)
    load = await _quietest(options, ctx)
    if load is None:
        yield unknown(NOT_TOLD, NOT_TOLD.meaning)
        return
    busy = measured(
        "cpu_load",
        "Processor load",
        round(load, 1),
        "%",
        plan=options.plan_percent,
        fail=options.fail_percent,
        source=options.source,
        method=f"the quietest of up to {_SAMPLES} samples of {options.sample_s:g} s",
    )
    yield busy
    yield verdict(busy)


async def _quietest(options: ProcessorOptions, ctx: Context) -> float | None:
    """The lowest of a few samples; the first one that is low enough ends the measurement."""
    lowest: float | None = None
    for _ in range(_SAMPLES):
        load = await ctx.system.cpu_percent(options.sample_s)
        if load is None:
            return lowest
        lowest = load if lowest is None else min(lowest, load)
        if lowest <= options.plan_percent:
            return lowest
    return lowest


def verdict(busy: Measurement) -> Finding:
    if judge(busy) is Status.PASS:
        return passed(ROOM, f"The processor has room ({busy.value:.0f} % busy)")
    return warned(
        BUSY,
        f"Calls may stutter: the processor is {busy.value:.0f} % busy, at most {busy.plan_limit:.0f} wanted",
        owner=Owner.DEVICE,
    )


check = Check(
    id="processor",
    title="Processor",
    capability=Capability.DEVICE,
    summary="Whether the processor has room for a video call",
    run=run,
    options=ProcessorOptions,
    timeout=25.0,
    essential=False,
    local=True,
    cost=Cost(bytes=0, seconds=3.0),
    codes=(ROOM, BUSY, NOT_TOLD),
)
