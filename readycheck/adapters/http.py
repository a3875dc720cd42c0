"""The real Http, over httpx: small requests, no redirects, the name looked up by our own Net and the address tried by number,
so that a resolver of the profile holds for HTTP too and nothing can hang in a lookup.
"""

import asyncio
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from readycheck.adapters import tls as tls_rules
from readycheck.adapters.net import RealNet
from readycheck.adapters.sign_ins import SignIns, is_this_computer, may_sign_in, sign_in
from readycheck.adapters.stream import net_error
from readycheck.adapters.ways import Ways
from readycheck.errors import Closed, Garbled, NetError, NoRoute, Silent, Where
from readycheck.ports import HttpAnswer, Meter, Pac
from readycheck.text import clean

HEADERS: Final = 800  # bytes that a request and its answer take beside their bodies, about
LONGEST_URL: Final = 8_000  # RFC 9110, 4.1
NO_URL: Final = "this is no web address that can be asked"
NO_PROXY: Final = "the proxy that is set on this computer cannot be used"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as it was asked for. ``proxy`` with its credentials, None for a direct way."""

    method: str
    parts: SplitResult
    headers: Mapping[str, str]
    content: bytes
    max_bytes: int
    proxy: str | None
    http2: bool = False

    @property
    def where(self) -> Where:
        port = self.parts.port or (443 if self.parts.scheme == "https" else 80)
        return Where(host=self.parts.hostname or self.parts.geturl(), port=port)

    def request(self, client: Any, address: str) -> Any:
        """As httpx sends it: to the address by number, the name in Host header and SNI; through a proxy to the name.

        Raises Garbled where the URL, which a server may have named, holds what no URL can.
        """
        import httpx

        own = {
            "host": self.parts.netloc.rpartition("@")[2],
            "user-agent": "readycheck",
            "accept-encoding": "identity",
        }
        try:
            return client.build_request(
                self.method,
                self.parts.geturl() if self.proxy else _by_address(self.parts, address),
                headers=own | dict(self.headers),
                content=self.content or None,
                extensions={"sni_hostname": self.where.host},
            )
        except (ValueError, httpx.InvalidURL):
            raise Garbled(self.where, NO_URL) from None


class RealHttp:
    """``ways``: what the settings of the desktop say; None: only the environment names proxies."""

    def __init__(self, net: RealNet, meter: Meter, ways: Ways | None = None) -> None:
        self._net = net
        self._meter = meter
        self._ways = ways
        self._sign_ins = SignIns()

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 6.0,
        max_bytes: int = 65_536,
        proxy: bool = True,
    ) -> HttpAnswer:
        return await self.request(
            "GET", url, headers=headers, timeout_s=timeout_s, max_bytes=max_bytes, proxy=proxy
        )

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
        parts = parts_of(url)
        asked = Asked(
            method=method,
            parts=parts,
            headers={k.lower(): v for k, v in (headers or {}).items()},
            content=content,
            max_bytes=max_bytes,
            proxy=await self._proxy(parts) if proxy else None,
            http2=http2,
        )
        try:
            async with asyncio.timeout(timeout_s):
                return await self._ask(asked) if auth is None else await self._ask_as(asked, auth)
        except TimeoutError:
            raise Silent(asked.where, f"no whole answer in {timeout_s:g} s") from None

    async def _ask_as(self, asked: Asked, auth: tuple[str, str]) -> HttpAnswer:
        known = self._sign_ins.known(asked.parts, auth)
        answer = await self._ask(asked, known)
        if known is not None or answer.status != 401 or not may_sign_in(asked.parts):
            return answer
        signing = sign_in(auth, answer)
        if signing is None:
            return answer
        answer = await self._ask(asked, signing)
        if answer.status != 401:
            self._sign_ins.remember(asked.parts, auth, signing)
        return answer

    async def _ask(self, asked: Asked, auth: Any = None) -> HttpAnswer:
        import httpx

        address = "" if asked.proxy else await self._address(asked.where)
        try:
            proxy = await self._proxy_by_number(asked)
            verified = self._net.own_ssl_context() if asked.http2 else self._net.ssl_context()
            options: dict[str, Any] = {"verify": verified, "proxy": proxy, "http2": asked.http2}
            async with httpx.AsyncClient(**options, trust_env=False, timeout=None) as client:
                request = asked.request(client, address)
                started = time.monotonic()
                response = await client.send(request, stream=True, follow_redirects=False, auth=auth)
                body = await _limited(response, asked.max_bytes)
                seconds = time.monotonic() - started
                await response.aclose()
        except httpx.HTTPError as error:
            raise await self._told(asked.where, address, error) from None
        except (ValueError, ImportError, httpx.InvalidURL):
            if asked.proxy is None:
                raise
            raise NoRoute(asked.where, NO_PROXY) from None
        self._meter.add(len(asked.content) + len(body) + HEADERS)
        return HttpAnswer(
            url=asked.parts.geturl(),
            status=response.status_code,
            headers={k.lower(): clean(v, 2000) for k, v in response.headers.items()},
            body=body[: asked.max_bytes],
            seconds=seconds,
            address=address,
            truncated=len(body) > asked.max_bytes,
        )

    async def _proxy_by_number(self, asked: Asked) -> str | None:
        """The proxy by number, for nothing limits a lookup of httpx's own; by name where it has a certificate to show."""
        parts = urlsplit(asked.proxy or "")
        if parts.scheme != "http" or not parts.hostname:
            return asked.proxy
        try:
            address = await self._address(Where(host=parts.hostname, port=parts.port))
        except NetError:
            raise NoRoute(asked.where, NO_PROXY) from None
        found = urlsplit(_by_address(parts, address))
        user, at, _ = parts.netloc.rpartition("@")
        return found._replace(netloc=f"{user}{at}{found.netloc}").geturl()

    async def _address(self, where: Where) -> str:
        """The address to ask: the first that accepts a connection, so that a broken IPv6 costs no answer."""
        addresses = await self._net.resolve(where.host)
        if len(addresses) == 1:
            return addresses[0]
        return (await self._net.tcp(where.host, where.port or 80)).address

    async def _told(self, where: Where, address: str, error: Exception) -> NetError:
        found = Where(host=where.host, port=where.port, address=address or None)
        for cause in _chain(error):
            if isinstance(cause, ssl.SSLError):
                port = where.port or 443
                shown = await tls_rules.shown_by(address, port, where.host) if address else tls_rules.Shown()
                return tls_rules.why(found, cause, shown)
            if isinstance(cause, OSError) and cause.errno is not None:
                return net_error(found, cause)
        name = type(error).__name__
        if "Timeout" in name:
            return Silent(found)
        if "Protocol" in name or "Decoding" in name:
            kind = Closed if "disconnected" in str(error).lower() else Garbled
            return kind(found, clean(error))
        return Closed(found, clean(error) or name)

    async def proxy_for(self, url: str, *, settings: bool = True) -> str | None:
        """Without user name and password, which stay in the setting they stand in."""
        try:
            parts = parts_of(url)
            setting = await self._proxy(parts) if settings else _of_environment(parts)
        except Garbled:
            return None
        if setting is None:
            return None
        try:
            proxy = urlsplit(setting)
        except ValueError:
            return "http://"  # a proxy is set, and its setting is no URL
        return proxy._replace(netloc=proxy.netloc.rpartition("@")[2]).geturl()

    async def pac(self, urls: Sequence[str]) -> Pac | None:
        if self._ways is None:
            return None
        pac = await self._ways.pac(urls)
        self._meter.add(self._ways.untold())
        return pac

    async def _proxy(self, parts: SplitResult) -> str | None:
        """The proxy for this URL, credentials included. What never leaves this computer goes through none, whatever is set: on
        the way to one it would leave it, in clear."""
        if not parts.hostname or is_this_computer(parts):
            return None
        if self._ways is None or _set_in_environment(parts):
            return _of_environment(parts)
        proxy = await self._ways.proxy_for(parts.geturl())
        if not self._ways.answered_for:
            self._meter.add(self._ways.untold())
        return proxy


def parts_of(url: str) -> SplitResult:
    """The URL taken apart. Raises Garbled for what is none, or longer than any."""
    try:
        if len(url) > LONGEST_URL:
            raise ValueError
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises ValueError where it is none
    except ValueError:
        raise Garbled(Where(host="the address that was named"), NO_URL) from None
    return parts


def _of_environment(parts: SplitResult) -> str | None:
    """The proxy for this URL as the environment names it, or what Windows and macOS keep in its place, credentials included;
    without a scheme it is HTTP."""
    import urllib.request

    if not parts.hostname or is_this_computer(parts) or urllib.request.proxy_bypass(parts.hostname):
        return None
    proxy = _set_in_environment(parts)
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _set_in_environment(parts: SplitResult) -> str | None:
    import urllib.request

    proxies = urllib.request.getproxies()
    return proxies.get(parts.scheme) or proxies.get("all") or None


def _by_address(parts: SplitResult, address: str) -> str:
    host = f"[{address}]" if ":" in address else address
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=f"{host}{port}").geturl()


async def _limited(response: Any, max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > max_bytes:
            break
    return bytes(body)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
