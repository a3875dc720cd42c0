"""certificate: is the certificate of a host of the profile valid for long enough, for all its names, and from whom is expected?

One verified handshake for each name, and no more.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Final, Literal

from msgspec import Meta

from readycheck.api import (
    Blame,
    Capability,
    Check,
    Context,
    Cost,
    Fact,
    Finding,
    Measurement,
    NetError,
    Owner,
    Privacy,
    Progress,
    Says,
    Silent,
    TcpAnswer,
    TlsAnswer,
    clean,
    fact,
    measured,
    passed,
    unknown,
)
from readycheck_checks.asking.attempts import HostPort, attempt
from readycheck_checks.asking.endpoints import Endpoint, endpoint
from readycheck_checks.blame import trouble
from readycheck_checks.blame.answering import who_answers
from readycheck_checks.blame.certificates import named, time_of
from readycheck_checks.blame.options import hosts_beside
from readycheck_checks.conversation.server import CONNECT, CONNECT_WAIT_S, TLS
from readycheck_checks.declared.codes import CERTIFICATE
from readycheck_checks.declared.conversation import talk
from readycheck_checks.declared.options import Asked, capability_of, title_of
from readycheck_checks.declared.telling import missed
from readycheck_checks.declared.web_verdict import days_left, judge_days

CODE: Final = "declared.certificate"
VERSIONS: Final = ("TLSv1.2", "TLSv1.3")


class CertificateOptions(Asked, frozen=True, kw_only=True):
    """One host that speaks TLS from the start, and what its certificate has to be."""

    target: Annotated[HostPort, Meta(description='Host and port: "www.example.com:443"')]
    names: Annotated[
        tuple[str, ...],
        Meta(
            max_length=5,
            description="Names that it has to prove, each asked for by itself; left out: that of the target",
        ),
    ] = ()
    days_left: Annotated[
        int, Meta(ge=0, le=3650, description="It must be valid for so many days more; 0: today is enough")
    ] = 14
    issuer: Annotated[str, Meta(max_length=200, description="A text in the name of whoever signed it")] = ""
    version: Annotated[
        Literal["TLSv1.2", "TLSv1.3"],
        Meta(description="The oldest TLS that will do; nothing older is ever spoken"),
    ] = "TLSv1.2"

    def __post_init__(self) -> None:
        super().__post_init__()
        endpoint(self.target)


@dataclass(frozen=True, kw_only=True)
class Shaken:
    """One handshake: ``shown`` where it came about; ``now``: the time that its dates are judged by."""

    step: str
    error: NetError | None = None
    shown: TlsAnswer | None = None
    now: datetime | None = None


async def run(options: CertificateOptions, ctx: Context) -> Says:
    """Every name at once: the findings of each, or one that passes for all."""
    where = endpoint(options.target)
    yield Progress(text=f"Looking at the certificate of {options.title}")
    yield options.theirs
    names = options.names or (where.host,)
    all_of_them = await asyncio.gather(*(_one(options, ctx, where, name) for name in names))
    good = True
    for name, (seen, findings) in zip(names, all_of_them, strict=True):
        if seen.shown is not None:
            for said in _seen(seen.now or ctx.clock.now(), name, seen.shown):
                yield said
        for finding in findings:
            good = False
            yield finding
    if good:
        until = [seen.shown.not_after for seen, _ in all_of_them if seen.shown and seen.shown.not_after]
        last = f", until {min(until):%Y-%m-%d}" if until else ""
        yield passed(CODE, f"The certificate of {options.title} is valid{last}")


def _seen(now: datetime, name: str, shown: TlsAnswer) -> Iterator[Fact | Measurement]:
    told = f"{shown.subject}, signed by {shown.issuer}, {shown.version}"
    yield fact("certificate", f"Certificate for {clean(name, 80)}", told, Privacy.ORG)
    if shown.not_after is not None:
        left = days_left(shown.not_after, now)
        yield measured("certificate_days", "Days until the certificate runs out", left, "d")


async def _one(
    options: CertificateOptions, ctx: Context, where: Endpoint, name: str
) -> tuple[Shaken, list[Finding]]:
    shake = partial(_shake, ctx, where, name)
    seen, stopped = await talk(ctx, where, shake, options, CODE, name=name)
    if stopped is not None:
        return seen, [stopped]
    if seen.shown is None:
        return seen, []
    now = await _now(options, ctx, seen.shown)
    return replace(seen, now=now), list(_judged(options, now, name, seen.shown))


async def _now(options: CertificateOptions, ctx: Context, shown: TlsAnswer) -> datetime:
    """By the clock of this computer; where it makes the days too few, by that of a control that proves who it is, if told."""
    here = ctx.clock.now()
    if shown.not_after is None or days_left(shown.not_after, here) >= options.days_left:
        return here
    control = next(named(options.tcp_controls), None)
    told = await time_of(ctx, control) if control is not None else None
    return here if told is None else here + timedelta(seconds=told.ahead_s)


async def _shake(ctx: Context, where: Endpoint, name: str) -> Shaken:
    came = await attempt(ctx.net.tls(where.host, where.port, server_name=name))
    if isinstance(came, TlsAnswer):
        return Shaken(step="done", shown=came)
    step = CONNECT
    if isinstance(came, Silent):
        taken = await attempt(ctx.net.tcp(where.host, where.port, timeout_s=CONNECT_WAIT_S))
        step = TLS if isinstance(taken, TcpAnswer) else CONNECT
    return Shaken(step=step, error=came)


def _judged(options: CertificateOptions, now: datetime, name: str, shown: TlsAnswer) -> Iterator[Finding]:
    blame = who_answers(options.far, proved=True)
    if shown.not_after is None and options.days_left:
        yield unknown(f"{CODE}_unread", f"The certificate of {name} does not say until when it is valid")
    days = judge_days(options, f"{CODE}_expires", shown, options.days_left, now, clean(name, 80), blame)
    if days is not None:
        yield days
    if options.issuer.casefold() not in shown.issuer.casefold():
        how = f"the certificate of {name} is signed by {shown.issuer}, and {options.issuer} is expected"
        yield missed(options, f"{CODE}_issuer", how, _whose_issuer(options.far))
    if shown.version in VERSIONS and VERSIONS.index(shown.version) < VERSIONS.index(options.version):
        how = f"{name} speaks {shown.version}, and {options.version} is expected"
        yield missed(options, f"{CODE}_version", how, blame)


def _whose_issuer(far: Owner) -> Blame:
    """A trusted certificate of another issuer: the host's has changed, or the company opens the connection on the way."""
    others = tuple(dict.fromkeys((far, Owner.COMPANY, Owner.DEVICE)))
    return Blame(either=others)


def cost(options: CertificateOptions, quick: bool) -> Cost:
    handshakes = 2 * max(1, len(options.names))
    return Cost(
        bytes=handshakes * 12_000 + 12_000 + trouble.BYTES * max(1, len(options.names)),
        seconds=1.0,
        hosts="the host and its controls",
    )


check = Check(
    id="certificate",
    title="Certificate",
    capability=Capability.APPS,
    summary="Whether the certificate of a host of the profile is valid for long enough, for its names, and from whom is expected",
    run=run,
    options=CertificateOptions,
    timeout=45.0,
    after=("internet", "dns", "captive_portal"),
    many=True,
    on_demand=True,
    cost=cost,
    title_of=title_of,
    hosts_of=lambda options: hosts_beside(options, options.target),
    codes=CERTIFICATE,
    capability_of=capability_of,
)
