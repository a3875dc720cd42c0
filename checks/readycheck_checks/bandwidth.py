"""bandwidth: does the line carry the calls of this profile? Measures download, upload and round-trip times, idle and busy, with
the first speed server that takes part. One that does not says nothing about the line, and one that is slow not much: another is
asked, where the profile names one.
"""

from collections.abc import Sequence
from contextlib import aclosing
from functools import partial
from typing import Annotated, Final

from msgspec import Meta, field

from readycheck.api import Capability, Check, Context, Cost, Options, Progress, Says, fact, skipped, unknown
from readycheck.measure.providers.base import Step
from readycheck_checks.calls import bandwidth_verdict as line_verdict
from readycheck_checks.calls import speed
from readycheck_checks.calls.bandwidth_verdict import Line, Terms
from readycheck_checks.calls.codes import BANDWIDTH, OVER_BUDGET, SPEED_NOT_ASKED
from readycheck_checks.calls.limits import Limit, Need
from readycheck_checks.calls.rates import mbit
from readycheck_checks.calls.servers import SpeedServer, provider_of
from readycheck_checks.calls.watching import told_by

SECONDS: Final = {"quick": 10.0, "full": 20.0}
OLD_METHOD_SECONDS: Final = {"quick": 18.0, "full": 30.0}  # speedtest.net


class BandwidthOptions(Options, frozen=True, kw_only=True):
    use: Annotated[
        tuple[str, ...],
        Meta(
            description="Names of the servers below: the first that takes part measures; none: not measured"
        ),
    ] = ()
    servers: Annotated[dict[str, SpeedServer], Meta(description="Speed servers by name")] = field(
        default_factory=dict
    )
    max_mb: Annotated[float, Meta(ge=1, le=1_000, description="Megabytes at most, both directions")] = 45.0
    calls: Annotated[tuple[str, ...], Meta(description="Names of the needs below that apply")] = ()
    needs: Annotated[dict[str, Need], Meta(description="What a kind of call needs")] = field(
        default_factory=dict
    )
    rtt_ms: Annotated[Limit | None, Meta(description="Limits of the idle round-trip time in ms")] = None
    load_increase_ms: Annotated[
        Limit | None, Meta(description="Limits of the delay that a busy line adds, in ms; at most a warning")
    ] = None

    def __post_init__(self) -> None:
        for key, wanted, tables in (("calls", self.calls, self.needs), ("use", self.use, self.servers)):
            for name in wanted:
                if name not in tables:
                    table = "needs" if key == "calls" else "servers"
                    known = ", ".join(sorted(tables)) or "none"
                    raise ValueError(f'{key}: "{name}" has no table under {table} (known: {known})')

    @property
    def used(self) -> tuple[SpeedServer, ...]:
        return tuple(self.servers[name] for name in self.use)


async def run(options: BandwidthOptions, ctx: Context) -> Says:
    """Not measured without server or data; what no server answers is UNKNOWN and never the line's fault."""
    if not options.use:
        yield skipped(SPEED_NOT_ASKED, "The profile names no speed server")
        return
    most = speed.most_bytes(int(options.max_mb * 1e6), ctx.quick)
    spend = speed.budget(ctx, most)
    if not spend.enough:
        yield unknown(
            OVER_BUDGET,
            "The speed was not measured: the data allowance of this run is used up",
        )
        return
    yield Progress(text=f"Uses up to {spend.all / 1e6:.0f} MB")
    terms = _terms(options)
    chain = speed.Chain(
        ctx=ctx, candidates=_candidates(options, ctx), most_bytes=most, is_short=terms.are_missed
    )
    async for said in _measured(terms, ctx, chain):
        yield said


async def _measured(terms: Terms, ctx: Context, chain: speed.Chain) -> Says:
    """Progress and measurements as they come, judgements at the end, when it is known what is missing."""
    line = Line(terms=terms)
    async with aclosing(told_by(chain.measure, Step)) as told:
        async for each in told:
            if isinstance(each, Step):
                yield _progress(each)
            else:
                for measurement in line.hear(each):
                    yield measurement
    yield fact("speed_server", "Speed server", line_verdict.servers_in_words(line, chain.absent))
    for said in line.at_the_end():
        yield said
    for found in await line_verdict.findings(line, chain.missing, chain.absent, ctx):
        yield found


def _candidates(options: BandwidthOptions, ctx: Context) -> list[speed.Candidate]:
    return [
        speed.Candidate(
            site=server.site(name),
            provider=partial(provider_of, server, ctx.secrets.get),
            least_down=server.least_down,
        )
        for name, server in zip(options.use, options.used, strict=True)
    ]


def _terms(options: BandwidthOptions) -> Terms:
    return Terms(
        needs={name: options.needs[name] for name in options.calls},
        rtt_ms=options.rtt_ms,
        load_increase_ms=options.load_increase_ms,
    )


def _progress(step: Step) -> Progress:
    rate = f": {mbit(step.bits_per_s)} Mbit/s" if step.bits_per_s > 0 else ""
    return Progress(text=step.text + rate, fraction=step.fraction)


def cost(options: BandwidthOptions, quick: bool) -> Cost:
    """Stated before a run: nothing without server, below 3 MB in the quick plan, else the profile's own limit."""
    if not options.use:
        return Cost(bytes=0, seconds=0.0)
    plan = "quick" if quick else "full"
    kinds = {server.kind for server in options.used}
    return Cost(
        bytes=speed.most_bytes(int(options.max_mb * 1e6), quick),
        least=min(speed.least_bytes(server.least_down) for server in options.used),
        seconds=(OLD_METHOD_SECONDS if "speedtest.net" in kinds else SECONDS)[plan],
        hosts=_in_words(options.used),
        unnamed=tuple(server.hosts_in_words for server in options.used if server.hosts_in_words),
    )


def _in_words(servers: Sequence[SpeedServer]) -> str:
    """``hosts_of`` names those that are known before."""
    one = len(servers) == 1
    return (
        "the speed server of the profile"
        if one
        else "the first speed server of the profile that takes part, and another where that is slow"
    )


check = Check(
    id="bandwidth",
    title="Internet speed",
    capability=Capability.CALLS,
    summary="How fast download, upload and round trips are, idle and busy, against the needs of calls",
    run=run,
    options=BandwidthOptions,
    weight=3.0,
    timeout=50.0,
    after=("internet", "dns", "captive_portal"),
    alone=True,
    cost=cost,
    hosts_of=lambda options: tuple(dict.fromkeys(name for server in options.used for name in server.names)),
    codes=BANDWIDTH,
)
