"""The reflector's answers without sockets, with a clock to turn."""

import io
import json
import os

from readycheck.measure.packets import echo
from readycheck.measure.packets.echo import (
    Accept,
    Challenge,
    Data,
    Hello,
    Open,
    Refuse,
)
from readycheck.reflector.answers import Answers
from readycheck.reflector.counters import Counters
from readycheck.reflector.guests import Guests
from readycheck.reflector.journal import Journal
from readycheck.reflector.limits import Limits

ANNA, BEN = ("192.0.2.1", 40_000), ("192.0.2.2", 40_000)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Service:
    """The answers without sockets, with a clock to turn."""

    def __init__(self, token: bytes = b"", **limits: int) -> None:
        self.clock = Clock()
        self.counters = Counters()
        self.guests = Guests(Limits(**limits), clock=self.clock)
        self._log = io.StringIO()
        self._journal = Journal(self._log)
        self.answers = Answers(
            Limits(**limits),
            self.guests,
            self.counters,
            self._journal,
            token=token,
            clock=self.clock,
        )

    def say(self, data: bytes, client: tuple[str, int] = ANNA) -> bytes | None:
        return self.answers.answer(data, *client, self.clock.now)

    def cookie(self, nonce: bytes, client: tuple[str, int] = ANNA) -> bytes:
        challenge = echo.parse(self.say(echo.encode(Hello(nonce)), client) or b"")
        assert isinstance(challenge, Challenge) and challenge.nonce == nonce
        return challenge.cookie

    def open(
        self,
        client: tuple[str, int] = ANNA,
        *,
        token: bytes = b"",
        packets: int = 10,
        rate: int = 100,
        size: int = 200,
    ) -> Accept | Refuse:
        nonce = os.urandom(16)
        cookie = self.cookie(nonce, client)
        asked = Open(nonce, cookie, echo.proof(token, nonce, cookie), packets, rate, size)
        answer = echo.parse(self.say(echo.encode(asked), client) or b"")
        assert isinstance(answer, Accept | Refuse)
        return answer

    def accepted(self, packets: int = 10, rate: int = 100, size: int = 200) -> bytes:
        answer = self.open(packets=packets, rate=rate, size=size)
        assert isinstance(answer, Accept)
        return answer.session

    def lines(self, event: str) -> list[dict[str, object]]:
        """What the journal has; nothing is noted after this."""
        self._journal.close()
        lines: list[dict[str, object]] = [json.loads(line) for line in self._log.getvalue().splitlines()]
        return [line for line in lines if line["event"] == event]

    def refused(self, reason: str) -> int:
        return self.counters.value("refused_total", f'reason="{reason}"')


def data(session: bytes, sequence: int, length: int = 100, reply_bytes: int = 100) -> bytes:
    return echo.encode(Data(session, sequence, 7, reply_bytes, length))
