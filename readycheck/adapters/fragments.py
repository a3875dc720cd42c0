"""Packets that nobody may cut up on the way: how each system is told so, and how large it knows them to be able to be.

Python's socket names few of these options, so they are numbers here: Linux ip(7), ipv6(7); Windows ws2ipdef.h; macOS netinet/in.h
and netinet6/in6.h.
"""

import socket
import sys
from typing import Final, Protocol

from readycheck.ports import NotTold

_PROBE: Final = 3  # IP_PMTUDISC_PROBE: Don't Fragment, and the sizes learned before are not minded
_OPTIONS: Final[dict[str, dict[int, tuple[tuple[int, int], ...]]]] = {
    "linux": {
        socket.AF_INET: ((10, _PROBE),),  # IP_MTU_DISCOVER
        socket.AF_INET6: (
            (23, _PROBE),
            (62, 1),
        ),  # IPV6_MTU_DISCOVER; IPV6_DONTFRAG: the sender cuts nothing up either
    },
    "win32": {socket.AF_INET: ((14, 1),), socket.AF_INET6: ((14, 1),)},  # IP_DONTFRAGMENT, IPV6_DONTFRAG
    "darwin": {socket.AF_INET: ((28, 1),), socket.AF_INET6: ((62, 1),)},  # IP_DONTFRAG, IPV6_DONTFRAG
}
_LEVELS: Final = {socket.AF_INET: socket.IPPROTO_IP, socket.AF_INET6: socket.IPPROTO_IPV6}
_MTU: Final = {socket.AF_INET: 14, socket.AF_INET6: 24}  # IP_MTU, IPV6_MTU: Linux only


class Socket(Protocol):
    """The part of a socket that is needed here; asyncio hands out one with these methods only."""

    @property
    def family(self) -> int: ...
    def setsockopt(self, level: int, option: int, value: int, /) -> None: ...
    def getsockopt(self, level: int, option: int, /) -> int: ...


def forbid(sock: Socket) -> None:
    """Send whole packets from now on. Raises NotTold where this system cannot be told so."""
    options = _OPTIONS.get(sys.platform, {}).get(sock.family, ())
    if not options:
        raise NotTold("this system cannot be asked to leave packets whole")
    try:
        for option, value in options:
            sock.setsockopt(_LEVELS[socket.AddressFamily(sock.family)], option, value)
    except OSError as error:
        raise NotTold(f"this system does not leave packets whole: {error.strerror}") from None


def known_mtu(sock: Socket) -> int:
    """The largest packet that the system knows to pass on the way of this connected socket, in bytes; 0: it does not tell."""
    if sys.platform != "linux":
        return 0
    family = socket.AddressFamily(sock.family)
    try:
        return sock.getsockopt(_LEVELS[family], _MTU[family])
    except OSError:
        return 0
