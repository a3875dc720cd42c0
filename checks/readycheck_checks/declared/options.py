"""What every declared check can be told: what it is called and for, whose its subject is, and what is said when it fails."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from readycheck.api import Capability, Fact, Options, Owner, Privacy, fact
from readycheck_checks.asking.attempts import HostPort
from readycheck_checks.asking.endpoints import require_endpoints
from readycheck_checks.blame.lost_names import NameServers, require_addresses


class Told(Options, frozen=True, kw_only=True):
    """The part that is the administrator's knowledge."""

    title: Annotated[str, Meta(min_length=1, max_length=100, description="What people call it")]
    capability: Annotated[Capability, Meta(description="What it is needed for, and counts in")] = (
        Capability.APPS
    )
    level: Annotated[
        Literal["fail", "warn"],
        Meta(description="What a failure is: fail (no work without it) or warn (work goes on, with less)"),
    ] = "fail"
    when_failed: Annotated[
        str,
        Meta(max_length=200, description='How a failure begins: "The time sheet cannot be opened"'),
    ] = ""
    remedy: Annotated[
        str,
        Meta(
            max_length=1000,
            description="What the person does where it is its owner's to mend, beginning with a verb",
        ),
    ] = ""

    @property
    def far(self) -> Owner:
        """Whose the thing is that is looked at."""
        return Owner.UNKNOWN

    @property
    def does_not(self) -> str:
        """How the summary of a failure begins, without its end."""
        return self.when_failed.rstrip(".: ") or f"{self.title} cannot be used"


class Declared(Told, frozen=True, kw_only=True):
    """The same, of a thing that has an owner whatever is found."""

    owner: Annotated[
        Literal["company", "service", "home", "isp", "device"],
        Meta(description="Whose the thing is that is asked, and who mends it"),
    ] = "company"

    @property
    def far(self) -> Owner:
        return Owner(self.owner)

    @property
    def theirs(self) -> Fact:
        """Whose it is by the profile: what answers for another owner than the company shows nothing about its servers."""
        return fact("declared_owner", "Whose it is, by the profile", self.owner, Privacy.PUBLIC)


class Asked(Declared, frozen=True, kw_only=True):
    """The same, of something in the network: silence is held against nobody unless another host answers at that moment."""

    tcp_controls: Annotated[
        tuple[HostPort, ...],
        Meta(
            max_length=6,
            description="Other hosts (host:port), asked at the same moment where nothing answers; left out: those of call_path",
            extra={"same_as": "checks.call_path.tcp_controls"},
        ),
    ] = ()
    name_servers: NameServers = ()
    inside: Annotated[bool, Meta(description="Its name may be known inside the company only")] = False

    def __post_init__(self) -> None:
        require_endpoints(self.tcp_controls)
        require_addresses(self.name_servers)


def capability_of(options: Any) -> Capability:
    """The capability that a declared check counts for."""
    capability: Capability = options.capability
    return capability


def title_of(options: Any) -> str:
    return str(options.title)
