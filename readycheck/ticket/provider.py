"""The letter to the internet provider: what was seen on this line, in our own words and figures. Pure.

By an allow-list: our own sentences by the code of a cause, values that checks of the line measured, and the address by which the
provider knows the line. No text of a finding, a profile or a person enters it, so no host of the company can.
"""

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from readycheck.model import Cause, CheckResult, Fact, Measurement, Owner, Report, Status
from readycheck.privacy import Privacy
from readycheck.ticket.marker import marker_of
from readycheck.units import quantity, value_text


class Complaint(NamedTuple):
    """What is wrong, of causes whose code is like one of these, and what the provider is asked."""

    codes: tuple[str, ...]
    seen: str
    asked: str


CHECK_THE_LINE: Final = "Please check the line, and tell me what you find and when it will be mended."
LOADED: Final = "Please check the line and its load at these times."
FILTERED: Final = "Please tell me whether you hold this back or change it, and why."
NAMES: Final = "Please check the name servers that this line is given."
ROUTES: Final = "Please check the routes out of your network; I can name the destination."
COMPLAINTS: Final = (
    Complaint(
        ("connection.no_internet*",), "Nothing on the internet can be reached over this line.", CHECK_THE_LINE
    ),
    Complaint(("connection.internet_refused",), "Connections to the internet are refused.", FILTERED),
    Complaint(
        ("connection.secure_held_back",),
        "Secure connections (TCP port 443) do not come through, while plain web pages do.",
        FILTERED,
    ),
    Complaint(
        ("connection.ipv?_broken",), "One of IPv4 and IPv6 is set up on this line and leads nowhere.", ROUTES
    ),
    Complaint(("connection.dns*",), "Names are not looked up as they should be over this line.", NAMES),
    Complaint(("*_name", "*_name_*"), "Names that others know are not found over this line.", NAMES),
    Complaint(
        ("*mtu*", "*big_packets*", "*large_packets*"),
        "Large packets are lost on the way, while small ones come through.",
        CHECK_THE_LINE,
    ),
    Complaint(("calls.download_*",), "The download is slower than what I need.", LOADED),
    Complaint(("calls.upload_*",), "The upload is slower than what I need.", LOADED),
    Complaint(("*loss*",), "Packets are lost.", LOADED),
    Complaint(("calls.jitter_high",), "Packets arrive unevenly.", LOADED),
    Complaint(("calls.rtt_high",), "Packets take too long there and back.", LOADED),
    Complaint(("calls.delay_under_load",), "Packets wait too long while the line is busy.", LOADED),
    Complaint(("*_slow", "vpn.slow"), "A destination is slower over this line than what I need.", LOADED),
    Complaint(("calls.udp_blocked",), "UDP goes out and is not answered, while TCP is.", FILTERED),
    Complaint(("*_blocked",), "Packets to certain ports do not come through, while others do.", FILTERED),
    Complaint(
        ("connection.tls*", "connection.web_*", "*certificate", "*_no_tls", "*_garbled", "*_no_starttls"),
        "What comes back from a destination looks changed on the way.",
        FILTERED,
    ),
    Complaint(("*_refused", "*_closed"), "Connections to a destination are refused or cut.", FILTERED),
    Complaint(
        ("*_silent", "*_hangs", "*_unreachable"),
        "A destination cannot be reached over this line, while others can at the same moment.",
        ROUTES,
    ),
    Complaint(
        ("connection.*",), "The connection to the internet does not work as it should.", CHECK_THE_LINE
    ),
    Complaint(("*",), "Connections to a destination do not work as they should over this line.", ROUTES),
)  # the first that fits
FIGURES: Final = {
    "internet": ("internet_rtt",),
    "bandwidth": ("download", "upload", "idle_rtt", "load_increase_down", "load_increase_up"),
    "call_path": (
        *("call_rtt", "call_jitter", "call_jitter_up", "call_jitter_down"),
        *("call_loss", "call_loss_up", "call_loss_down", "router_loss", "router_rtt", "router_jitter"),
    ),
    "line": ("*",),
    "path_mtu": ("*",),
}  # by check, the names of values that a provider can use
NEAR: Final = {
    "interface": "this computer is connected to its network",
    "wifi": "the Wi-Fi is good enough",
    "gateway": "the router here answers",
    "processor": "this computer is not overloaded",
}  # what a check that passed says
ADDRESSES: Final = ("public_address_udp", "mapped_address")  # that of web pages may be a proxy's
TUNNELS: Final = ("vpn.connected", "vpn.client_connected")
WHOSE: Final = {
    Owner.DEVICE: "this computer",
    Owner.HOME: "the network here",
    Owner.COMPANY: "the other end",
    Owner.SERVICE: "the other end",
}


def for_the_provider(report: Report) -> str:
    """Lines for people; empty where no cause of the report is, or may be, the provider's."""
    causes = [cause for cause in report.causes if concerns_the_provider(cause)]
    if not causes:
        return ""
    complaints = list(dict.fromkeys(_complaint(cause) for cause in causes))
    parts: tuple[tuple[str, Iterable[str]], ...] = (
        ("What I see:", [complaint.seen for complaint in complaints]),
        ("What was measured:", _figures(report)),
        ("What was checked here and works:", _works(report)),
        ("What cannot be ruled out from here:", _not_ruled_out(causes)),
        ("What I ask:", dict.fromkeys(complaint.asked for complaint in complaints)),
    )
    lines = ["My internet connection does not work as it should.", "", *_about(report)]
    for heading, items in parts:
        if told := [f"- {item}" for item in items]:
            lines += ["", heading, *told]
    return "\n".join(lines)


def concerns_the_provider(cause: Cause) -> bool:
    """True where the line is the internet provider's to mend, or may be."""
    return cause.owner is Owner.ISP or Owner.ISP in cause.either


def _complaint(cause: Cause) -> Complaint:
    return next(each for each in COMPLAINTS if any(fnmatchcase(cause.code, code) for code in each.codes))


def _about(report: Report) -> Iterator[str]:
    """When, where and how it was seen."""
    if report.simulated:
        yield "This is an example from a demonstration, and no real line"
    yield f"Measured: {report.started} to {report.finished}"
    facts = [fact for result in report.results for fact in result.facts]
    kind = next((f.value for f in facts if f.name == "interface_kind" and f.privacy is Privacy.PUBLIC), "")
    if kind:
        yield f"Connected by: {kind}"
    if _in_tunnel(report, kind):
        yield "A VPN was in use meanwhile"
    else:
        yield from (f"Public address of the line: {address}" for address in _addresses(facts))
    yield f"My reference: {marker_of(report.run_id).strip('[]')}"


def _in_tunnel(report: Report, kind: str) -> bool:
    """Whether the address that others see may be that of a VPN."""
    found = {finding.code for result in report.results for finding in result.findings}
    connected = any(
        result.check_id == "vpn_tunnel" and result.status in (Status.PASS, Status.WARN)
        for result in report.results
    )
    return connected or kind == "tunnel" or bool(found.intersection(TUNNELS))


def _addresses(facts: Sequence[Fact]) -> tuple[str, ...]:
    wanted = (fact.value for fact in facts if fact.privacy is Privacy.ADDRESS and fact.name in ADDRESSES)
    return tuple(dict.fromkeys(wanted))


def _figures(report: Report) -> Iterator[str]:
    for result in report.results:
        yield from (_figure(one) for one in result.measurements if _is_of_the_line(result, one))
    ends = (
        f.value
        for r in report.results
        for f in r.facts
        if f.name == "ends_at" and f.privacy is Privacy.PUBLIC
    )
    yield from (f"How far packets were seen to get: {place}" for place in dict.fromkeys(ends))


def _is_of_the_line(result: CheckResult, measurement: Measurement) -> bool:
    return any(fnmatchcase(measurement.name, each) for each in FIGURES.get(result.check_id, ()))


def _figure(measurement: Measurement) -> str:
    """With its interval where it has one, and without whose limits they are."""
    low, high = measurement.low, measurement.high
    between = ""
    if low is not None and high is not None:
        between = f" (between {quantity(low, measurement.unit)} and {quantity(high, measurement.unit)})"
    return f"{measurement.title}: {value_text(measurement)}{between}"


def _works(report: Report) -> Iterator[str]:
    passed = {result.check_id for result in report.results if result.status is Status.PASS}
    yield from (told for check, told in NEAR.items() if check in passed)


def _not_ruled_out(causes: Sequence[Cause]) -> Iterator[str]:
    others = (owner for cause in causes for owner in cause.either if owner in WHOSE)
    yield from dict.fromkeys(WHOSE[owner] for owner in others)
