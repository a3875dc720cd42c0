"""Autodiscover: the two standard addresses at which Outlook looks for the settings of a mailbox, and what is wrong with them.

A request without a sign-in, which is all that is sent, is answered with 401 by the service. Outlook asks the domain itself first,
then autodiscover.DOMAIN; a certificate that is not for either of these names is shown to the person as an alert (Microsoft,
"Security Alert: The name on the security certificate is invalid", KB 2772058, read 2026-11-22). Providers that keep many domains
answer at autodiscover.DOMAIN with a certificate of their own name and send on over plain HTTP, the next step of Outlook: there a
name that is not in the certificate is as it should be.
"""

import asyncio
from typing import Final

from readycheck.api import (
    Blame,
    Context,
    Fact,
    Finding,
    HttpAnswer,
    NetError,
    Privacy,
    TlsFailed,
    fact,
    warned,
)
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.blame.answering import who_is_in_trouble
from readycheck_checks.blame.certificates import is_bad_certificate
from readycheck_checks.blame.trouble import Beside, look_into

PATH: Final = "/autodiscover/autodiscover.xml"
WAIT_S: Final = 4.0
ANSWER_BYTES: Final = 1_024
BYTES: Final = 3 * 8_000  # two secure visits and a plain one
_LEADS_ON: Final = (301, 302, 303, 307, 308)
_WANTS_SIGN_IN: Final = 401
_IN_TROUBLE: Final = 500
_SETTINGS: Final = b"<autodiscover"  # the root of its answers
_TELL: Final = (
    "Cancel where Outlook shows an alert about it, and tell IT support what is said here about {host}."
)

Came = HttpAnswer | NetError


def hosts(domain: str) -> tuple[str, ...]:
    """In Outlook's order."""
    return domain, f"autodiscover.{domain}"


async def look(ctx: Context, domain: str, beside: Beside) -> tuple[list[Fact], list[Finding]]:
    """What both addresses answer, and a warning for each one at fault. That there is none is no fault."""
    asked = hosts(domain)
    answers = await asyncio.gather(*(_ask(ctx, f"https://{host}{PATH}") for host in asked))
    came = dict(zip(asked, answers, strict=True))
    facts = [
        fact("autodiscover", f"Autodiscover at {host}", _told(each), Privacy.ORG)
        for host, each in came.items()
    ]
    warnings = [await _judged(ctx, host, came, beside) for host in asked]
    return facts, [warning for warning in warnings if warning is not None]


async def _judged(ctx: Context, host: str, came: dict[str, Came], beside: Beside) -> Finding | None:
    """An error of the domain itself is its web site's; at the name that is for this alone it is Autodiscover's."""
    own, here = host.startswith("autodiscover."), came[host]
    if isinstance(here, TlsFailed) and is_bad_certificate(here):
        sent_on = own and here.reason == "wrong_name" and await _leads_on(ctx, host)
        return None if sent_on else await _certificate(ctx, host, here, beside)
    elsewhere = any(is_alive(each) for other, each in came.items() if other != host)
    if own and isinstance(here, HttpAnswer) and here.status >= _IN_TROUBLE and not elsewhere:
        proxied = await ctx.http.proxy_for(f"https://{host}{PATH}") is not None
        blame = who_is_in_trouble(beside.far, here.status, proved=True, proxied=proxied)
        return _in_trouble(host, here.status, blame) if blame else None
    return None


async def _ask(ctx: Context, url: str) -> Came:
    return await attempt(ctx.http.get(url, timeout_s=WAIT_S, max_bytes=ANSWER_BYTES))


async def _leads_on(ctx: Context, host: str) -> bool:
    """Whether it sends on to a safe address over plain HTTP."""
    came = await _ask(ctx, f"http://{host}{PATH}")
    if not isinstance(came, HttpAnswer) or came.status not in _LEADS_ON:
        return False
    there = came.headers.get("location", "").lower()
    return there.startswith("https://") and not there.startswith(f"https://{host}/")


def is_alive(came: Came) -> bool:
    """Whether Autodiscover itself answered: it wants a sign-in, or says settings."""
    if isinstance(came, NetError):
        return False
    return came.status == _WANTS_SIGN_IN or (came.status < 300 and _SETTINGS in came.body.lower())


def _told(came: Came) -> str:
    return str(came) if isinstance(came, NetError) else f"answers HTTP {came.status}"


async def _certificate(ctx: Context, host: str, error: TlsFailed, beside: Beside) -> Finding:
    looked = await look_into(ctx, Endpoint(host, 443), error, beside)
    found = looked.certificate
    return _warning(
        "certificate",
        f"Outlook may show an alert: {host}, where it looks for its settings, cannot prove who it is"
        + (f": {found.told(host)}" if found else ""),
        remedy=(found.remedy(host) if found else "") or _TELL.format(host=host),
        blame=looked.blame,
        detail="; ".join(filter(None, (str(error), looked.ends))),
    )


def _in_trouble(host: str, status: int, blame: Blame) -> Finding:
    return _warning(
        "down",
        f"Outlook may not find its settings: {host} answers with an error of its own (HTTP {status})",
        remedy="Use your mail as it is set up. If Outlook asks for settings, tell IT support what is said here about "
        f"{host}.",
        blame=blame,
        detail=f"{host}: HTTP {status}",
    )


def _warning(kind: str, summary: str, *, remedy: str, blame: Blame, detail: str) -> Finding:
    return warned(
        f"apps.autodiscover_{kind}",
        summary,
        remedy=remedy,
        blame=blame,
        detail=detail,
    )
