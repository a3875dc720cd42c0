"""The talk with a mail submission server (RFC 6409) up to a safe connection. Signs in nowhere and sends no mail."""

import asyncio
from dataclasses import dataclass
from typing import Final, Literal

from readycheck.api import NetError, Silent, Stream, TlsAnswer, TlsFailed, Where, clean_bytes

GREETING_WAIT_S: Final = 5.0
REPLY_WAIT_S: Final = 4.0
TALK_WAIT_S: Final = (
    12.0  # for the whole talk: a server may say a line now and then, and never come to its end
)
MOST_LINES: Final = 64
OUR_NAME: Final = "[127.0.0.1]"  # an address literal (RFC 5321, 4.1.3): the name of this computer stays here

Step = Literal["connect", "greeting", "ehlo", "starttls", "tls", "done"]


@dataclass(frozen=True)
class Reply:
    """One reply (RFC 5321, 4.2): its code, 0 where it is none, and its cleaned lines."""

    code: int
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.code} {' / '.join(self.lines)}"


@dataclass(frozen=True, kw_only=True)
class Talk:
    """How far the talk came: ``step`` did not work ("done": all did), and ``reply`` or ``error`` says how it ended."""

    step: Step
    reply: Reply | None = None
    error: NetError | None = None
    banner: str = ""
    offers: tuple[str, ...] = ()
    certificate: TlsAnswer | None = None
    offers_inside: tuple[str, ...] = ()  # by the EHLO after STARTTLS, where one was asked for


async def talk(stream: Stream, host: str, *, greet_only: bool, look_inside: bool = False) -> Talk:
    """Greeting, EHLO and, unless ``greet_only`` (TLS stands already) or where it is not offered, STARTTLS; then QUIT.

    ``look_inside``: EHLO once more after STARTTLS, for what is offered then (RFC 3207, 4.2). Takes 12 seconds at most.
    """
    talked = _Talking(stream, host)
    try:
        async with asyncio.timeout(TALK_WAIT_S):
            return await talked.run(greet_only=greet_only, look_inside=look_inside)
    except TimeoutError:
        return talked.broken(Silent(Where(host=host), f"no end of the talk in {TALK_WAIT_S:g} s"))
    except TlsFailed as error:
        talked.step = "tls"
        return talked.broken(error)
    except NetError as error:
        return talked.broken(error)


class _Talking:
    """A talk as far as it has come."""

    def __init__(self, stream: Stream, host: str) -> None:
        self._stream, self._host = stream, host
        self.step: Step = "greeting"
        self.banner = ""
        self.offers: tuple[str, ...] = ()

    def broken(self, error: NetError) -> Talk:
        return Talk(step=self.step, error=error, banner=self.banner, offers=self.offers)

    def _refused(self, reply: Reply) -> Talk:
        return Talk(step=self.step, reply=reply, banner=self.banner, offers=self.offers)

    async def run(self, *, greet_only: bool, look_inside: bool) -> Talk:
        greeting = await _reply(self._stream, GREETING_WAIT_S)
        if greeting.code != 220:
            return self._refused(greeting)
        self.banner, self.step = str(greeting), "ehlo"
        hello = await self._ask(f"EHLO {OUR_NAME}")
        if hello.code != 250:
            return self._refused(hello)
        self.offers = hello.lines[1:]
        certificate, inside = None, Reply(250, ())
        if not greet_only and offers_starttls(self.offers):
            self.step = "starttls"
            ready = await self._ask("STARTTLS")
            if ready.code != 220:
                return self._refused(ready)
            self.step = "tls"
            certificate = await self._stream.start_tls(self._host)
            if look_inside:
                self.step = "ehlo"
                inside = await self._ask(f"EHLO {OUR_NAME}")
                if inside.code != 250:
                    return self._refused(inside)
        await self._stream.write(b"QUIT\r\n")
        return Talk(
            step="done",
            banner=self.banner,
            offers=self.offers,
            certificate=certificate,
            offers_inside=inside.lines[1:],
        )

    async def _ask(self, command: str) -> Reply:
        await self._stream.write(command.encode("ascii") + b"\r\n")
        return await _reply(self._stream, REPLY_WAIT_S)


def offers_starttls(offers: tuple[str, ...]) -> bool:
    return any(line.upper().split(" ")[0] == "STARTTLS" for line in offers)


def masks_starttls(offers: tuple[str, ...]) -> bool:
    """Some firewalls overwrite STARTTLS with X (Cisco's inspection does): then it is not the server that lacks it."""
    return any(line.upper().startswith("XXXX") for line in offers)


async def _reply(stream: Stream, timeout_s: float) -> Reply:
    """All lines of one reply; what is no reply at all comes back with code 0."""
    lines: list[str] = []
    for _ in range(MOST_LINES):
        line = await stream.read_line(timeout_s=timeout_s, limit=1024)
        lines.append(clean_bytes(line[4:].strip(), 200))
        if not line[:3].isdigit() or line[3:4] not in (b" ", b"-", b"\r", b"\n", b""):
            return Reply(0, (clean_bytes(line.strip(), 200),))
        if line[3:4] != b"-":
            return Reply(int(line[:3]), tuple(lines))
    return Reply(0, ("a reply without an end",))
