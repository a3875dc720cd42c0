"""All that vpn_gateway can say."""

from typing import Final

from readycheck.api import Code, Owner, Status
from readycheck_checks.blame.remedies import CERTIFICATE, HIDDEN_NAME, WAIT

_COMPANY: Final = (Owner.COMPANY,)
_ANYBODYS: Final = (Owner.COMPANY, Owner.HOME, Owner.ISP, Owner.DEVICE)
_FAIL: Final = (Status.FAIL,)
_HOTSPOT: Final = "Try once over a phone hotspot; if it is the same there, tell IT support"
_TELL: Final = "Tell IT support what the gateway answers"

KEY: Final = Code(
    "vpn.gateway_key",
    "The VPN gateway ends the conversation, as one does that does not know the key of this person",
    _FAIL,
    (Owner.COMPANY, Owner.DEVICE),
    "Ask IT support for the newest settings file of your VPN program",
)
GATEWAY_ANSWERS: Final = Code("vpn.gateway_answers", "The VPN gateway answers", (Status.PASS,))
GATEWAY_IN_USE: Final = Code(
    "vpn.gateway_in_use",
    "A WireGuard tunnel is up, and asking with its key would take its traffic, so the gateway was not asked",
    (Status.SKIP,),
)
GATEWAY_UNPROVED: Final = Code(
    "vpn.gateway_unproved",
    "Whether the VPN gateway works could not be told: what came back proves nothing",
    (Status.UNKNOWN,),
)
UDP_SILENT: Final = Code(
    "vpn.udp_silent",
    "The VPN connects over TCP only, which is slower: its UDP port stays silent",
    (Status.WARN,),
    _ANYBODYS,
    "Connect as usual, and show the result to IT support if calls stutter",
)
PORT_BLOCKED: Final = Code(
    "vpn.port_blocked",
    "Packets to the VPN gateway do not leave this computer, this network or the provider's",
    _FAIL,
    (Owner.HOME, Owner.ISP, Owner.DEVICE),
    "Connect over a phone hotspot, or let the port out in the settings of the router",
)
PORT_SILENT: Final = Code(
    "vpn.port_silent",
    "The VPN gateway answers on one of the ports that it needs, and not on the other",
    _FAIL,
    _ANYBODYS,
    _HOTSPOT,
)
GATEWAY_SILENT: Final = Code(
    "vpn.gateway_silent",
    "The VPN gateway does not answer, or takes connections and says nothing, while others answer",
    _FAIL,
    _ANYBODYS,
    _HOTSPOT,
)
GATEWAY_REFUSED: Final = Code(
    "vpn.gateway_refused",
    "The machine of the VPN gateway refuses connections",
    _FAIL,
    _ANYBODYS,
    _HOTSPOT,
)
GATEWAY_CERTIFICATE: Final = Code(
    "vpn.gateway_certificate",
    "The VPN gateway shows a certificate that does not prove who it is",
    _FAIL,
    _ANYBODYS,
    CERTIFICATE,
)
GATEWAY_WRONG: Final = Code(
    "vpn.gateway_wrong",
    "What answers at the name of the VPN gateway is something else",
    _FAIL,
    _COMPANY,
    _TELL,
)
GATEWAY_TROUBLE: Final = Code(
    "vpn.gateway_trouble",
    "The VPN gateway says that it cannot do it now",
    _FAIL,
    _COMPANY,
    WAIT,
)
GATEWAY_PROPOSALS: Final = Code(
    "vpn.gateway_proposals",
    "The VPN gateway answers and takes none of the usual ways of encryption",
    _FAIL,
    _COMPANY,
    _TELL,
)
GATEWAY_NAME_HIDDEN: Final = Code(
    "vpn.gateway_name_hidden",
    "Other name servers know the name of the VPN gateway, and that of this computer does not",
    _FAIL,
    (Owner.HOME, Owner.ISP, Owner.DEVICE, Owner.COMPANY),
    HIDDEN_NAME,
)
GATEWAY_NAME: Final = Code(
    "vpn.gateway_name",
    "The name of the VPN gateway is not known, or nobody else could be asked for it",
    _FAIL,
    _ANYBODYS,
    "Compare the name of the gateway with the instructions of your IT support",
)
GATEWAY: Final = (
    GATEWAY_ANSWERS,
    GATEWAY_IN_USE,
    GATEWAY_UNPROVED,
    UDP_SILENT,
    PORT_BLOCKED,
    PORT_SILENT,
    GATEWAY_SILENT,
    GATEWAY_REFUSED,
    GATEWAY_NAME,
    GATEWAY_NAME_HIDDEN,
    GATEWAY_CERTIFICATE,
    GATEWAY_WRONG,
    GATEWAY_TROUBLE,
    GATEWAY_PROPOSALS,
    KEY,
)
