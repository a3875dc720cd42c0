"""What the check of the internet can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

_RESTART: Final = (
    "Restart the router; if it stays so, call your internet provider and use the hotspot of a phone"
)

CODES: Final = (
    Code("connection.internet", "Something on the internet answers, asked by address", (Status.PASS,)),
    Code(
        "connection.ipv6_broken",
        "This computer has an IPv6 address that leads nowhere, while IPv4 works: programs wait for it",
        (Status.WARN,),
        (Owner.HOME, Owner.ISP, Owner.DEVICE, Owner.COMPANY),
        "Restart the router; if it stays so, switch IPv6 off in its settings and tell your internet provider",
    ),
    Code(
        "connection.ipv4_broken",
        "This computer has an IPv4 address that leads nowhere, while IPv6 works: many hosts cannot be reached",
        (Status.WARN,),
        (Owner.HOME, Owner.ISP, Owner.DEVICE, Owner.COMPANY),
        "Restart the router; if it stays so, tell your internet provider that IPv4 does not work",
    ),
    Code(
        "connection.proxy_only",
        "Nothing outside answers directly, and the proxy that is set does",
        (Status.WARN,),
        (),
        "Ask IT support whether video calls and VPN work from this network without a direct way out",
    ),
    Code(
        "connection.internet_refused",
        "Connections to the internet are turned away by something on the way",
        (Status.WARN, Status.FAIL),
        (Owner.HOME, Owner.DEVICE, Owner.ISP),
        "Ask whoever runs this network whether it filters connections, or try the hotspot of a phone",
    ),
    Code(
        "connection.no_internet",
        "Nothing on the internet answers",
        (Status.FAIL,),
        (Owner.HOME, Owner.ISP, Owner.DEVICE),
        _RESTART,
    ),
    Code(
        "connection.no_internet_vpn",
        "Nothing on the internet answers through the VPN that is on",
        (Status.FAIL,),
        (),
        "Disconnect the VPN and check again; connect it again if the internet answers then",
    ),
)
