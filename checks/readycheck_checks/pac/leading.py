"""Does the proxy in use lead out? For checks that find no direct way. A near one is reached over no line, so that only who proves
who he is at the end of its way shows that it does.
"""

from readycheck.api import Context, TcpAnswer
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.asking.proxies import ProxyAddress
from readycheck_checks.pac.in_use import proxy_in_use
from readycheck_checks.pac.near import Near, brings_nobody, how_near
from readycheck_checks.pac.tunnel import Tunnel, tunnel

_SIGN_IN = 407


async def leading_proxy(ctx: Context, target: Endpoint, *, wait_s: float) -> ProxyAddress | None:
    """The proxy in use, where it opens a way to the target, or a far one would after a sign-in: no sign-in page of a network says
    that to CONNECT. One of kind SOCKS is only connected to, which shows nothing of a near one."""
    proxy = await proxy_in_use(ctx)
    if proxy is None:
        return None
    far = await how_near(ctx, proxy.host) is Near.FAR
    if proxy.scheme.startswith("socks"):
        came = await attempt(ctx.net.tcp(proxy.host, proxy.port, timeout_s=wait_s))
        return proxy if far and isinstance(came, TcpAnswer) else None
    said = await attempt(tunnel(ctx, proxy, target, wait_s=wait_s))
    if not isinstance(said, Tunnel):
        return None
    leads = said.carries or (far and (said.answers or said.status == _SIGN_IN))
    return proxy if leads else None


async def answering_proxy(
    ctx: Context, target: Endpoint, *, connect_s: float, wait_s: float
) -> ProxyAddress | None:
    """The proxy in use, where it takes connections and may lead out, as far as is seen: a near one that brings nobody to the
    target does not."""
    proxy = await proxy_in_use(ctx)
    if proxy is None:
        return None
    came = await attempt(ctx.net.tcp(proxy.host, proxy.port, timeout_s=connect_s))
    if not isinstance(came, TcpAnswer):
        return None
    if proxy.scheme.startswith("socks") or await how_near(ctx, proxy.host) is Near.FAR:
        return proxy
    return None if brings_nobody(await attempt(tunnel(ctx, proxy, target, wait_s=wait_s))) else proxy
