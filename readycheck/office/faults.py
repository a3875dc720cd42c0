"""What can be broken in the embedded office, and what a run must then say. Changes how listeners behave; judges nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import combinations
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
    """One thing to break. ``switches`` are fields of Manner; ``cause`` and ``owner`` are what a run must put on top, with
    ``either`` where nothing that a run sees decides between owners.

    ``red`` are the check ids that fail because of it, ``holds`` those that must be on hold behind them, ``covers`` the causes
    that cannot be told apart from it, or cannot be proved, while it lasts.
    """

    name: str
    title: str
    switches: Mapping[str, Any]
    cause: str
    owner: Owner = Owner.UNKNOWN
    either: tuple[Owner, ...] = ()
    red: tuple[str, ...]
    holds: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()

    def independent_of(self, other: "Fault") -> bool:
        """True where both show at once: they switch different things, and neither hides what the other one breaks."""
        together = self.switches.keys().isdisjoint(other.switches)
        return together and not (self.hides(other) or other.hides(self))

    def hides(self, other: "Fault") -> bool:
        """True where a run that meets both can only tell about this one."""
        return other.cause in self.covers or not set(other.red).isdisjoint(self.holds)


_SHARE: Final = ("share:team-drive",)
_VPN: Final = ("vpn_tunnel", "vpn_inside", *_SHARE)
_OUTSIDE: Final = (
    "tls",
    "bandwidth",
    "call_path",
    "call_service:office-meetings",
    "vpn_gateway:office",
    *_VPN,
    "contact_portal",
    "contact_email",
    "contact_chat",
)

_ALL: Final = (
    Fault(
        name="vpn-silent",
        title="The VPN gateway does not answer",
        switches={"vpn": "silent"},
        cause="vpn.gateway_silent",
        owner=Owner.COMPANY,
        red=("vpn_gateway:office",),
        holds=_VPN,
    ),
    Fault(
        name="vpn-refused",
        title="The VPN service does not run on its gateway",
        switches={"vpn": "refused"},
        cause="vpn.gateway_refused",
        owner=Owner.COMPANY,
        red=("vpn_gateway:office",),
        holds=_VPN,
    ),
    Fault(
        name="inside-silent",
        title="The VPN connects, but the company network behind it does not answer",
        switches={"inside": "silent"},
        cause="vpn.inside_silent",
        owner=Owner.COMPANY,
        red=("vpn_inside",),
        holds=_SHARE,
    ),
    Fault(
        name="udp-blocked",
        title="The home network lets no UDP through",
        switches={"udp": "blocked"},
        cause="calls.udp_blocked",
        either=(Owner.HOME, Owner.ISP),
        red=("call_path",),
        covers=("vpn.gateway_silent", "vpn.gateway_refused"),
    ),
    Fault(
        name="slow-upload",
        title="The line sends too slowly for a call",
        switches={"upload_bps": 0.4e6},
        cause="calls.upload_too_slow",
        either=(Owner.ISP, Owner.HOME, Owner.COMPANY),
        red=("bandwidth",),
    ),
    Fault(
        name="slow-download",
        title="The line receives too slowly for a call",
        switches={"download_bps": 0.4e6},
        cause="calls.download_too_slow",
        either=(Owner.ISP, Owner.HOME, Owner.COMPANY),
        red=("bandwidth",),
    ),
    Fault(
        name="share-denied",
        title="The file share takes the sign-in, but opens no folder",
        switches={"share": "denied"},
        cause="files.access_denied",
        owner=Owner.COMPANY,
        red=_SHARE,
    ),
    Fault(
        name="share-sign-in",
        title="The file share does not take the password",
        switches={"share": "sign-in"},
        cause="files.sign_in_refused",
        owner=Owner.DEVICE,
        red=_SHARE,
    ),
    Fault(
        name="share-slow",
        title="The file share is slow",
        switches={"share": "slow"},
        cause="files.slow",
        owner=Owner.COMPANY,
        red=_SHARE,
    ),
    Fault(
        name="share-silent",
        title="The file share does not answer",
        switches={"share": "silent"},
        cause="files.port_silent",
        owner=Owner.COMPANY,
        red=_SHARE,
    ),
    Fault(
        name="portal-down",
        title="The support portal is down",
        switches={"portal": "down"},
        cause="help.portal_down",
        owner=Owner.COMPANY,
        red=("contact_portal",),
    ),
    Fault(
        name="certificate-expired",
        title="The certificate of the support portal has run out",
        switches={"portal": "expired"},
        cause="help.portal_certificate",
        owner=Owner.COMPANY,
        red=("contact_portal",),
    ),
    Fault(
        name="mail-no-starttls",
        title="The mail server offers no encryption",
        switches={"starttls": False},
        cause="help.mail_no_starttls",
        either=(Owner.COMPANY, Owner.HOME, Owner.ISP),  # whoever removes the offer on the way leaves no trace
        red=("contact_email",),
    ),
    Fault(
        name="support-closed",
        title="The support desk is closed, although it promises an answer at every hour",
        switches={"support": "closed"},
        cause="help.closed",
        owner=Owner.COMPANY,
        red=("contact_hours",),
    ),
    Fault(
        name="captive-portal",
        title="A hotspot waits for a sign-in",
        switches={"captive": True},
        cause="connection.captive_portal",
        owner=Owner.HOME,
        red=("captive_portal",),
        holds=_OUTSIDE,
        covers=("connection.no_internet", "connection.dns_broken", "connection.clock_off"),
    ),
    Fault(
        name="dns-broken",
        title="The name server refuses every question",
        switches={"names": "fail"},
        cause="connection.dns_broken",
        either=(Owner.HOME, Owner.ISP),
        red=("dns",),
        holds=_OUTSIDE,
        covers=("connection.captive_portal", "connection.clock_off"),
    ),
    Fault(
        name="no-internet",
        title="The router answers, and nothing beyond it does",
        switches={"internet": "silent"},
        cause="connection.no_internet",
        either=(Owner.ISP, Owner.HOME),
        red=("internet",),
        holds=("dns", "clock", *_OUTSIDE),
    ),
    Fault(
        name="clock-wrong",
        title="The clock of this computer is ten minutes slow",
        switches={"clock_offset_s": 600.0},
        cause="connection.clock_off",
        owner=Owner.DEVICE,
        red=("clock",),
        covers=("help.portal_certificate",),
    ),
)


FAULTS: Final[Mapping[str, Fault]] = {fault.name: fault for fault in _ALL}


def faults_named(names: Iterable[str]) -> tuple[Fault, ...]:
    """Raises UsageError for an unknown name, with the nearest known one, and for faults that exclude each other."""
    faults = tuple(_fault_named(name) for name in dict.fromkeys(names))
    for one, other in combinations(faults, 2):
        both = sorted(one.switches.keys() & other.switches.keys())
        if both:
            raise UsageError(
                f'The faults "{one.name}" and "{other.name}" exclude each other: both decide how "{both[0]}" behaves. '
                "Leave one of them out."
            )
    return faults


def manner_of(faults: Iterable[Fault]) -> Manner:
    """How an office with these faults behaves."""
    return replace(
        Manner(), **{switch: state for fault in faults for switch, state in fault.switches.items()}
    )


def _fault_named(name: str) -> Fault:
    if name in FAULTS:
        return FAULTS[name]
    near = get_close_matches(name, FAULTS, n=1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    raise UsageError(f'There is no fault "{name}".{hint} See them all with: readycheck demo --list-faults')
