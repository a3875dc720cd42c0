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

    @property
    def spoke(self) -> bool:
        """Somebody there said something."""
        return self.reply in (Reply.ANSWERED, Reply.REFUSED)

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
    company's own name servers said; ``public``: inside names that public name servers know; ``large``: of large packets; ``met``:
    who else answered through the tunnel, looked for where nobody inside did."""

    tunnel: bool | None
    names: tuple[Asked, ...] = ()
    servers: tuple[Asked, ...] = ()
    controls: Controls = Controls()
    own: OwnServers = OwnServers()
    public: tuple[str, ...] = ()
    large: Large = Large()
    met: str = ""

    @property
    def everything(self) -> tuple[Asked, ...]:
        return (*self.names, *self.servers)

    @property
    def through(self) -> list[Asked]:
        """The servers whose way is not known to lead past a VPN that is up."""
        return [server for server in self.servers if not (self.tunnel and server.through is False)]

    @property
    def beside(self) -> list[Asked]:
        """While the VPN is up, whoever has a private address past it may be anybody at home."""
        return [server for server in self.servers if self.tunnel and server.past]

    @property
    def beyond(self) -> list[Asked]:
        """Servers with addresses of the internet, which are the company's also where their ways lead past a VPN that is up."""
        return [s for s in self.servers if self.tunnel and s.through is False and not s.past]

    @property
    def answering(self) -> bool:
        """A server that vouches for the others accepts connections."""
        return any(each.reply is Reply.ANSWERED for each in self.servers if self._vouches(each))

    @property
    def carried(self) -> bool:
        """Proved that packets get inside and back: a server said something, through a tunnel if only that it refuses, or a name
        server behind the tunnel did. A name that was found may come from a cache or a file."""
        refused = any(each.through and each.reply is Reply.REFUSED for each in self.servers)
        return self.answering or refused or (self.tunnel is True and self.own.carried)

    def _vouches(self, server: Asked) -> bool:
        """What is reached past a VPN that is up says nothing about it; without one, nor does who is in this very network, or
        everybody's on the internet."""
        return server.through is True or (self.tunnel is not True and server.past and not server.near)

    @property
    def evidence(self) -> str:
        vpn = {True: "the VPN is up", False: "the VPN is not up", None: "not known whether the VPN is up"}
        met = [f"{self.met} answers through the VPN"] if self.met else []
        asked = [_told(one) for one in self.everything]
        return "; ".join([vpn[self.tunnel], *asked, *self.own.evidence, *met, str(self.controls)])

    @property
    def sure(self) -> Confidence:
        return Confidence.HIGH if self.answering else Confidence.MEDIUM


def _told(one: Asked) -> str:
    turned = f" (says {one.turned_by})" if one.turned_by else ""
    return f"{one} {one.reply}{turned}" + (", past the VPN" if one.past else "")
