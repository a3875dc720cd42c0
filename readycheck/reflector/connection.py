"""One HTTP connection of a client: reads heads, counts bodies, writes noise. What to answer is said by a Site.

Bodies are never kept: what arrives is overwritten by what arrives next, in one buffer for all connections, and what leaves is one
block of random bytes over and over. Nothing is read that cannot be answered yet: it waits in the client's own queue. Nothing is
waited for without end: the listener's sweep asks overdue() of every connection.
"""

import asyncio
import json
import os
from collections.abc import Callable
from enum import Enum
from typing import Final, cast

from readycheck.reflector.addresses import client
from readycheck.reflector.requests import MOST_HEAD, BadRequest, Request, answer_head, read_head
from readycheck.reflector.shared import Shared
from readycheck.reflector.site import JSON, Gives, Said, Takes, refusal

PIECE: Final = 65_536
HEAD_PIECE: Final = 16_384  # read at once where a head is expected: with MOST_HEAD all that ever waits here
_NOISE: Final = memoryview(os.urandom(16 * PIECE))
_PIECES_AT_ONCE: Final = 16  # then others have their turn
_HEADS_AT_ONCE: Final = 16
_LINGER_S: Final = 2.0


class State(Enum):
    HEAD = "head"
    TAKING = "taking"
    GIVING = "giving"
    ENDING = "ending"


class HttpConnection(asyncio.BufferedProtocol):
    def __init__(self, shared: Shared, address: str, ended: Callable[["HttpConnection"], None]) -> None:
        self.address = address
        self.client = client(address)
        self._shared = shared
        self._ended = ended
        self._transport: asyncio.Transport | None = None
        self._state = State.HEAD
        self._raw = bytearray()
        self._keeps = True
        self._left = self._total = 0
        self._paused = False
        self._turn: asyncio.Handle | None = None  # to go on after others
        self._linger_s = _LINGER_S
        now = shared.clock()
        self._since = now  # of this state; for HEAD of the first byte, or of the silence before it
        self._mark = (now, 0)  # when progress was looked at, and how far it was

    # What the listener calls

    def overdue(self, now: float) -> str:
        """Why this connection has to end now; "" if it may go on."""
        limits = self._shared.limits
        waited = now - self._since
        match self._state:
            case State.HEAD:
                allowed = limits.head_s if self._raw else limits.idle_s
                return ("slow head" if self._raw else "idle") if waited > allowed else ""
            case State.ENDING:
                return "ending" if waited > self._linger_s else ""
        if waited > limits.transfer_s:
            return "slow transfer"
        since, before = self._mark
        if now - since < limits.slow_s:
            return ""
        self._mark = (now, self._moved())
        return "slow transfer" if self._moved() - before < limits.least_rate * (now - since) else ""

    def stop(self) -> None:
        """End as soon as nothing is under way."""
        if self._state is State.HEAD and self._transport is not None:
            self._transport.close()

    def abort(self, reason: str) -> None:
        if reason not in ("idle", "ending", "stop"):
            self._shared.note_refused(self.address, reason)
        if self._transport is not None:
            self._transport.abort()

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=PIECE)
        self._since = self._shared.clock()
        self._shared.counters.add("connections_total")

    def connection_lost(self, exc: Exception | None) -> None:
        if self._state in (State.TAKING, State.GIVING):
            self._finish("ended early")
        self._transport = None
        self._ended(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Small where something may stay: what is only counted, or dropped, comes in large pieces."""
        if self._state is State.ENDING:
            return self._shared.buffer
        return self._shared.buffer[: max(HEAD_PIECE, self._left if self._state is State.TAKING else 0)]

    def buffer_updated(self, nbytes: int) -> None:
        if self._state is State.ENDING:
            return
        data = self._shared.buffer[:nbytes]
        if self._state is State.TAKING:
            taken = min(nbytes, self._left)
            self._left -= taken
            data = data[taken:]
            if not self._left:
                self._took_all()
        if len(data):
            self._head_bytes(data)
        self._steer_reading()

    def eof_received(self) -> bool:
        """Somebody who has said all may still listen; over TLS there is no such half end."""
        half = self._transport is not None and self._transport.can_write_eof()
        return half and self._state is State.GIVING

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._go_on()

    # Heads

    def _head_bytes(self, data: memoryview) -> None:
        if not self._raw and self._state is State.HEAD:
            self._since = self._shared.clock()
        self._raw += data
        if self._raw[:1].isalpha():
            self._next_requests()
        else:
            self._shared.counters.add("garbage_total", 'protocol="tcp",kind="no http"')
            self._end_now()

    def _next_requests(self) -> None:
        """Answer the requests that are there, one after another, and after some of them when others had their turn."""
        for _ in range(_HEADS_AT_ONCE):
            if self._state is not State.HEAD or self._paused:
                return
            end = self._raw.find(b"\r\n\r\n", 0, MOST_HEAD + 4)
            if end < 0:
                if len(self._raw) > MOST_HEAD:
                    self._say(refusal(431, "head too long"), keeps=False)
                return
            head = bytes(self._raw[: end + 4])
            del self._raw[: end + 4]
            self._read(head)
        self._after_others()

    def _read(self, head: bytes) -> None:
        """Answer this head; a body that came along is counted like the rest."""
        if not self._shared.requests.allows(self.client):
            self._say(refusal(429, "too many requests a second", **{"retry-after": "1"}), keeps=False)
            return
        try:
            request = read_head(head)
        except BadRequest as bad:
            self._say(refusal(bad.status, str(bad)), keeps=False)
            return
        self._begin(request)
        self._take_waiting()

    def _steer_reading(self) -> None:
        """Read on where what comes can be used now."""
        if self._transport is None or self._transport.is_closing():
            return
        idle = self._state is State.HEAD and not self._paused and self._turn is None
        if idle or self._state in (State.TAKING, State.ENDING):
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    def _take_waiting(self) -> None:
        if self._state is State.TAKING:
            taken = min(len(self._raw), self._left)
            del self._raw[:taken]
            self._left -= taken
            if not self._left:
                self._took_all()

    def _begin(self, request: Request) -> None:
        answer = self._shared.site.answer(request, self.address)
        self._shared.count_request(request, answer.status if isinstance(answer, Said) else 200)
        self._keeps = request.keeps and not self._shared.stopping
        match answer:
            case Said():
                self._say(answer, keeps=self._keeps and not request.length)
            case Gives(count=count):
                self._start(State.GIVING, count)
                self._write(answer_head(200, count, "application/octet-stream", keeps=self._keeps, extra={}))
                self._give()
            case Takes(count=count):
                self._start(State.TAKING, count)
                if request.waits:
                    self._write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _start(self, state: State, count: int) -> None:
        self._state = state
        self._left = self._total = count
        self._since = self._shared.clock()
        self._mark = (self._since, 0)

    # Bodies

    def _give(self) -> None:
        """Write noise until the transport has enough, or others should have their turn."""
        if self._state is not State.GIVING or self._transport is None:
            return
        for _ in range(_PIECES_AT_ONCE):
            if self._paused or not self._left:
                break
            size = min(PIECE, self._left)
            place = self._left % (15 * PIECE)
            self._left -= size
            self._transport.write(_NOISE[place : place + size])
        if not self._left:
            self._finish("")
            self._linger_s = self._shared.limits.idle_s  # what was handed over may still be on its way
            self._idle()
        elif not self._paused:
            self._after_others()

    def _after_others(self) -> None:
        if self._turn is None:
            self._turn = asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        self._turn = None
        self._give()
        if self._raw:
            self._next_requests()
        self._steer_reading()

    def _took_all(self) -> None:
        seconds = self._shared.clock() - self._since
        document = {"bytes": self._total, "seconds": round(seconds, 6)}
        self._finish("")
        self._say(Said(body=json.dumps(document).encode() + b"\n", kind=JSON), keeps=self._keeps)

    def _moved(self) -> int:
        waiting = (
            self._transport.get_write_buffer_size() if self._transport and self._state is State.GIVING else 0
        )
        return max(0, self._total - self._left - waiting)

    def _finish(self, reason: str) -> None:
        """Account for a transfer that has ended, in whatever way."""
        moved = self._total - self._left
        self._shared.site.settle(self.address, self._total, moved)
        seconds = self._shared.clock() - self._since
        given = self._state is State.GIVING
        self._shared.note_transfer(self.address, moved, seconds, given=given, reason=reason)
        self._left = self._total = 0

    # Answers

    def _say(self, said: Said, *, keeps: bool) -> None:
        if said.reason:
            self._shared.note_refused(self.address, said.reason)
        self._keeps = keeps and not self._shared.stopping
        self._write(
            answer_head(said.status, len(said.body), said.kind, keeps=self._keeps, extra=said.extra)
            + said.body
        )
        self._idle()

    def _idle(self) -> None:
        """Ready for the next request, or at the end of this connection."""
        self._since = self._shared.clock()
        self._state = State.HEAD
        if not self._keeps or self._shared.stopping:
            self._end()

    def _end(self) -> None:
        """Say that no more will come; what still comes is dropped, for an early end would take the answer along."""
        self._state = State.ENDING
        self._raw.clear()
        if self._transport is not None and self._transport.can_write_eof():
            self._transport.write_eof()
        elif self._transport is not None:
            self._transport.resume_reading()  # TLS reads what came before its end, or breaks off in place of ending
            self._transport.close()

    def _end_now(self) -> None:
        self._state = State.ENDING
        if self._transport is not None:
            self._transport.abort()

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)
