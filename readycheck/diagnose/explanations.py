"""What explains what, as data: the fault of a `root` shows itself in other checks and codes too. Pure.

Only what is the same fault seen twice stands here. Whatever needs a look at the results has a rule of its own.
"""

from dataclasses import dataclass
from functools import partial
from typing import Final

from readycheck.diagnose.causes import (
    Causes,
    Results,
    absorbed,
    checks_of,
    is_one_of,
    may_be_one_fault,
    parties,
)
from readycheck.diagnose.servers import servers_of
from readycheck.model import Cause, Confidence, Owner

INSIDE_PARTIES: Final = {Owner.COMPANY, Owner.DEVICE}
ON_THE_LINE: Final = {Owner.HOME, Owner.ISP}


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """``root``: the code that explains. ``codes``: patterns of what it explains, ``but`` those of what it does not; ``checks``:
    whatever these checks found, whosever it seems. ``of``: only what is, or may be, of one of these parties; ``inside``: only
    what lies inside a VPN; ``same_party``: only where both are of the same owner; ``same_host``, ``same_port``: only of a server
    that both name; ``proved``: only where the root is more than the best of several explanations."""

    root: str
    codes: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    of: frozenset[Owner] = frozenset()
    inside: bool = False
    same_party: bool = False
    same_host: bool = False
    same_port: bool = False
    proved: bool = False
    why: str

    def covers(self, root: Cause, results: Results, other: Cause) -> bool:
        if checks_of(other) & set(self.checks):
            return True
        if not is_one_of(other.code, self.codes) or is_one_of(other.code, self.but):
            return False
        if self.proved and root.confidence is Confidence.LOW:
            return False
        return self._shares_party(root, other) and self._shares_server(root, results, other)

    def _shares_party(self, root: Cause, other: Cause) -> bool:
        if self.same_party and (other.owner, set(other.either)) != (root.owner, set(root.either)):
            return False
        if self.of and self.of.isdisjoint(parties(other)):
            return False
        if self.inside and not _lies_inside(other):
            return False
        return may_be_one_fault(root, other)

    def _shares_server(self, root: Cause, results: Results, other: Cause) -> bool:
        if not self.same_host:
            return True
        ours, theirs = (servers_of(each, results, by_port=self.same_port) for each in (root, other))
        return not ours.isdisjoint(theirs)


def _lies_inside(cause: Cause) -> bool:
    """What lies inside a VPN is told as the company's or this computer's: home and provider see no more than a tunnel."""
    suspects = parties(cause)
    return suspects.issuperset(INSIDE_PARTIES) and suspects.isdisjoint(ON_THE_LINE)


SILENT_AFTERWARDS: Final = (  # these may have taken the connection before
    *("files.server_silent", "vpn.gateway_silent"),
    *("declared.web_silent", "declared.certificate_silent"),
)
INSIDE: Final = ("vpn.route_missing", "vpn.inside_silent", "vpn.inside_no_route", "vpn.inside_blocked_here")
CERTIFICATES: Final = ("files.certificate", "*_certificate", "connection.dns_encrypted_opened")
# A clock that is off is this computer's.
HERE: Final = frozenset({Owner.DEVICE})
_THROUGH_THE_TUNNEL: Final = (
    "What does not come through the tunnel to one of the inside does not come to another"
)
INSIDE_NAMES: Final = (
    *("files.drive_name", "files.name_unknown"),
    *("apps.kerberos_name", "apps.kerberos_not_found"),
)

EXPLANATIONS: Final = (
    *(
        Explanation(
            root=page,
            checks=("internet", "dns", "tls", "proxy"),
            why="Behind a sign-in page, and a box that answers in place of the web, nothing else of the network can be judged",
        )
        for page in ("connection.captive_portal", "connection.web_faked")
    ),
    Explanation(
        root="connection.dns_stand_ins_dead",
        codes=("*_silent", "*_refused", "*_hangs", "*_closed", "*.service_unreachable", "connection.tls*"),
        but=("connection.gateway_silent", "connection.internet_refused", "files.sign_in_refused"),
        why="Where a program on this computer hands out stand-in addresses and does not carry, nobody is reached by name",
    ),
    Explanation(
        root="connection.dns_forged",
        codes=("connection.tls_led_elsewhere",),
        why="Whoever leads one name elsewhere shows a certificate of his own there",
    ),
    Explanation(
        root="connection.clock_off",
        codes=("apps.sign_in_clock", "files.clock_differs"),
        of=HERE,
        why="Sign-in servers refuse a clock that is off",
    ),
    Explanation(
        root="connection.big_packets_lost",
        codes=("*_hangs", "*.service_unreachable", "vpn.large_packets_lost", *SILENT_AFTERWARDS),
        why="Where large packets are lost, a conversation begins and then hangs, with whomever it is",
    ),
    Explanation(
        root="vpn.large_packets_lost",
        codes=("files.*_hangs", "files.server_silent", "apps.*_hangs", "help.*_hangs"),
        why="What the VPN does not carry is missing in conversations through it",
    ),
    Explanation(
        root="calls.udp_blocked",
        codes=("vpn.port_blocked", "vpn.port_silent", "apps.phone_udp", "apps.phone_blocked"),
        same_party=True,
        why="One party lets no UDP through at all",
    ),
    Explanation(
        root="connection.dns_vpn",
        codes=("vpn.inside_names_silent", "vpn.inside_name"),
        why="The name servers of the VPN are asked by both",
    ),
    *(
        Explanation(root=names, codes=INSIDE_NAMES, why="Names of the inside are not found")
        for names in (
            "connection.dns_vpn",
            "vpn.inside_names_silent",
            "vpn.inside_name",
            "vpn.inside_name_gone",
        )
    ),
    *(
        Explanation(
            root=off,
            codes=(*INSIDE_NAMES, "declared.*_name", "declared.name_*"),
            inside=True,
            why="Without the VPN the names of the inside are not known",
        )
        for off in ("vpn.not_connected", "vpn.client_off")
    ),
    *(
        Explanation(
            root=inside,
            codes=("files.drive_silent", "apps.kerberos_silent", "apps.kerberos_blocked"),
            why=_THROUGH_THE_TUNNEL,
        )
        for inside in INSIDE
    ),
    *(
        Explanation(
            root=inside,
            codes=("files.port_silent", "declared.*_silent"),
            inside=True,
            why=_THROUGH_THE_TUNNEL,
        )
        for inside in INSIDE
    ),
    Explanation(
        root="vpn.slow",
        codes=("files.slow",),
        proved=True,
        why="What the VPN costs is missing for files through it",
    ),
    *(
        Explanation(
            root=share,
            codes=(drive,),
            same_host=True,
            same_port=by_port,
            why="A drive is a share that is mounted, of the same server",
        )
        for share, drive, by_port in (
            ("files.port_silent", "files.drive_silent", False),
            ("files.port_refused", "files.drive_refused", True),
            ("files.server_silent", "files.drive_server_hangs", False),
            ("files.name_unknown", "files.drive_name", False),
        )
    ),
)


def what_explains_what(causes: Causes, results: Results) -> Causes:
    """Each cause that another one explains becomes part of it."""
    for each in EXPLANATIONS:
        for root in [cause for cause in causes if cause.code == each.root]:
            causes = absorbed(causes, root, partial(each.covers, root, results))
    return causes
