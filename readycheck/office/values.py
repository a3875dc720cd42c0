"""What the office's process and the program that opened it both know: its names, one request, one answer. Only values."""

from typing import Final

from msgspec import Struct

LOOPBACK: Final = "127.0.0.1"
ZONE: Final = "office.test"  # RFC 6761: .test is nobody's
SHARE_USER: Final = "demo"
SUCCESS_PAGE: Final = (
    "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"  # as Apple's devices expect it
)


class OfficeValues(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is only known once the office is open. Everything listens on 127.0.0.1; ``folder`` goes when the office ends."""

    folder: str
    ca_file: str
    router_port: int
    internet_ports: tuple[int, int]
    names_port: int
    online_port: int
    time_ports: tuple[int, int]
    sign_in_port: int
    speed_port: int
    stun_ports: tuple[int, int]
    meetings_port: int
    vpn_udp_port: int
    vpn_tcp_port: int
    inside_port: int
    share_port: int
    share_password: str
    mail_port: int
    portal_port: int
    chat_port: int
    support_open: bool


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names of faults to open the office with."""

    faults: tuple[str, ...] = ()


class Answer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``values`` once everything listens, or ``problem`` where that did not come about."""

    values: OfficeValues | None = None
    problem: str = ""
