"""What speed servers of all kinds say."""

import json
from typing import Final

from readycheck.errors import Garbled, Where
from readycheck.measure.providers import cloudflare, iperf3, ndt7, place
from readycheck.measure.providers.base import NoSpeed
from readycheck.measure.providers.ndt7_transfer import counted
from readycheck.measure.providers.reflector import about_of
from readycheck.measure.throughput.rates import _told
from readycheck.measure.transport.http1 import (
    Answer,
    BadResponse,
    Head,
    ResponseReader,
    objection,
    parse_head,
)
from readycheck.reflector.limits import Limits
from readycheck.reflector.requests import BadRequest, read_head
from readycheck.reflector.site import Gives, Measuring, MetricsSite, Takes
from tests.fuzz.target import Target, text

WHERE: Final = Where(host="speed.example")
_PIECES: Final = (1, 7, 4_096)

_RESPONSES: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: a\r\nServer-Timing: cfL4;desc=x, cfRequestDuration;dur=12.5\r\n\r\nhello",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nx: y\r\n\r\n",
    b"HTTP/1.0 302 Found\r\nLocation: http://portal.example/\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n<html>",
)


def _read_response(data: bytes) -> object:
    """In pieces of a size that the input itself decides, as a network does."""
    reader = ResponseReader(keep=64)
    size = _PIECES[len(data) % len(_PIECES)] if len(data) < 4_096 else 4_096
    view = memoryview(data)
    for at in range(0, len(data), size):
        reader.feed(view[at : at + size])
        if reader.ended:
            break
        reader.skip(min(reader.to_come, 3))
    reader.end_of_connection()
    if reader.head is None:
        return None
    objection(reader.head, wants_data=True)
    return reader.answer(), cloudflare.served_ms(reader.head), reader.head.closes


def _count_of(data: bytes) -> object:
    return _told(Answer(head=Head(status=200, headers={}), body_bytes=len(data), body=data), 1_000_000)


_IPERF3: Final = json.dumps(
    {
        "start": {"connected": [{"socket": 5, "remote_host": "192.0.2.1"}]},
        "intervals": [],
        "end": {
            "streams": [{"sender": {"min_rtt": 12_345, "bytes": 1_000_000}}],
            "sum_sent": {"seconds": 5.0, "bytes": 1_000_000, "bits_per_second": 1_600_000.0},
            "sum_received": {"seconds": 5.1, "bytes": 990_000, "bits_per_second": 1_552_000.0},
        },
    }
).encode()


def _run_of_iperf3(data: bytes) -> object:
    assert iperf3.sent(data, 1_000) >= 0
    told = iperf3.parsed(data, "speed.example")
    return iperf3.rate(told, told), iperf3.least_rtt(told), iperf3.main_bytes(told, 10_000_000)


_LOCATED: Final = json.dumps(
    {
        "results": [
            {
                "machine": "mlab1",
                "urls": {
                    "wss:///ndt/v7/download": "wss://ndt.example/ndt/v7/download?access_token=a",
                    "wss:///ndt/v7/upload": "wss://ndt.example:4443/ndt/v7/upload?access_token=a",
                },
            }
        ]
    }
).encode()
_MEASURED: Final = (
    b'{"TCPInfo":{"BytesReceived":12345,"ElapsedTime":250000},"AppInfo":{"NumBytes":12000,"ElapsedTime":250000}}',
    b'{"AppInfo":{"NumBytes":12000,"ElapsedTime":250000}}',
)
_ABOUT: Final = (
    b'{"name":"a reflector","version":"1.0","udp_port":3478,"max_bytes":100000000,"token_needed":true}'
)

_REQUESTS: Final = (
    b"GET /down?bytes=1000 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\n\r\n",
    b"POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
    b"GET /.well-known/nq HTTP/1.1\r\nHost: speed.example:8443\r\n\r\n",
    b"GET /about HTTP/1.1\r\nHost: a\r\n\r\n",
)


class _Guests:
    """Everybody may."""

    def trust(self, address: str) -> None: ...

    def reserve(self, address: str, count: int) -> int:
        return 0


def _request(data: bytes) -> object:
    request = read_head(data)
    site = Measuring(_LIMITS, _Guests(), lambda: {"name": "a"}, secure=True, token=b"secret")  # type: ignore[arg-type]
    said = site.answer(request, "192.0.2.1")
    assert not isinstance(said, Gives | Takes) or said.count <= _LIMITS.request_bytes
    MetricsSite(lambda: "").answer(request, "192.0.2.1")
    return request.keeps, request.waits, said


def _place(url: str) -> object:
    return place.place(url), place.below(url, "ping")


_LIMITS: Final = Limits()

TARGETS: Final = (
    Target(
        name="speed: a response of HTTP/1.1", play=_read_response, seeds=_RESPONSES, raises=(BadResponse,)
    ),
    Target(
        name="speed: the head of a response",
        play=parse_head,
        seeds=tuple(each.partition(b"\r\n\r\n")[0] for each in (_RESPONSES[0], _RESPONSES[2])),
        raises=(BadResponse,),
        most_bytes=16_384,
    ),
    Target(name="speed: how much arrived", play=_count_of, seeds=(b'{"bytes": 1000}',)),
    Target(
        name="speed: iperf3",
        play=_run_of_iperf3,
        seeds=(_IPERF3, b'{"error":"server busy"}'),
        raises=(NoSpeed,),
    ),
    Target(
        name="speed: the nearest server of ndt7",
        play=lambda data: ndt7.nearest(data, WHERE),
        seeds=(_LOCATED,),
        raises=(Garbled,),
    ),
    Target(name="speed: a measurement of ndt7", play=text(counted), seeds=_MEASURED),
    Target(
        name="speed: what a reflector says of itself",
        play=lambda data: about_of(data, WHERE),
        seeds=(_ABOUT,),
        raises=(Garbled,),
    ),
    Target(
        name="speed: where a server is",
        play=text(_place),
        seeds=(b"https://speed.example:8443/down?bytes={bytes}", b"http://[2001:db8::1]/"),
        raises=(ValueError,),
    ),
    Target(
        name="reflector: a request", play=_request, seeds=_REQUESTS, raises=(BadRequest,), most_bytes=8_192
    ),
)
