"""Where a speed server stands, and whose it is, as far as its table in the profile tells. Asks nobody."""

from dataclasses import dataclass

from readycheck.api import Owner
from readycheck_checks.asking.endpoints import Endpoint, is_here


@dataclass(frozen=True, kw_only=True)
class Site:
    """``title``: what people call the server; ``host``: empty where it is known only later, for another server names it;
    ``far``: whose it is, or may be."""

    title: str
    host: str = ""
    port: int = 0
    far: tuple[Owner, ...] = (Owner.SERVICE,)

    @property
    def place(self) -> str:
        """What tells it from others; on this computer every port is a host of its own."""
        if self.host and is_here(self.host):
            return str(Endpoint(self.host, self.port))
        return self.host or self.title

    def is_another(self, other: "Site") -> bool:
        """Another host: what is slow about one of them need not be about the other."""
        return self.place != other.place

    def is_another_partys(self, other: "Site") -> bool:
        """Another host, and not of the company alone like the first: its servers have one line."""
        own = (Owner.COMPANY,)
        return self.is_another(other) and not (self.far == own == other.far)
