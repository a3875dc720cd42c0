"""drive: are the mounted and mapped drives there, and do they answer? A dead one holds nobody up: not the run, not its end.

The list of mounts is text of the system; a drive itself is looked at from a child process only, and only after its server's port.
"""

import asyncio
from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Privacy,
    Progress,
    Says,
    fact,
    skipped,
    unknown,
)
from readycheck_checks.asking.endpoints import hosts_in
from readycheck_checks.blame.options import ControlOptions
from readycheck_checks.blame.trouble import BYTES as LOOK_BYTES
from readycheck_checks.drives.codes import DRIVE, MORE_DRIVES, NO_DRIVES, NOT_TOLD
from readycheck_checks.drives.seeing import see
from readycheck_checks.drives.verdict import judge_drive
from readycheck_checks.drives.wanted import host_and_protocol, wanted_drives

MOST_DRIVES: Final = 8
TALK_BYTES: Final = 10_000  # its port twice, the controls, and the beginning of a conversation
TIMEOUT_S: Final = (
    75.0  # the port twice, two looks with the start of their children, the conversation, and whose it is
)


class DriveOptions(ControlOptions, frozen=True, kw_only=True):
    """The drives of a person, as they see them on their computer."""

    expect: Annotated[
        tuple[str, ...],
        Meta(
            description='Drives that have to be there: a folder ("/mnt/team", "~/team"), a letter ("T:") or what is mounted '
            '("//files.example.com/team", "files.example.com:/export")'
        ),
    ] = ()
    others: Annotated[
        bool, Meta(description="Look at other network drives too: a dead one holds programs up")
    ] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if any(not text.strip() for text in self.expect):
            raise ValueError('`expect` names no drive: write it like "/mnt/team", "T:" or "//host/share"')


async def run(options: DriveOptions, ctx: Context) -> Says:
    """All drives at once: each waits for its own server only."""
    drives = await ctx.system.network_drives()
    if drives is None:
        yield unknown(NOT_TOLD, NOT_TOLD.meaning)
        return
    home = (await ctx.system.host()).home
    wanted = wanted_drives(options.expect, drives, home, others=options.others)
    if not wanted:
        yield skipped(NO_DRIVES, NO_DRIVES.meaning)
        return
    yield Progress(text=f"Looking at {len(wanted[:MOST_DRIVES])} network drives")
    for each in wanted[:MOST_DRIVES]:
        if each.drive is not None:
            yield fact("drive_folder", each.label, each.drive.place, Privacy.FOLDER)
    looks = [see(each, options.tcp_controls, ctx) for each in wanted[:MOST_DRIVES]]
    for seen in await asyncio.gather(*looks):
        if (finding := judge_drive(seen)) is not None:
            yield finding
    if len(wanted) > MOST_DRIVES:
        yield skipped(MORE_DRIVES, f"{len(wanted) - MOST_DRIVES} further drives were not looked at")


def _hosts(options: DriveOptions) -> tuple[str, ...]:
    named = (host_and_protocol(text)[0] for text in options.expect)
    return (*(host for host in named if host), *hosts_in(*options.tcp_controls))


def cost(options: DriveOptions, quick: bool) -> Cost:
    count = MOST_DRIVES if options.others else min(len(options.expect), MOST_DRIVES)
    return Cost(
        bytes=count * (TALK_BYTES + LOOK_BYTES), seconds=4.0, unnamed=("the servers of the network drives",)
    )


check = Check(
    id="drive",
    title="Network drives",
    capability=Capability.FILES,
    summary="Whether the network drives of this computer are there and answer",
    run=run,
    options=DriveOptions,
    timeout=TIMEOUT_S,
    after=("internet", "dns", "captive_portal"),
    on_demand=True,
    cost=cost,
    hosts_of=_hosts,
    codes=DRIVE,
)
