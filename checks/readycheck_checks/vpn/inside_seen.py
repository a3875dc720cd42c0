"""What was seen of the inside of the company network: whom one asked, and what that is evidence of. Asks nobody."""

from dataclasses import dataclass

from readycheck.api import Confidence
from readycheck_checks.asking.controls import Controls
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.asking.replies import Reply
from readycheck_checks.vpn.inside_names import OwnServers


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One inside name (without a port) or server, and how it behaved. ``through``: its way leads through a tunnel (None: not
    told); ``past``: private addresses whose ways do not; ``near``: of this very network; ``turned_by``: the router that says that
    no way leads there."""

    host: str
    port: int | None = None
    reply: Reply
    rtt_ms: float | None = None
    through: bool | None = None
    past: bool = False
    near: bool = False
    turned_by: str = ""

    def __str__(self) -> str:
        return self.host if self.port is None else str(Endpoint(self.host, self.port))


@dataclass(frozen=True, kw_only=True)
class Large:
    """What became of large packets through the tunnel: ``lost`` names the servers that answer in small ones only; ``hangs`` those
    that answer in neither; ``outside`` whether hosts outside it send large ones at the same moment (None: none was asked)."""

    lost: tuple[str, ...] = ()
    hangs: tuple[str, ...] = ()
    outside: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Inside:
    """What was seen: ``tunnel`` whether the VPN was up (None: not told), names, servers, controls outside; ``own``: what the
    company's own name servers said; ``public``: inside names that public name servers know; ``large``: of large packets."""

    tunnel: bool | None
    names: tuple[Asked, ...] = ()
    servers: tuple[Asked, ...] = ()
    controls: Controls = Controls()
    own: OwnServers = OwnServers()
    public: tuple[str, ...] = ()
    large: Large = Large()

    @property
    def reached(self) -> bool:
        """True where it is proved that packets get inside: the tunnel is up, or an inside server answered."""
        return self.tunnel is True or self.answering

    @property
    def through(self) -> list[Asked]:
        """The servers that count: while the VPN is up, whoever has a private address past it may be anybody at home."""
        return [server for server in self.servers if not (self.tunnel and server.past)]

    @property
    def beside(self) -> list[Asked]:
        """The others."""
        return [server for server in self.servers if self.tunnel and server.past]

    @property
    def answering(self) -> bool:
        """While the VPN is up, one that is reached past it says nothing about it, wherever it stands."""
        return any(server.reply is Reply.ANSWERED for server in self.vouching)

    @property
    def vouching(self) -> list[Asked]:
        """The servers that show whether anything gets inside."""
        return [server for server in self.through if not (self.tunnel and server.through is False)]

    @property
    def looked_up(self) -> bool:
        """True where a name server answered through the tunnel. A name that was found may come from a cache or a file."""
        return self.tunnel is True and self.own.carried

    @property
    def evidence(self) -> str:
        vpn = {True: "the VPN is up", False: "the VPN is not up", None: "not known whether the VPN is up"}
        asked = [_told(one) for one in (*self.names, *self.servers)]
        return "; ".join([vpn[self.tunnel], *asked, *self.own.evidence, str(self.controls)])

    @property
    def sure(self) -> Confidence:
        return Confidence.HIGH if self.answering else Confidence.MEDIUM


def _told(one: Asked) -> str:
    turned = f" (says {one.turned_by})" if one.turned_by else ""
    return f"{one} {one.reply}{turned}" + (", past the VPN" if one.past else "")
