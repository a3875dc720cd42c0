import asyncio
import socket

import pytest

from readycheck.adapters.echo import checksum, echo, is_reply, packet
from readycheck.adapters.net import RealNet
from readycheck.api import Meter, NotTold, Where

MARK = b"0123456789abcdef"


def reply(family: socket.AddressFamily, data: bytes) -> bytes:
    kind = 0 if family == socket.AF_INET else 129
    return bytes([kind]) + packet(family, data)[1:]


def test_a_packet_has_the_checksum_of_its_words() -> None:
    assert checksum(b"\x00\x01\xf2\x03\xf4\xf5\xf6\xf7") == 0x220D  # RFC 1071, 3
    sent = packet(socket.AF_INET, MARK)
    assert sent[0] == 8 and checksum(sent) == 0


def test_a_reply_is_known_by_what_it_carries_with_its_ipv4_header_or_without() -> None:
    ours = reply(socket.AF_INET, MARK)
    assert is_reply(socket.AF_INET, ours, MARK) and is_reply(socket.AF_INET, b"\x45" + bytes(19) + ours, MARK)
    assert is_reply(socket.AF_INET6, reply(socket.AF_INET6, MARK), MARK)
    assert not is_reply(socket.AF_INET, reply(socket.AF_INET, b"another" * 4), MARK)
    assert not is_reply(socket.AF_INET, packet(socket.AF_INET, MARK), MARK)
    for length in range(len(ours)):
        assert not is_reply(socket.AF_INET, ours[: min(length, 23)], MARK)


def test_an_echo_of_this_computer_comes_back_or_the_system_says_that_none_may_be_sent() -> None:
    try:
        answer = asyncio.run(RealNet(Meter()).echo("127.0.0.1"))
    except NotTold as why:
        pytest.skip(str(why))
    assert answer.rtt_ms < 1000


def test_a_system_without_such_sockets_says_so() -> None:
    async def asked() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket, "socket", _refuse)
            await echo(Where(host="127.0.0.1"), timeout_s=0.1)

    with pytest.raises(NotTold):
        asyncio.run(asked())


def _refuse(*_: object) -> None:
    raise PermissionError
