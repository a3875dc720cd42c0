"""Mail submission (RFC 6409) by aiosmtpd. Delivers nothing: what is sent is thrown away."""

import asyncio
import ssl
from collections.abc import Callable

from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP


def submission(host: str, tls: ssl.SSLContext | None) -> Callable[[], asyncio.Protocol]:
    """Makes one conversation a connection; without ``tls`` the server does not offer STARTTLS."""
    loop = asyncio.get_running_loop()

    def make() -> asyncio.Protocol:
        talk: asyncio.Protocol = SMTP(
            Sink(), hostname=host, ident="demo office", tls_context=tls, timeout=30, loop=loop
        )
        return talk

    return make
