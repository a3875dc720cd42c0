"""What vpn_speed can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

ANYBODY: Final = (Owner.COMPANY, Owner.ISP, Owner.DEVICE)

SPEED: Final = Code(
    "vpn.speed",
    "Through the VPN the line keeps enough of its speed",
    (Status.PASS,),
)
SLOW: Final = Code(
    "vpn.slow",
    "Through the VPN the line keeps less of its speed than the profile asks for",
    (Status.WARN, Status.FAIL),
    ANYBODY,
    "Try another gateway, if your VPN program offers one, and tell IT support both numbers",
)
FAR: Final = Code(
    "vpn.far",
    "The VPN makes the way to the company longer than the profile allows",
    (Status.WARN,),
    ANYBODY,
    "Choose a nearer gateway, if your VPN program offers one, or tell IT support",
)
SPEED_NOT_BESIDE: Final = Code(
    "vpn.speed_not_beside",
    "There is nothing to compare: both servers lie on the same side of the VPN",
    (Status.SKIP,),
)
SPEED_NOT_MEASURED: Final = Code(
    "vpn.speed_not_measured",
    "The speed through the VPN or beside it could not be measured",
    (Status.UNKNOWN,),
)
CODES: Final = (
    SPEED,
    SLOW,
    FAR,
    SPEED_NOT_BESIDE,
    SPEED_NOT_MEASURED,
)
