"""public_address: who does this computer seem to be, seen from outside, over the web and over UDP?

Nobody is asked whom the profile does not name.
Blames nobody. The address is personal: it stands in facts of that class and in no sentence.
"""

import asyncio
import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Code,
    Context,
    Cost,
    Fact,
    Finding,
    HttpAnswer,
    NetError,
    Options,
    Privacy,
    Says,
    Status,
    fact,
    passed,
    skipped,
    unknown,
)
from readycheck.measure.nat.double import Second
from readycheck_checks.asking.attempts import HostPort, at_once
from readycheck_checks.asking.endpoints import Endpoint, endpoint, hosts_in
from readycheck_checks.asking.routes import leads_through_tunnel
from readycheck_checks.calls.addresses import HOPS, second_nat
from readycheck_checks.calls.limits import Date
from readycheck_checks.calls.probes import StunReply, ask_stun
from readycheck_checks.path.echoed import echoed_address, echoed_organisation

ECHO_BYTES = 8_000
NAMES_S = 3.0

PUBLIC: Final = Code(
    "connection.public_address", "Servers outside see this computer with a public address", (Status.PASS,)
)
SHARED: Final = Code(
    "connection.public_address_shared",
    "The internet provider lets several customers share one public address (CGNAT), which harms nothing here",
    (Status.PASS,),
)
DIFFER: Final = Code(
    "connection.public_addresses_differ",
    "Web pages and calls leave by different public addresses, by a proxy, a VPN, a second line or the provider",
    (Status.PASS,),
)
UNSEEN: Final = Code(
    "connection.public_address_unknown",
    "Nobody said how this computer is seen from outside",
    (Status.UNKNOWN,),
)
UNASKED: Final = Code(
    "connection.public_address_unasked",
    "The profile names nobody to ask for the public address",
    (Status.SKIP,),
)


class Network(Options, frozen=True, kw_only=True):
    """Whose addresses a range is."""

    range: Annotated[str, Meta(description="Addresses, as 192.0.2.0/24")]
    name: Annotated[str, Meta(description="Whose they are: a provider, the company's VPN")]
    source: Annotated[str, Meta(description="Who says so")]
    checked: Date

    def __post_init__(self) -> None:
        try:
            ipaddress.ip_network(self.range)
        except ValueError:
            raise ValueError(
                f'range: "{self.range}" is no range of addresses: write it like "192.0.2.0/24"'
            ) from None


class PublicAddressOptions(Options, frozen=True, kw_only=True):
    udp: Annotated[
        tuple[HostPort, ...], Meta(max_length=3, description="STUN servers, which say what address they see")
    ] = ()
    web: Annotated[
        tuple[Annotated[str, Meta(pattern="^https://")], ...],
        Meta(
            max_length=2,
            description="HTTPS pages that say what address they see, as text, as ip=... or as JSON, which may say whose it is",
        ),
    ] = ()
    networks: Annotated[
        tuple[Network, ...], Meta(max_length=64, description="Names of ranges, for whose line it is")
    ] = ()

    def __post_init__(self) -> None:
        for server in self.udp:
            endpoint(server)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Public addresses by who saw them; ``organisations``: whose they are, as pages say."""

    udp: Mapping[str, str] = field(default_factory=dict)
    web: Mapping[str, str] = field(default_factory=dict)
    organisations: tuple[str, ...] = ()
    second: Second = Second.UNKNOWN

    def of(self, version: int) -> tuple[set[str], set[str]]:
        """(over UDP, over the web), of this IP version."""
        return _of_version(self.udp, version), _of_version(self.web, version)

    @property
    def differ(self) -> bool:
        """Of one IP version, UDP and the web show different addresses."""
        return any(udp and web and udp.isdisjoint(web) for udp, web in map(self.of, (4, 6)))

    @property
    def all(self) -> list[str]:
        return list(dict.fromkeys((*self.udp.values(), *self.web.values())))


def _of_version(found: Mapping[str, str], version: int) -> set[str]:
    return {address for address in found.values() if ipaddress.ip_address(address).version == version}


async def run(options: PublicAddressOptions, ctx: Context) -> Says:
    if not options.udp and not options.web:
        yield skipped(UNASKED, UNASKED.meaning)
        return
    replies, pages = await asyncio.gather(
        _ask_over_udp(options, ctx),
        at_once({url: ctx.http.get(url, max_bytes=4_096) for url in options.web}),
    )
    answered = [each for each in replies if isinstance(each, StunReply)]
    told = {url: said for url, page in pages.items() if (said := _said(page))}
    seen = Seen(
        udp={each.target: each.message.mapped[0] for each in answered if each.message.mapped is not None},
        web=told,
        organisations=_organisations([pages[url] for url in told]),
        second=await _second(ctx, answered),
    )
    for each in _facts(seen, options.networks):
        yield each
    yield verdict(seen, vpn=await leads_through_tunnel(ctx, *(each.address for each in answered)))


async def _ask_over_udp(options: PublicAddressOptions, ctx: Context) -> list[StunReply | NetError]:
    """Each server in both IP versions: they are seen from outside with an address each."""
    asked = [endpoint(server) for server in options.udp]
    found = await at_once({str(each): ctx.net.resolve(each.host, timeout_s=NAMES_S) for each in asked})
    places = []
    for each in asked:
        addresses = found[str(each)]
        known = () if isinstance(addresses, NetError) else addresses
        for version in (4, 6):
            places += [str(Endpoint(ip, each.port)) for ip in known if (":" in ip) == (version == 6)][:1]
    return list((await at_once({place: ask_stun(ctx.net, place) for place in places})).values())


def _said(page: HttpAnswer | NetError) -> str:
    return echoed_address(page.body) if isinstance(page, HttpAnswer) and page.status == 200 else ""


def _organisations(pages: Iterable[HttpAnswer | NetError]) -> tuple[str, ...]:
    said = (echoed_organisation(page.body) for page in pages if isinstance(page, HttpAnswer))
    return tuple(dict.fromkeys(filter(None, said)))


async def _second(ctx: Context, answered: Sequence[StunReply]) -> Second:
    """Whether the provider translates addresses again, from who answers behind the home router."""
    known = next((each for each in answered if ":" not in each.address), None)
    source = ctx.net.source_address(known.address) if known is not None else None
    if known is None or source is None or await leads_through_tunnel(ctx, known.address):
        return Second.UNKNOWN
    return await second_nat((known.address, known.port), source, ctx)


def _facts(seen: Seen, networks: Sequence[Network]) -> list[Fact]:
    facts = [
        fact(name, title, address, Privacy.ADDRESS)
        for found, name, title in (
            (seen.udp, "public_address_udp", "Public address of calls (UDP)"),
            (seen.web, "public_address_web", "Public address of web pages"),
        )
        for address in dict.fromkeys(found.values())
    ]
    names = {name for address in seen.all if (name := _named(address, networks))}
    facts += [
        fact("public_network", "Network of the public address", name, Privacy.ADDRESS)
        for name in sorted(names)
    ]
    facts += [
        fact("public_organisation", "Whose the public address is, as a web page says", name, Privacy.ADDRESS)
        for name in seen.organisations
    ]
    if seen.second is not Second.UNKNOWN:
        facts.append(fact("shared_address", "Translated a second time", seen.second, Privacy.PUBLIC))
    return facts


def _named(address: str, networks: Sequence[Network]) -> str:
    ip = ipaddress.ip_address(address)
    ranges = ((ipaddress.ip_network(each.range), each) for each in networks)
    fitting = [
        (known.prefixlen, each.name) for known, each in ranges if known.version == ip.version and ip in known
    ]
    return max(fitting)[1] if fitting else ""


def verdict(seen: Seen, *, vpn: bool = False) -> Finding:
    """Every way of being seen is a healthy one."""
    if not seen.all:
        return unknown(
            UNSEEN,
            "How this computer is seen from outside is not known: nobody said",
        )
    through = " through the VPN that is on" if vpn else ""
    if seen.differ:
        return passed(
            DIFFER,
            "Web pages and calls leave by different public addresses, as they do with a proxy, a VPN, a second line, "
            "or a provider that gives out several",
        )
    if seen.second is Second.PROVIDER:
        return passed(
            SHARED,
            "The internet provider lets several customers share one public address; work from here is not affected",
        )
    return passed(PUBLIC, f"Seen from outside with a public address{through}")


def cost(options: PublicAddressOptions, quick: bool) -> Cost:
    asked = len(options.udp) + len(options.web)
    return Cost(
        bytes=ECHO_BYTES * len(options.web) + 1_200 * len(options.udp) + HOPS * 200 if asked else 0,
        seconds=1.5 if asked else 0.0,
        hosts="the servers of the profile",
    )


check = Check(
    id="public_address",
    title="Public address",
    capability=Capability.CONNECTION,
    summary="How this computer is seen from outside",
    run=run,
    options=PublicAddressOptions,
    weight=0.2,
    timeout=20.0,
    after=("internet", "dns", "captive_portal"),
    essential=False,
    on_demand=True,
    cost=cost,
    hosts_of=lambda options: hosts_in(*options.udp, *options.web),
    codes=(PUBLIC, SHARED, DIFFER, UNSEEN, UNASKED),
)
