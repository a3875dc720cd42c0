"""The beginning of an IMAP session (RFC 9051; over TLS: RFC 8314): greeting, capabilities, STARTTLS, LOGOUT. Signs in nowhere."""

import asyncio
from typing import Final

from readycheck.api import Garbled, NetError, Silent, Stream, TlsAnswer, TlsFailed, Where, clean_bytes
from readycheck_checks.mail import imap_lines
from readycheck_checks.mail.session import Session, Step

TALK_WAIT_S: Final = (
    10.0  # for the whole talk: a server may say a byte now and then, and never come to its end
)
LINE_WAIT_S: Final = 5.0
MOST_LINES: Final = 64
LINE_BYTES: Final = 8_192  # RFC 9051, 4: what a client has to take


async def talk(stream: Stream, host: str, *, implicit: bool) -> Session:
    """``implicit``: TLS is done before the first word; else by STARTTLS, where that is offered. Ends within 10 seconds."""
    talked = _Talking(stream, host)
    try:
        async with asyncio.timeout(TALK_WAIT_S):
            return await talked.run(implicit=implicit)
    except TimeoutError:
        return talked.ended(error=Silent(Where(host=host), f"no end of the talk in {TALK_WAIT_S:g} s"))
    except TlsFailed as error:
        talked.step = "tls"
        return talked.ended(error=error)
    except NetError as error:
        return talked.ended(error=error)


class _Talking:
    """A talk as far as it has come."""

    def __init__(self, stream: Stream, host: str) -> None:
        self._stream, self._host = stream, host
        self._number = 0
        self.step: Step = "greeting"
        self._greeting = ""
        self._offers: tuple[str, ...] = ()
        self._inside: tuple[str, ...] = ()
        self._certificate: TlsAnswer | None = None

    def ended(self, *, error: NetError | None = None, refusal: str = "") -> Session:
        return Session(
            step=self.step,
            error=error,
            refusal=refusal,
            greeting=self._greeting,
            offers=self._offers,
            offers_inside=self._inside,
            certificate=self._certificate,
        )

    async def run(self, *, implicit: bool) -> Session:
        if implicit:
            await self._secure()
        self.step = "greeting"
        line = await self._line()
        said = imap_lines.greeting(line)
        if said is None:
            raise Garbled(Where(host=self._host), f"it greets with {clean_bytes(line.strip(), 80)}")
        self._greeting = str(said)
        if said.kind == "BYE":
            return self.ended(refusal=self._greeting)
        refusal = await self._capabilities()
        if not implicit and not refusal and "STARTTLS" in self._offers:
            self.step = "starttls"
            refusal = await self._command(b"STARTTLS")
            if not refusal:
                await self._secure()
                refusal = await self._capabilities()
        if refusal:
            return self.ended(refusal=refusal)
        await self._stream.write(b"z LOGOUT\r\n")
        self.step = "done"
        return self.ended()

    async def _secure(self) -> None:
        self.step = "tls"
        self._certificate = await self._stream.start_tls(self._host)

    async def _capabilities(self) -> str:
        """Keeps what is offered now; the words of a refusal, "" where there is none."""
        self.step = "capability"
        return await self._command(b"CAPABILITY")

    async def _command(self, command: bytes) -> str:
        self._number += 1
        tag = b"a%d" % self._number
        await self._stream.write(tag + b" " + command + b"\r\n")
        for _ in range(MOST_LINES):
            line = await self._line()
            if told := imap_lines.capabilities(line):
                self._keep(told)
            if (said := imap_lines.farewell(line)) is not None:
                return str(said)
            if (said := imap_lines.status(line, tag)) is not None:
                return "" if said.kind == "OK" else str(said)
        raise Garbled(Where(host=self._host), "an answer without an end")

    def _keep(self, told: tuple[str, ...]) -> None:
        if self._certificate is None:
            self._offers = told
        else:
            self._inside = told

    async def _line(self) -> bytes:
        return await self._stream.read_line(timeout_s=LINE_WAIT_S, limit=LINE_BYTES)
