"""Which operating system runs here, and is it new enough for the profile? Without a minimum it only states the fact."""

import re
from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta, field

from readycheck.api import (
    Capability,
    Check,
    Code,
    Context,
    Cost,
    Finding,
    Options,
    Owner,
    Privacy,
    Says,
    Status,
    fact,
    passed,
    unknown,
    warned,
)

Version = Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)*$")]


RECENT: Final = Code(
    "device.system",
    "The operating system is new enough, or the profile asks for no version",
    (Status.PASS,),
)
OLD: Final = Code(
    "device.system_old",
    "The operating system is older than the profile asks for",
    (Status.WARN,),
    (Owner.DEVICE,),
    "Install the pending system updates, or ask IT support for an upgrade",
)
NOT_TOLD: Final = Code(
    "device.system_not_told", "The operating system does not tell its version", (Status.UNKNOWN,)
)


class SystemVersionOptions(Options, frozen=True, kw_only=True):
    minimum: Annotated[
        dict[str, Version],
        Meta(
            description='Oldest version by system, or by Linux distribution: {"macOS" = "14", "Windows" = "10.0.19045"}'
        ),
    ] = field(default_factory=dict)
    source: Annotated[str, Meta(description="Who says so")] = "the profile"


async def run(options: SystemVersionOptions, ctx: Context) -> Says:
    host = await ctx.system.host()
    named = host.system_version if host.system == "Linux" else f"{host.system} {host.system_version}"
    shown = named.strip() or host.system
    yield fact("system", "Operating system", shown, Privacy.PUBLIC)
    yield verdict(options, shown)


def verdict(options: SystemVersionOptions, shown: str) -> Finding:
    """``shown``: system and version, "macOS 14.5", "Windows 11 (10.0.22631.0)", "Debian GNU/Linux 12"."""
    minimum = _minimum(options.minimum, shown)
    if minimum is None:
        return passed(RECENT, shown)
    version = numbers(shown)
    if not version:
        return unknown(NOT_TOLD, f"{shown} does not tell its version, {minimum} wanted")
    if version >= numbers(minimum):
        return passed(RECENT, f"{shown}, {minimum} or newer wanted")
    return warned(
        OLD,
        f"The system is older than {options.source} asks for: {shown}, {minimum} wanted",
        owner=Owner.DEVICE,
    )


def _minimum(minimums: Mapping[str, str], shown: str) -> str | None:
    """The minimum whose name begins the shown system; the longest such name counts."""
    for name in sorted(minimums, key=len, reverse=True):
        if shown.lower().startswith(name.lower()):
            return minimums[name]
    return None


def numbers(text: str) -> tuple[int, ...]:
    """The version as numbers; Windows gives the comparable one in brackets behind the one that people know."""
    found = re.search(r"\(([0-9.]+)\)", text) or re.search(r"([0-9]+(?:\.[0-9]+)*)", text)
    return tuple(int(part) for part in found.group(1).split(".") if part) if found else ()


check = Check(
    id="system_version",
    title="Operating system",
    capability=Capability.DEVICE,
    summary="Which operating system this is, and whether it is new enough for the profile",
    run=run,
    options=SystemVersionOptions,
    weight=0.5,
    timeout=30.0,
    essential=False,
    local=True,
    cost=Cost(bytes=0, seconds=1.0),
    codes=(RECENT, OLD, NOT_TOLD),
)
