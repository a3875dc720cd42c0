"""How a NAT treats UDP: which address it gives a socket, and whom it lets in. The tests of RFC 5780. Tells; judges nothing.

Mapping (4.3): one socket asks a server at both its addresses, and its first one at both ports. Filtering (4.4): another socket,
which speaks to nobody else, asks the same server to answer from elsewhere. What then stays silent proves a filter only where
the same answer does arrive once its sender has been spoken to, and its sender answers by itself (errata 7971): a server that
promises a second address and does not send from it would look like a filter. Two sockets, because an answer that a router
takes for itself can change what it does to the port it came to.
"""

from collections.abc import Mapping as Table
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from readycheck.errors import Silent, Where
from readycheck.measure.nat.asking import Address, Answer, Asker, Question, asker, other_address
from readycheck.measure.nat.mapping import Nat, Translation
from readycheck.measure.transport.endpoint import net_error

FIRST_WAITS_S: Final = (0.3, 0.5)
ELSEWHERE_WAITS_S: Final = (0.3, 0.4, 0.5)
DIRECT_WAITS_S: Final = (0.3, 0.4, 0.4)
AGAIN_WAITS_S: Final = (0.2, 0.3, 0.3)
MOST_BYTES: Final = 4_000  # of one behaviour(), both ways, where every packet is repeated
Answers = Table[Question, Answer]


class Mapping(StrEnum):
    """Whose address the outside address of a socket depends on (RFC 4787, 4.1). DEPENDENT: on something; on what was not seen."""

    NONE = "no address translation"
    ENDPOINT_INDEPENDENT = "the same towards every server"
    ADDRESS_DEPENDENT = "another one towards each address"
    ADDRESS_AND_PORT_DEPENDENT = "another one towards each address and port"
    DEPENDENT = "another one towards each server"
    UNKNOWN = "not known"


class Filtering(StrEnum):
    """From whom packets to that outside address are let in (RFC 4787, 5)."""

    ENDPOINT_INDEPENDENT = "everybody"
    ADDRESS_DEPENDENT = "every port of those spoken to"
    ADDRESS_AND_PORT_DEPENDENT = "those spoken to"
    UNKNOWN = "not known"


class Kind(StrEnum):
    """Both in one word, as people know it."""

    NONE = "no address translation"
    FIREWALL = "no address translation, a firewall lets in answers only"
    FULL_CONE = "full cone"
    RESTRICTED = "restricted"
    PORT_RESTRICTED = "port-restricted"
    SYMMETRIC = "symmetric"
    CONE = "cone, whom it lets in is not known"
    UNKNOWN = "not known"


_CONES: Final = {
    Filtering.ENDPOINT_INDEPENDENT: Kind.FULL_CONE,
    Filtering.ADDRESS_DEPENDENT: Kind.RESTRICTED,
    Filtering.ADDRESS_AND_PORT_DEPENDENT: Kind.PORT_RESTRICTED,
    Filtering.UNKNOWN: Kind.CONE,
}
_DEPENDENT: Final = (Mapping.ADDRESS_DEPENDENT, Mapping.ADDRESS_AND_PORT_DEPENDENT, Mapping.DEPENDENT)


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """``mapped``: the outside address that the server saw of a socket at ``local``; None where nobody said. ``why``: the reason
    where something is not known. ``bytes``: of all packets with their headers, both ways.
    """

    mapping: Mapping
    filtering: Filtering
    local: Address
    mapped: Address | None
    bytes: int
    why: str = ""

    @property
    def kind(self) -> Kind:
        if self.mapping in _DEPENDENT:
            return Kind.SYMMETRIC
        if self.mapping is Mapping.ENDPOINT_INDEPENDENT:
            return _CONES[self.filtering]
        if self.mapping is Mapping.UNKNOWN:
            return Kind.UNKNOWN
        filters = self.filtering in (Filtering.ADDRESS_DEPENDENT, Filtering.ADDRESS_AND_PORT_DEPENDENT)
        return Kind.FIREWALL if filters else Kind.NONE


@dataclass(frozen=True)
class _Server:
    """The four places of a server that offers the tests, and the two answers that it is asked to send from elsewhere."""

    first: Address
    other: Address

    @property
    def plain(self) -> Question:
        return Question(to=self.first)

    @property
    def other_ip(self) -> Question:
        return Question(to=(self.other[0], self.first[1]))

    @property
    def other_both(self) -> Question:
        return Question(to=self.other)

    @property
    def other_port(self) -> Question:
        return Question(to=(self.first[0], self.other[1]))

    @property
    def from_both(self) -> Question:
        return Question(to=self.first, change_ip=True, change_port=True)

    @property
    def from_port(self) -> Question:
        return Question(to=self.first, change_port=True)

    def sender(self, question: Question) -> Address:
        """Where the answer to a question has to come from."""
        if question == self.from_both:
            return self.other
        return self.other_port.to if question == self.from_port else question.to


async def behaviour(server: Address, *, source: str) -> Behaviour:
    """Test against one server (literal address) from sockets bound to the local address ``source``; takes at most 3.9 s.

    Raises Silent where the server does not answer, NoRoute or Closed where a socket cannot be used. A server without a second
    address (OTHER-ADDRESS) gives UNKNOWN for both.
    """
    async with asker(source) as quiet, asker(source) as spoken:
        plain = Question(to=server)
        first = (await quiet.ask((plain,), FIRST_WAITS_S)).get(plain)
        if first is None or first.mapped is None:
            where = Where(host=server[0], port=server[1], address=server[0])
            raise Silent(where) if quiet.trouble is None else net_error(where, quiet.trouble)
        other = other_address(first.message, server)
        if other is None:
            return _untested(quiet, first)
        return await _tested(_Server(server, other), quiet, spoken)


async def _tested(server: _Server, quiet: Asker, spoken: Asker) -> Behaviour:
    changed = (server.from_both, server.from_port)
    unasked = await quiet.ask(changed, ELSEWHERE_WAITS_S)
    everywhere = (server.plain, server.other_ip, server.other_both, server.other_port)
    direct = await spoken.ask(everywhere, DIRECT_WAITS_S)
    mapping = mapping_of(server.first, server.other, direct, spoken.local)
    silent = [question for question in changed if question not in unasked]
    again: Answers = {}
    if silent and mapping not in _DEPENDENT:
        again = await spoken.ask(silent, AGAIN_WAITS_S)
    filtering, why = _filtering(server, unasked, {**direct, **again}, mapping)
    seen = direct.get(server.plain)
    return Behaviour(
        mapping=mapping,
        filtering=filtering,
        local=spoken.local,
        mapped=None if seen is None else seen.mapped,
        bytes=quiet.bytes + spoken.bytes,
        why="the server does not answer at all its addresses" if mapping is Mapping.UNKNOWN else why,
    )


def mapping_of(first: Address, other: Address, direct: Answers, local: Address) -> Mapping:
    """RFC 5780, 4.3, from what the server saw of one socket at its first address, at the other one, and at the other port too."""
    questions = (first, (other[0], first[1]), other)
    one, two, three = (direct[q].mapped if q in direct else None for q in map(_plain, questions))
    if one is None or two is None or three is None:
        return Mapping.UNKNOWN
    if one == two == three:
        return Mapping.NONE if one == local else Mapping.ENDPOINT_INDEPENDENT
    return Mapping.ADDRESS_DEPENDENT if two == three else Mapping.ADDRESS_AND_PORT_DEPENDENT


def _plain(to: Address) -> Question:
    return Question(to=to)


def _filtering(
    server: _Server, unasked: Answers, control: Answers, mapping: Mapping
) -> tuple[Filtering, str]:
    """RFC 5780, 4.4. ``unasked``: what came from places not spoken to; ``control``: what came from them once they were."""
    replies = (*unasked.items(), *control.items())
    if any(answer.mapped is None for _, answer in replies):
        return Filtering.UNKNOWN, "the server refuses to answer from elsewhere"
    if any(answer.source != server.sender(question) for question, answer in replies):
        return Filtering.UNKNOWN, "the server answers from another address than it was asked to"
    if server.from_both in unasked:
        return Filtering.ENDPOINT_INDEPENDENT, ""
    if not _proved(server.from_both, server.other_both, control, mapping):
        return Filtering.UNKNOWN, "nothing shows that the server answers from its other address"
    if server.from_port in unasked:
        return Filtering.ADDRESS_DEPENDENT, ""
    if not _proved(server.from_port, server.other_port, control, mapping):
        return Filtering.UNKNOWN, "nothing shows that the server answers from its other port"
    return Filtering.ADDRESS_AND_PORT_DEPENDENT, ""


def _proved(changed: Question, direct: Question, control: Answers, mapping: Mapping) -> bool:
    """Silence was the filter's: its sender is there, and was heard after it had been spoken to. Where each peer has an address of
    its own, the second cannot be: the answer goes to the address of another peer."""
    return direct in control and (changed in control or mapping in _DEPENDENT)


def _untested(socket: Asker, first: Answer) -> Behaviour:
    return Behaviour(
        mapping=Mapping.NONE if first.mapped == socket.local else Mapping.UNKNOWN,
        filtering=Filtering.UNKNOWN,
        local=socket.local,
        mapped=first.mapped,
        bytes=socket.bytes,
        why="the server has no second address",
    )


_COMPARED: Final = {
    Translation.NONE: Mapping.NONE,
    Translation.SAME: Mapping.ENDPOINT_INDEPENDENT,
    Translation.DIFFERENT: Mapping.DEPENDENT,
    Translation.UNKNOWN: Mapping.UNKNOWN,
}


def compared(seen: Nat) -> Behaviour:
    """The mapping as two servers without a second address show it; whom the NAT lets in they cannot."""
    return Behaviour(
        mapping=_COMPARED[seen.translation],
        filtering=Filtering.UNKNOWN,
        local=seen.local,
        mapped=next(iter(seen.seen.values()), None),
        bytes=seen.bytes,
        why="no server with a second address was asked",
    )
