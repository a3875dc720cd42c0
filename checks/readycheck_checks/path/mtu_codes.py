"""What path_mtu can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

_ANYBODYS: Final = (Owner.HOME, Owner.ISP, Owner.COMPANY, Owner.DEVICE)

PASSES: Final = Code(
    "connection.mtu",
    "Packets of full size pass, or larger ones are turned away with a message",
    (Status.PASS,),
)
BLACK_HOLE: Final = Code(
    "connection.mtu_black_hole",
    "Large packets vanish on the way without a word, so that a VPN or calls may stall",
    (Status.WARN,),
    _ANYBODYS,
    "Restart the router, and check again. Until then, use a phone hotspot where a VPN or calls do not work. "
    "Whoever looks after the router can set a smaller packet size (MTU) in it, or let through the ICMP messages that tell it",
)
SMALL: Final = Code(
    "connection.mtu_small",
    "The connection takes packets of less than 1280 bytes only",
    (Status.WARN,),
    _ANYBODYS,
    "Ask whoever looks after this network to set its packet size (MTU) to 1280 bytes or more",
)
UNPROVED: Final = Code(
    "connection.mtu_unproved", "How large packets may be could not be proved", (Status.UNKNOWN,)
)
UNASKED: Final = Code(
    "connection.mtu_unasked", "The profile names no servers to measure packet sizes with", (Status.SKIP,)
)
CODES: Final = (PASSES, BLACK_HOLE, SMALL, UNPROVED, UNASKED)
