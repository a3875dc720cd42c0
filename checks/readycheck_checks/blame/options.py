"""What profiles may tell a check of a server about others: whom it asks beside it, and whom after a failure. Asks nobody."""

from typing import Annotated, Protocol

from msgspec import Meta

from readycheck.api import Options, Owner
from readycheck_checks.asking.attempts import HostPort
from readycheck_checks.asking.endpoints import hosts_in, require_endpoints
from readycheck_checks.blame.lost_names import NameServers, require_addresses
from readycheck_checks.blame.trouble import Beside


class ControlOptions(Options, frozen=True, kw_only=True):
    """For a check that weighs a silence against hosts of others. A mistake in them is one sentence (ValueError)."""

    tcp_controls: Annotated[
        tuple[HostPort, ...],
        Meta(
            max_length=6,
            description="Other hosts (host:port), asked at the same moment: without an answer of theirs silence proves nothing",
        ),
    ] = ()

    def __post_init__(self) -> None:
        require_endpoints(self.tcp_controls)


class BesideOptions(ControlOptions, frozen=True, kw_only=True):
    """The same, for a check that also finds out whose a lost name is."""

    name_servers: NameServers = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        require_addresses(self.name_servers)

    def beside(self, far: Owner = Owner.COMPANY, *, inside: bool = False) -> Beside:
        """For a look after a failure. ``far``: whose the server is; ``inside``: the company alone may know its name."""
        return Beside(far=far, tcp_controls=self.tcp_controls, name_servers=self.name_servers, inside=inside)


class OthersAsked(Protocol):
    """Options with both fields, wherever they were declared."""

    @property
    def tcp_controls(self) -> tuple[str, ...]: ...
    @property
    def name_servers(self) -> tuple[str, ...]: ...


def hosts_beside(options: OthersAsked, *own: str) -> tuple[str, ...]:
    """All whom such a check may talk to, without ports, for ``Check.hosts_of``. ``own``: the URLs, host:port and names of its
    own servers."""
    return hosts_in(*own, *options.tcp_controls, *options.name_servers)
