"""Asks media relays, STUN servers and call services whether they can be reached. Judges nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from readycheck.api import Context, NameSilent, Net, NetError, Silent
from readycheck.measure.packets import stun
from readycheck_checks.asking.attempts import at_once
from readycheck_checks.asking.endpoints import endpoint

BINDING_WAITS_S: Final = (0.5, 1.0, 1.5)
ALLOCATE_WAITS_S: Final = (0.5, 1.0)
SMALL: Final = 4_096


@dataclass(frozen=True, kw_only=True)
class StunReply:
    """Proof of an open UDP path to ``target``: a success or error reply that carries our transaction id."""

    target: str
    address: str
    port: int
    rtt_ms: float
    message: stun.Message

    @property
    def is_binding(self) -> bool:
        """It answers Bindings, so a stream of them can be measured."""
        return self.message.method == stun.BINDING and self.message.kind == stun.SUCCESS


async def ask_each(net: Net, targets: Sequence[str]) -> dict[str, StunReply | NetError]:
    """All at once. A name that no name server answered for is looked up once more: the system's lookup comes to a single try,
    which a line that loses packets loses as well."""
    told = await at_once({target: ask_stun(net, target) for target in targets})
    unnamed = [target for target, answer in told.items() if isinstance(answer, NameSilent)]
    return told | await at_once({target: ask_stun(net, target) for target in unnamed})


async def others(ctx: Context, told: Mapping[str, StunReply | NetError], *, may_ask: bool) -> list[StunReply]:
    """Those of these servers that answer Bindings. Where none did they are asked again, if there is time: on a line that loses
    packets lookups of names are lost as well."""
    found = _of_bindings(told)
    if not found and may_ask:
        found = _of_bindings(await at_once({target: ask_stun(ctx.net, target) for target in told}))
    return found


def _of_bindings(told: Mapping[str, StunReply | NetError]) -> list[StunReply]:
    return [reply for reply in told.values() if isinstance(reply, StunReply) and reply.is_binding]


async def ask_stun(net: Net, target: str) -> StunReply:
    """A Binding with three tries; where that is silent, a TURN Allocate without credentials, which 401 answers.

    Raises NetError: silence of both, a refusal (ICMP), or a name without address.
    """
    try:
        return await _ask(net, target, stun.binding_request, BINDING_WAITS_S)
    except Silent:
        return await _ask(net, target, stun.allocate_request, ALLOCATE_WAITS_S)


async def _ask(
    net: Net, target: str, request: Callable[[bytes], bytes], waits_s: tuple[float, ...]
) -> StunReply:
    where, transaction_id = endpoint(target), stun.new_transaction_id()
    answer = await net.udp(
        where.host,
        where.port,
        request(transaction_id),
        accept=lambda data: stun.is_reply(data, transaction_id),
        waits_s=waits_s,
    )
    return StunReply(
        target=target,
        address=answer.address,
        port=answer.source_port,
        rtt_ms=answer.rtt_ms,
        message=stun.parse(answer.data),
    )


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A verified answer of a host, directly or (``proxy``) through the proxy that this computer is set to use."""

    rtt_ms: float
    proxy: bool = False


async def reach(ctx: Context, target: str) -> Reached:
    """A verified TLS handshake with host:port; where a proxy is set for it, any HTTPS answer through the proxy.

    Raises NetError.
    """
    url = f"https://{target}/"
    if await ctx.http.proxy_for(url):
        page = await ctx.http.get(url, max_bytes=SMALL)
        return Reached(rtt_ms=page.seconds * 1000, proxy=True)
    where = endpoint(target)
    return Reached(rtt_ms=(await ctx.net.tls(where.host, where.port)).rtt_ms)


async def answers(ctx: Context, target: str) -> Reached:
    """What a control must do: accept a TCP connection, or answer through the proxy where one is set. Raises NetError."""
    if await ctx.http.proxy_for(f"https://{target}/"):
        return await reach(ctx, target)
    where = endpoint(target)
    return Reached(rtt_ms=(await ctx.net.tcp(where.host, where.port)).rtt_ms)
