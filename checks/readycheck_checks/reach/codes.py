"""What the check of the internet can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

_RESTART: Final = (
    "Restart the router; if the problem stays, call your internet provider and use a phone hotspot"
)

PROXY_ONLY: Final = Code(
    "connection.proxy_only",
    "Nothing outside answers directly, and the proxy that is set does",
    (Status.WARN,),
    (),
    "Ask IT support whether video calls and VPN work from this network without a direct way out",
)
REFUSED: Final = Code(
    "connection.internet_refused",
    "Connections to the internet are turned away by something on the way",
    (Status.WARN, Status.FAIL),
    (Owner.HOME, Owner.DEVICE, Owner.ISP),
    "Ask whoever runs this network whether it filters connections, or try a phone hotspot",
)
INTERNET: Final = Code(
    "connection.internet", "Something on the internet answers, asked by address", (Status.PASS,)
)
NO_INTERNET: Final = Code(
    "connection.no_internet",
    "Nothing on the internet answers",
    (Status.FAIL,),
    (Owner.HOME, Owner.ISP, Owner.DEVICE),
    _RESTART,
)
NO_INTERNET_VPN: Final = Code(
    "connection.no_internet_vpn",
    "Nothing on the internet answers through the VPN that is on",
    (Status.FAIL,),
    (),
    "Disconnect the VPN and check again; connect it again if the internet answers then",
)
CODES: Final = (
    INTERNET,
    Code(
        "connection.ipv6_broken",
        "This computer has an IPv6 address that leads nowhere, while IPv4 works: programs wait for it",
        (Status.WARN,),
        (Owner.HOME, Owner.ISP, Owner.DEVICE, Owner.COMPANY),
        "Restart the router; if the problem stays, switch IPv6 off in its settings and tell your internet provider",
    ),
    Code(
        "connection.ipv4_broken",
        "This computer has an IPv4 address that leads nowhere, while IPv6 works: many hosts cannot be reached",
        (Status.WARN,),
        (Owner.HOME, Owner.ISP, Owner.DEVICE, Owner.COMPANY),
        "Restart the router; if the problem stays, tell your internet provider that IPv4 does not work",
    ),
    PROXY_ONLY,
    REFUSED,
    NO_INTERNET,
    NO_INTERNET_VPN,
)
