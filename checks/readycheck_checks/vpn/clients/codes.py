"""What vpn_client can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

ANYBODY: Final = (Owner.DEVICE, Owner.COMPANY, Owner.HOME, Owner.ISP)

CLIENT_CONNECTED: Final = Code(
    "vpn.client_connected", "The VPN program says that it is connected", (Status.PASS,)
)
CLIENT_INSTALLED: Final = Code(
    "vpn.client_installed",
    "The VPN program is installed; the profile does not ask whether it is connected",
    (Status.PASS,),
)
CLIENT_OFF: Final = Code(
    "vpn.client_off",
    "The VPN program is installed and says that it is not connected",
    (Status.FAIL,),
    (Owner.DEVICE,),
    "Open the VPN program, connect, and check again",
)
CLIENT_CONNECTING: Final = Code(
    "vpn.client_connecting",
    "The VPN program keeps on connecting and does not get there",
    (Status.FAIL,),
    ANYBODY,
    "Cancel, connect once more, and look whether the program asks for something",
)
CLIENT_ATTENTION: Final = Code(
    "vpn.client_attention",
    "The VPN program waits for the person: a sign-in, or something about this computer",
    (Status.FAIL,),
    (Owner.DEVICE,),
    "Open the VPN program and do what it asks for",
)
CLIENT_MISSING: Final = Code(
    "vpn.client_missing",
    "The VPN program was not found on this computer, and no VPN is on",
    (Status.FAIL,),
    (Owner.DEVICE,),
    "Look for it among your programs; if it is not there, ask IT support to install it",
)
CLIENT_NOT_TOLD: Final = Code(
    "vpn.client_not_told", "The state of the VPN program could not be told", (Status.UNKNOWN,)
)
CLIENT_NOT_ASKED: Final = Code(
    "vpn.client_not_asked",
    "Nothing shows that the VPN program is connected, and the profile does not ask for it",
    (Status.SKIP,),
)
CLIENT_ELSEWHERE: Final = Code(
    "vpn.client_elsewhere",
    "The VPN program is connected, and the way to the company's network leads through no VPN: it may be connected to another one",
    (Status.UNKNOWN,),
)
CODES: Final = (
    CLIENT_CONNECTED,
    CLIENT_ELSEWHERE,
    CLIENT_INSTALLED,
    CLIENT_OFF,
    CLIENT_CONNECTING,
    CLIENT_ATTENTION,
    CLIENT_MISSING,
    CLIENT_NOT_TOLD,
    CLIENT_NOT_ASKED,
)
