"""Small HTTP conversations. Every call raises a NetError and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


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
    ) -> HttpAnswer:
        """``auth`` answers a Basic or Digest challenge. ``proxy=False`` goes directly even where a proxy is configured."""
        ...

    def proxy_for(self, url: str) -> str | None:
        """The proxy (without credentials) that get() would use for this URL, from environment or system settings."""
        ...
