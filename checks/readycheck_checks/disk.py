"""Is there free space on the disk of the home folder? A share of the disk, or an amount that is plenty on any disk."""

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
    "Mac Health Check (dan-snelson, GitHub, 2026-11): 10 % free; readycheck: 20 GB are enough on any disk"
)
_GB = 1e9
_MAKE_ROOM: Final = "Empty the bin and the downloads folder, or move large files to the company's storage"

ROOM: Final = Code("device.disk", "There is room on the disk of the home folder", (Status.PASS,))
LOW: Final = Code(
    "device.disk_low",
    "The disk of the home folder is nearly full",
    (Status.WARN,),
    (Owner.DEVICE,),
    _MAKE_ROOM,
)
FULL: Final = Code(
    "device.disk_full",
    "There is hardly room left to save files",
    (Status.FAIL,),
    (Owner.DEVICE,),
    _MAKE_ROOM,
)
NOT_TOLD: Final = Code(
    "device.disk_not_told", "This computer does not tell how full its disk is", (Status.UNKNOWN,)
)


class DiskOptions(Options, frozen=True, kw_only=True):
    plan_percent: Annotated[float, Meta(gt=0, lt=100, description="Free share to plan with, in percent")] = (
        10.0
    )
    plan_gb: Annotated[float, Meta(gt=0, description="Free space that is plenty on any disk, in GB")] = 20.0
    fail_percent: Annotated[
        float, Meta(gt=0, lt=100, description="Free share that is too little, in percent")
    ] = 1.0
    fail_gb: Annotated[float, Meta(gt=0, description="Free space that is enough on any disk, in GB")] = 1.0
    source: Annotated[str, Meta(description="Whose limits these are")] = _LIMITS_OF

    def __post_init__(self) -> None:
        require_above("plan_gb", self.plan_gb, "fail_gb", self.fail_gb)
        require_above("plan_percent", self.plan_percent, "fail_percent", self.fail_percent)


async def run(options: DiskOptions, ctx: Context) -> Says:
    disk = await ctx.system.disk()
    if disk is None or not disk.total_bytes:
        yield unknown(NOT_TOLD, NOT_TOLD.meaning)
        return
    total_gb = disk.total_bytes / _GB
    yield fact("disk_total", "Size of the disk", f"{total_gb:.0f} GB", Privacy.PUBLIC)
    free = measured(
        "disk_free",
        "Free disk space",
        round(disk.free_bytes / _GB, 3),
        "GB",
        plan=min(options.plan_gb, total_gb * options.plan_percent / 100),
        fail=min(options.fail_gb, total_gb * options.fail_percent / 100),
        source=options.source,
    )
    yield free
    yield verdict(free)


def verdict(free: Measurement) -> Finding:
    status = judge(free)
    if status is Status.PASS:
        return passed(ROOM, f"{free.value:.0f} GB are free on the disk")
    told = f"{free.value:.1f} GB are free on the disk, {free.plan_limit:.1f} wanted"
    if status is Status.WARN:
        return warned(LOW, f"The disk is nearly full: {told}", owner=Owner.DEVICE)
    return failed(FULL, f"{FULL.meaning}: {told}", owner=Owner.DEVICE)


check = Check(
    id="disk",
    title="Disk space",
    capability=Capability.DEVICE,
    summary="Whether there is free space on the disk of the home folder",
    run=run,
    options=DiskOptions,
    local=True,
    cost=Cost(bytes=0, seconds=0.5),
    codes=(ROOM, LOW, FULL, NOT_TOLD),
)
