"""What the check of name lookups can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

_PROVIDER: Final = (
    "Restart the router; if it stays so, use the hotspot of a phone and tell your internet provider"
)
_NEAR: Final = (Owner.HOME, Owner.ISP, Owner.DEVICE, Owner.COMPANY)

CODES: Final = (
    Code("connection.dns", "Names are looked up soon enough", (Status.PASS,)),
    Code(
        "connection.dns_stand_ins",
        "A program of this computer answers name lookups with stand-in addresses and carries the connections to them",
        (Status.PASS,),
    ),
    Code(
        "connection.dns_stand_ins_dead",
        "A program of this computer answers name lookups with stand-in addresses and does not carry the connections to them",
        (Status.FAIL,),
        (Owner.DEVICE, Owner.COMPANY),
        "Quit the proxy or access program of this computer and start it again; show it to IT support if it stays so",
    ),
    Code(
        "connection.dns_stand_ins_unproved",
        "Names lead to stand-in addresses of a program, and nothing else answered either",
        (Status.UNKNOWN,),
    ),
    Code(
        "connection.dns_by_proxy",
        "Names outside are looked up by the proxy of this network",
        (Status.SKIP,),
    ),
    Code(
        "connection.dns_slow",
        "Name lookups take longer than the profile plans with",
        (Status.WARN, Status.FAIL),
        _NEAR,
        "Restart the router; if lookups stay slow, tell your internet provider",
    ),
    Code(
        "connection.dns_time_unproved",
        "This computer was too busy itself for the time of a name lookup to be known",
        (Status.UNKNOWN,),
    ),
    Code(
        "connection.dns_partial",
        "Some of the names asked could not be looked up",
        (Status.WARN,),
        (),
        "Check again in a few minutes; show it to IT support if it stays so",
    ),
    Code(
        "connection.dns_blocked",
        "Some well-known names are said not to exist, or lead to addresses that nobody on the internet has",
        (Status.WARN, Status.FAIL),
        _NEAR,
        "Ask whoever runs the name server whether it blocks these names",
    ),
    Code(
        "connection.dns_unsteady",
        "Names could not be looked up, and a moment later they could",
        (Status.WARN,),
        (),
        "Check again in a few minutes; show it to IT support if it happens again",
    ),
    Code(
        "connection.dns_broken",
        "No name can be looked up",
        (Status.FAIL,),
        _NEAR,
        _PROVIDER,
    ),
    Code(
        "connection.dns_vpn",
        "The name server that the VPN brings gives no answer of use",
        (Status.FAIL,),
        (Owner.COMPANY, Owner.DEVICE),
        "Disconnect the VPN and check again; tell the support of the VPN if names are found then",
    ),
    Code(
        "connection.dns_wrong",
        "Well-known names are said not to exist, or all lead to one address that is none of theirs",
        (Status.FAIL,),
        _NEAR,
        _PROVIDER,
    ),
    Code(
        "connection.dns_hijack",
        "The name server invents addresses for names that do not exist",
        (Status.WARN,),
        (Owner.ISP, Owner.HOME),
        "Ask your internet provider to switch this off",
    ),
    Code(
        "connection.dns_encrypted",
        "Name lookups over TLS or HTTPS reach a name server of the profile",
        (Status.PASS,),
    ),
    Code(
        "connection.dns_encrypted_blocked",
        "No name server of the profile is reached by encrypted lookups",
        (Status.WARN,),
        (Owner.HOME, Owner.ISP, Owner.DEVICE, Owner.COMPANY, Owner.SERVICE),
        "Ask whoever runs this network whether it holds encrypted name lookups back",
    ),
    Code(
        "connection.dns_encrypted_opened",
        "The name servers of the profile cannot prove who they are when asked over TLS or HTTPS",
        (Status.WARN,),
        (),
        "Ask whoever runs this network whether it holds encrypted name lookups back",
    ),
)
