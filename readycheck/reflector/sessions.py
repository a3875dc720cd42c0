"""UDP sessions of clients that have proved their address: what each was granted and which of its packets came. Sends nothing."""

import os
import time
from collections.abc import Callable
from typing import Final

from readycheck.measure.packets import echo
from readycheck.measure.packets.echo import Accept, Open, Report
from readycheck.reflector.guests import Guests
from readycheck.reflector.limits import Limits

GRACE_S: Final = 15  # a session outlives its stream, so that its end can be asked for
QUIET_S: Final = 30  # without a packet it ends
_ASKS: Final = 64


class Session:
    """``client`` is (address, port); packets from elsewhere are none of its own."""

    def __init__(self, client: tuple[str, int], granted: Accept, now: float) -> None:
        self.client = client
        self.granted = granted
        self.received = 0
        self.answered = 0
        self.bytes = 0
        self.started = self.heard = now
        self.ends = now + granted.seconds
        self._asks = _ASKS + granted.packets // echo.PAGE * 4
        self._seen = bytearray((granted.packets + 7) // 8)
        self._left = self._most = max(20.0, 2.0 * granted.rate)
        self._filled = now

    def take(self, sequence: int, now: float) -> bool:
        """Note a packet; whether it is a new one of this stream, and not faster than twice what was granted for two seconds."""
        self.heard = now
        if sequence >= self.granted.packets or self._seen[sequence >> 3] & 1 << (sequence & 7):
            return False
        self._seen[sequence >> 3] |= 1 << (sequence & 7)
        self.received += 1
        self._left = min(self._most, self._left + (now - self._filled) * self.granted.rate * 1.25)
        self._filled = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def report(self, first: int, now: float) -> Report | None:
        """The page that begins with ``first``; None for a page that there is not, and for one question too many."""
        self.heard = now
        self._asks -= 1
        if self._asks < 0 or first >= self.granted.packets or first % 8:
            return None
        bits = bytes(self._seen[first // 8 : (first + echo.PAGE) // 8])
        return Report(self.granted.session, self.received, self.answered, first, bits)


class Sessions:
    """``ended`` hears of every session that ends, and why."""

    def __init__(
        self,
        limits: Limits,
        guests: Guests,
        ended: Callable[[Session, str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits
        self._guests = guests
        self._ended = ended
        self._clock = clock
        self._by_id: dict[bytes, Session] = {}
        self._by_client: dict[tuple[str, int], Session] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def begun(self, client: tuple[str, int], asked: Open) -> Accept | None:
        """What was granted to this very OPEN before: it comes again where the answer was lost."""
        known = self._by_client.get(client)
        return known.granted if known is not None and known.granted.nonce == asked.nonce else None

    def open(self, client: tuple[str, int], asked: Open, *, knows_token: bool = False) -> Accept | str:
        """What is granted, or why nothing is. Ends the session that this client has had."""
        known = self._by_client.get(client)
        if known is not None:
            self.end(known, "replaced")
        packets, rate, size = self._granted(asked)
        if not (packets and rate and size >= echo.LEAST_DATA):
            return "nothing asked for"
        reason = self._guests.enter(client[0], knows_token=knows_token)
        if reason:
            return reason
        if self._guests.reserve(client[0], 2 * packets * size):
            self._guests.leave(client[0])
            return "too much in a minute"
        seconds = packets // rate + GRACE_S
        granted = Accept(asked.nonce, os.urandom(echo.SESSION_BYTES), packets, rate, size, seconds)
        session = Session(client, granted, self._clock())
        self._by_id[granted.session] = self._by_client[client] = session
        return granted

    def find(self, id_: bytes, client: tuple[str, int]) -> Session | None:
        session = self._by_id.get(id_)
        return session if session is not None and session.client == client else None

    def end(self, session: Session, reason: str) -> None:
        if self._by_id.pop(session.granted.session, None) is None:
            return
        self._by_client.pop(session.client, None)
        self._guests.settle(
            session.client[0], 2 * session.granted.packets * session.granted.size, session.bytes
        )
        self._guests.leave(session.client[0])
        self._ended(session, reason)

    def sweep(self) -> None:
        """End those whose time is up, or that were not heard of for long."""
        now = self._clock()
        for session in list(self._by_id.values()):
            if now >= session.ends or now >= session.heard + QUIET_S:
                self.end(session, "time")

    def end_all(self) -> None:
        for session in list(self._by_id.values()):
            self.end(session, "stop")

    def _granted(self, asked: Open) -> tuple[int, int, int]:
        most = self._limits
        rate = min(asked.rate, most.udp_rate)
        return (
            min(asked.packets, most.udp_count, rate * (most.udp_s - GRACE_S)),
            rate,
            min(asked.size, most.udp_size),
        )
