"""What name servers said, each asked by itself at the same moment. Values; asks nobody, judges nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile


class Reply(StrEnum):
    """What one name server made of the question for a name that exists."""

    ANSWERED = "answers"
    UNKNOWN_NAME = "knows no address of it"
    REFUSES = "refuses"
    FAILING = "says that it fails"
    CUT = "answers in part, and does not take the question for the rest over TCP"
    ODD = "answers nonsense"
    SILENT = "no answer"
    CLOSED = "nothing listens there"
    NO_ROUTE = "no way there"
    NOT_ALLOWED = "this computer lets no question out to it"

    @property
    def is_spoken(self) -> bool:
        """A name server said it, and not the network or nobody."""
        return self not in (Reply.SILENT, Reply.CLOSED) and not self.is_unsent

    @property
    def is_unsent(self) -> bool:
        """It never came there, for all that this computer was told."""
        return self in (Reply.NO_ROUTE, Reply.NOT_ALLOWED)

    @property
    def ends_lookups(self) -> bool:
        """Lookups come no further than this name server: it denies the name, or programs give up while they wait for it. After
        the others the next one that is set is asked at once."""
        return self in (Reply.UNKNOWN_NAME, Reply.ODD, Reply.SILENT)


class Place(StrEnum):
    """Where a name server stands, seen from this computer."""

    HERE = "this computer"
    TUNNEL = "through the VPN"
    ROUTER = "the router"
    NEAR = "a private address"  # of this network or of another: the address does not tell
    FAR = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A name server and what it said; ``addresses`` of the name."""

    server: str
    place: Place
    reply: Reply
    addresses: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.server}{f' ({self.place})' if self.place else ''} {self.reply}"


@dataclass(frozen=True, kw_only=True)
class Around:
    """All of one moment. ``own``: the name servers that lookups use, None where this computer does not tell; ``router``: asked
    where it is none of them; ``by_profile``: the profile says which one is used; ``vpn``: some VPN is on."""

    name: str
    own: tuple[Asked, ...] | None
    router: Asked | None = None
    opinions: tuple[Asked, ...] = ()
    by_profile: bool = False
    vpn: bool = False

    def __str__(self) -> str:
        told = "; ".join(map(str, self.everybody)) or "nobody"
        return f"Asked directly for {self.name}: {told}"

    @property
    def everybody(self) -> tuple[Asked, ...]:
        return (*(self.own or ()), *((self.router,) if self.router else ()), *self.opinions)

    @property
    def bad(self) -> Asked | None:
        """The first of the computer's own that is of no use. Where another of them answers, only one before it that ends lookups:
        name servers are asked in their order (resolv.conf(5)). None where the first one answers."""
        before = tuple(takewhile(lambda each: each.reply is not Reply.ANSWERED, self.own or ()))
        ending = before if not self.own_answers else [each for each in before if each.reply.ends_lookups]
        return next(iter(ending), None)

    @property
    def own_answers(self) -> bool:
        return answered(self.own or ())

    @property
    def router_answers(self) -> bool:
        routers = [each for each in self.everybody if each.place is Place.ROUTER]
        return answered(routers)

    @property
    def line_passes_names(self) -> bool:
        """Somebody outside answers, by no tunnel."""
        return answered(each for each in self.everybody if each.place is Place.FAR)


def answered(servers: Iterable[Asked]) -> bool:
    return any(each.reply is Reply.ANSWERED for each in servers)
