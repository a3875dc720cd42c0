"""What explains what, as data: a fault of the left column shows itself in the checks and codes of the right one too. Pure.

Only what is the same fault seen twice stands here. Whatever needs a look at the results has a rule of its own.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import Final

from readycheck.diagnose.causes import Causes, Results, absorbed, checks_of
from readycheck.model import Cause


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """``root``: the code that explains. ``codes``: patterns of what it explains, ``but`` those of what it does not; ``checks``:
    whatever these checks found. ``same_party``: only where both are of the same owner."""

    root: str
    codes: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    same_party: bool = False
    why: str

    def covers(self, root: Cause, other: Cause) -> bool:
        if self.same_party and (other.owner, set(other.either)) != (root.owner, set(root.either)):
            return False
        if _matches(other.code, self.but):
            return False
        return _matches(other.code, self.codes) or bool(checks_of(other) & set(self.checks))


def _matches(code: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(code, pattern) for pattern in patterns)


CERTIFICATES: Final = ("*certificate*",)
STRANGERS: Final = ("connection.tls_intercepted", "connection.tls_untrusted")  # by any clock

SMALL: Final = (  # small packets already got no answer
    "connection.gateway_silent",
    "connection.proxy_silent",
    "files.port_silent",
    "files.drive_silent",
    "vpn.inside_silent",
    "vpn.inside_names_silent",
)

EXPLANATIONS: Final = (
    *(
        Explanation(
            root=page,
            checks=("internet", "dns", "tls", "clock", "proxy"),
            why="Behind a sign-in page, and a box that answers in place of the web, nothing else of the network can be judged",
        )
        for page in ("connection.captive_portal", "connection.web_faked")
    ),
    Explanation(
        root="connection.dns_stand_ins_dead",
        codes=("*_silent", "*_refused", "*_hangs", "*_closed", "*.service_unreachable", "connection.tls*"),
        but=("connection.gateway_silent", "connection.internet_refused"),
        why="Where a program on this computer hands out stand-in addresses and does not carry, nobody is reached by name",
    ),
    Explanation(
        root="connection.clock_off",
        codes=(*CERTIFICATES, "connection.tls*", "apps.sign_in_clock", "files.clock_differs"),
        but=STRANGERS,
        why="By a clock that is off, certificates look expired or not yet valid, and sign-in servers refuse",
    ),
    Explanation(
        root="connection.tls_intercepted",
        codes=CERTIFICATES,
        why="What opens everybody's secure connections shows its own certificate for the company's hosts too",
    ),
    Explanation(
        root="connection.tls_dates",
        codes=CERTIFICATES,
        why="Where the certificates of all hosts look out of date, those of the company do for the same reason",
    ),
    Explanation(
        root="calls.udp_blocked",
        codes=("vpn.port_blocked", "vpn.port_silent", "apps.phone_udp", "apps.phone_blocked"),
        same_party=True,
        why="One party lets no UDP through at all",
    ),
    *(
        Explanation(
            root=large,
            codes=("*_silent", "*_hangs", "*.service_unreachable", "vpn.large_packets_lost"),
            but=SMALL,
            why="Where large packets are lost, a conversation begins and then hangs, with whomever it is",
        )
        for large in ("connection.big_packets_lost", "connection.mtu_black_hole")
    ),
    Explanation(
        root="vpn.large_packets_lost",
        codes=("files.*_hangs", "files.server_silent", "apps.*_hangs"),
        why="What the VPN does not carry is missing in conversations through it",
    ),
    Explanation(
        root="connection.dns_vpn",
        codes=("vpn.inside_names_silent", "vpn.inside_name"),
        why="The name servers of the VPN are asked by both",
    ),
    *(
        Explanation(
            root=names,
            codes=("files.drive_name", "files.name_unknown", "apps.kerberos_name", "apps.kerberos_not_found"),
            why="Names of the inside are not found",
        )
        for names in (
            "connection.dns_vpn",
            "vpn.inside_names_silent",
            "vpn.inside_name",
            "vpn.inside_name_gone",
        )
    ),
    *(
        Explanation(
            root=inside,
            codes=("files.drive_silent", "apps.kerberos_silent", "apps.kerberos_blocked"),
            why="What does not come through the tunnel to one of the inside does not come to another",
        )
        for inside in ("vpn.route_missing", "vpn.inside_silent", "vpn.inside_no_route")
    ),
    Explanation(
        root="vpn.slow",
        codes=("files.slow",),
        why="What the VPN costs is missing for files through it",
    ),
    *(
        Explanation(root=share, codes=(drive,), same_party=True, why="A drive is a share that is mounted")
        for share, drive in (
            ("files.port_silent", "files.drive_silent"),
            ("files.port_refused", "files.drive_refused"),
            ("files.server_silent", "files.drive_server_hangs"),
            ("files.name_unknown", "files.drive_name"),
        )
    ),
)


def what_explains_what(causes: Causes, results: Results) -> Causes:
    """Each cause that another one explains becomes part of it."""
    for each in EXPLANATIONS:
        root = next((cause for cause in causes if cause.code == each.root), None)
        if root is not None:
            causes = absorbed(causes, each.root, partial(each.covers, root))
    return causes
