"""Inside names that are not found: are they not there, does nobody answer for them, or are the wrong name servers asked? Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from readycheck.api import Confidence, Finding, Owner, failed
from readycheck_checks.names.around import Asked, Reply
from readycheck_checks.vpn.inside_codes import (
    INSIDE_BLOCKED_HERE,
    INSIDE_NAME,
    INSIDE_NAME_GONE,
    INSIDE_NAMES_SILENT,
)


@dataclass(frozen=True, kw_only=True)
class OwnServers:
    """What the company's own name servers said when each was asked directly, by the name; ``set_here``: the name servers that
    this computer asks by itself, None where it does not tell; ``behind``: the ways to all of those lead through the tunnel;
    ``carried``: from behind the tunnel a name server said something, or its machine did, so that packets get there and back.
    """

    replies: tuple[tuple[str, Asked], ...] = ()
    set_here: tuple[str, ...] | None = None
    behind: bool = False
    carried: bool = False

    @property
    def asked(self) -> bool:
        return bool(self.replies)

    @property
    def heard(self) -> bool:
        """One of them said something, whatever it was."""
        return any(each.reply.is_spoken for _, each in self.replies)

    @property
    def silent(self) -> tuple[str, ...]:
        """Those that were asked and said nothing, where none said anything."""
        unheard = {each.server: each for _, each in self.replies if not each.reply.is_unsent}
        return () if self.heard else tuple(unheard)

    @property
    def kept_back(self) -> tuple[str, ...]:
        """Those to which this computer itself lets no question out, where none said anything."""
        kept = {each.server for _, each in self.replies if each.reply is Reply.NOT_ALLOWED}
        return () if self.heard or self.silent else tuple(sorted(kept))

    @property
    def evidence(self) -> list[str]:
        return [f"asked directly for {name}: {each}" for name, each in self.replies]

    def knows(self, name: str) -> bool:
        return any(reply is Reply.ANSWERED for reply in self.of(name))

    def knows_not(self, name: str) -> bool:
        """All that said anything say that there is no such name."""
        spoken = [reply for reply in self.of(name) if reply.is_spoken]
        return bool(spoken) and all(reply is Reply.UNKNOWN_NAME for reply in spoken)

    def of(self, name: str) -> list[Reply]:
        return [each.reply for asked, each in self.replies if asked == name]

    @property
    def wrong(self) -> str:
        """The name servers that this computer asks instead, as a clause; empty where one is the company's, or none is told."""
        company = {each.server for _, each in self.replies}
        if not self.set_here or not company or company & set(self.set_here):
            return ""
        return f"; this computer asks {', '.join(self.set_here)} instead of {', '.join(sorted(company))}"


def judge_names(
    missing: Sequence[str],
    untold: Sequence[str],
    own: OwnServers,
    although: str,
    sure: Confidence,
    evidence: str,
) -> Iterator[Finding]:
    """``missing``: not known here; ``untold``: no name server of this computer answers for them; ``although``: what works."""
    gone = [name for name in missing if own.knows_not(name)]
    hidden = [name for name in (*missing, *untold) if own.knows(name)]
    rest = [name for name in missing if name not in gone and name not in hidden]
    if gone:
        yield _gone(gone, evidence)
    if own.silent:
        yield _silent(own, although, evidence)
    elif own.kept_back:
        yield _kept_back(own.kept_back, evidence)
    elif hidden or rest:
        proved = Confidence.HIGH if hidden else sure
        yield _unknown_here([*hidden, *rest], own, although, bool(hidden), proved, evidence)


def _unknown_here(
    names: Sequence[str], own: OwnServers, although: str, hidden: bool, sure: Confidence, evidence: str
) -> Finding:
    """The VPN brings no name servers, or this computer does not use them: alike, unless all that it asks lie behind the VPN and
    none of the company's knows better (``hidden``: one does)."""
    alike = hidden or not own.behind or bool(own.wrong)
    return failed(
        INSIDE_NAME,
        f"Company pages will not open by name: {', '.join(names)} is not known here, although {although}{own.wrong}",
        remedy="Disconnect the VPN and connect it again. If the problem stays, tell IT support "
        "that the VPN does not give this computer the company's name servers.",
        owner=Owner.UNKNOWN if alike else Owner.COMPANY,
        either=(Owner.COMPANY, Owner.DEVICE) if alike else (),
        confidence=sure,
        detail=evidence,
    )


def _gone(names: Sequence[str], evidence: str) -> Finding:
    listed = ", ".join(names)
    return failed(
        INSIDE_NAME_GONE,
        f"{listed} cannot be used: the company's own name server says that there is no such name",
        remedy=f"Tell IT support that their name server does not know {listed}.",
        owner=Owner.COMPANY,
        confidence=Confidence.HIGH,
        detail=evidence,
    )


def _silent(own: OwnServers, although: str, evidence: str) -> Finding:
    servers = ", ".join(own.silent)
    return failed(
        INSIDE_NAMES_SILENT,
        f"Company pages will not open by name: the company's name server ({servers}) does not answer, although {although}",
        remedy=f"Tell IT support that their name server {servers} does not answer over the VPN.",
        owner=Owner.COMPANY,
        confidence=Confidence.MEDIUM,
        detail=evidence,
    )


def _kept_back(servers: Sequence[str], evidence: str) -> Finding:
    names = ", ".join(servers)
    return failed(
        INSIDE_BLOCKED_HERE,
        f"Company pages will not open by name: this computer itself lets no question out to the company's name server ({names})",
        remedy="Look whether a firewall or a security program on this computer blocks it. If you cannot change that, tell "
        f"IT support that this computer lets no question out to {names}.",
        owner=Owner.DEVICE,
        confidence=Confidence.MEDIUM,
        detail=evidence,
    )
