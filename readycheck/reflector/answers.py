"""What a datagram is answered with: the UDP echo and STUN. Sends nothing; may be asked by anybody, with any bytes.

Two promises, whatever comes: no answer is longer than what it answers, and nothing is kept for an address that has not shown that
it receives (brakes of fixed size count how often strangers are answered at all). Who brings its cookie back is no stranger: no
flood of others keeps it out.
"""

import hmac
import time
from collections.abc import Callable
from typing import Final

from readycheck.measure.packets import echo, stun
from readycheck.measure.packets.echo import (
    Ask,
    Challenge,
    Close,
    Data,
    Echo,
    Hello,
    NotEcho,
    Open,
    Refuse,
)
from readycheck.reflector import binding
from readycheck.reflector.addresses import neighbourhood
from readycheck.reflector.brake import Brake
from readycheck.reflector.cookie import Baker
from readycheck.reflector.counters import Counters
from readycheck.reflector.guests import Guests
from readycheck.reflector.journal import Journal
from readycheck.reflector.limits import Limits
from readycheck.reflector.sessions import Session, Sessions

_CODES: Final = {"nothing asked for": echo.TOO_MUCH, "too much in a minute": echo.TOO_MUCH}
_RETRY_S: Final = 30


class _Garbage(Exception):
    """Nothing that is answered; the text is a word for the counters."""


class Answers:
    """``token`` may be exchanged while it runs. For one thread."""

    def __init__(
        self,
        limits: Limits,
        guests: Guests,
        counters: Counters,
        journal: Journal,
        *,
        token: bytes = b"",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.token = token
        self.stopping = False
        self.sessions = Sessions(limits, guests, self._tell_end, clock=clock)
        self._counters = counters
        self._journal = journal
        self._clock = clock
        self._baker = Baker(clock=clock)
        self._strangers = Brake(limits.unproved_rate, clock=clock)
        self._bindings = Brake(limits.unproved_rate, clock=clock)

    def answer(self, data: bytes, address: str, port: int, received_s: float) -> bytes | None:
        """The answer, or None for silence. ``received_s`` by the clock."""
        self._counters.add("bytes_total", 'protocol="udp",direction="received"', len(data))
        try:
            reply = self._echo(data, (address, port), received_s)
        except _Garbage as garbage:
            self._counters.add("garbage_total", f'protocol="udp",kind="{garbage}"')
            return None
        if reply is not None and len(reply) > len(data):
            self._counters.add("refused_total", 'reason="reply longer than request"')
            reply = None
        if reply is not None:
            self._counters.add("bytes_total", 'protocol="udp",direction="sent"', len(reply))
        return reply

    def sweep(self) -> None:
        self.sessions.sweep()

    def broke(self, error: Exception) -> None:
        self._journal.note("fault", reason=f"udp: {type(error).__name__}: {error}")

    def end_all(self) -> None:
        self.sessions.end_all()

    def _echo(self, data: bytes, client: tuple[str, int], received_s: float) -> bytes | None:
        if data[:4] != echo.MAGIC:
            return self._stun(data, client)
        try:
            packet = echo.parse(data)
        except NotEcho:
            raise _Garbage("echo") from None
        match packet:
            case Data():
                return self._data(packet, client, received_s)
            case Hello():
                return self._hello(packet, client)
            case Open():
                return self._open(packet, client)
            case Ask():
                return self._report(packet, client)
            case Close():
                self._close(packet, client)
                return None
        raise _Garbage("echo")

    def _data(self, packet: Data, client: tuple[str, int], received_s: float) -> bytes | None:
        session = self.sessions.find(packet.session, client)
        if session is None or packet.length > session.granted.size:
            raise _Garbage("data")
        session.bytes += packet.length
        self._counters.add("udp_packets_total", 'kind="data"')
        if not session.take(packet.sequence, self._clock()):
            self._counters.add("refused_total", 'reason="packet again or too fast"')
            return None
        if not echo.LEAST_ECHO <= packet.reply_bytes <= packet.length:
            return None
        session.answered += 1
        session.bytes += packet.reply_bytes
        return echo.encode(
            Echo(
                packet.session,
                packet.sequence,
                packet.sent_ns,
                session.received,
                int(received_s * 1e9),
                int(self._clock() * 1e9),
                packet.reply_bytes,
            )
        )

    def _hello(self, packet: Hello, client: tuple[str, int]) -> bytes | None:
        if self.stopping or not self._may_be_answered(self._strangers, client):
            return None
        self._counters.add("udp_packets_total", 'kind="hello"')
        cookie = self._baker.bake(*client, packet.nonce)
        return echo.encode(Challenge(packet.nonce, cookie, bool(self.token)))

    def _may_be_answered(self, brake: Brake, client: tuple[str, int]) -> bool:
        """Whether a stranger may: its sender address is perhaps forged."""
        allowed = brake.allows(neighbourhood(client[0]))
        if not allowed:
            self._counters.add("refused_total", 'reason="too many strangers"')
        return allowed

    def _open(self, packet: Open, client: tuple[str, int]) -> bytes | None:
        if self.stopping:
            return None
        if not self._baker.made(packet.cookie, *client, packet.nonce):
            if not self._may_be_answered(self._strangers, client):
                return None
            return self._refuse(packet, client, "stale cookie", echo.STALE_COOKIE, 0)
        self._counters.add("udp_packets_total", 'kind="open"')
        expected = echo.proof(self.token, packet.nonce, packet.cookie)
        if self.token and not hmac.compare_digest(packet.proof, expected):
            return self._refuse(packet, client, "wrong token", echo.NO_TOKEN, 0)
        return self._begin(packet, client)

    def _begin(self, packet: Open, client: tuple[str, int]) -> bytes:
        before = self.sessions.begun(client, packet)
        if before is not None:
            return echo.encode(before)
        granted = self.sessions.open(client, packet, knows_token=bool(self.token))
        if isinstance(granted, str):
            return self._refuse(packet, client, granted, _CODES.get(granted, echo.BUSY), _RETRY_S)
        self._counters.add("sessions_total")
        self._journal.note("session", client[0], packets=granted.packets, rate=granted.rate)
        return echo.encode(granted)

    def _report(self, packet: Ask, client: tuple[str, int]) -> bytes:
        session = self.sessions.find(packet.session, client)
        report = session.report(packet.first, self._clock()) if session else None
        if report is None:
            raise _Garbage("ask")
        return echo.encode(report)

    def _refuse(self, packet: Open, client: tuple[str, int], reason: str, code: int, retry_s: int) -> bytes:
        self._counters.add("refused_total", f'reason="{reason}"')
        if code != echo.STALE_COOKIE:  # a stale one proves nothing: the address may be anybody's
            self._journal.note("refused", client[0], protocol="udp", reason=reason)
        return echo.encode(Refuse(packet.nonce, code, retry_s))

    def _close(self, packet: Close, client: tuple[str, int]) -> None:
        session = self.sessions.find(packet.session, client)
        if session is None:
            raise _Garbage("close")
        self.sessions.end(session, "closed")

    def _tell_end(self, session: Session, reason: str) -> None:
        self._journal.note(
            "session end",
            session.client[0],
            received=session.received,
            answered=session.answered,
            bytes=session.bytes,
            seconds=round(self._clock() - session.started, 1),
            reason=reason,
        )

    def _stun(self, data: bytes, client: tuple[str, int]) -> bytes | None:
        try:
            request = stun.parse(data)
        except stun.NotStun:
            raise _Garbage("other") from None
        reply = binding.reply(request, *client)
        if reply is None or len(reply) > len(data):
            raise _Garbage("stun")
        if not self._may_be_answered(self._bindings, client):
            return None
        self._counters.add("udp_packets_total", 'kind="binding"')
        return reply
