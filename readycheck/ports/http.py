"""Small HTTP conversations. Every call raises a NetError and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from readycheck.ports.challenges import Challenge, challenges_in
from readycheck.ports.proxies import Pac


@dataclass(frozen=True, kw_only=True)
class HttpAnswer:
    """An HTTP response, not followed, at most the asked number of body bytes. Header names are lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    address: str
    truncated: bool = False

    @property
    def challenges(self) -> tuple[Challenge, ...]:
        """The ways to sign in that it names; of a 401."""
        return challenges_in(self.headers.get("www-authenticate", ""))


class Http(Protocol):
    """Small HTTP conversations (control, portals, APIs). Redirects are never followed; TLS is always verified."""

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 6.0,
        max_bytes: int = 65_536,
        proxy: bool = True,
    ) -> HttpAnswer: ...

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        timeout_s: float = 6.0,
        max_bytes: int = 65_536,
        proxy: bool = True,
        auth: tuple[str, str] | None = None,
        http2: bool = False,
    ) -> HttpAnswer:
        """``auth`` answers a Basic or Digest challenge alone. ``proxy=False`` goes directly even where a proxy is configured.

        ``http2``: version 2 is offered too, for servers that speak no other.
        """
        ...

    async def proxy_for(self, url: str, *, settings: bool = True) -> str | None:
        """The proxy (without credentials) that get() would use for this URL: of the environment, else of the settings of the
        desktop, by hand or by the configuration file that they name. None: directly. ``settings=False``: of the environment
        alone."""
        ...

    async def pac(self, urls: Sequence[str]) -> Pac | None:
        """The configuration file that the settings name, or lead to, and its ways for these URLs; None: there is none. Read
        once in a run. A proxy that is set by hand comes before it."""
        ...
