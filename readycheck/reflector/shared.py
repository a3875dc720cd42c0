"""What all connections of a listener have in common: the site, the limits, one buffer, and the account of what happened."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from readycheck.reflector.brake import Brake
from readycheck.reflector.counters import Counters
from readycheck.reflector.journal import Journal
from readycheck.reflector.limits import Limits
from readycheck.reflector.requests import Request
from readycheck.reflector.site import Site

BUFFER: Final = 262_144
_KNOWN_PATHS: Final = ("/down", "/up", "/ping", "/about", "/.well-known/nq", "/metrics")


@dataclass
class Shared:
    """``quiet``: nothing in the journal, for the metrics listener is asked every few seconds."""

    site: Site
    limits: Limits
    counters: Counters
    journal: Journal
    quiet: bool = False
    stopping: bool = False
    clock: Callable[[], float] = time.monotonic
    buffer: memoryview = field(init=False, default_factory=lambda: memoryview(bytearray(BUFFER)))
    requests: Brake = field(init=False)

    def __post_init__(self) -> None:
        self.requests = Brake(self.limits.request_rate, clock=self.clock)

    def count_request(self, request: Request, status: int) -> None:
        path = request.path if request.path in _KNOWN_PATHS else "other"
        self.counters.add("requests_total", f'path="{path}",status="{status}"')

    def note_refused(self, address: str, reason: str, protocol: str = "http") -> None:
        self.counters.add("refused_total", f'reason="{reason}"')
        if not self.quiet:
            self.journal.note("refused", address, protocol=protocol, reason=reason)

    def note_transfer(self, address: str, moved: int, seconds: float, *, given: bool, reason: str) -> None:
        """``given``: a download; ``reason``: why it ended before its end, or ""."""
        direction = "sent" if given else "received"
        self.counters.add("bytes_total", f'protocol="http",direction="{direction}"', moved)
        if not self.quiet:
            extra = {"reason": reason} if reason else {}
            event = "download" if given else "upload"
            self.journal.note(event, address, bytes=moved, seconds=round(seconds, 3), **extra)
