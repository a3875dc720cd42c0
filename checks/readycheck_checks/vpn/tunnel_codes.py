"""All that vpn_tunnel can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

WHO_SET_IT_UP: Final = (Owner.COMPANY, Owner.DEVICE)
RECONNECT: Final = "Disconnect the VPN and connect it again; if the problem stays, tell IT support"

ROUTE_MISSING: Final = Code(
    "vpn.route_missing",
    "A VPN is connected, and company traffic would leave past it: a short route, another VPN than the company's, or a network "
    "here that has the same addresses",
    (Status.FAIL,),
    (*WHO_SET_IT_UP, Owner.HOME),
    "Disconnect all VPNs, then connect the one of your company; where this network has the same addresses, use another one",
)
CONNECTED: Final = Code(
    "vpn.connected", "The VPN is connected, and company traffic goes through it", (Status.PASS,)
)
NOT_CONNECTED: Final = Code(
    "vpn.not_connected",
    "No VPN is connected, and company traffic would leave past it or not at all",
    (Status.FAIL,),
    (Owner.DEVICE,),
    "Open your VPN program, connect, and check again",
)
NOT_FULL: Final = Code(
    "vpn.not_full",
    "All traffic should go through the VPN, and some goes past it",
    (Status.WARN,),
    WHO_SET_IT_UP,
    RECONNECT,
)
NOT_SPLIT: Final = Code(
    "vpn.not_split",
    "Only company traffic should go through the VPN, and all of it does",
    (Status.WARN,),
    WHO_SET_IT_UP,
    "Look in the settings of the VPN program; if there is nothing to choose, tell IT support",
)
MEDIA_INSIDE: Final = Code(
    "vpn.media_inside",
    "Calls should go past the VPN, and they go through it",
    (Status.WARN,),
    WHO_SET_IT_UP,
    "Tell IT support that calls go through the VPN",
)
NO_TUNNEL: Final = Code("vpn.no_tunnel", "No VPN is in use, and the profile asks for none", (Status.SKIP,))
TUNNEL_NOT_TOLD: Final = Code(
    "vpn.tunnel_not_told", "Whether the VPN is connected could not be told", (Status.UNKNOWN,)
)
CODES: Final = (
    CONNECTED,
    NOT_CONNECTED,
    ROUTE_MISSING,
    NOT_FULL,
    NOT_SPLIT,
    MEDIA_INSIDE,
    NO_TUNNEL,
    TUNNEL_NOT_TOLD,
)
