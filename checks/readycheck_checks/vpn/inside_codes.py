"""All that vpn_inside can say."""

from typing import Final

from readycheck.api import Code, Owner, Status
from readycheck_checks.vpn.tunnel_verdict import ROUTE_MISSING

FAIL, COMPANY = (Status.FAIL,), (Owner.COMPANY,)

CODES: Final = (
    Code("vpn.inside_answers", "Names and servers inside the company network answer", (Status.PASS,)),
    Code(
        "vpn.inside_name",
        "Inside names are not known here although the VPN is up: the company's name servers are not asked",
        FAIL,
        (Owner.COMPANY, Owner.DEVICE),
        "Disconnect the VPN and connect it again; if it stays like this, tell IT support",
    ),
    Code(
        "vpn.inside_name_gone",
        "The company's own name server says that there is no such name",
        FAIL,
        COMPANY,
        "Tell IT support which name their name server does not know",
    ),
    Code(
        "vpn.inside_names_silent",
        "The company's own name server does not answer, while other packets get inside",
        FAIL,
        COMPANY,
        "Tell IT support that their name server does not answer over the VPN",
    ),
    Code(
        "vpn.inside_refused",
        "The machine inside is there, and the service on it does not run",
        FAIL,
        COMPANY,
        "Tell IT support which server refuses connections",
    ),
    Code(
        "vpn.inside_silent",
        "An inside server does not answer while others do, or the tunnel carries nothing at all",
        FAIL,
        COMPANY,
        "Disconnect the VPN and connect it again; if it stays like this, tell IT support",
    ),
    Code(
        "vpn.inside_hangs",
        "An inside server accepts connections and says nothing",
        FAIL,
        COMPANY,
        "Tell IT support which server accepts connections and does not answer",
    ),
    Code(
        "vpn.inside_no_route",
        "A router behind the VPN says that no way leads to an inside server",
        FAIL,
        COMPANY,
        "Tell IT support where the VPN does not lead",
    ),
    Code(
        "vpn.inside_blocked_here",
        "This computer itself, by a firewall or a security program, lets nothing out to an inside server",
        FAIL,
        (Owner.DEVICE,),
        "Look whether a firewall or a security program on this computer blocks the server",
    ),
    ROUTE_MISSING,
    Code(
        "vpn.large_packets_lost",
        "Large packets are lost in the VPN, small ones pass",
        FAIL,
        (Owner.COMPANY, Owner.DEVICE, Owner.ISP, Owner.HOME),
        "Disconnect the VPN and connect it again; if it stays like this, tell IT support",
    ),
    Code(
        "vpn.name_public",
        "A name that only the company's name servers should know is known to public ones",
        (Status.WARN,),
        COMPANY,
        "Tell IT support which name everybody can look up",
    ),
    Code(
        "vpn.inside_unproved",
        "Nothing was proved about the inside; the sentence says why",
        (Status.UNKNOWN,),
    ),
)
