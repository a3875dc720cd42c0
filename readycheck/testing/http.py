"""Web pages that are what they were given to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from readycheck.errors import NetError, Silent, Where
from readycheck.ports import HttpAnswer, Pac
from readycheck.testing.net import ADDRESS


def http_answer(url: str, status: int = 200, body: bytes = b"", **headers: str) -> HttpAnswer:
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return HttpAnswer(url=url, status=status, headers=named, body=body, seconds=0.05, address=ADDRESS)


@dataclass
class FakeHttp:
    """``pages`` URL -> HttpAnswer or error, for any method; ``proxies`` URL -> proxy; ``file``: the configuration file in use."""

    pages: Mapping[str, HttpAnswer | NetError] = field(default_factory=dict)
    proxies: dict[str, str] = field(default_factory=dict)
    file: Pac | None = None

    async def get(self, url: str, **kwargs: Any) -> HttpAnswer:
        return await self.request("GET", url, **kwargs)

    async def request(self, method: str, url: str, **kwargs: Any) -> HttpAnswer:
        answer = self.pages.get(url, Silent(Where(host=url)))
        if isinstance(answer, NetError):
            raise answer
        return answer

    async def proxy_for(self, url: str, *, settings: bool = True) -> str | None:
        return self.proxies.get(url)

    async def pac(self, urls: Sequence[str]) -> Pac | None:
        return self.file
