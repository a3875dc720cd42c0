"""HTTP/1.1 for measuring (RFC 9112): request heads, and a reader that keeps the head of a response and counts its body.

Does no I/O and keeps no body. Refuses what no speed server sends: heads beyond 16 KiB, other protocols.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from readycheck.text import clean_bytes

_MOST_HEAD: Final = 16_384
_MOST_INTERIM: Final = 8
_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: [^\r\n]*)?\r?\Z")
_MOST_LINE: Final = 1_024  # of a chunk's size with its extensions, or of a trailer
_CHUNK_SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,15}\Z")


class BadResponse(ValueError):
    """What came is no HTTP/1.1 response; the text quotes its beginning, cleaned."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """Status and headers (names in lower case, repeated ones joined with a comma)."""

    status: int
    headers: Mapping[str, str]

    @property
    def length(self) -> int | None:
        """Bytes of body to come; None: until its last chunk, or until the connection ends."""
        if self.status == 204 or self.status == 304:
            return 0
        text = self.headers.get("content-length", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None

    @property
    def chunked(self) -> bool:
        return "chunked" in self.headers.get("transfer-encoding", "").lower()

    @property
    def closes(self) -> bool:
        return "close" in self.headers.get("connection", "").lower()

    @property
    def is_page(self) -> bool:
        """An HTML page: what a sign-in page or a proxy says in place of the server."""
        return self.headers.get("content-type", "").lower().startswith(("text/html", "application/xhtml"))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A whole answer: its head, how long its body was, and the beginning of that where somebody wanted it."""

    head: Head
    body_bytes: int
    body: bytes


def objection(head: Head | None, *, wants_data: bool = False) -> str:
    """Why an answer with this head is none, "" where nothing speaks against it.

    Where data is wanted, an HTML page comes from a sign-in page or a proxy in the server's place.
    """
    if head is None:
        return ""
    if not 200 <= head.status < 300:
        return f"HTTP {head.status}"
    return "a web page in place of data" if wants_data and head.is_page else ""


def request_head(
    method: str,
    path: str,
    authority: str,
    *,
    body_bytes: int | None = None,
    headers: Sequence[tuple[str, str]] = (),
) -> bytes:
    """Request line and headers, ``headers`` among them; ``body_bytes`` announces a body of random bytes."""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {authority}",
        "User-Agent: readycheck",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Cache-Control: no-cache",
        *(f"{name}: {value}" for name, value in headers),
    ]
    if body_bytes is not None:
        lines += ["Content-Type: application/octet-stream", f"Content-Length: {body_bytes}"]
    return "\r\n".join((*lines, "", "")).encode("ascii")


class ResponseReader:
    """Reads one response as it arrives. ``head`` once it is complete, ``body_bytes`` so far (chunk framing included).

    ``kept`` are the first ``keep`` bytes of the body.
    """

    def __init__(self, *, keep: int = 0) -> None:
        self.head: Head | None = None
        self.body_bytes = 0
        self.ended = False
        self.kept = b""
        self._keep = keep
        self._raw = bytearray()
        self._interim = 0
        self._chunks = _Chunks()

    def feed(self, data: memoryview) -> None:
        """Take the next bytes. Raises BadResponse."""
        if self.head is None:
            data = self._read_head(data)
        if self.head is None or not len(data):
            return
        self.body_bytes += len(data)
        if len(self.kept) < self._keep:
            self.kept += bytes(data[: self._keep - len(self.kept)])
        if self.head.chunked:
            self._chunks.feed(data)
            self.ended = self._chunks.ended
        else:
            self.ended = self.head.length is not None and self.body_bytes >= self.head.length

    @property
    def to_come(self) -> int:
        """Bytes of body that are still missing and need no reading, only counting (skip()); 0 where they must be read."""
        if self.head is None or self.ended or self.head.chunked or len(self.kept) < self._keep:
            return 0
        return (self.head.length or 0) - self.body_bytes

    def skip(self, count: int) -> None:
        """Count bytes of body that were not looked at, at most ``to_come``."""
        self.body_bytes += count
        self.ended = self.head is not None and self.body_bytes >= (self.head.length or 0)

    def answer(self) -> Answer:
        """The answer, once it has ended."""
        if self.head is None:
            raise ValueError("no answer yet")
        return Answer(head=self.head, body_bytes=self.body_bytes, body=self.kept)

    def end_of_connection(self) -> bool:
        """Told that nothing more will come; whether the response is whole."""
        if self.head is not None and self.head.length is None and not self.head.chunked:
            self.ended = True
        return self.ended

    def _read_head(self, data: memoryview) -> memoryview:
        """Gather the head; returns what of ``data`` belongs to the body."""
        known = len(self._raw)
        self._raw += data[: _MOST_HEAD + 4]
        _plausible(self._raw)
        end = self._raw.find(b"\r\n\r\n", max(0, known - 3))
        if end < 0:
            if len(self._raw) > _MOST_HEAD:
                raise BadResponse("a head without an end")
            return data[:0]
        head = parse_head(bytes(self._raw[:end]))
        self._raw.clear()
        rest = data[end + 4 - known :]
        if head.status < 200:  # interim response (RFC 9110, 15.2): the final one follows
            self._interim += 1
            if self._interim > _MOST_INTERIM:
                raise BadResponse("interim responses without an end")
            return self._read_head(rest)
        self.head = head
        self.ended = head.length == 0 and not head.chunked
        return rest


class _Chunks:
    """Finds the end of a chunked body (RFC 9112, 7.1): its last chunk, and the trailers after it."""

    def __init__(self) -> None:
        self.ended = False
        self._to_pass = 0  # bytes of the present chunk with its line end
        self._in_trailers = False
        self._line = bytearray()

    def feed(self, data: memoryview) -> None:
        """Raises BadResponse."""
        while len(data) and not self.ended:
            if self._to_pass:
                passed = min(self._to_pass, len(data))
                self._to_pass -= passed
            else:
                passed = self._read_line(bytes(data[:_MOST_LINE]))
            data = data[passed:]

    def _read_line(self, data: bytes) -> int:
        """How much of ``data`` belongs to the present line."""
        end = data.find(b"\n") + 1
        self._line += data[: end or None]
        if len(self._line) > _MOST_LINE:
            raise BadResponse("a chunk of no size")
        if end:
            line = bytes(self._line.strip(b"\r\n"))
            self._line.clear()
            self._take(line)
        return end or len(data)

    def _take(self, line: bytes) -> None:
        if self._in_trailers:
            self.ended = not line
            return
        size = line.partition(b";")[0].strip(b" \t")
        if not _CHUNK_SIZE.match(size):
            raise BadResponse(f"no size of a chunk: {clean_bytes(size, 60)}")
        self._to_pass = int(size, 16) + 2 if int(size, 16) else 0
        self._in_trailers = not self._to_pass


def parse_head(raw: bytes) -> Head:
    """Status line and headers, without the empty line at their end. Raises BadResponse."""
    first, *lines = raw.split(b"\r\n")
    match = _STATUS_LINE.match(first)
    if match is None:
        raise BadResponse(f"no HTTP/1.1: {clean_bytes(first, 60)}")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon:
            raise BadResponse(f"no header line: {clean_bytes(line, 60)}")
        key = clean_bytes(name, 60).lower()
        text = clean_bytes(value.strip(b" \t"), 200)
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return Head(status=int(match[1]), headers=headers)


def _plausible(raw: bytearray) -> None:
    """Another protocol shows in its first bytes: waiting for the end of a head would only hide it."""
    if not raw.startswith(b"HTTP/1."[: len(raw)]):
        raise BadResponse(f"no HTTP/1.1: {clean_bytes(bytes(raw[:60]), 60)}")
