"""How large may a packet be on the way to one server? Whole packets of a ladder of sizes, all at once. Asks; judges nothing.

After RFC 8899 (packetization layer path MTU discovery): a size counts where an answer to a packet of it came. Only the way there
is measured, for the answers are small. A server can keep silent for large requests by itself, so one server proves no limit.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from readycheck.api import Net, NetError, Silent, TooBig
from readycheck.measure.packets import stun

# In bytes, with the headers of IP and UDP. 1280 is what IPv6 asks of every link (RFC 8200, 5); 1492 leaves room for PPPoE
# (RFC 2516), 1420 and 1440 for WireGuard, 1400 and below for other VPNs and mobile networks; 1500 is Ethernet.
SIZES: Final = (576, 1280, 1320, 1360, 1380, 1400, 1420, 1440, 1460, 1472, 1492, 1500)
WAITS_S: Final = (0.7, 0.9, 1.1)
_HEADERS: Final = {4: 28, 6: 48}  # IP and UDP
_STUN_HEADER: Final = 24  # of a message, and of the one attribute in it
_FILLING: Final = 0x8099  # unassigned, and of those that a server passes over (RFC 8489, 14)


@dataclass(frozen=True)
class Request:
    """A request and how its answer is known."""

    payload: bytes
    accept: Callable[[bytes], bool]


Probe = Callable[[int], Request]
"""Makes a request whose payload has so many bytes, to within three."""


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One size: ``answered``; or ``too_big``, as this computer or a router said; else ``trouble`` has what came of it."""

    size: int
    answered: bool = False
    too_big: bool = False
    mtu: int = 0
    trouble: NetError | None = None

    @property
    def silent(self) -> bool:
        return isinstance(self.trouble, Silent)


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """What became of all sizes, the smallest first."""

    rungs: tuple[Rung, ...] = ()

    @property
    def passes(self) -> int:
        """The largest size that was answered, in bytes; 0: none."""
        return max((rung.size for rung in self.rungs if rung.answered), default=0)

    @property
    def told(self) -> int:
        """The largest packet that passes, as somebody said, in bytes, which proves nothing by itself; 0: nobody
        said so, or not how large."""
        known = [rung.mtu for rung in self.rungs if rung.too_big and rung.mtu and rung.mtu >= self.passes]
        return min(known, default=0)

    @property
    def is_told(self) -> bool:
        """Whether somebody says that larger packets do not pass."""
        return any(rung.too_big for rung in self.rungs if rung.size > self.passes)

    @property
    def may_pass(self) -> int:
        """The largest size that nobody turns away, in bytes: what is told, else what lies below the sizes turned away."""
        turned_away = [rung.size for rung in self.rungs if rung.too_big and rung.size > self.passes]
        return self.told or (
            min(turned_away) - 1 if turned_away else max((r.size for r in self.rungs), default=0)
        )

    @property
    def is_proved(self) -> bool:
        """Whether somebody turns larger packets away, and every size up to there that was tried was answered."""
        return self.is_told and not any(self.passes < rung.size <= self.may_pass for rung in self.rungs)

    @property
    def vanishes_at(self) -> int:
        """The smallest size above those that pass that was lost without a word, and nobody turns away, in bytes; 0: none."""
        lost = (rung.size for rung in self.rungs if self.passes < rung.size <= self.may_pass and rung.silent)
        return min(lost, default=0) if self.passes else 0


def stun_probe(size: int) -> Request:
    """A STUN Binding request, filled up with an attribute that servers pass over."""
    ours = stun.new_transaction_id()
    filling = bytes(max(0, size - _STUN_HEADER) & ~3)
    message = stun.Message(
        method=stun.BINDING,
        kind=stun.REQUEST,
        transaction_id=ours,
        attributes=((_FILLING, filling),) if filling else (),
    )
    return Request(stun.encode(message), lambda data: stun.is_reply(data, ours))


def dns_probe(name: str) -> Probe:
    """A question to a name server, filled up by EDNS padding (RFC 7830). Raises ValueError where ``name`` is none."""
    import dns.edns  # dnspython is loaded with the first question only
    import dns.exception
    import dns.message
    import dns.name

    try:
        asked = dns.name.from_text(name)
    except dns.exception.DNSException:
        raise ValueError(f'"{name}" is no name') from None

    def of_size(size: int) -> Request:
        plain = dns.message.make_query(asked, "A", use_edns=0, payload=1_232)
        missing = size - len(plain.to_wire()) - 4
        if missing >= 0:
            padding = dns.edns.GenericOption(dns.edns.OptionType.PADDING, bytes(missing))
            plain.use_edns(0, payload=1_232, options=[padding])
        number = plain.id.to_bytes(2, "big")
        return Request(
            plain.to_wire(max_size=65_535),
            lambda data: data[:2] == number and len(data) > 3 and data[2] & 0x80 != 0,
        )

    return of_size


async def ladder(
    net: Net,
    address: str,
    port: int,
    sizes: Sequence[int] = SIZES,
    *,
    source: str = "",
    probe: Probe = stun_probe,
    waits_s: Sequence[float] = WAITS_S,
) -> Ladder:
    """Asks the server at this literal address with packets of these sizes (bytes, headers included), all at the same moment.

    ``source``: the local address to send from; empty: as the system likes. Takes the sum of ``waits_s`` at worst, and a packet of
    each size for each of them. Raises NotTold where this system cannot send packets whole.
    """
    headers = _HEADERS[6 if ":" in address else 4]
    asked = [_rung(net, address, port, size, probe(size - headers), source, waits_s) for size in sizes]
    return Ladder(rungs=tuple(sorted(await asyncio.gather(*asked), key=lambda rung: rung.size)))


def most_bytes(sizes: Sequence[int], waits_s: Sequence[float] = WAITS_S) -> int:
    """Of one ladder, both ways, where nothing is answered at first."""
    return sum(sizes) * len(waits_s) + 150 * len(sizes)


async def _rung(
    net: Net, address: str, port: int, size: int, request: Request, source: str, waits_s: Sequence[float]
) -> Rung:
    try:
        await net.udp(
            address,
            port,
            request.payload,
            accept=request.accept,
            waits_s=waits_s,
            source=source,
            whole=True,
        )
    except TooBig as told:
        return Rung(size=size, too_big=True, mtu=told.mtu)
    except NetError as trouble:
        return Rung(size=size, trouble=trouble)
    return Rung(size=size, answered=True)
