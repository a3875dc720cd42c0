"""Asks gateways that have a web face, as their own programs begin: AnyConnect, GlobalProtect, Fortinet, and a bare handshake."""

import asyncio
from collections.abc import Mapping
from typing import Final

from readycheck.api import Context, HttpAnswer, clean_bytes
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.asking.replies import Reply
from readycheck_checks.vpn import web_answers
from readycheck_checks.vpn.probe import Probe, Target
from readycheck_checks.vpn.web_answers import Seen

REPLY_BYTES: Final = 16_384
WAIT_S: Final = 6.0
XML: Final = "application/xml; charset=utf-8"
ANYCONNECT_INIT: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?><config-auth client="vpn" type="init"></config-auth>'
)
ANYCONNECT_HEADERS: Final = {
    "User-Agent": "AnyConnect readycheck",
    "Content-Type": XML,
    "X-Transcend-Version": "1",
    "X-Aggregate-Auth": "1",
}
PALO_ALTO_HEADERS: Final = {"User-Agent": "PAN GlobalProtect"}
PRELOGIN: Final = "/prelogin.esp?tmp=tmp&clientVer=4100&clientos=Linux"


async def tls(target: Target, ctx: Context) -> Probe:
    """The verified handshake alone: necessary for every VPN over TLS, and proof of none."""
    answer = await ctx.net.tls(target.host, target.port)
    until = f"certificate valid until {answer.not_after:%Y-%m-%d}" if answer.not_after else ""
    return Probe(
        protocol="tcp",
        port=target.port,
        reply=Reply.ANSWERED,
        rtt_ms=answer.rtt_ms,
        address=answer.address,
        detail=until,
    )


async def anyconnect(target: Target, ctx: Context) -> Probe:
    answer = await ask(ctx, target, "POST", "/", ANYCONNECT_HEADERS, ANYCONNECT_INIT)
    return told(target, web_answers.anyconnect(answer), answer.address, _shown(answer))


async def globalprotect(target: Target, ctx: Context) -> Probe:
    """Portal and gateway at once."""
    portal, gateway = await asyncio.gather(
        *(
            ask(ctx, target, "POST", f"/{part}{PRELOGIN}", PALO_ALTO_HEADERS, b"")
            for part in ("global-protect", "ssl-vpn")
        )
    )
    detail = f"portal: {_shown(portal)}; gateway: {_shown(gateway)}"
    return told(target, web_answers.globalprotect(portal, gateway), portal.address, detail)


async def fortinet(target: Target, ctx: Context) -> Probe:
    answer = await ask(ctx, target, "GET", "/remote/login?lang=en", {}, b"")
    return told(target, web_answers.fortinet(answer), answer.address, _shown(answer))


async def ask(
    ctx: Context,
    target: Target,
    method: str,
    path: str,
    headers: Mapping[str, str],
    content: bytes,
    *,
    timeout_s: float = WAIT_S,
) -> HttpAnswer:
    """One small request to the gateway itself, never through a proxy. Raises NetErrors."""
    return await ctx.http.request(
        method,
        f"https://{Endpoint(target.host, target.port)}{path}",
        headers=headers,
        content=content,
        max_bytes=REPLY_BYTES,
        timeout_s=timeout_s,
        proxy=False,
    )


def _shown(answer: HttpAnswer) -> str:
    return f"HTTP {answer.status} {clean_bytes(answer.body[:60])}".strip()


def told(target: Target, seen: Seen, address: str, detail: str) -> Probe:
    """A Probe of what a web face said."""
    return Probe(
        protocol="tcp",
        port=target.port,
        reply=Reply.ANSWERED if seen.alive else Reply.GARBLED,
        address=address,
        detail="; ".join(seen.notes) if seen.alive else detail,
        instead=seen.instead,
        trouble=seen.trouble,
        untold=seen.untold,
        notes=seen.notes,
    )
