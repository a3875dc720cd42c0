"""What can be broken in the embedded office, and what a run must then say. Changes how listeners behave; judges nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Final, Literal

from readycheck.errors import UsageError
from readycheck.model import Owner


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How the listeners of an office behave; the defaults are an office where everything works. Rates in bit/s."""

    vpn: Literal["answers", "silent", "refused"] = "answers"
    udp: Literal["open", "blocked"] = "open"
    share: Literal["open", "denied", "sign-in", "slow", "silent"] = "open"
    portal: Literal["up", "down", "expired"] = "up"
    names: Literal["answer", "fail"] = "answer"
    internet: Literal["open", "silent"] = "open"
    inside: Literal["answers", "silent"] = "answers"
    starttls: bool = True
    captive: bool = False
    support: Literal["open", "closed"] = "open"
    clock_offset_s: float = 0.0
    download_bps: float = 120e6
    upload_bps: float = 40e6
    share_bps: float = 80e6
    slow_share_bps: float = 0.8e6


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing to break. ``switches`` are fields of Manner; ``cause`` and ``owner`` are what a run must put on top;
    ``red`` are the check ids that fail because of it, ``holds`` those that must be on hold behind them."""

    name: str
    title: str
    switches: Mapping[str, Any]
    cause: str
    owner: Owner
    red: tuple[str, ...]
    holds: tuple[str, ...] = ()

    def independent_of(self, other: "Fault") -> bool:
        """True where both can show at once: they switch different things, and neither hides what the other one breaks."""
        return not (
            self.switches.keys() & other.switches.keys()
            or set(self.holds) & set(other.red)
            or set(other.holds) & set(self.red)
        )


_NAMED: Final = ("tls", "bandwidth", "call_path", "call_service", "contact_portal", "contact_email", "contact_chat")
_VPN: Final = ("vpn_tunnel", "vpn_inside", "share:team-drive")
_NEEDS_NAMES: Final = ("tls", "bandwidth", "call_path", "call_service", "vpn_gateway:office", *_VPN)
_HELP: Final = ("contact_portal", "contact_email", "contact_chat")
_EVERYTHING: Final = (*_NEEDS_NAMES, *_HELP)

FAULTS: Final = (
    Fault(
        name="vpn-silent",
        title="The VPN gateway does not answer",
        switches={"vpn": "silent"},
        cause="vpn.gateway_silent",
        owner=Owner.COMPANY,
        red=("vpn_gateway:office",),
        holds=_VPN,
    ),
)


def manner_of(names: Iterable[str]) -> Manner:
    """How an office with these faults behaves. Raises UsageError for an unknown name and for faults that exclude each other."""
    switches: dict[str, Any] = {}
    for name in names:
        for switch, state in fault_named(name).switches.items():
            if switches.setdefault(switch, state) != state:
                raise UsageError(
                    f'The fault "{name}" excludes another one of this run: both decide how "{switch}" behaves. '
                    "Leave one of them out."
                )
    return replace(Manner(), **switches)


def fault_named(name: str) -> Fault:
    """Raises UsageError, with the nearest known name."""
    for fault in FAULTS:
        if fault.name == name:
            return fault
    near = get_close_matches(name, [fault.name for fault in FAULTS], n=1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    raise UsageError(f'There is no fault "{name}".{hint} See them all with: readycheck demo --list-faults')
