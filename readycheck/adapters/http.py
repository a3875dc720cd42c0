"""The real Http, over httpx: small requests, no redirects, the name looked up by our own Net and the address tried by number,
so that a resolver of the profile holds for HTTP too and nothing can hang in a lookup.
"""

import asyncio
import ipaddress
import ssl
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from readycheck.adapters import tls as tls_rules
from readycheck.adapters.net import RealNet, net_error
from readycheck.errors import Closed, Garbled, NetError, Silent, Where
from readycheck.ports import HttpAnswer, Meter
from readycheck.text import clean


class RealHttp:
    def __init__(self, net: RealNet, meter: Meter) -> None:
        self._net = net
        self._meter = meter

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
    ) -> HttpAnswer:
        parts = urlsplit(url)
        where = Where(host=parts.hostname or url, port=parts.port or (443 if parts.scheme == "https" else 80))
        try:
            async with asyncio.timeout(timeout_s):
                answer = await self._ask(method, parts, where, headers, content, max_bytes, proxy, None)
                if auth is not None and answer.status == 401 and _may_sign_in(parts):
                    answer = await self._ask(
                        method, parts, where, headers, content, max_bytes, proxy, (auth, answer)
                    )
                return answer
        except TimeoutError:
            raise Silent(where, f"no whole answer in {timeout_s:g} s") from None

    async def _ask(
        self,
        method: str,
        parts: SplitResult,
        where: Where,
        headers: Mapping[str, str] | None,
        content: bytes,
        max_bytes: int,
        use_proxy: bool,
        challenged: tuple[tuple[str, str], HttpAnswer] | None,
    ) -> HttpAnswer:
        import httpx

        proxy = _proxy(parts) if use_proxy else None
        address = "" if proxy else await self._address(where)
        url = parts.geturl() if proxy else _by_address(parts, address)
        sent = {"host": parts.netloc.rpartition("@")[2], "user-agent": "readycheck"}
        sent |= {"accept-encoding": "identity"} | {k.lower(): v for k, v in (headers or {}).items()}
        try:
            async with httpx.AsyncClient(
                verify=self._net.ssl_context(), proxy=proxy, trust_env=False, timeout=None, http2=False
            ) as client:
                request = client.build_request(
                    method,
                    url,
                    headers=sent,
                    content=content or None,
                    extensions={"sni_hostname": where.host},
                )
                started = time.monotonic()
                response = await client.send(
                    request, stream=True, follow_redirects=False, auth=_sign_in(challenged)
                )
                body = await _limited(response, max_bytes)
                seconds = time.monotonic() - started
                await response.aclose()
        except httpx.HTTPError as error:
            raise await self._told(where, address, error) from None
        self._meter.add(len(content) + len(body) + 800)
        return HttpAnswer(
            url=parts.geturl(),
            status=response.status_code,
            headers={k.lower(): clean(v, 2000) for k, v in response.headers.items()},
            body=body[:max_bytes],
            seconds=seconds,
            address=address,
            truncated=len(body) > max_bytes,
        )

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
                issuer = await tls_rules.issuer_of(address, where.port or 443, where.host) if address else ""
                return tls_rules.why(found, cause, issuer)
            if isinstance(cause, OSError) and cause.errno is not None:
                return net_error(found, cause)
        name = type(error).__name__
        if "Timeout" in name:
            return Silent(found)
        if "Protocol" in name or "Decoding" in name:
            kind = Closed if "disconnected" in str(error).lower() else Garbled
            return kind(found, clean(error))
        return Closed(found, clean(error) or name)

    def proxy_for(self, url: str) -> str | None:
        """Without user name and password, which stay in the setting they stand in."""
        proxy = urlsplit(_proxy(urlsplit(url)) or "")
        return proxy._replace(netloc=proxy.netloc.rpartition("@")[2]).geturl() or None


def _proxy(parts: SplitResult) -> str | None:
    """The proxy for this URL as environment or system settings name it, credentials included."""
    import urllib.request

    if not parts.hostname or urllib.request.proxy_bypass(parts.hostname):
        return None
    proxies = urllib.request.getproxies()
    return proxies.get(parts.scheme) or proxies.get("all") or None


def _by_address(parts: SplitResult, address: str) -> str:
    host = f"[{address}]" if ":" in address else address
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=f"{host}{port}").geturl()


def _may_sign_in(parts: SplitResult) -> bool:
    """A password leaves only over TLS, or never leaves this machine."""
    if parts.scheme == "https":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"


def _sign_in(challenged: tuple[tuple[str, str], HttpAnswer] | None) -> Any:
    import httpx

    if challenged is None:
        return None
    (user, password), answer = challenged
    if answer.headers.get("www-authenticate", "").lower().startswith("digest"):
        return httpx.DigestAuth(user, password)
    return httpx.BasicAuth(user, password)


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
