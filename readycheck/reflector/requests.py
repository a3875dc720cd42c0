"""The head of an HTTP/1.1 request, read strictly (by h11), and the heads of answers. Does no I/O; bodies never come here."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import h11

MOST_HEAD: Final = 8_192
_SERVER: Final = "readycheck-reflector"


class BadRequest(ValueError):
    """What came is no request that this server takes; ``status`` says why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Request:
    """``length`` bytes of body follow. Header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    length: int

    @property
    def keeps(self) -> bool:
        return "close" not in self.headers.get("connection", "").lower()

    @property
    def waits(self) -> bool:
        """For permission to send its body."""
        return self.length > 0 and self.headers.get("expect", "").lower() == "100-continue"


def read_head(raw: bytes) -> Request:
    """Read one head, empty line included. Raises BadRequest."""
    # h11 takes a bare LF for an end of line too, and two of them for the end of a head that ends later for us
    if raw.count(b"\n") != raw.count(b"\r\n"):
        raise BadRequest(400, "bad request")
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=MOST_HEAD)
    try:
        connection.receive_data(raw)
        event = connection.next_event()
    except h11.RemoteProtocolError:
        raise BadRequest(400, "bad request") from None
    if not isinstance(event, h11.Request) or event.http_version != b"1.1":
        raise BadRequest(400, "bad request")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
    if "transfer-encoding" in headers:
        raise BadRequest(411, "say the length of the body")
    try:
        target = urlsplit(event.target.decode("ascii"))
        query = dict(parse_qsl(target.query, max_num_fields=8))
    except ValueError:
        raise BadRequest(400, "bad request") from None
    length = headers.get("content-length", "0")
    if len(length) > 15:
        raise BadRequest(413, "too large")
    return Request(
        method=event.method.decode("ascii"),
        path=target.path,
        query=query,
        headers=headers,
        length=int(length),
    )


def answer_head(status: int, length: int, kind: str, *, keeps: bool, extra: Mapping[str, str]) -> bytes:
    """Status line and headers of an answer with a body of ``length`` bytes."""
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"Server: {_SERVER}",
        "Cache-Control: no-store",
    ]
    if status != 204:
        lines += [f"Content-Type: {kind}", f"Content-Length: {length}", "X-Content-Type-Options: nosniff"]
    if not keeps:
        lines.append("Connection: close")
    lines += [f"{name}: {value}" for name, value in extra.items()]
    return "\r\n".join((*lines, "", "")).encode("ascii")
