"""contact_email: is the support address one that takes mail, and does the submission server of the profile work safely?

Sends no mail and signs in nowhere. Port 25 is never asked: home networks block it, and mail programs do not use it.
"""

import asyncio
import re
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    ContactRoute,
    Context,
    Cost,
    Finding,
    NameUnknown,
    NetError,
    Progress,
    Says,
    Silent,
    Status,
)
from readycheck_checks.asking import controls
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.blame.options import BesideOptions, hosts_beside
from readycheck_checks.blame.party import through_tunnel
from readycheck_checks.blame.trouble import BYTES as LOOK_BYTES
from readycheck_checks.blame.trouble import look_into
from readycheck_checks.contact.codes import EMAIL
from readycheck_checks.contact.mail_verdict import (
    StartTls,
    judge_address,
    judge_server,
    no_address,
    valid_address,
)
from readycheck_checks.contact.routes import another_way, no_route, outside_vpn, routes_of
from readycheck_checks.contact.smtp import Talk, talk

CONNECT_WAIT_S: Final = 4.0
TALK_BYTES: Final = 8_000
SMTP_PORT: Final = 25  # never asked; it names the place where a domain takes mail
SUBMISSIONS_PORT: Final = 465  # TLS from the first byte (RFC 8314, 3.3)
_LABEL: Final = r"[^\s@.<>()\[\]\\,;:\"]+"
_ADDRESS: Final = re.compile(
    rf"{_LABEL}(?:\.{_LABEL})*@(?P<domain>{_LABEL}(?:\.{_LABEL})*)"
)  # RFC 5322, 3.4.1: dot-atom


class EmailOptions(BesideOptions, frozen=True, kw_only=True):
    """The server through which a mail program sends, and who answers beside it."""

    host: Annotated[str, Meta(description="Submission server; empty: only the address is looked at")] = ""
    port: Annotated[
        int,
        Meta(ge=26, le=65_535, description="587 (STARTTLS) or 465 (TLS from the start); 25 is never asked"),
    ] = 587
    starttls: Annotated[
        StartTls,
        Meta(
            description="required; optional: unencrypted is fine; implicit: TLS from the start (so is port 465)"
        ),
    ] = "required"
    check_mx: Annotated[bool, Meta(description="Look up whether the domain of the address takes mail")] = True

    @property
    def security(self) -> StartTls:
        return "implicit" if self.port == SUBMISSIONS_PORT else self.starttls


async def run(options: EmailOptions, ctx: Context) -> Says:
    """The address and the domain of every e-mail route and, once, the submission server: all at the same time."""
    routes = routes_of(ctx.contact, "email")
    if not routes:
        yield no_route("email")
        return
    looks = [_address(route, options, ctx) for route in routes]
    if options.host:
        yield Progress(text=f"Talking to the mail server {options.host}")
        looks.append(_server(routes[0], options, ctx))
    for finding in await asyncio.gather(*looks):
        if finding is not None:
            yield finding


async def _address(route: ContactRoute, options: EmailOptions, ctx: Context) -> Finding | None:
    """None where the domain could not be looked up and the server, which is asked next, decides whether mail leaves."""
    written = _ADDRESS.fullmatch(route.value)
    if written is None:
        return no_address(route, ctx.contact)
    if not options.check_mx:
        return None if options.host else valid_address(route)
    found, looked = await _exchangers(written["domain"], ctx), None
    if isinstance(found, NameUnknown):
        looked = await look_into(ctx, Endpoint(written["domain"], SMTP_PORT), found, options.beside())
    finding = judge_address(route, ctx.contact, found, looked)
    return None if finding.status is Status.UNKNOWN and options.host else finding


async def _exchangers(domain: str, ctx: Context) -> Sequence[str] | NetError:
    """Without an MX the domain itself takes the mail, if it has an address (RFC 5321, 5.1)."""
    try:
        return await ctx.net.mx(domain) or (domain, *await ctx.net.resolve(domain))[:1]
    except NetError as error:
        return error


async def _server(route: ContactRoute, options: EmailOptions, ctx: Context) -> Finding | None:
    seen = await _talk(options, ctx)
    seen, beside = await controls.once_more(
        ctx.net,
        seen,
        partial(_talk, options, ctx),
        silent=isinstance(seen.error, Silent),
        tcp=options.tcp_controls,
    )
    where = Endpoint(options.host, options.port)
    looked = await look_into(ctx, where, seen.error, options.beside()) if seen.error else None
    tunnelled = seen.error is None and await through_tunnel(ctx, options.host)
    finding = judge_server(
        where,
        options.security,
        seen,
        beside,
        instead=another_way(ctx.contact, route),
        looked=looked,
        tunnelled=tunnelled,
    )
    if finding.status is Status.PASS:
        return finding
    return await outside_vpn(ctx, route, "email") or finding


async def _talk(options: EmailOptions, ctx: Context) -> Talk:
    implicit = options.security == "implicit"
    try:
        stream = await ctx.net.open(options.host, options.port, tls=implicit, timeout_s=CONNECT_WAIT_S)
    except NetError as error:
        return Talk(step="connect", error=error)
    try:
        return await talk(stream, options.host, greet_only=implicit)
    finally:
        await stream.close()


def cost(options: EmailOptions, quick: bool) -> Cost:
    """For one address, and the server with it."""
    server = 2 * TALK_BYTES + LOOK_BYTES if options.host else 0
    return Cost(
        bytes=LOOK_BYTES + 2_000 + server,
        seconds=5.0,
        hosts="the mail domain and the mail server of the profile",
    )


check = Check(
    id="contact_email",
    title="Support e-mail",
    capability=Capability.HELP,
    run=run,
    options=EmailOptions,
    summary="Whether the support address takes mail, and the mail server of the profile greets",
    essential=False,
    after=("internet", "dns", "captive_portal"),
    timeout=60.0,
    cost=cost,
    hosts_of=lambda options: hosts_beside(options, options.host),
    contacts="email",
    codes=EMAIL,
)
