"""Will the battery last? Only where there is one and it is in use; a computer without a battery has nothing to check."""

from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Code,
    Context,
    Cost,
    Finding,
    Options,
    Owner,
    Says,
    Status,
    measured,
    passed,
    skipped,
    unknown,
    warned,
)

ENOUGH: Final = Code(
    "device.power", "The power cable is plugged in, or the battery is charged enough", (Status.PASS,)
)
LOW: Final = Code(
    "device.battery_low",
    "The battery may not last for a call",
    (Status.WARN,),
    (Owner.DEVICE,),
    "Plug in the power cable",
)
NO_BATTERY: Final = Code("device.no_battery", "This computer has no battery", (Status.SKIP,))
NOT_TOLD: Final = Code(
    "device.power_not_told",
    "This computer does not tell the state of its battery, or whether it is being charged",
    (Status.UNKNOWN,),
)


class PowerOptions(Options, frozen=True, kw_only=True):
    low_percent: Annotated[
        float, Meta(ge=0, le=100, description="On battery, a charge below this is a warning, in percent")
    ] = 30.0
    low_minutes: Annotated[
        float, Meta(ge=0, description="On battery, less time left than this is a warning, in minutes")
    ] = 60.0


async def run(options: PowerOptions, ctx: Context) -> Says:
    battery = await ctx.system.battery()
    if battery is None:
        yield await _without(ctx)
        return
    minutes = None if battery.seconds_left is None else battery.seconds_left / 60
    yield measured("battery_charge", "Charge of the battery", round(battery.percent), "%")
    if minutes is not None:
        yield measured("battery_left", "Time left on battery", round(minutes), "min")
    yield verdict(options, battery.percent, battery.plugged, minutes)


async def _without(ctx: Context) -> Finding:
    if await ctx.system.has_battery() is False:
        return skipped(NO_BATTERY, NO_BATTERY.meaning)
    return unknown(NOT_TOLD, "This computer does not tell the state of its battery")


def verdict(options: PowerOptions, percent: float, plugged: bool | None, minutes: float | None) -> Finding:
    if plugged:
        return passed(ENOUGH, f"The power cable is plugged in ({percent:.0f} % charged)")
    if percent >= options.low_percent and (minutes is None or minutes >= options.low_minutes):
        return passed(ENOUGH, f"The battery is charged enough for now ({percent:.0f} %)")
    if plugged is None:
        return unknown(
            NOT_TOLD,
            f"The battery is at {percent:.0f} %; this computer does not tell whether it is being charged",
        )
    left = "" if minutes is None else f", {minutes:.0f} minutes"
    return warned(
        LOW,
        f"{LOW.meaning}: {percent:.0f} % left{left}, {options.low_percent:g} % wanted",
        owner=Owner.DEVICE,
    )


check = Check(
    id="power",
    title="Power",
    capability=Capability.DEVICE,
    summary="Whether the computer is plugged in, or its battery charged enough",
    run=run,
    options=PowerOptions,
    weight=0.5,
    timeout=16.0,
    essential=False,
    local=True,
    cost=Cost(bytes=0, seconds=0.5),
    codes=(ENOUGH, LOW, NO_BATTERY, NOT_TOLD),
)
