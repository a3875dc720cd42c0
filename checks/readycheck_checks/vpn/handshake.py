"""When a WireGuard tunnel heard of its gateway last, where the system tells: most tell administrators only. Sends nothing."""

from typing import Final

from readycheck.api import ChildFailed, ChildTimeout, Context, Interface

PROGRAM: Final = "wg"
WAIT_S: Final = 2.0
MOST_LINES: Final = 1_000


async def age_s(ctx: Context, interface: Interface) -> float | None:
    """Seconds since the last handshake of this interface; None where it is no WireGuard's, had none, or it is not told."""
    if not is_wireguard(interface):
        return None
    try:
        told = await ctx.children.run(
            (PROGRAM, "show", interface.name, "latest-handshakes"), timeout_s=WAIT_S
        )
    except (ChildFailed, ChildTimeout):
        return None
    latest = latest_of(told.stdout.decode("ascii", "replace")) if told.code == 0 else 0
    age = ctx.clock.now().timestamp() - latest
    return age if latest and age >= 0 else None


def is_wireguard(interface: Interface) -> bool:
    """By its name, as wg-quick gives it, or by the name of its adapter."""
    return interface.name.startswith("wg") or "wireguard" in interface.description.casefold()


def latest_of(text: str) -> int:
    """From ``wg show IF latest-handshakes``: key and seconds since 1970 in each line. 0 where there is none. Never raises."""
    latest = 0
    for line in text.splitlines()[:MOST_LINES]:
        words = line.split()
        if len(words) == 2 and words[1].isascii() and words[1].isdigit() and len(words[1]) <= 12:
            latest = max(latest, int(words[1]))
    return latest
