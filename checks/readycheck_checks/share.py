"""share: can files be reached on an SMB or WebDAV share, stage by stage: name, port, server, sign-in, list, read, rate, write?

Leaves no file behind, never speaks SMB1, and sends a password over TLS or SMB's own sign-in only. Without a password it proves
what can be proved without one, and says that the rest is not known.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Annotated, Final, Literal

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Options,
    Privacy,
    Progress,
    Refused,
    Says,
    Silent,
    TcpAnswer,
    fact,
)
from readycheck_checks import controls
from readycheck_checks.attempts import HostPort, attempt
from readycheck_checks.endpoints import Endpoint, endpoint
from readycheck_checks.shares import smb, webdav
from readycheck_checks.shares.outcome import Credentials, Seen, Stage, Stop, Trouble, Wants, What, what_of
from readycheck_checks.shares.target import Target, target_of
from readycheck_checks.shares.verdict import Judging, judge_share
from readycheck_checks.vpn.way import leads_through_tunnel

PORT_WAIT_S: Final = 4.0
OVERHEAD_BYTES: Final = 60_000  # signing in and listing, both directions
RATE_BYTES: Final = 2_000_000
QUICK_RATE_BYTES: Final = 500_000
LEAST_RATE_BYTES: Final = 131_072
_OF_THE_NAME: Final = (What.NAME_UNKNOWN, What.NAME_TROUBLE)
_MAY_BE_THE_PROXY: Final = (What.REFUSED, What.CLOSED, What.SILENT, What.NO_ROUTE)
_DOING: Final = {
    Stage.SIGN_IN: "Signing in",
    Stage.LIST: "Listing files",
    Stage.READ: "Reading a file",
    Stage.RATE: "Timing a file",
    Stage.WRITE: "Saving a test file",
}


class ShareOptions(Options, frozen=True, kw_only=True):
    """One share, as the profile names it, and what to try there."""

    url: Annotated[str, Meta(description='"smb://host/share/folder" or "https://host/folder" (WebDAV)')]
    port: Annotated[int, Meta(ge=0, le=65_535, description="0: the one of the URL, or the usual one")] = 0
    title: Annotated[str, Meta(description="What people call these files")] = ""
    sign_in: Annotated[
        Literal["password", "system", "none"],
        Meta(description="system: the person signed in to this computer (SMB); none: nobody (WebDAV)"),
    ] = "password"
    user: Annotated[str, Meta(description="User name, the same for everybody")] = ""
    user_secret: Annotated[str, Meta(description="Name of the secret that holds the user name")] = ""
    password_secret: Annotated[str, Meta(description="Name of the secret that holds the password")] = ""
    read_file: Annotated[str, Meta(description="A file to read, relative to the share")] = ""
    write: Annotated[bool, Meta(description="Save a small file and remove it again")] = False
    write_required: Annotated[bool, Meta(description="false: saving that does not work is a warning")] = True
    rate_plan_mbps: Annotated[
        float, Meta(ge=0, description="Mbit/s one plans for; 0: no rate is measured")
    ] = 0
    rate_fail_mbps: Annotated[float, Meta(ge=0, description="Mbit/s at which it stops being of use")] = 0
    rate_bytes: Annotated[
        int, Meta(ge=LEAST_RATE_BYTES, le=100_000_000, description="Bytes to read at most for the rate")
    ] = RATE_BYTES
    rate_source: Annotated[str, Meta(description="Whose limits these are")] = ""
    tcp_controls: Annotated[
        tuple[HostPort, ...], Meta(description="Other hosts (host:port) asked where the share is silent")
    ] = ()

    def __post_init__(self) -> None:
        target = target_of(self.url, self.port)
        for text in self.tcp_controls:
            endpoint(text)
        if self.sign_in == ("none" if target.kind == "smb" else "system"):
            raise ValueError(f'`sign_in = "{self.sign_in}"` does not go with {self.url}')
        if self.rate_plan_mbps and not (self.read_file and self.rate_fail_mbps < self.rate_plan_mbps):
            raise ValueError("a rate needs `read_file` and a `rate_fail_mbps` below `rate_plan_mbps`")


async def run(options: ShareOptions, ctx: Context) -> Says:
    """Go as far as it goes; then say what worked and what stood in the way."""
    target = target_of(options.url, options.port)
    seen = Seen()
    yield Progress(text=f"Asking {target.host}")
    try:
        async with aclosing(_stages(options, target, ctx, seen)) as stages:
            async for stage in stages:
                yield Progress(text=_DOING[stage])
    except Stop as stop:
        trouble = await _vouched(stop.trouble, options, target, ctx)
        if trouble.what is What.GARBLED:
            trouble = replace(trouble, tunnelled=await _through_tunnel(target, ctx))
        seen.troubles.insert(0, trouble)
    for name, title, value in seen.facts:
        yield fact(name, title, value, Privacy.ORG)
    for said in judge_share(seen, _judging(options, target)):
        yield said


async def _stages(
    options: ShareOptions, target: Target, ctx: Context, seen: Seen
) -> AsyncGenerator[Stage, None]:
    """The stages behind the port as they begin; raises Stop at the first that nothing can follow."""
    if not _proxied(target, ctx):
        await _arrive(options, target, ctx, seen)
    if target.kind == "smb":
        address = await smb.greet(target, ctx, seen)
        stages = smb.visit(address, target, _credentials(options, ctx), _wants(options, ctx), ctx, seen)
    else:
        visit = webdav.Visit(target, ctx, seen)
        await visit.greet()
        stages = visit.visit(_credentials(options, ctx), _wants(options, ctx))
    async with aclosing(stages):
        async for stage in stages:
            yield stage


def _proxied(target: Target, ctx: Context) -> bool:
    return target.kind == "webdav" and ctx.http.proxy_for(target.url) is not None


async def _arrive(options: ShareOptions, target: Target, ctx: Context, seen: Seen) -> None:
    """Name and port. A silent port is tried once more beside the controls, which must speak at the same moment."""
    came = await attempt(ctx.net.tcp(target.host, target.port, timeout_s=PORT_WAIT_S))
    line = controls.Controls()
    tunnelled = False
    if isinstance(came, Silent):
        came, line, tunnelled = await asyncio.gather(
            attempt(ctx.net.tcp(target.host, target.port, timeout_s=PORT_WAIT_S)),
            controls.ask(ctx.net, tcp=options.tcp_controls),
            _through_tunnel(target, ctx),
        )
    elif isinstance(came, Refused):
        tunnelled = await _through_tunnel(target, ctx)
    if isinstance(came, TcpAnswer):
        seen.done += [Stage.NAME, Stage.PORT]
        seen.facts.append(("share_address", "Address of the server", came.address))
        return
    what = what_of(came)
    stage = Stage.NAME if what in _OF_THE_NAME else Stage.PORT
    seen.done += [Stage.NAME] if stage is Stage.PORT else []
    detail = f"{came.detail} {line if line.asked else ''}".strip()
    vouched = line.answered("tcp") > 0
    raise Stop(Trouble(stage=stage, what=what, detail=detail, vouched=vouched, tunnelled=tunnelled))


async def _through_tunnel(target: Target, ctx: Context) -> bool:
    found = await attempt(ctx.net.resolve(target.host))
    return isinstance(found, tuple) and await leads_through_tunnel(ctx, *found)


async def _vouched(trouble: Trouble, options: ShareOptions, target: Target, ctx: Context) -> Trouble:
    """A silence behind the port counts where the server takes a new connection, or a control answers, right after it."""
    if _proxied(target, ctx) and trouble.stage is Stage.SERVER and trouble.what in _MAY_BE_THE_PROXY:
        return replace(trouble, what=What.PROXY)
    if trouble.what is not What.SILENT or trouble.stage is Stage.PORT:
        return trouble
    again = str(Endpoint(target.host, target.port))
    line = await controls.ask(ctx.net, tcp=(again, *options.tcp_controls))
    return replace(trouble, detail=f"{trouble.detail}; {line}", vouched=line.answered("tcp") > 0)


def _credentials(options: ShareOptions, ctx: Context) -> Credentials:
    """Asked for only when the server has answered; raises Stop where the profile wants a password and none is there."""
    if options.sign_in != "password":
        return Credentials()
    user = options.user or (ctx.secrets.get(options.user_secret) if options.user_secret else None)
    password = ctx.secrets.get(options.password_secret) if options.password_secret else None
    if not user or not password:
        secret = (
            f"secret {options.password_secret}" if options.password_secret else "the profile names no secret"
        )
        raise Stop(Trouble(stage=Stage.SIGN_IN, what=What.NO_PASSWORD, detail=secret))
    return Credentials(user=user, password=password)


def _wants(options: ShareOptions, ctx: Context) -> Wants:
    """The rate gets what the data limit leaves of its bytes; too little of them is none."""
    most = min(options.rate_bytes, QUICK_RATE_BYTES) if ctx.quick else options.rate_bytes
    if ctx.meter.left is not None:
        most = min(most, ctx.meter.left - OVERHEAD_BYTES)
    timed = options.rate_plan_mbps > 0 and most >= LEAST_RATE_BYTES
    return Wants(read_file=options.read_file, rate_bytes=most if timed else 0, write=options.write)


def _judging(options: ShareOptions, target: Target) -> Judging:
    return Judging(
        label=options.title or target.label,
        target=target,
        write_required=options.write_required,
        rate_plan_bps=options.rate_plan_mbps * 1e6,
        rate_fail_bps=options.rate_fail_mbps * 1e6,
        rate_source=options.rate_source,
    )


def _cost(options: ShareOptions, quick: bool) -> Cost:
    most = min(options.rate_bytes, QUICK_RATE_BYTES) if quick else options.rate_bytes
    timed = most if options.rate_plan_mbps else 0
    host = target_of(options.url, options.port).host
    return Cost(bytes=OVERHEAD_BYTES + timed, seconds=8.0 if timed else 4.0, hosts=f"the file server {host}")


check = Check(
    id="share",
    title="Files",
    capability=Capability.FILES,
    summary="Do files open on this share, stage by stage: name, port, server, sign-in, list, read, rate, write?",
    run=run,
    options=ShareOptions,
    timeout=40.0,
    after=("internet", "dns", "captive_portal"),
    many=True,
    on_demand=True,
    cost=_cost,
    title_of=lambda options: options.title or f"Files on {target_of(options.url, options.port).label}",
)
