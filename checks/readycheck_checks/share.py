"""share: can files be reached on a share (SMB, WebDAV, SFTP, NFS), stage by stage: name, port, server, sign-in, list, read,
rate, write?

Leaves no file behind, never speaks SMB1 beyond its first word, and sends a password over TLS, SSH to a known host key, or SMB's
own sign-in only. Without a password it proves what can be proved without one, and says that the rest is not known.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import Final

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    NetError,
    Privacy,
    Progress,
    Says,
    Silent,
    TcpAnswer,
    fact,
)
from readycheck_checks.asking import controls
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import hosts_in
from readycheck_checks.blame.trouble import BYTES as LOOK_BYTES
from readycheck_checks.shares import nfs_visit, sftp, smb, webdav
from readycheck_checks.shares.codes import SHARE
from readycheck_checks.shares.looking import looked_into
from readycheck_checks.shares.options import LEAST_RATE_BYTES, ShareOptions
from readycheck_checks.shares.outcome import Credentials, Seen, Stage, Stop, Trouble, Wants, What, what_of
from readycheck_checks.shares.target import Target, target_of
from readycheck_checks.shares.trial_files import TrialFiles, set_up_of
from readycheck_checks.shares.verdict import Judging, judge_share

PORT_WAIT_S: Final = 4.0
OVERHEAD_BYTES: Final = 60_000  # signing in and listing, both directions
QUICK_RATE_BYTES: Final = 500_000
_OF_THE_NAME: Final = (What.NAME_UNKNOWN, What.NAME_TROUBLE)
_MAY_BE_THE_PROXY: Final = (What.REFUSED, What.CLOSED, What.SILENT, What.NO_ROUTE)
_DOING: Final = {
    Stage.SIGN_IN: "Signing in",
    Stage.LIST: "Listing files",
    Stage.READ: "Reading a file",
    Stage.RATE: "Timing a file",
    Stage.WRITE: "Saving a test file",
    Stage.RATE_UP: "Timing the saving",
}


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
        seen.troubles.insert(0, await _explained(stop.trouble, options, target, ctx))
    for name, title, value in seen.facts:
        yield fact(name, title, value, Privacy.ORG)
    for said in judge_share(seen, _judging(options, target)):
        yield said


async def _stages(
    options: ShareOptions, target: Target, ctx: Context, seen: Seen
) -> AsyncGenerator[Stage, None]:
    """The stages behind the port as they begin; raises Stop at the first that nothing can follow."""
    if not await _proxied(target, ctx):
        await _arrive(options, target, ctx, seen)
    async with aclosing(await _behind_the_port(options, target, ctx, seen)) as stages:
        async for stage in stages:
            yield stage


async def _behind_the_port(
    options: ShareOptions, target: Target, ctx: Context, seen: Seen
) -> AsyncGenerator[Stage, None]:
    """The server stage done, and what follows it in this share's protocol. Raises Stop."""
    match target.kind:
        case "smb":
            address = await smb.greet(target, ctx, seen)
            return smb.visit(
                address, target, _credentials(options, ctx), await _wants(options, ctx), ctx, seen
            )
        case "sftp":
            address = await sftp.greet(target, ctx, seen)
            if options.sign_in == "none":
                return _nothing_more()
            given, wants = _credentials(options, ctx), await _wants(options, ctx)
            return sftp.visit(address, target, given, wants, ctx, seen, host_key=options.host_key)
        case "nfs":
            files = nfs_visit.Visit(target, ctx, seen)
            await files.greet()
            return _nothing_more() if options.sign_in == "none" else files.visit()
        case _:
            site = webdav.Visit(target, ctx, seen)
            await site.greet()
            if target.status_url and options.sign_in == "none":
                return _nothing_more()
            return site.visit(_credentials(options, ctx), await _wants(options, ctx))


async def _nothing_more() -> AsyncGenerator[Stage, None]:
    """What a server tells without a sign-in is all that is wanted."""
    return
    yield Stage.SERVER


async def _proxied(target: Target, ctx: Context) -> bool:
    return target.kind == "webdav" and await ctx.http.proxy_for(target.url) is not None


async def _arrive(options: ShareOptions, target: Target, ctx: Context, seen: Seen) -> None:
    """Name and port. A silent port is tried once more beside the controls, which must speak at the same moment."""
    came = await _knock(target, ctx)
    came, line = await controls.once_more(
        ctx.net,
        came,
        partial(_knock, target, ctx),
        silent=isinstance(came, Silent),
        tcp=options.tcp_controls,
    )
    if isinstance(came, TcpAnswer):
        seen.done += [Stage.NAME, Stage.PORT]
        seen.facts.append(("share_address", "Address of the server", came.address))
        return
    what = what_of(came)
    stage = Stage.NAME if what in _OF_THE_NAME else Stage.PORT
    seen.done += [Stage.NAME] if stage is Stage.PORT else []
    detail = f"{came.detail} {line if line.asked else ''}".strip()
    vouched = line.answered("tcp") > 0
    raise Stop(Trouble(stage=stage, what=what, detail=detail, vouched=vouched))


async def _knock(target: Target, ctx: Context) -> TcpAnswer | NetError:
    return await attempt(ctx.net.tcp(target.host, target.port, timeout_s=PORT_WAIT_S))


async def _explained(trouble: Trouble, options: ShareOptions, target: Target, ctx: Context) -> Trouble:
    """What a proxy did not pass on is not held against the server; everything else is looked into."""
    if not await _proxied(target, ctx):
        return await looked_into(trouble, options, target, ctx)
    if trouble.stage is Stage.SERVER and trouble.what in _MAY_BE_THE_PROXY:
        return replace(trouble, what=What.PROXY)
    return trouble


def _credentials(options: ShareOptions, ctx: Context) -> Credentials:
    """Asked for only when the server has answered; raises Stop where the profile wants a password and none is there."""
    if options.sign_in not in ("password", "key"):
        return Credentials()
    user = options.user or (ctx.secrets.get(options.user_secret) if options.user_secret else None)
    password = ctx.secrets.get(options.password_secret) if options.password_secret else None
    if not user or (not password and not options.key_file):
        secret = (
            f"secret {options.password_secret}" if options.password_secret else "the profile names no secret"
        )
        raise Stop(Trouble(stage=Stage.SIGN_IN, what=What.NO_PASSWORD, detail=secret))
    return Credentials(user=user, password=password or "", key_file=options.key_file)


async def _wants(options: ShareOptions, ctx: Context) -> Wants:
    """The rates get what the data limit leaves of their bytes; too little of them is none."""
    most = _most_bytes(options, ctx.quick)
    ways = (options.rate_plan_mbps > 0) + (options.rate_up_plan_mbps > 0)
    if ctx.meter.left is not None and ways:
        most = min(most, (ctx.meter.left - OVERHEAD_BYTES) // ways)
    enough = most if most >= LEAST_RATE_BYTES else 0
    return Wants(
        read_file=options.read_file,
        rate_bytes=enough if options.rate_plan_mbps else 0,
        up_bytes=enough if options.rate_up_plan_mbps else 0,
        trials=await _trials(ctx) if options.write else None,
    )


async def _trials(ctx: Context) -> TrialFiles:
    host = await ctx.system.host()
    set_up = set_up_of(host.computer, host.user, host.home)
    return TrialFiles(set_up=set_up, now=int(ctx.clock.now().timestamp()))


def _most_bytes(options: ShareOptions, quick: bool) -> int:
    return min(options.rate_bytes, QUICK_RATE_BYTES) if quick else options.rate_bytes


def _judging(options: ShareOptions, target: Target) -> Judging:
    return Judging(
        label=options.title or target.label,
        target=target,
        inside=options.inside,
        wants_sign_in=options.sign_in == "password",
        write_required=options.write_required,
        rate_plan_bps=options.rate_plan_mbps * 1e6,
        rate_fail_bps=options.rate_fail_mbps * 1e6,
        up_plan_bps=options.rate_up_plan_mbps * 1e6,
        up_fail_bps=options.rate_up_fail_mbps * 1e6,
        rate_source=options.rate_source,
    )


def _cost(options: ShareOptions, quick: bool) -> Cost:
    ways = (options.rate_plan_mbps > 0) + (options.rate_up_plan_mbps > 0)
    host = target_of(options.url, options.port).host
    return Cost(
        bytes=OVERHEAD_BYTES + LOOK_BYTES + ways * _most_bytes(options, quick),
        seconds=4.0 + 4.0 * ways,
        hosts=f"the file server {host}",
    )


check = Check(
    id="share",
    title="Files",
    capability=Capability.FILES,
    summary="Whether files open on this share, stage by stage: name, port, server, sign-in, list, read, rate, write",
    run=run,
    options=ShareOptions,
    timeout=45.0,
    after=("internet", "dns", "captive_portal"),
    many=True,
    on_demand=True,
    cost=_cost,
    hosts_of=lambda options: hosts_in(
        target_of(options.url, options.port).host, *options.tcp_controls, *options.others_asked
    ),
    title_of=lambda options: options.title or f"Files on {target_of(options.url, options.port).label}",
    codes=SHARE,
)
