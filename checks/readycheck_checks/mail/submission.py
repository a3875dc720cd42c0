"""The beginning of a session with a submission server (RFC 6409, RFC 8314), over the talk of contact/smtp.py. Sends no mail."""

from typing import Final

from readycheck.api import Garbled, NetError, Stream, Where
from readycheck_checks.contact import smtp
from readycheck_checks.mail.session import Session, Step

_STEPS: Final[dict[str, Step]] = {
    "connect": "connect",
    "greeting": "greeting",
    "ehlo": "capability",
    "starttls": "starttls",
    "tls": "tls",
    "done": "done",
}


async def talk(stream: Stream, host: str, *, implicit: bool) -> Session:
    """``implicit``: TLS is done before the first word; else by STARTTLS, where that is offered. Ends within 17 seconds."""
    certificate = None
    if implicit:
        try:
            certificate = await stream.start_tls(host)
        except NetError as untrusted:
            return Session(step="tls", error=untrusted)
    said = await smtp.talk(stream, host, greet_only=implicit, look_inside=True)
    error, refusal = said.error, ""
    if said.reply is not None:
        refusal = str(said.reply)
        if said.reply.code == 0:  # no reply of a mail server at all
            error, refusal = Garbled(Where(host=host), f"it says {' '.join(said.reply.lines)[:80]}"), ""
    return Session(
        step=_STEPS[said.step],
        error=error,
        refusal=refusal,
        greeting=said.banner,
        offers=() if implicit else said.offers,
        offers_inside=said.offers if implicit else said.offers_inside,
        certificate=certificate or said.certificate,
    )
