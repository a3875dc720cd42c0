"""All that vpn_inside can say."""

from typing import Final

from readycheck.api import Code, Owner, Status
from readycheck_checks.vpn.tunnel_codes import RECONNECT, ROUTE_MISSING

FAIL, COMPANY = (Status.FAIL,), (Owner.COMPANY,)
ANYBODY: Final = (Owner.COMPANY, Owner.DEVICE, Owner.HOME, Owner.ISP)

INSIDE_ANSWERS: Final = Code(
    "vpn.inside_answers", "Names and servers inside the company network answer", (Status.PASS,)
)
INSIDE_NAME: Final = Code(
    "vpn.inside_name",
    "Inside names are not known here although the VPN is up: the company's name servers are not asked",
    FAIL,
    (Owner.COMPANY, Owner.DEVICE),
    RECONNECT,
)
INSIDE_NAME_GONE: Final = Code(
    "vpn.inside_name_gone",
    "The company's own name server says that there is no such name",
    FAIL,
    COMPANY,
    "Tell IT support which name their name server does not know",
)
INSIDE_NAMES_SILENT: Final = Code(
    "vpn.inside_names_silent",
    "The company's own name server does not answer, while other packets get inside",
    FAIL,
    COMPANY,
    "Tell IT support that their name server does not answer over the VPN",
)
INSIDE_REFUSED: Final = Code(
    "vpn.inside_refused",
    "The machine inside is there, and the service on it does not run",
    FAIL,
    ANYBODY,
    "Tell IT support which server refuses connections",
)
INSIDE_SILENT: Final = Code(
    "vpn.inside_silent",
    "An inside server does not answer while others do, or the tunnel carries nothing at all",
    FAIL,
    ANYBODY,
    RECONNECT,
)
INSIDE_HANGS: Final = Code(
    "vpn.inside_hangs",
    "An inside server accepts connections and says nothing",
    FAIL,
    COMPANY,
    "Tell IT support which server accepts connections and does not answer",
)
INSIDE_NO_ROUTE: Final = Code(
    "vpn.inside_no_route",
    "A router behind the VPN says that no way leads to an inside server",
    FAIL,
    COMPANY,
    "Tell IT support where the VPN does not lead",
)
INSIDE_BLOCKED_HERE: Final = Code(
    "vpn.inside_blocked_here",
    "This computer itself, by a firewall or a security program, lets nothing out to an inside server",
    FAIL,
    (Owner.DEVICE,),
    "Look whether a firewall or a security program on this computer blocks the server",
)
LARGE_PACKETS_LOST: Final = Code(
    "vpn.large_packets_lost",
    "Large packets are lost in the VPN, small ones pass",
    FAIL,
    (Owner.COMPANY, Owner.DEVICE, Owner.ISP, Owner.HOME),
    RECONNECT,
)
NAME_PUBLIC: Final = Code(
    "vpn.name_public",
    "A name that only the company's name servers should know is known to public ones",
    (Status.WARN,),
    COMPANY,
    "Tell IT support which name everybody can look up",
)
INSIDE_UNPROVED: Final = Code(
    "vpn.inside_unproved",
    "Nothing was proved about the inside; the sentence says why",
    (Status.UNKNOWN,),
)
CODES: Final = (
    INSIDE_ANSWERS,
    INSIDE_NAME,
    INSIDE_NAME_GONE,
    INSIDE_NAMES_SILENT,
    INSIDE_REFUSED,
    INSIDE_SILENT,
    INSIDE_HANGS,
    INSIDE_NO_ROUTE,
    INSIDE_BLOCKED_HERE,
    ROUTE_MISSING,
    LARGE_PACKETS_LOST,
    NAME_PUBLIC,
    INSIDE_UNPROVED,
)
