"""Packets of the measuring library and of the reflector, answers of name and time servers, and what the kernel tells."""

import io
import socket
import struct
from typing import Final, cast

import dns.flags
import dns.message
import dns.rrset

from readycheck.adapters import hops
from readycheck.measure.media.stream import _Replies
from readycheck.measure.packets import echo, stamps, stun
from readycheck.measure.packets.echo_session import _parsed
from readycheck.measure.packets.stun import Message
from readycheck.measure.transport import tcp_info
from readycheck.reflector import binding
from readycheck.reflector.answers import Answers
from readycheck.reflector.counters import Counters
from readycheck.reflector.guests import Guests
from readycheck.reflector.journal import Journal
from readycheck.reflector.limits import Limits
from readycheck_checks import sntp
from readycheck_checks.calls.reflecting import _answers
from readycheck_checks.names.message import Question
from tests.fuzz.target import Target

ID: Final = bytes(range(12))
NONCE: Final = bytes(range(echo.NONCE_BYTES))
SESSION: Final = bytes(range(echo.SESSION_BYTES))
CLIENT: Final = ("203.0.113.7", 40_000)
_MAPPED: Final = (0x0020, bytes.fromhex("0001a147e112a643"))
_MAPPED_6: Final = (0x0020, bytes.fromhex("0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"))
_OTHER: Final = (0x802C, bytes.fromhex("00010d97c0000201"))
_ERROR: Final = (0x0009, bytes((0, 0, 4, 1)) + b"Unauthorized")
_SOFTWARE: Final = (0x8022, b"a server 1.2")


def _stun(kind: int, *attributes: tuple[int, bytes]) -> bytes:
    return stun.encode(Message(method=stun.BINDING, kind=kind, transaction_id=ID, attributes=attributes))


def _read_stun(data: bytes) -> object:
    """Everything that is asked of a message, and the reflector's answer to it."""
    is_reply = stun.is_reply(data, ID)
    message = stun.parse(data)
    told = (message.mapped, message.other_address, message.error_code, message.software)
    return is_reply, told, binding.reply(message, *CLIENT), binding.reply(message, "2001:db8::7", 1)


_STUN: Final = (
    _stun(stun.SUCCESS, _MAPPED, _OTHER, _SOFTWARE),
    _stun(stun.SUCCESS, _MAPPED_6),
    _stun(stun.ERROR, _ERROR, (0x0014, b"realm"), (0x0015, b"nonce")),
    stun.binding_request(ID, padded_to=200),
    stun.binding_request(ID, change_ip=True, change_port=True),
    stun.allocate_request(ID),
    stun.release_request(ID),
)

_ECHO: Final = tuple(
    echo.encode(packet)
    for packet in (
        echo.Hello(NONCE),
        echo.Challenge(NONCE, NONCE, True),
        echo.Open(NONCE, NONCE, bytes(32), 100, 50, 200),
        echo.Accept(NONCE, SESSION, 100, 50, 200, 10),
        echo.Refuse(NONCE, echo.BUSY, 30),
        echo.Data(SESSION, 1, 2, 60, 100),
        echo.Echo(SESSION, 1, 2, 3, 4, 5, 60),
        echo.Ask(SESSION, 0),
        echo.Report(SESSION, 3, 3, 0, b"\x07"),
        echo.Close(SESSION),
    )
)


def _read_echo(data: bytes) -> object:
    _answers(data, NONCE)
    _parsed(data)
    packet = echo.parse(data)
    return echo.arrived(packet) if isinstance(packet, echo.Report) else packet


_JOURNAL: Final = Journal(io.StringIO())


def _ask_reflector(data: bytes) -> object:
    """To a reflector with an open session, whose number the packets of one get."""
    limits = Limits()
    answers = Answers(limits, Guests(limits, clock=lambda: 0.0), Counters(), _JOURNAL, clock=lambda: 1.0)
    challenge = echo.parse(answers.answer(_ECHO[0], *CLIENT, 1.0) or b"")
    assert isinstance(challenge, echo.Challenge)
    wanted = echo.encode(echo.Open(NONCE, challenge.cookie, bytes(32), 100, 50, 200))
    accepted = echo.parse(answers.answer(wanted, *CLIENT, 1.0) or b"")
    assert isinstance(accepted, echo.Accept)
    data = data.replace(SESSION, accepted.session, 1)
    reply = answers.answer(data, *CLIENT, 1.0)
    assert reply is None or len(reply) <= len(data)
    return reply


def _stream_of_stun(data: bytes) -> object:
    """Among the replies to a stream, whose first request has the number of the input."""
    replies = _Replies(2)
    replies.ids[0] = ID
    replies._number[ID] = 0
    replies.are_complete_with(data)
    return len(replies._answered)


class _Datagram:
    """A socket with one datagram, whose time of arrival stands in the input."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def recvmsg(self, most: int, ancillary: int) -> tuple[bytes, list[tuple[int, int, bytes]], int, str]:
        return b"a", [(socket.SOL_SOCKET, 35, self._data)], 0, "192.0.2.7"


def _stamp(data: bytes) -> object:
    receiver = stamps.StampedReceiver.__new__(stamps.StampedReceiver)
    receiver._sock, receiver.by_kernel = cast(socket.socket, _Datagram(data)), True
    _, receiver._kind, receiver._format, receiver._unit_ns = stamps._OPTIONS["linux"]
    return receiver.receive()


def _time_answer(data: bytes) -> object:
    question = sntp.Question()
    question._mark = _MARK
    return question.accepts(data) and sntp.server_times(data)


_MARK: Final = b"\x17\x29\x3b\x4d\x5e\x6f\x71\x83"
_TIME: Final = struct.pack(
    "!BBbb11I",
    *(0x24, 2, 6, -24, 0, 0, 0x0A000001, 0xE9A1B2C3, 0, *struct.unpack("!II", _MARK)),
    *(0xE9A1B2C4, 5, 0xE9A1B2C4, 9),
)

_QUESTION: Final = Question("files.example.com")
_QUESTION._asked.id = 4660
_QUESTION.packet = _QUESTION._asked.to_wire()


def _name_answer(*records: tuple[str, str], flags: int = 0, rcode: int = 0) -> bytes:
    answer = dns.message.make_response(_QUESTION._asked)
    answer.set_rcode(dns.rcode.Rcode(rcode))
    answer.flags |= flags
    for kind, text in records:
        name = "files.example.com." if kind != "A2" else "real.example.com."
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind.removesuffix("2"), text))
    return answer.to_wire()


_NAMES: Final = (
    _name_answer(("A", "192.0.2.7")),
    _name_answer(("CNAME", "real.example.com."), ("A2", "192.0.2.8")),
    _name_answer(("TXT", '"a text"'), ("MX", "10 mail.example.com."), ("SRV", "1 2 443 host.example.")),
    _name_answer(rcode=3),
    _name_answer(rcode=5),
    _name_answer(flags=dns.flags.TC),
)


class _Socket:
    """What a probe asks of its socket."""

    def __init__(self, family: int) -> None:
        self.family = family

    def getsockname(self) -> tuple[str, int]:
        return "192.0.2.1", 1


def _icmp_error(data: bytes) -> object:
    told = [
        hops._Probe(cast(socket.socket, _Socket(family)), ("192.0.2.9", 1), "udp")._read(data)
        for family in (socket.AF_INET, socket.AF_INET6)
    ]
    return [each for each in told if each is not None]


_EXPIRED: Final = struct.pack("=IBBBxII", 113, 2, 11, 0, 0, 0) + bytes((2, 0, 0, 0, 192, 0, 2, 5)) + bytes(8)
_EXPIRED_6: Final = struct.pack("=IBBBxII", 113, 3, 3, 0, 0, 0) + struct.pack("=HHI", 10, 0, 0) + bytes(20)

TARGETS: Final = (
    Target(name="packets: STUN", play=_read_stun, seeds=_STUN, raises=(stun.NotStun,)),
    Target(name="packets: echo of the reflector", play=_read_echo, seeds=_ECHO, raises=(echo.NotEcho,)),
    Target(name="packets: replies of a stream", play=_stream_of_stun, seeds=_STUN),
    Target(
        name="kernel: when a datagram came",
        play=_stamp,
        seeds=(struct.pack("=qq", 1_763_800_000, 5),),
        most_bytes=64,
    ),
    Target(name="reflector: a datagram", play=_ask_reflector, seeds=(*_ECHO, *_STUN), share=0.5),
    Target(
        name="names: an answer",
        play=lambda data: _QUESTION.accepts(data) and _QUESTION.read(data),
        seeds=_NAMES,
    ),
    Target(name="time: an answer", play=_time_answer, seeds=(_TIME, _TIME[:40], bytes([0xE4]) + _TIME[1:])),
    Target(name="kernel: an ICMP error", play=_icmp_error, seeds=(_EXPIRED, _EXPIRED_6), most_bytes=512),
    Target(
        name="kernel: struct tcp_info",
        play=lambda data: tcp_info._read(data) if len(data) >= tcp_info._FIELDS.size else None,
        seeds=(bytes(range(232)),),
        most_bytes=232,
    ),
)
