"""A small HTTP/1.1 server over h11: one handler a site. Refuses cleverness: no ranges, no compression, no HTTP/2."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import h11

from readycheck.office.listeners import Conversation

IDLE_S: Final = 20.0
_READ_BYTES: Final = 16_384


@dataclass(frozen=True, kw_only=True)
class Request:
    """``body`` yields the request's content as it comes; what a handler leaves unread is thrown away."""

    method: str
    path: str
    query: Mapping[str, str]
    body: AsyncIterator[bytes]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A response: ``body``, or ``length`` bytes that ``stream`` yields."""

    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    stream: AsyncIterator[bytes] | None = None
    length: int = 0


Handler = Callable[[Request], Awaitable[Page]]


def conversation(handler: Handler) -> Conversation:
    """Serves requests one after another on a kept connection, until the peer or HTTP says it is over."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(h11.ProtocolError):
            await _Connection(reader, writer).serve(handler)

    return talk


class _Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER)

    async def serve(self, handler: Handler) -> None:
        while isinstance(event := await self._next(), h11.Request):
            page = await handler(self._request(event))
            async for _ in self._body():
                pass
            await self._answer(page, head=event.method == b"HEAD")
            if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
                return
            self._http.start_next_cycle()

    def _request(self, event: h11.Request) -> Request:
        target = urlsplit(event.target.decode("latin-1"))
        return Request(
            method=event.method.decode("ascii"),
            path=target.path,
            query=dict(parse_qsl(target.query)),
            body=self._body(),
        )

    async def _body(self) -> AsyncIterator[bytes]:
        while self._http.their_state is h11.SEND_BODY:
            if self._http.they_are_waiting_for_100_continue:
                await self._send(h11.InformationalResponse(status_code=100, headers=[]))
            event = await self._next()
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif not isinstance(event, h11.EndOfMessage):
                return

    async def _next(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            async with asyncio.timeout(IDLE_S):
                self._http.receive_data(await self._reader.read(_READ_BYTES))
        return event

    async def _answer(self, page: Page, *, head: bool) -> None:
        length = page.length if page.stream is not None else len(page.body)
        headers = [("Content-Type", page.kind), ("Content-Length", str(length)), *page.headers]
        await self._send(h11.Response(status_code=page.status, headers=headers))
        if not head:
            async for block in page.stream or _once(page.body):
                await self._send(h11.Data(data=block))
        await self._send(h11.EndOfMessage())

    async def _send(self, event: h11.Event) -> None:
        data = self._http.send(event)
        if data:
            self._writer.write(data)
            await self._writer.drain()


async def _once(body: bytes) -> AsyncIterator[bytes]:
    if body:
        yield body
