"""Is a WireGuard tunnel of this key up? Then its gateway must not be asked with it. Sends nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from readycheck.api import ChildFailed, ChildTimeout, Context, Finding, passed
from readycheck_checks.asking.routes import assigned_tunnels
from readycheck_checks.vpn.gateway_codes import GATEWAY_ANSWERS
from readycheck_checks.vpn.wireguard_file import key_of

ALIVE_S: Final = 180  # WireGuard paper, 6.1: a session is not used longer than that
WAIT_S: Final = 2.0


@dataclass(frozen=True)
class Use:
    """``tunnel``: in words, which tunnel may be using the key; empty where none does. ``finding``: what its handshakes prove."""

    tunnel: str = ""
    finding: Callable[[str], Finding] | None = None


async def of(ctx: Context, addresses: Sequence[str], gateway: bytes, file_name: str) -> Use:
    """``addresses``: that the tunnel has, of its settings; ``file_name``: wg-quick calls its interface so. A tunnel that may be
    another VPN's counts as well: it cannot be told from here whose key it uses."""
    interfaces = await ctx.system.interfaces()
    if interfaces is None:
        return Use("this computer does not tell whether a tunnel is up")
    if handshake := await _last_handshake(ctx, gateway):
        age = ctx.clock.now().timestamp() - handshake
        if 0 <= age <= ALIVE_S:
            return Use("its tunnel is up", lambda host: _shaken(host, age))
    mine = [i.name for i in interfaces if i.up and (i.name == file_name or _has(i.addresses, addresses))]
    others = assigned_tunnels(interfaces, ("tunnel", "unknown"))
    if mine:
        return Use(f"its tunnel {mine[0]} is up")
    return Use(f"the tunnel {others[0]} is up, which may be its own") if others else Use()


def _has(owned: Sequence[str], wanted: Sequence[str]) -> bool:
    return not {each.partition("/")[0].partition("%")[0] for each in owned}.isdisjoint(wanted)


def _shaken(host: str, age_s: float) -> Finding:
    return passed(
        GATEWAY_ANSWERS,
        f"The WireGuard gateway {host} answered the tunnel that is up {age_s:.0f} s ago",
        detail="read from the tunnel itself; the gateway was not asked",
    )


async def _last_handshake(ctx: Context, gateway: bytes) -> int:
    """When the gateway of this key answered last, in seconds since 1970; 0 where it is not told. Most systems tell root only."""
    try:
        said = await ctx.children.run(("wg", "show", "all", "latest-handshakes"), timeout_s=WAIT_S)
    except (ChildFailed, ChildTimeout):
        return 0
    return last_handshake(said.stdout.decode("ascii", "replace"), gateway) if said.code == 0 else 0


def last_handshake(text: str, gateway: bytes) -> int:
    """From ``wg show all latest-handshakes``: interface, key and seconds in each line. 0 where this gateway is not in it."""
    latest = 0
    for line in text.splitlines()[:1000]:
        words = line.split()
        if len(words) == 3 and words[2].isascii() and words[2].isdigit() and len(words[2]) <= 12:
            try:
                known = key_of(words[1]) == gateway
            except ValueError:
                continue
            latest = max(latest, int(words[2])) if known else latest
    return latest
