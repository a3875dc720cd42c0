"""What the check of name lookups can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

_PROVIDER: Final = (
    "Restart the router; if the problem stays, use a phone hotspot and tell your internet provider"
)
_HELD_BACK: Final = "Ask whoever runs this network whether it holds encrypted name lookups back"
_NEAR: Final = (Owner.HOME, Owner.ISP, Owner.DEVICE, Owner.COMPANY)

BY_PROXY: Final = Code(
    "connection.dns_by_proxy", "Names outside are looked up by the proxy of this network", (Status.SKIP,)
)
SLOW: Final = Code(
    "connection.dns_slow",
    "Name lookups take longer than the profile plans with",
    (Status.WARN, Status.FAIL),
    _NEAR,
    "Restart the router; if lookups stay slow, tell your internet provider",
)
PARTIAL: Final = Code(
    "connection.dns_partial",
    "Some of the names asked could not be looked up",
    (Status.WARN,),
    (),
    "Check again in a few minutes; if the problem stays, show this result to IT support",
)
FORGED: Final = Code(
    "connection.dns_forged",
    "A well-known name leads elsewhere here than by other name servers, to somebody with the certificate of another name",
    (Status.WARN,),
    (*_NEAR, Owner.SERVICE),
    "Type no password on its pages, connect over a phone hotspot and check again",
)
UNSTEADY: Final = Code(
    "connection.dns_unsteady",
    "Names could not be looked up, and a moment later they could",
    (Status.WARN,),
    (),
    "Check again in a few minutes; if it happens again, show this result to IT support",
)
HIJACK: Final = Code(
    "connection.dns_hijack",
    "Somebody invents addresses for names that do not exist",
    (Status.WARN,),
    (Owner.ISP, *(owner for owner in _NEAR if owner is not Owner.ISP)),
    "Ask your internet provider to switch this off; until then inside names may lead to the wrong place",
)
DNS: Final = Code("connection.dns", "Names are looked up soon enough", (Status.PASS,))
DNS_STAND_INS: Final = Code(
    "connection.dns_stand_ins",
    "A program of this computer answers name lookups with stand-in addresses and carries the connections to them",
    (Status.PASS,),
)
DNS_STAND_INS_DEAD: Final = Code(
    "connection.dns_stand_ins_dead",
    "A program of this computer answers name lookups with stand-in addresses and does not carry the connections to them",
    (Status.FAIL,),
    (Owner.DEVICE, Owner.COMPANY),
    "Quit the proxy or access program of this computer and start it again; show it to IT support if the problem stays",
)
DNS_STAND_INS_UNPROVED: Final = Code(
    "connection.dns_stand_ins_unproved",
    "Names lead to stand-in addresses of a program, and nothing else answered either",
    (Status.UNKNOWN,),
)
DNS_ENCRYPTED: Final = Code(
    "connection.dns_encrypted",
    "Name lookups over TLS or HTTPS reach a name server of the profile",
    (Status.PASS,),
)
DNS_TIME_UNPROVED: Final = Code(
    "connection.dns_time_unproved",
    "This computer was too busy itself for the time of a name lookup to be known",
    (Status.UNKNOWN,),
)
DNS_BLOCKED: Final = Code(
    "connection.dns_blocked",
    "Some well-known names are said not to exist, or lead to addresses that nobody on the internet has",
    (Status.WARN, Status.FAIL),
    _NEAR,
    "Ask whoever runs the name server whether it blocks these names",
)
DNS_ENCRYPTED_BLOCKED: Final = Code(
    "connection.dns_encrypted_blocked",
    "No name server of the profile is reached by encrypted lookups",
    (Status.WARN,),
    (Owner.HOME, Owner.ISP, Owner.DEVICE, Owner.COMPANY, Owner.SERVICE),
    _HELD_BACK,
)
DNS_ENCRYPTED_HIDDEN: Final = Code(
    "connection.dns_encrypted_hidden",
    "The name of the profile's server for encrypted lookups is said not to exist",
    (Status.WARN,),
    _NEAR,
    "Ask whoever runs the name server of this network whether it blocks this name",
)
DNS_ENCRYPTED_OPENED: Final = Code(
    "connection.dns_encrypted_opened",
    "The name servers of the profile cannot prove who they are when asked over TLS or HTTPS",
    (Status.WARN,),
    (Owner.SERVICE, Owner.HOME, Owner.ISP, Owner.DEVICE, Owner.COMPANY),
    _HELD_BACK,
)
DNS_ENCRYPTED_SILENT: Final = Code(
    "connection.dns_encrypted_silent",
    "The name servers of the profile take encrypted lookups in and say nothing",
    (Status.WARN,),
    (Owner.SERVICE, Owner.HOME, Owner.ISP),
    _HELD_BACK,
)
DNS_ENCRYPTED_REFUSED: Final = Code(
    "connection.dns_encrypted_refused",
    "The name servers of the profile answer encrypted lookups without an address",
    (Status.WARN,),
    (Owner.SERVICE, Owner.COMPANY),
    "Tell IT support",
)
DNS_VPN: Final = Code(
    "connection.dns_vpn",
    "The name server that the VPN brings gives no answer of use",
    (Status.FAIL,),
    (Owner.COMPANY, Owner.DEVICE),
    "Disconnect the VPN and check again; tell the support of the VPN if names are found then",
)
DNS_WRONG: Final = Code(
    "connection.dns_wrong",
    "Well-known names are said not to exist, or all lead to one address that is none of theirs",
    (Status.FAIL,),
    _NEAR,
    _PROVIDER,
)
DNS_BROKEN: Final = Code(
    "connection.dns_broken",
    "No name can be looked up",
    (Status.FAIL,),
    _NEAR,
    _PROVIDER,
)
CODES: Final = (
    DNS,
    DNS_STAND_INS,
    DNS_STAND_INS_DEAD,
    DNS_STAND_INS_UNPROVED,
    BY_PROXY,
    SLOW,
    DNS_TIME_UNPROVED,
    PARTIAL,
    DNS_BLOCKED,
    FORGED,
    UNSTEADY,
    DNS_BROKEN,
    DNS_VPN,
    DNS_WRONG,
    HIJACK,
    DNS_ENCRYPTED,
    DNS_ENCRYPTED_BLOCKED,
    DNS_ENCRYPTED_HIDDEN,
    DNS_ENCRYPTED_SILENT,
    DNS_ENCRYPTED_REFUSED,
    DNS_ENCRYPTED_OPENED,
)
