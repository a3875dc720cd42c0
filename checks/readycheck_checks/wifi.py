"""How good is the Wi-Fi between this computer and the router? Asks the operating system only: nothing is sent.

The name of the network is personal and the access point's number is not even read. A system that tells neither without a consent
is UNKNOWN: nobody is asked for one, and no rights are taken.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Code,
    Confidence,
    Context,
    Cost,
    Fact,
    Finding,
    Interface,
    Measurement,
    NotTold,
    Options,
    Owner,
    Privacy,
    Says,
    Status,
    WifiLink,
    fact,
    measured,
    passed,
    skipped,
    unknown,
    warned,
)
from readycheck_checks.calls.limits import Date
from readycheck_checks.interface import used_interface

ANYWHERE = "192.0.2.1"  # RFC 5737: only the routing table is asked, nothing is sent
REMEDY = "Move closer to the router, or plug in a network cable, and check again"
REMEDY_SLOW_BAND = (
    "Move closer to the router, join its 5 GHz network if it has one, or plug in a cable, and check again"
)

WIFI: Final = Code("connection.wifi", "The Wi-Fi is strong enough, or at least usable", (Status.PASS,))
WIFI_WEAK: Final = Code(
    "connection.wifi_weak",
    "The Wi-Fi arrives too weak here to carry calls reliably",
    (Status.WARN,),
    (Owner.HOME,),
    REMEDY_SLOW_BAND,
)
WIFI_NOT_TOLD: Final = Code(
    "connection.wifi_not_told",
    "The system does not tell how good the Wi-Fi is, or only with a consent that is not asked for",
    (Status.UNKNOWN,),
)
WIFI_UNJUDGED: Final = Code(
    "connection.wifi_unjudged",
    "The strength of the Wi-Fi is told and not judged, for the profile sets no limits",
    (Status.SKIP,),
)
NOT_WIFI: Final = Code("connection.not_wifi", "This computer is not connected by Wi-Fi", (Status.SKIP,))


class Signal(Options, frozen=True, kw_only=True):
    """Strengths in dBm, which are below zero: the nearer to zero, the stronger."""

    plan: Annotated[float, Meta(lt=0, ge=-100, description="From here on calls are well, in dBm")]
    weak: Annotated[float, Meta(lt=0, ge=-100, description="Below this a warning is given, in dBm")]
    source: Annotated[str, Meta(description="Whose limits these are")]
    checked: Date

    def __post_init__(self) -> None:
        if self.plan <= self.weak:
            raise ValueError("plan must be above weak: -67 is stronger than -75")


class WifiOptions(Options, frozen=True, kw_only=True):
    signal: Annotated[
        Signal | None, Meta(description="Limits of the strength; none: it is told, not judged")
    ] = None


async def run(options: WifiOptions, ctx: Context) -> Says:
    interfaces = await ctx.system.interfaces() or ()
    used = used_interface(interfaces, ctx.net.source_address(ANYWHERE), None)
    carrier = await _carrier(ctx, interfaces, used)
    if carrier is not None and carrier.kind not in ("wifi", "unknown"):
        yield skipped(NOT_WIFI, f"This computer is not connected by Wi-Fi ({carrier.name} is in use)")
        return
    try:
        radios = await ctx.system.wifi()
    except NotTold as silence:
        yield _not_told(silence)
        return
    link = link_in_use(radios, carrier)
    if link is None:
        yield skipped(NOT_WIFI, "This computer is connected to no Wi-Fi")
        return
    for seen in _facts(link):
        yield seen
    for figure in _measured(link, options.signal):
        yield figure
    yield verdict(link, options.signal)


async def _carrier(ctx: Context, interfaces: Sequence[Interface], used: Interface | None) -> Interface | None:
    """The interface that carries what this computer sends: under a VPN, the one of the default route beneath it."""
    if used is not None and used.kind != "tunnel":
        return used
    try:
        route = await ctx.system.default_route()
    except NotTold:
        return None
    beneath = used_interface(interfaces, None, route)
    if beneath is not None and beneath.kind != "tunnel":
        return beneath
    physical = [each for each in interfaces if each.up and each.addresses and each.kind in ("wifi", "wired")]
    return physical[0] if len(physical) == 1 else None


def link_in_use(radios: Sequence[WifiLink], carrier: Interface | None) -> WifiLink | None:
    """The connected radio that is the carrier; where that is not known, the only one that is connected."""
    connected = [each for each in radios if each.connected]
    for each in connected:
        if carrier is not None and each.interface == carrier.name:
            return each
    return connected[0] if len(connected) == 1 and (carrier is None or carrier.kind == "wifi") else None


def verdict(link: WifiLink, limits: Signal | None) -> Finding:
    """A weak signal is a warning at most: whether calls bear it is measured by others."""
    if link.signal_dbm is None:
        return unknown(
            WIFI_NOT_TOLD,
            "This computer does not tell how strong its Wi-Fi is",
            detail=in_words(link),
        )
    if limits is None:
        return skipped(
            WIFI_UNJUDGED,
            f"The strength of the Wi-Fi is told only, for the profile sets no limits: {in_words(link)}",
        )
    if link.signal_dbm >= limits.plan:
        return passed(WIFI, f"The Wi-Fi is strong enough: {in_words(link)}")
    if link.signal_dbm >= limits.weak:
        return passed(WIFI, f"The Wi-Fi is usable, and not strong: {in_words(link)}")
    return warned(
        WIFI_WEAK,
        f"The Wi-Fi is weak here: {in_words(link)}",
        remedy=REMEDY_SLOW_BAND if link.band_ghz == 2.4 else REMEDY,
        owner=Owner.HOME,
        confidence=Confidence.MEDIUM,
        detail=f"below {limits.weak:g} dBm is weak ({limits.source}, read {limits.checked})",
    )


def in_words(link: WifiLink) -> str:
    """ "-52 dBm, 5 GHz, Wi-Fi 6"."""
    parts = (
        f"{link.signal_dbm:g} dBm" if link.signal_dbm is not None else "",
        f"{link.band_ghz:g} GHz" if link.band_ghz else "",
        f"Wi-Fi {link.generation}" if link.generation else "",
    )
    return ", ".join(filter(None, parts)) or "nothing more is told"


def _not_told(silence: NotTold) -> Finding:
    return unknown(WIFI_NOT_TOLD, "This computer does not tell how good its Wi-Fi is", detail=str(silence))


def _facts(link: WifiLink) -> Iterator[Fact]:
    if link.network:
        yield fact("wifi_network", "Wi-Fi network", link.network, Privacy.WIFI)
    if link.band_ghz:
        yield fact("wifi_band", "Band", f"{link.band_ghz:g} GHz", Privacy.PUBLIC)
    if link.channel:
        width = f", {link.width_mhz} MHz wide" if link.width_mhz else ""
        yield fact("wifi_channel", "Channel", f"{link.channel}{width}", Privacy.PUBLIC)
    if link.generation:
        yield fact("wifi_generation", "Generation", f"Wi-Fi {link.generation}", Privacy.PUBLIC)


def _measured(link: WifiLink, limits: Signal | None) -> Iterator[Measurement]:
    if link.signal_dbm is not None:
        yield measured(
            "wifi_signal",
            "Strength of the Wi-Fi",
            link.signal_dbm,
            "dBm",
            plan=limits.plan if limits is not None else None,
            fail=limits.weak if limits is not None else None,
            source=f"{limits.source}, read {limits.checked}" if limits is not None else "",
        )
    if link.signal_dbm is not None and link.noise_dbm is not None:
        yield measured("wifi_snr", "Above the noise", link.signal_dbm - link.noise_dbm, "dB")
    for name, title, rate in (
        ("wifi_send_rate", "Rate of the radio, sending", link.send_mbps),
        ("wifi_receive_rate", "Rate of the radio, receiving", link.receive_mbps),
    ):
        if rate:
            yield measured(name, title, rate, "Mbit/s")


check = Check(
    id="wifi",
    title="Wi-Fi",
    capability=Capability.CONNECTION,
    summary="How strong the Wi-Fi is, and in which band",
    run=run,
    options=WifiOptions,
    weight=0.5,
    timeout=16.0,
    after=("interface",),
    essential=False,
    local=True,
    cost=Cost(bytes=0, seconds=2.0),
    codes=(
        WIFI,
        WIFI_WEAK,
        WIFI_UNJUDGED,
        NOT_WIFI,
        WIFI_NOT_TOLD,
    ),
)
