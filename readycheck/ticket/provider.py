"""The letter to the internet provider: what was seen on this line, in our own words and figures. Pure.

By an allow-list: our own sentences by the code of a cause, values that checks of the line measured, and the address by which the
provider knows the line, with whose a web page says that it is. No text of a finding, a profile or a person enters it, so no host
of the company can.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Final

from readycheck.model import Capability, Cause, CheckResult, Fact, Measurement, Owner, Report, Status
from readycheck.privacy import Privacy
from readycheck.show.wording import date_text
from readycheck.ticket.complaints import complaint_about
from readycheck.ticket.marker import marker_of
from readycheck.units import quantity

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
ORGANISATION: Final = "public_organisation"
ADDRESSES_DIFFER: Final = "connection.public_addresses_differ"
KINDS: Final = {
    "wired": "network cable",
    "wifi": "Wi-Fi",
}  # any other may be a VPN's, whose adapters some systems show as virtual ones
TUNNEL_UP: Final = frozenset({"vpn.connected", "vpn.client_connected", "vpn.route_missing"})
TUNNEL_PERHAPS: Final = frozenset({"vpn.tunnel_not_told", "vpn.client_not_told"})
NO_TUNNEL: Final = frozenset(
    {"vpn.not_connected", "vpn.no_tunnel"}
    | {f"vpn.client_{how}" for how in ("off", "attention", "connecting", "missing")}
)
THE_OTHER_END: Final = "the target itself"  # where the company is, and not the line
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
    complaints = list(dict.fromkeys(complaint_about(cause.code) for cause in causes))
    parts: tuple[tuple[str, Iterable[str]], ...] = (
        ("What I see:", [complaint.seen for complaint in complaints]),
        ("What was measured:", (*_figures(report), *_ends(report, causes))),
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


def _about(report: Report) -> Iterator[str]:
    """When, where and how it was seen."""
    if report.simulated:
        yield "This is an example from a demonstration, and no real line"
    yield f"Measured: {_span(report)}"
    facts = [fact for result in report.results for fact in result.facts]
    kind = next((f.value for f in facts if f.name == "interface_kind" and f.privacy is Privacy.PUBLIC), "")
    codes = {finding.code for result in report.results for finding in result.findings}
    if kind in KINDS:
        yield f"Connected by: {KINDS[kind]}"
    if _in_tunnel(report, kind, codes):
        yield "A VPN was in use meanwhile"
    elif kind in KINDS and _surely_past_tunnels(report, codes) and ADDRESSES_DIFFER not in codes:
        yield from (f"Public address of the line: {address}" for address in _addresses(facts))
        yield from (f"Which is said to be of: {name}" for name in _organisation(facts))
    yield f"My reference: {marker_of(report.run_id).strip('[]')}"


def _span(report: Report) -> str:
    """ "21 Nov 2026, 09:14 to 09:15 (UTC+01:00)", or its one minute; as the report writes it where that is no time."""
    try:
        started, finished = map(datetime.fromisoformat, (report.started, report.finished))
        finished = finished.astimezone(started.tzinfo)
    except (ValueError, OverflowError):
        return f"{report.started} to {report.finished}"
    begun, ended = date_text(started), date_text(finished)
    until = f"{finished:%H:%M}" if started.date() == finished.date() else ended
    return (
        begun
        + (f" to {until}" if ended != begun else "")
        + (f" ({started.tzinfo})" if started.tzinfo else "")
    )


def _in_tunnel(report: Report, kind: str, codes: Collection[str]) -> bool:
    """Whether a VPN is known to have been up."""
    connected = any(
        result.check_id == "vpn_tunnel" and result.status in (Status.PASS, Status.WARN)
        for result in report.results
    )
    return connected or kind == "tunnel" or not TUNNEL_UP.isdisjoint(codes)


def _surely_past_tunnels(report: Report, codes: Collection[str]) -> bool:
    """Whether the address that others see is no VPN's. Where the profile knows of a VPN, its being off must have been seen: an
    IPsec VPN may have no interface of its own."""
    has_vpn = any(result.capability is Capability.VPN for result in report.results)
    seen_off = TUNNEL_PERHAPS.isdisjoint(codes) and not NO_TUNNEL.isdisjoint(codes)
    return seen_off or not has_vpn


def _addresses(facts: Sequence[Fact]) -> tuple[str, ...]:
    """One of each version of IP; none where servers saw different ones, for then it is not known which is the line's."""
    wanted = (fact.value for fact in facts if fact.privacy is Privacy.ADDRESS and fact.name in ADDRESSES)
    by_host = {_host(address): address for address in wanted}
    versions = [":" in host for host in by_host]
    return tuple(by_host.values()) if len(versions) == len(set(versions)) else ()


def _organisation(facts: Sequence[Fact]) -> tuple[str, ...]:
    """As a web page says whose the address is that is told; none where pages say different things."""
    said = {f.value for f in facts if f.privacy is Privacy.ADDRESS and f.name == ORGANISATION}
    return tuple(said) if len(said) == 1 and _addresses(facts) else ()


def _host(address: str) -> str:
    """Without the port of ``192.0.2.1:4000`` and ``[2001:db8::1]:4000``."""
    if address.startswith("[") or address.count(":") == 1:
        address = address.rpartition(":")[0] if address[-1:].isdigit() else address
    return address.strip("[]")


def _figures(report: Report) -> Iterator[str]:
    for result in report.results:
        yield from (_figure(one) for one in result.measurements if _is_of_the_line(result, one))


def _ends(report: Report, causes: Sequence[Cause]) -> Iterator[str]:
    """Of what the provider is told of, and of nothing else."""
    explained = {check for cause in causes for check in cause.explains}
    places = (
        fact.value
        for result in report.results
        for fact in result.facts
        if result.check_id in explained and fact.name == "ends_at" and fact.privacy is Privacy.PUBLIC
    )
    told = (place for place in dict.fromkeys(places) if THE_OTHER_END not in place)
    yield from (f"How far packets were seen to get: {place}" for place in told)


def _is_of_the_line(result: CheckResult, measurement: Measurement) -> bool:
    return any(fnmatchcase(measurement.name, each) for each in FIGURES.get(result.check_id, ()))


def _figure(measurement: Measurement) -> str:
    """With its interval where it has one. Without its limits: they are the company's, and so are the sources of these."""
    value = quantity(measurement.value, measurement.unit)
    ends = [quantity(end, measurement.unit) for end in (measurement.low, measurement.high) if end is not None]
    wide = len(ends) == 2 and {*ends} != {value}  # in what is read, not in what is behind the decimals
    return f"{measurement.title}: {value}" + (f" (between {ends[0]} and {ends[1]})" if wide else "")


def _works(report: Report) -> Iterator[str]:
    passed = {result.check_id for result in report.results if result.status is Status.PASS}
    yield from (told for check, told in NEAR.items() if check in passed)


def _not_ruled_out(causes: Sequence[Cause]) -> Iterator[str]:
    others = (owner for cause in causes for owner in cause.either if owner in WHOSE)
    yield from dict.fromkeys(WHOSE[owner] for owner in others)
