"""mailbox: do the servers through which a mail program reads and sends answer safely? Signs in nowhere, never asks port 25."""

import asyncio
from functools import partial
from typing import Annotated

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Fact,
    Finding,
    NetError,
    Privacy,
    Progress,
    Says,
    fact,
    unknown,
)
from readycheck_checks.apps.codes import MAIL, MAIL_NOT_FOUND
from readycheck_checks.blame.options import BesideOptions, hosts_beside
from readycheck_checks.blame.party import through_tunnel
from readycheck_checks.blame.trouble import BYTES as LOOK_BYTES
from readycheck_checks.blame.trouble import Beside
from readycheck_checks.conversation import server as asking
from readycheck_checks.mail import autodiscover, imap, submission
from readycheck_checks.mail.servers import MailServer, find, mail_server
from readycheck_checks.mail.session import Session
from readycheck_checks.mail.verdict import Talked, judge_all, submission_without_auth

TALK_BYTES = 14_000  # two tries with a certificate each


class MailboxOptions(BesideOptions, frozen=True, kw_only=True):
    """Where a mail program reads and sends."""

    title: Annotated[str, Meta(description="What people call this mailbox")] = ""
    servers: Annotated[
        tuple[str, ...],
        Meta(
            max_length=8,
            description="imaps://host (993) or imap://host (143, STARTTLS) to read, "
            "submissions://host (465) or submission://host (587, STARTTLS) to send",
        ),
    ] = ()
    domain: Annotated[
        str, Meta(description="Mail domain; where no server is named, it is asked for them (RFC 6186, 8314)")
    ] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        for url in self.servers:
            mail_server(url)
        if not self.servers and not self.domain:
            raise ValueError("a mailbox names its servers, or the domain that is asked for them")


async def run(options: MailboxOptions, ctx: Context) -> Says:
    """All servers at once: one finding each."""
    servers: tuple[MailServer, ...] = tuple(map(mail_server, options.servers))
    if not servers:
        yield Progress(text=f"Looking for the mail servers of {options.domain}")
        servers, facts, trouble = await find(ctx, options.domain)
        settings, warnings = await autodiscover.look(ctx, options.domain, options.beside())
        for told in (*facts, *settings):
            yield told
        for warning in warnings:
            yield warning
        if not servers:
            yield _none_found(options.domain, trouble)
            return
    yield Progress(text="Talking to the mail servers")
    talked = await asyncio.gather(*(_talked(each, options.beside(), ctx) for each in servers))
    for each in talked:
        for seen in _seen(each):
            yield seen
    for finding in (*judge_all(talked), *filter(None, map(submission_without_auth, talked))):
        yield finding


async def _talked(server: MailServer, beside: Beside, ctx: Context) -> Talked:
    session, trouble = await asking.ask(
        ctx, server.where, partial(_session, server, ctx), beside, server.greets
    )
    in_clear = trouble is None and session.certificate is None
    tunnelled = in_clear and await through_tunnel(ctx, server.where.host)
    return Talked(server=server, session=session, trouble=trouble, tunnelled=tunnelled)


async def _session(server: MailServer, ctx: Context) -> Session:
    try:
        stream = await ctx.net.open(server.where.host, server.where.port, timeout_s=asking.CONNECT_WAIT_S)
    except NetError as error:
        return Session(step="connect", error=error)
    try:
        talk = imap.talk if server.reads else submission.talk
        return await talk(stream, server.where.host, implicit=server.is_implicit)
    finally:
        await stream.close()


def _none_found(domain: str, trouble: NetError | None) -> Finding:
    why = f"it could not be asked: {trouble}" if trouble else "it names none"
    return unknown(
        MAIL_NOT_FOUND,
        f"The mail servers of {domain} are not known: the profile names none, and of the domain, {why}",
    )


def _seen(talked: Talked) -> list[Fact]:
    session, title = talked.session, str(talked.server)
    if not session.greeting:
        return []
    plain = [o for o in session.offers if o.upper().startswith("AUTH")]
    before = "offers to sign in before TLS; " if plain and "LOGINDISABLED" not in session.offers else ""
    return [fact("mail_server", title, f"{before}{session}", Privacy.ORG)]


def _asked_of(options: MailboxOptions) -> tuple[str, ...]:
    """The names that are asked where no server is named."""
    return () if options.servers else autodiscover.hosts(options.domain)


def cost(options: MailboxOptions, quick: bool) -> Cost:
    count = len(options.servers) or 4
    looking = 0 if options.servers else autodiscover.BYTES + 2 * LOOK_BYTES
    return Cost(
        bytes=count * (TALK_BYTES + LOOK_BYTES) + 10_000 + looking,
        seconds=4.0,
        hosts="the mail servers of the profile",
    )


check = Check(
    id="mailbox",
    title="Mailbox",
    capability=Capability.APPS,
    summary="Whether the servers through which a mail program reads and sends answer over a safe connection",
    run=run,
    options=MailboxOptions,
    timeout=60.0,
    after=("internet", "dns", "captive_portal"),
    many=True,
    on_demand=True,
    cost=cost,
    title_of=lambda options: (
        options.title or f"Mail of {options.domain or mail_server(options.servers[0]).where.host}"
    ),
    hosts_of=lambda options: hosts_beside(options, *options.servers, *_asked_of(options)),
    codes=MAIL,
)
