"""chat: does the live connection of a chat (WebSocket) open from here, through the proxy where one is set? Signs in nowhere."""

import asyncio
from functools import partial
from typing import Annotated, Literal

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Fact,
    Finding,
    Owner,
    Privacy,
    Progress,
    Says,
    TlsAnswer,
    TlsFailed,
    fact,
    skipped,
)
from readycheck_checks.apps.codes import CHAT
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.blame.options import BesideOptions, hosts_beside
from readycheck_checks.blame.trouble import BYTES as LOOK_BYTES
from readycheck_checks.calls.limits import Date
from readycheck_checks.chats.upgrade import Place, Upgrade, place
from readycheck_checks.chats.verdict import judge
from readycheck_checks.conversation import server as asking


class ChatOptions(BesideOptions, frozen=True, kw_only=True):
    """One chat, by the addresses its program keeps a live connection to."""

    title: Annotated[str, Meta(min_length=1, description="What people call the chat")]
    urls: Annotated[
        tuple[str, ...],
        Meta(max_length=4, description='WebSocket addresses: "wss://chat.example.com/socket"'),
    ] = ()
    run_by: Annotated[
        Literal["company", "service"],
        Meta(description="Who runs it: your company, or a service on the internet"),
    ] = "company"
    upgrades: Annotated[
        bool,
        Meta(
            description="It is known to open a WebSocket before anybody signs in; else asking to sign in is enough"
        ),
    ] = False
    answers: Annotated[
        tuple[Annotated[int, Meta(ge=100, le=499)], ...],
        Meta(
            description="HTTP statuses that it is known to turn those down with who have not signed in; 401 always counts"
        ),
    ] = ()
    source: Annotated[str, Meta(description="Where the vendor publishes this")] = ""
    checked: Date | Literal[""] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        for url in self.urls:
            place(url)


async def run(options: ChatOptions, ctx: Context) -> Says:
    """Every address at once: one finding each."""
    if not options.urls:
        yield skipped(
            "apps.chat_unnamed", f"The profile does not name the live connection of {options.title}"
        )
        return
    yield Progress(text=f"Opening the live connection of {options.title}")
    if options.source:
        read = f", read {options.checked}" if options.checked else ""
        yield fact("data_source", "Data about this service", f"{options.source}{read}", Privacy.PUBLIC)
    for seen, finding in await asyncio.gather(*(_one(place(url), options, ctx) for url in options.urls)):
        yield seen
        yield finding


async def _one(there: Place, options: ChatOptions, ctx: Context) -> tuple[Fact, Finding]:
    from readycheck_checks.chats.line import upgrade

    far = Owner(options.run_by)
    beside = options.beside(far)
    seen = await upgrade(ctx, there)
    trouble = None
    if seen.error is not None and seen.proxy is None and seen.step != "proxy":
        seen, trouble = await asking.again(ctx, there.where, partial(upgrade, ctx, there), seen, beside)
    opened = await is_opened(ctx, there, far, seen) if trouble is None else None
    told = fact("chat_connection", f"Live connection to {there.where}", str(seen), Privacy.ORG)
    finding = judge(
        options.title,
        there,
        _of_proxy(seen),
        trouble,
        far=far,
        proved=options.upgrades,
        answers=options.answers,
        opened=opened,
    )
    return told, finding


async def is_opened(ctx: Context, there: Place, far: Owner, seen: Upgrade) -> bool | None:
    """Where a page came back in place of a WebSocket: whether browsers by themselves do not believe its certificate. A company's
    own chat may have one of its own authority, and the way through a proxy is another one."""
    if not seen.status or not there.is_tls or seen.proxy is not None or far is not Owner.SERVICE:
        return None
    came = await attempt(ctx.net.tls(there.where.host, there.where.port, public_roots=True))
    if isinstance(came, TlsFailed) and came.reason == "untrusted":
        return True
    return False if isinstance(came, TlsAnswer) else None


def _of_proxy(seen: Upgrade) -> Upgrade:
    """Behind a proxy it is not seen whose a connection that did not come about is: it may be the proxy's."""
    if seen.proxy is None or seen.error is None:
        return seen
    return Upgrade(step="proxy", error=seen.error, proxy=seen.proxy)


def cost(options: ChatOptions, quick: bool) -> Cost:
    return Cost(
        bytes=(24_000 + LOOK_BYTES) * len(options.urls) + 2_000,
        seconds=3.0,
        hosts=f"the hosts of {options.title}",
    )


check = Check(
    id="chat",
    title="Chat",
    capability=Capability.APPS,
    summary="Whether the live connection of a chat (WebSocket) opens, through the proxy where one is set",
    run=run,
    options=ChatOptions,
    timeout=40.0,
    after=("internet", "dns", "captive_portal"),
    many=True,
    on_demand=True,
    cost=cost,
    title_of=lambda options: options.title,
    hosts_of=lambda options: hosts_beside(options, *options.urls),
    codes=CHAT,
)
