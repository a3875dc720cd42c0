"""One packet with a small time to live, and who answers for it: what traceroute does, as an ordinary user, on Linux.

A socket that asks for it (IP_RECVERR, ip(7)) keeps ICMP errors in a queue of its own, with the address of who sent them. Linux
gives them to connection attempts too, since 5.9. Other systems hand them to nobody but the administrator.
"""

import asyncio
import errno
import socket
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

from readycheck.adapters.stream import NO_ROUTE, net_error
from readycheck.errors import Where
from readycheck.ports import Hop, HopKind, NotTold

Protocol = Literal["udp", "tcp"]
ANSWER: Final = 80  # bytes of an ICMP error that quotes a small packet
_IP_TTL, _IP_RECVERR = 2, 11  # include/uapi/linux/in.h
_IPV6_UNICAST_HOPS, _IPV6_RECVERR = 16, 25  # include/uapi/linux/in6.h
_MSG_ERRQUEUE: Final = 0x2000
_ERROR: Final = struct.Struct("=IBBBxII")  # struct sock_extended_err: errno, origin, type, code, info, data
_ADDRESS_AT: Final = {socket.AF_INET: (4, 4), socket.AF_INET6: (8, 16)}  # of sockaddr_in, sockaddr_in6
_ICMP: Final = {socket.AF_INET: 2, socket.AF_INET6: 3}  # SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6
_EXPIRED: Final = {socket.AF_INET: (11, 0), socket.AF_INET6: (3, 0)}
_UNREACHABLE: Final = {socket.AF_INET: 3, socket.AF_INET6: 1}
# Codes of "destination unreachable" (RFC 792, 1122, 1812; RFC 4443). A closed port is a firewall's word.
_NO_ROUTE: Final = {socket.AF_INET: {0, 1, 5, 6, 7, 8, 11, 12}, socket.AF_INET6: {0, 2, 3}}
_PROHIBITED: Final = {socket.AF_INET: {2, 3, 9, 10, 13, 14, 15}, socket.AF_INET6: {1, 4, 5, 6}}
_HELD_BACK: Final = {errno.EPERM, errno.EACCES}
_TARGET_SAYS: Final = {0, errno.ECONNREFUSED, errno.ECONNRESET}


def cost(protocol: Protocol, payload: bytes) -> int:
    """Bytes of one packet out."""
    return len(payload) + 28 if protocol == "udp" else 60


async def hop(where: Where, *, protocol: Protocol, ttl: int, payload: bytes, timeout_s: float) -> Hop:
    """``where`` has a literal address. Raises NotTold where this system does not tell, NetError where no socket can be had."""
    if sys.platform != "linux":
        raise NotTold("only Linux tells an ordinary user which router answered")
    with _probe(where, protocol, ttl) as probe:
        started = time.monotonic()
        try:
            if not probe.send(payload):
                async with asyncio.timeout(timeout_s):
                    while (told := await probe.told()) is None:
                        pass
                return _timed(told, started)
        except TimeoutError:
            return Hop(kind=HopKind.SILENT)
        except OSError as error:
            return _refused_here(where, error)
        return _timed(probe.reached(), started)


def _timed(told: Hop, started: float) -> Hop:
    rtt_ms = round((time.monotonic() - started) * 1000, 2)
    return Hop(kind=told.kind, address=told.address, rtt_ms=rtt_ms, here=told.here)


def _refused_here(where: Where, error: OSError) -> Hop:
    """What this system itself said when it was to send: a firewall of its own, no way, or a queue that dropped the packet."""
    if error.errno in _HELD_BACK:
        return Hop(kind=HopKind.PROHIBITED, here=True)
    if error.errno in NO_ROUTE:
        return Hop(kind=HopKind.NO_ROUTE, here=True)
    if error.errno == errno.ENOBUFS:
        return Hop(kind=HopKind.SILENT)
    raise net_error(where, error)


@contextmanager
def _probe(where: Where, protocol: Protocol, ttl: int) -> Iterator["_Probe"]:
    address = where.address or where.host
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
    try:
        sock = socket.socket(family, kind)
    except OSError as error:
        raise net_error(where, error) from None
    with sock:
        sock.setblocking(False)
        _prepare(sock, family, ttl)
        probe = _Probe(sock, (address, where.port or 0), protocol)
        try:
            yield probe
        finally:
            probe.forget()


def _prepare(sock: socket.socket, family: int, ttl: int) -> None:
    """Raises NotTold where this system keeps no errors for a socket (a sandbox that only looks like Linux)."""
    try:
        if family == socket.AF_INET:
            sock.setsockopt(socket.IPPROTO_IP, _IP_TTL, ttl)
            sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
        else:
            sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_UNICAST_HOPS, ttl)
            sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
    except OSError:
        raise NotTold("this system does not tell which router answered") from None


@dataclass
class _Probe:
    """A socket that sends one packet and hears what becomes of it."""

    sock: socket.socket
    target: tuple[str, int]
    protocol: Protocol

    def send(self, payload: bytes) -> bool:
        """True where the target answered while it was sent, as it may on this computer. Raises OSError."""
        error = self.sock.connect_ex(self.target)
        if error == errno.ECONNREFUSED or (error == 0 and self.protocol == "tcp"):
            return True
        if error not in (0, errno.EINPROGRESS):
            raise OSError(error, "connect")
        if self.protocol == "udp":
            self.sock.send(payload)
        self._happened = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(self.sock, self._happened.set)
        if self.protocol == "tcp":
            loop.add_writer(self.sock, self._happened.set)
        return False

    def forget(self) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(self.sock)
        loop.remove_writer(self.sock)

    async def told(self) -> Hop | None:
        """What the next event on the socket says; None where it says nothing to the point."""
        await self._happened.wait()
        self._happened.clear()
        try:
            _, ancillary, _, _ = self.sock.recvmsg(512, 512, _MSG_ERRQUEUE)
        except BlockingIOError:
            return self._answered()
        return next((told for level, kind, data in ancillary if (told := self._read(data)) is not None), None)

    def _answered(self) -> Hop | None:
        """No router said anything: then the target did, or the kernel gave up."""
        if self.protocol == "udp":
            try:
                self.sock.recv(2048)
            except BlockingIOError:
                return None
            except ConnectionRefusedError:
                pass
            return self.reached()
        error = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error in _TARGET_SAYS:
            return self.reached()
        if error == errno.ETIMEDOUT:
            return Hop(kind=HopKind.SILENT)
        raise NotTold("this kernel does not tell which router answered a connection attempt")

    def reached(self) -> Hop:
        return Hop(kind=HopKind.REACHED, address=self.target[0])

    def _read(self, data: bytes) -> Hop | None:
        """One struct sock_extended_err with the address of the offender behind it."""
        family = self.sock.family
        if len(data) < _ERROR.size:
            return None
        number, origin, kind, code, _, _ = _ERROR.unpack_from(data)
        if origin != _ICMP[family]:
            return (
                _refused_here(Where(host=self.target[0]), OSError(number, "")) if number in NO_ROUTE else None
            )
        at, length = _ADDRESS_AT[family]
        start = _ERROR.size + at
        if len(data) < start + length:
            return None
        address = socket.inet_ntop(family, data[start : start + length])
        here = address == self.sock.getsockname()[0]
        fate = self._fate(kind, code, address)
        return None if fate is None else Hop(kind=fate, address=address, here=here)

    def _fate(self, kind: int, code: int, address: str) -> HopKind | None:
        family = self.sock.family
        if (kind, code) == _EXPIRED[family]:
            return HopKind.EXPIRED
        if kind != _UNREACHABLE[family]:
            return None
        if address == self.target[0]:
            return HopKind.REACHED
        if code in _PROHIBITED[family]:
            return HopKind.PROHIBITED
        return HopKind.NO_ROUTE if code in _NO_ROUTE[family] else None
