"""What a NAT does to the address of one socket, asked of several STUN servers. Tells; judges nothing.

Two servers that see different addresses of the same socket stand behind an address-dependent mapping (RFC 5780, 4.3): peers
cannot reach each other directly there, relays still work. Filtering needs a server's help: behaviour.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from readycheck.measure.nat.asking import Address, Question, asker, other_address

WAITS_S: Final = (0.3, 0.6, 1.0)


class Translation(StrEnum):
    """How the address of a socket is mapped. UNKNOWN: fewer than two servers answered."""

    NONE = "no address translation"
    SAME = "the same towards every server"
    DIFFERENT = "another one towards each server"
    UNKNOWN = "not known"


@dataclass(frozen=True, kw_only=True)
class Nat:
    """``seen``: server -> the address it saw, of those that answered; ``local``: the socket's own address (port 0: unbound).

    ``offering``: those of them with a second address, by which behaviour.py sees more; ``bytes``: with headers, both ways.
    """

    seen: Mapping[Address, Address]
    local: Address
    bytes: int
    offering: tuple[Address, ...] = ()

    @property
    def translation(self) -> Translation:
        addresses = set(self.seen.values())
        if len(self.seen) < 2:
            return Translation.UNKNOWN
        if len(addresses) > 1:
            return Translation.DIFFERENT
        return Translation.NONE if addresses == {self.local} else Translation.SAME


async def nat(servers: Sequence[Address], *, source: str) -> Nat:
    """Send a Binding to each server (literal addresses of one family) from one socket bound to the local address ``source``.

    Takes at most 1.9 s. Raises NoRoute or Closed where the socket cannot be used.
    """
    async with asker(source) as socket:
        answers = await socket.ask([Question(to=server) for server in servers], WAITS_S)
        seen = {question.to: answer.mapped for question, answer in answers.items()}
        offering = (q.to for q, answer in answers.items() if other_address(answer.message, q.to))
        return Nat(
            seen={server: mapped for server, mapped in seen.items() if mapped is not None},
            local=socket.local,
            bytes=socket.bytes,
            offering=tuple(offering),
        )
