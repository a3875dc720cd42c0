"""All that vpn_gateway can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

_COMPANY: Final = (Owner.COMPANY,)
_ANYBODYS: Final = (Owner.COMPANY, Owner.HOME, Owner.ISP, Owner.DEVICE)
_FAIL: Final = (Status.FAIL,)
_HOTSPOT: Final = "Try once over the hotspot of a phone; if it is the same there, tell IT support"
_TELL: Final = "Tell IT support what the gateway answers"

GATEWAY: Final = (
    Code("vpn.gateway_answers", "The VPN gateway answers", (Status.PASS,)),
    Code(
        "vpn.gateway_in_use",
        "A WireGuard tunnel is up, and asking with its key would take its traffic, so the gateway was not asked",
        (Status.SKIP,),
    ),
    Code(
        "vpn.gateway_unproved",
        "Whether the VPN gateway works could not be told: what came back proves nothing",
        (Status.UNKNOWN,),
    ),
    Code(
        "vpn.udp_silent",
        "The VPN connects over TCP only, which is slower: its UDP port stays silent",
        (Status.WARN,),
        _ANYBODYS,
        "Connect as usual, and show the result to IT support if calls stutter",
    ),
    Code(
        "vpn.port_blocked",
        "Packets to the VPN gateway do not leave this computer, this network or the provider's",
        _FAIL,
        (Owner.HOME, Owner.ISP, Owner.DEVICE),
        "Connect over the hotspot of a phone, or let the port out in the settings of the router",
    ),
    Code(
        "vpn.port_silent",
        "The VPN gateway answers on one of the ports that it needs, and not on the other",
        _FAIL,
        _ANYBODYS,
        _HOTSPOT,
    ),
    Code(
        "vpn.gateway_silent",
        "The VPN gateway does not answer, or takes connections and says nothing, while others answer",
        _FAIL,
        _ANYBODYS,
        _HOTSPOT,
    ),
    Code(
        "vpn.gateway_refused",
        "The machine of the VPN gateway refuses connections",
        _FAIL,
        _ANYBODYS,
        _HOTSPOT,
    ),
    Code(
        "vpn.gateway_name",
        "The name of the VPN gateway is not known, or nobody else could be asked for it",
        _FAIL,
        _ANYBODYS,
        "Compare the name of the gateway with the instructions of your IT support",
    ),
    Code(
        "vpn.gateway_name_hidden",
        "Other name servers know the name of the VPN gateway, and that of this computer does not",
        _FAIL,
        (Owner.HOME, Owner.ISP, Owner.DEVICE, Owner.COMPANY),
        "Connect over the hotspot of a phone, and ask the provider why the name is not found",
    ),
    Code(
        "vpn.gateway_certificate",
        "The VPN gateway shows a certificate that does not prove who it is",
        _FAIL,
        _ANYBODYS,
        "Tell IT support what is wrong with the certificate, and do not accept a warning about it",
    ),
    Code(
        "vpn.gateway_wrong",
        "What answers at the name of the VPN gateway is something else",
        _FAIL,
        _COMPANY,
        _TELL,
    ),
    Code(
        "vpn.gateway_trouble",
        "The VPN gateway says that it cannot do it now",
        _FAIL,
        _COMPANY,
        "Wait ten minutes and check again; if it stays, tell IT support",
    ),
    Code(
        "vpn.gateway_proposals",
        "The VPN gateway answers and takes none of the usual ways of encryption",
        _FAIL,
        _COMPANY,
        _TELL,
    ),
    Code(
        "vpn.gateway_key",
        "The VPN gateway ends the conversation, as one does that does not know the key of this person",
        _FAIL,
        (Owner.COMPANY, Owner.DEVICE),
        "Ask IT support for the newest settings file of your VPN program",
    ),
)
