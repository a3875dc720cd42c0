"""Controls: other hosts, asked at the same moment, so that silence can be told from a dead line. Judges nothing.

A UDP control is a STUN server (Binding, RFC 8489); a TCP control is any host that accepts connections.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from readycheck.api import Net, NetError
from readycheck.measure.packets import stun
from readycheck_checks.asking.endpoints import Endpoint, endpoint
from readycheck_checks.blame.ending import Flow

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Control:
    """One control and whether it answered; ``protocol`` is "udp" or "tcp"."""

    protocol: str
    where: Endpoint
    answered: bool

    def __str__(self) -> str:
        return f"{self.where} ({self.protocol.upper()}) {'answered' if self.answered else 'was silent'}"


@dataclass(frozen=True)
class Controls:
    """All controls of one moment."""

    asked: tuple[Control, ...] = ()

    def answered(self, *protocols: str) -> int:
        """How many controls of these protocols answered."""
        return sum(control.answered for control in self._of(protocols))

    def all_silent(self, *protocols: str) -> bool:
        """True where at least one control of these protocols was asked, and none answered."""
        asked = self._of(protocols)
        return bool(asked) and not any(control.answered for control in asked)

    def _of(self, protocols: Sequence[str]) -> tuple[Control, ...]:
        return tuple(control for control in self.asked if control.protocol in protocols)

    def __str__(self) -> str:
        return "; ".join(map(str, self.asked)) or "no control was asked"


async def ask(net: Net, *, udp: Sequence[str] = (), tcp: Sequence[str] = ()) -> Controls:
    """Ask every control at once, each given as host:port; start this together with the probe it stands beside."""
    asked = [_ask_udp(net, endpoint(text)) for text in udp] + [_ask_tcp(net, endpoint(text)) for text in tcp]
    return Controls(tuple(await asyncio.gather(*asked)))


async def once_more(
    net: Net,
    first: T,
    again: Callable[[], Awaitable[T]],
    *,
    silent: bool,
    udp: Sequence[str] = (),
    tcp: Sequence[str] = (),
) -> tuple[T, Controls]:
    """What counts of a conversation: ``first``, or where that was ``silent``, what ``again()`` brings beside the controls.

    Silence by itself proves nothing: the line may be dead as well as the host. A control tells them apart only where it answers
    at the very moment of the silence, and a first silence shows that moment when it is over: hence the second try.
    """
    if not silent:
        return first, Controls()
    return await asyncio.gather(again(), ask(net, udp=udp, tcp=tcp))


def nothing_answered(host: str) -> str:
    """Why such a silence stays unproved, as a clause."""
    return f"{host} was silent, and nothing else answered at the same moment"


def stun_flow(where: Endpoint) -> Flow:
    """A STUN request to a control that answers it, to be followed hop by hop beside a silent flow."""
    return Flow("udp", where.host, where.port, stun.binding_request(stun.new_transaction_id()))


async def _ask_udp(net: Net, where: Endpoint) -> Control:
    """Any STUN reply with our transaction id will do, an error too: it proves that UDP passes both ways."""
    ours = stun.new_transaction_id()
    try:
        await net.udp(
            where.host, where.port, stun.binding_request(ours), accept=lambda data: stun.is_reply(data, ours)
        )
    except NetError:
        return Control(protocol="udp", where=where, answered=False)
    return Control(protocol="udp", where=where, answered=True)


async def _ask_tcp(net: Net, where: Endpoint) -> Control:
    try:
        await net.tcp(where.host, where.port)
    except NetError:
        return Control(protocol="tcp", where=where, answered=False)
    return Control(protocol="tcp", where=where, answered=True)
