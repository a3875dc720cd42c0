"""name: has a name of the profile the records that are expected, by the name servers of this computer or by a named one?"""

import asyncio
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    NameUnknown,
    NetError,
    Privacy,
    Progress,
    Says,
    fact,
)
from readycheck_checks.asking.attempts import HostPort, attempt
from readycheck_checks.asking.endpoints import Endpoint, endpoint, hosts_in
from readycheck_checks.blame.lost_names import require_addresses
from readycheck_checks.declared.answers import Answer, Said, is_name
from readycheck_checks.declared.codes import NAME
from readycheck_checks.declared.name_verdict import Near, WantedRecords, are_good, judge_records
from readycheck_checks.declared.options import Asked, capability_of, title_of
from readycheck_checks.names.servers import is_literal, places_of
from readycheck_checks.names.word import of_places

if TYPE_CHECKING:
    from readycheck_checks.declared.records import Question

WAITS_S: Final = (1.0, 1.5)
TCP_WAIT_S: Final = 3.0
MOST_SERVERS: Final = 3  # of this computer, as resolv.conf(5) has it
MOST_BYTES: Final = 16_384
MOST_ADDRESSES: Final = 8  # that a lookup of the system's own tells: there may be more
_ANYBODY: Final = (
    ".",
    "NS",
)  # a question that every name server answers, and that says nothing about this profile


class NameOptions(Asked, frozen=True, kw_only=True):
    """One name, and the records that it has to have."""

    name: Annotated[
        str, Meta(min_length=1, max_length=253, description="The name; of PTR records an address")
    ]
    kind: Annotated[
        Literal["A", "AAAA", "CNAME", "MX", "NS", "PTR", "SRV", "TXT", "CAA"],
        Meta(description="The kind of its records"),
    ] = "A"
    expected: Annotated[
        tuple[str, ...],
        Meta(
            max_length=20,
            description="Records that it must have; left out: one of that kind, whichever it is",
        ),
    ] = ()
    only: Annotated[bool, Meta(description="It may have no other records than those expected")] = False
    server: Annotated[
        Literal[""] | HostPort,
        Meta(description='The name server that is asked: "10.0.0.53:53"; left out: those of this computer'),
    ] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        require_addresses((self.server,) if self.server else ())
        if self.only and not self.expected:
            raise ValueError("only needs expected: there would be no record that may be there")
        if not (is_name(self.name) or (self.kind == "PTR" and is_literal(self.name))):
            raise ValueError(f'"{self.name}" is no name that can be asked for')

    @property
    def wanted(self) -> WantedRecords:
        return WantedRecords(
            name=self.name,
            kind=self.kind,
            expected=self.expected,
            only=self.only,
            server=self.server,
            inside=self.inside,
        )


async def run(options: NameOptions, ctx: Context) -> Says:
    """The name servers in order, until one answers; those of others only where it is not as expected."""
    yield Progress(text=f"Looking up {options.title}")
    answer = await _answer(options, ctx)
    others: tuple[Answer, ...] = ()
    if answer is None or options.wanted.fault(answer)[0]:
        others = await _others(options, ctx)
    if answer is not None:
        shown = ", ".join(answer.values) or str(answer.said)
        yield fact("records", f"{options.kind} records", shown, Privacy.ORG)
    near = await _near(options, ctx) if answer is not None and are_good(options.wanted, others) else None
    yield judge_records(options, options.wanted, answer, others, near)


async def _near(options: NameOptions, ctx: Context) -> Near:
    """Who keeps back what others tell: where the name servers stand that lookups ask, and what they say when asked directly."""
    if options.server:
        return Near()
    places = await places_of(ctx, await ctx.system.dns_servers())
    own_way = options.kind in ("A", "AAAA") and not ctx.resolver
    return Near(
        told=await _by_own_servers(options, ctx) if own_way else None,
        parties=of_places(places, by_profile=bool(ctx.resolver)),
    )


async def _others(options: NameOptions, ctx: Context) -> tuple[Answer, ...]:
    """What name servers of others say. Of a name of the inside they are told nothing: it shows only whether they answer."""
    question = _ANYBODY if options.inside else (options.name, options.kind)
    asked = (_ask(ctx, endpoint(server), *question) for server in options.name_servers)
    return tuple(told for told in await asyncio.gather(*asked) if told is not None)


async def _answer(options: NameOptions, ctx: Context) -> Answer | None:
    """By the named server; else by those of this computer, which for addresses are asked in the system's own way."""
    if options.server:
        return await _ask(ctx, endpoint(options.server), options.name, options.kind)
    if options.kind in ("A", "AAAA"):
        return await _by_the_system(options, ctx)
    return await _by_own_servers(options, ctx)


async def _by_own_servers(options: NameOptions, ctx: Context) -> Answer | None:
    told = (ctx.resolver,) if ctx.resolver else tuple(await ctx.system.dns_servers() or ())
    servers = (
        [endpoint(ctx.resolver)] if ctx.resolver else [Endpoint(ip, 53) for ip in told if is_literal(ip)]
    )
    for server in servers[:MOST_SERVERS]:
        answer = await _ask(ctx, server, options.name, options.kind)
        if answer is not None:
            return answer
    return None


async def _by_the_system(options: NameOptions, ctx: Context) -> Answer | None:
    """As every program of this computer looks a name up: with its hosts file and its rules for the VPN. Where there may be more
    addresses than are told, its name servers are asked for the rest."""
    came = await attempt(ctx.net.resolve(options.name))
    if isinstance(came, NameUnknown):
        return Answer(said=Said.UNKNOWN_NAME)
    if isinstance(came, NetError):
        return await _said_no(options, ctx)
    wanted = [ip for ip in came if (":" in ip) == (options.kind == "AAAA")]
    said = Said.RECORDS if wanted else Said.NONE
    if len(came) < MOST_ADDRESSES:
        return Answer(said=said, values=tuple(sorted(wanted)))
    part = Answer(said=Said.CUT, values=tuple(sorted(wanted)))
    if not options.wanted.fault(part)[0]:
        return part
    whole = await _by_own_servers(options, ctx)
    return whole if whole is not None and set(wanted) <= set(whole.values) else part


async def _said_no(options: NameOptions, ctx: Context) -> Answer | None:
    """The words in which a name server of this computer turned the lookup away, of which the system tells nothing. A good answer
    does not count: programs of this computer do not get it."""
    answer = await _by_own_servers(options, ctx)
    return answer if answer is not None and answer.said in (Said.REFUSES, Said.FAILING) else None


async def _ask(ctx: Context, server: Endpoint, name: str, kind: str) -> Answer | None:
    """Over UDP, and where more has come than fits, over TCP (RFC 7766); None where nothing came."""
    from readycheck_checks.declared.records import Question

    question = Question(name, kind)
    came = await attempt(
        ctx.net.udp(server.host, server.port, question.packet, accept=question.accepts, waits_s=WAITS_S)
    )
    if isinstance(came, NetError):
        return None
    answer = question.read(came.data)
    return answer if answer.said is not Said.CUT else await _over_tcp(ctx, server, question) or answer


async def _over_tcp(ctx: Context, server: Endpoint, question: "Question") -> Answer | None:
    try:
        stream = await ctx.net.open(server.host, server.port, timeout_s=TCP_WAIT_S)
    except NetError:
        return None
    try:
        async with asyncio.timeout(TCP_WAIT_S):
            await stream.write(len(question.packet).to_bytes(2, "big") + question.packet)
            length = int.from_bytes(await stream.read_exactly(2, timeout_s=TCP_WAIT_S), "big")
            if length > MOST_BYTES:
                return None
            data = await stream.read_exactly(length, timeout_s=TCP_WAIT_S)
        return question.read(data) if question.accepts(data) else None
    except (NetError, TimeoutError):
        return None
    finally:
        await stream.close()


def cost(options: NameOptions, quick: bool) -> Cost:
    servers = 2 * MOST_SERVERS + len(options.name_servers)
    return Cost(
        bytes=servers * 5_000 + MOST_BYTES,
        seconds=0.5,
        hosts="the name servers of the profile" if options.server or options.name_servers else "",
        unnamed=() if options.server else ("the name servers of this computer",),
    )


check = Check(
    id="name",
    title="Name",
    capability=Capability.APPS,
    summary="Whether a name of the profile has the records (A, MX, TXT ...) that are expected",
    run=run,
    options=NameOptions,
    timeout=30.0,
    after=("internet", "dns", "captive_portal"),
    many=True,
    on_demand=True,
    cost=cost,
    title_of=title_of,
    hosts_of=lambda options: hosts_in(*((options.server,) if options.server else ()), *options.name_servers),
    codes=NAME,
    capability_of=capability_of,
)
