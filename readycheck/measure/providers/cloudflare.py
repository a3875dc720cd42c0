"""Cloudflare's speed test (speed.cloudflare.com; @cloudflare/speedtest 1.13): __down?bytes=N sends, __up takes, N=0 is a ping.

Requests of 100 MB and more are refused to programs without a browser's headers; ours stay below (MOST_OBJECT_BYTES). Nothing is
reported back to Cloudflare's collection of results.
"""

import re
from typing import Final

from readycheck.measure.providers.http import HttpSpeed
from readycheck.measure.providers.place import below
from readycheck.measure.transport.http1 import Head

_DURATION: Final = re.compile(r"(?:^|,)\s*cf[A-Za-z]*\s*;(?:[^,]*;)?\s*dur=([0-9]{1,9}(?:\.[0-9]{1,9})?)")


def cloudflare(url: str, name: str = "", stun: tuple[str, int] | None = None) -> HttpSpeed:
    """``url``: https://speed.cloudflare.com, or a server that speaks the same."""
    return HttpSpeed(
        down_url=below(url, "__down?bytes={bytes}"),
        up_url=below(url, "__up"),
        ping_url=below(url, "__down?bytes=0"),
        name=name or "Cloudflare",
        stun=stun,
        served_ms=served_ms,
    )


def served_ms(head: Head) -> float:
    """The time that the server itself took, by its server-timing header (W3C Server Timing); 0 where it does not tell."""
    match = _DURATION.search(head.headers.get("server-timing", ""))
    return float(match[1]) if match else 0.0
