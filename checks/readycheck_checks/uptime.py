"""How long since the last restart? Updates and drivers wait for one; a long time is a warning and never more."""

from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Code,
    Context,
    Cost,
    Options,
    Owner,
    Says,
    Status,
    measured,
    passed,
    unknown,
    warned,
)

_DAY = 86_400.0

RECENT: Final = Code("device.uptime", "The computer was restarted not long ago", (Status.PASS,))
LONG: Final = Code(
    "device.uptime_long",
    "The last restart is so long ago that updates may be waiting for one",
    (Status.WARN,),
    (Owner.DEVICE,),
    'Restart the computer when it suits you. On Windows choose "Restart": shutting down does not count',
)
NOT_TOLD: Final = Code(
    "device.uptime_not_told", "This computer does not tell when it was started", (Status.UNKNOWN,)
)


class UptimeOptions(Options, frozen=True, kw_only=True):
    # Mac Health Check (dan-snelson, GitHub, 2026-11): 7 days
    plan_days: Annotated[float, Meta(gt=0, description="Days since a restart that are still fine")] = 7.0


async def run(options: UptimeOptions, ctx: Context) -> Says:
    seconds = await ctx.system.uptime_s()
    if seconds is None:
        yield unknown(NOT_TOLD, NOT_TOLD.meaning)
        return
    days = seconds / _DAY
    yield measured("uptime", "Time since the last restart", round(days, 2), "days")
    if days <= options.plan_days:
        yield passed(RECENT, f"Restarted {_ago(days)}")
        return
    yield warned(
        LONG,
        f"The last restart was {days:.0f} days ago, at most {options.plan_days:g} wanted; updates may be waiting for one",
        owner=Owner.DEVICE,
    )


def _ago(days: float) -> str:
    if days < 1:
        return "within the last day"
    return "a day ago" if round(days) == 1 else f"{days:.0f} days ago"


check = Check(
    id="uptime",
    title="Last restart",
    capability=Capability.DEVICE,
    summary="How long ago the last restart was",
    run=run,
    options=UptimeOptions,
    weight=0.5,
    essential=False,
    local=True,
    cost=Cost(bytes=0, seconds=0.2),
    codes=(RECENT, LONG, NOT_TOLD),
)
