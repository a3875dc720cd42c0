"""The verdict about the VPN programs of a profile, of which one that is connected is enough. Pure; asks nobody."""

from collections.abc import Sequence
from typing import Final, Literal

from readycheck.api import Confidence, Finding, Owner, failed, passed, skipped, unknown
from readycheck_checks.vpn.clients.asking import Seen
from readycheck_checks.vpn.clients.codes import (
    ANYBODY,
    CLIENT_ATTENTION,
    CLIENT_CONNECTED,
    CLIENT_CONNECTING,
    CLIENT_ELSEWHERE,
    CLIENT_INSTALLED,
    CLIENT_MISSING,
    CLIENT_NOT_ASKED,
    CLIENT_NOT_TOLD,
    CLIENT_OFF,
)
from readycheck_checks.vpn.clients.products import State

Expect = Literal["connected", "installed", "any"]
WORDS: Final[dict[State, str]] = {
    "connected": "connected",
    "connecting": "connecting",
    "attention": "wants attention",
    "off": "not connected",
    "not_told": "not told",
}


def judge_clients(
    seen: Sequence[Seen], expect: Expect, tunnels: Sequence[str] = (), through: bool | None = None
) -> Finding:
    """``tunnels``: names of tunnels that are on, whosever they are: with one a program that was not found proves nothing.
    ``through``: whether the way to the company leads through a tunnel (None: not told, or the profile does not name it)."""
    connected = next((one for one in seen if one.state == "connected"), None)
    if connected is not None:
        return _connected(connected, expect, through)
    if expect == "any":
        states = ", ".join(f"{one.title}: {_state(one)}" for one in seen)
        return skipped(CLIENT_NOT_ASKED, f"{states}; the profile does not ask for it")
    there = [one for one in seen if one.installed]
    if expect == "installed" and there:
        return passed(CLIENT_INSTALLED, f"{_listed(there)}: installed")
    if expect == "connected" and (untold := next((one for one in there if one.state == "not_told"), None)):
        return _not_told(untold)
    if there:
        return _not_connected(there)
    return _missing(seen, tunnels)


def _connected(one: Seen, expect: Expect, through: bool | None) -> Finding:
    """A program does not say whose VPN it is connected to."""
    by = f" ({one.interface})" if one.interface else ""
    if through:
        return passed(
            CLIENT_CONNECTED, f"{one.title} is connected{by}, and company traffic goes through a VPN"
        )
    if through is False and expect == "connected":
        return unknown(
            CLIENT_ELSEWHERE,
            f"{one.title} is connected{by}, but company traffic would go through no VPN: it may be connected to another one",
            remedy=f"Open {one.title} and look what it is connected to",
        )
    return passed(CLIENT_CONNECTED, f"{one.title} is connected{by}; to whose VPN, it does not say")


def _not_connected(there: Sequence[Seen]) -> Finding:
    """All of them say so themselves. One that wants something is nearer to the cause than one that is off."""
    for state, verdict in (("attention", _attention), ("connecting", _connecting)):
        if (one := next((each for each in there if each.state == state), None)) is not None:
            return verdict(one)
    names = " or ".join(one.title for one in there)
    return failed(
        CLIENT_OFF,
        f"{names} is not connected",
        remedy=f"Open {names}, connect, and check again.",
        owner=Owner.DEVICE,
        confidence=Confidence.HIGH,
    )


def _attention(one: Seen) -> Finding:
    return failed(
        CLIENT_ATTENTION,
        f"{one.title} is not connected and wants attention: {one.why or 'it asks for something'}",
        remedy=one.todo
        or f"Open {one.title} and do what it asks for. If it will not let you in, call IT support.",
        owner=Owner.DEVICE,
        confidence=Confidence.HIGH,
    )


def _connecting(one: Seen) -> Finding:
    """A gateway that does not answer, a network that lets nothing through, a sign-in window that nobody sees: it says no more."""
    return failed(
        CLIENT_CONNECTING,
        f"{one.title} keeps on connecting and does not get there",
        remedy=f"Look whether a window of {one.title} asks for something; else cancel, connect once more, and try over a "
        "phone hotspot. If it works there, this network is in the way; if not, call IT support.",
        confidence=Confidence.MEDIUM,
        either=ANYBODY,
        detail=one.why,
    )


def _not_told(one: Seen) -> Finding:
    return unknown(
        CLIENT_NOT_TOLD,
        f"Whether {one.title} is connected could not be told: {one.why}",
        remedy=f"Open {one.title} and look yourself",
    )


def _missing(seen: Sequence[Seen], tunnels: Sequence[str]) -> Finding:
    names = " or ".join(one.title for one in [one for one in seen if one.installed is False] or seen)
    if tunnels:
        return unknown(
            CLIENT_NOT_TOLD,
            f"{names} was not found where it usually lies, and a VPN is on ({', '.join(tunnels)}): whose it is, is not known",
        )
    if all(one.installed is None for one in seen):
        return unknown(CLIENT_NOT_TOLD, f"{names}: {seen[0].why}")
    return failed(
        CLIENT_MISSING,
        f"{names} was not found on this computer, and no VPN is on",
        remedy=f"Look for {names} among your programs. If it is not there, ask IT support to install it.",
        owner=Owner.DEVICE,
        confidence=Confidence.MEDIUM,
    )


def _state(one: Seen) -> str:
    """What is known of it: one that hangs, or that is asked on other systems only, has not said that it is off."""
    if one.installed is False:
        return "not found"
    return WORDS[one.state] + (f" ({one.why})" if one.state == "not_told" and one.why else "")


def _listed(seen: Sequence[Seen]) -> str:
    return ", ".join(one.title for one in seen)
