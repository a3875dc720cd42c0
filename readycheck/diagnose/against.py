"""What speaks against a cause: checks that passed and could not have, or hardly, if it were so. Pure.

A cause keeps its owner: what a party's other servers do proves nothing about this one. The person and IT support see both
sides. Against what was proved by an answer nothing is said.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from msgspec.structs import replace

from readycheck.diagnose.causes import Causes, Results
from readycheck.diagnose.work import AT_THE_COMPANY
from readycheck.model import Cause, CheckResult, Confidence, Owner, Status

MOST: Final = 3  # more would bury the cause
SILENCE: Final = ("*_silent", "*_hangs", "*_unreachable", "connection.no_internet*")
SLOWNESS: Final = ("calls.*_too_slow", "calls.*_high", "calls.delay_under_load")
SERVERS: Final = tuple(
    sorted({*AT_THE_COMPANY, "share"} - {"contact_email"})
)  # a name server may do for that
OPENED: Final = ("connection.tls_intercepted", "connection.tls_untrusted")


@dataclass(frozen=True, kw_only=True)
class Contrary:
    """``causes``: patterns of their codes. ``parties``: only where it is, or may be, one of theirs; empty: whosever it is.
    ``checks``: what passed all the same, without instances; ``says``: what that shows."""

    causes: tuple[str, ...]
    parties: tuple[Owner, ...] = ()
    checks: tuple[str, ...]
    says: str

    def speaks_against(self, cause: Cause) -> bool:
        concerned = not self.parties or bool({cause.owner, *cause.either}.intersection(self.parties))
        return concerned and any(fnmatchcase(cause.code, pattern) for pattern in self.causes)


CONTRARIES: Final = (
    Contrary(
        causes=("vpn.gateway_*", "vpn.port_*", "vpn.not_connected"),
        checks=("vpn_tunnel", "vpn_inside"),
        says="The VPN carries all the same",
    ),
    Contrary(
        causes=("connection.clock_off",),
        checks=("sign_in",),
        says="The clock is right for signing in",
    ),
    Contrary(
        causes=OPENED,
        checks=("contact_portal", "contact_chat", "sign_in", "cloud_files"),
        says="Another host proves who it is",
    ),
    Contrary(
        causes=SILENCE,
        parties=(Owner.COMPANY, Owner.ISP, Owner.HOME),
        checks=SERVERS,
        says="Another server that your company uses answers",
    ),
    Contrary(
        causes=SILENCE, parties=(Owner.ISP,), checks=("internet",), says="Others answer over the same line"
    ),
    Contrary(causes=SILENCE, parties=(Owner.HOME,), checks=("gateway",), says="The router answers"),
    Contrary(causes=SLOWNESS, parties=(Owner.HOME,), checks=("wifi",), says="The Wi-Fi is good enough"),
    Contrary(
        causes=SLOWNESS, parties=(Owner.DEVICE,), checks=("processor",), says="This computer is not busy"
    ),
)


def what_speaks_against(causes: Causes, results: Results) -> Causes:
    """Each cause with the results that speak against it, at most ``MOST``."""
    return tuple(_weighed(cause, results) for cause in causes)


def _weighed(cause: Cause, results: Results) -> Cause:
    if cause.confidence is Confidence.HIGH:
        return cause
    known = " ".join(cause.evidence_for)
    found = (text for summary, text in _contrary(cause, results) if not summary or summary not in known)
    told = tuple(dict.fromkeys((*cause.evidence_against, *found)))[:MOST]
    return replace(cause, evidence_against=told) if told != cause.evidence_against else cause


def _contrary(cause: Cause, results: Results) -> Iterator[tuple[str, str]]:
    """The summary of a result, and the sentence made of it."""
    for each in CONTRARIES:
        if each.speaks_against(cause):
            yield from (
                (result.summary, f"{each.says}: {result.summary or result.title}")
                for result in _passed(each, results)
                if result.check_id not in cause.explains
            )


def _passed(each: Contrary, results: Results) -> Iterator[CheckResult]:
    for result in results.values():
        if result.status is Status.PASS and result.check_id.partition(":")[0] in each.checks:
            yield result
