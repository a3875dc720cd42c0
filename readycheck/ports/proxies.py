"""What names the way of web pages out of this computer, beside settings by hand: a configuration file (PAC)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

MOST_PAC_BYTES: Final = 262_144
QUICK_PAC_BYTES: Final = 16_384  # most files are shorter; a longer one is then not run
PAC_SERVER: Final = "the server of its configuration"  # in the costs of the check that answers for its data


class WayKind(StrEnum):
    DIRECT = "DIRECT"
    HTTP = "PROXY"
    HTTPS = "HTTPS"
    SOCKS = "SOCKS"


@dataclass(frozen=True)
class Way:
    """One way that a file names: directly, or over the proxy at ``host`` (without brackets) and ``port``."""

    kind: WayKind
    host: str = ""
    port: int = 0

    @property
    def place(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return "directly" if self.kind is WayKind.DIRECT else f"{self.kind} {self.place}"


class PacTrouble(StrEnum):
    """What became of a file that gave no ways."""

    UNREACHABLE = "its server is not reached"
    MISSING = "its server answers without it"
    NO_SCRIPT = "what comes is no configuration file"
    BROKEN = "it cannot be run"
    ENDLESS = "it does not come to an end"
    UNTRIED = "it cannot be looked at here"


@dataclass(frozen=True, kw_only=True)
class Pac:
    """A configuration file as it was read in this run: ``ways`` by URL in their order, or ``trouble``.

    ``found``: the network was asked for it (WPAD), no setting names it; ``problem``: the NetError of an unreachable server;
    ``unknown``: names that it wanted looked up, which was not done, so that its answer may be another than in a browser.
    """

    url: str
    found: bool = False
    ways: Mapping[str, tuple[Way, ...]] = field(default_factory=dict)
    trouble: PacTrouble | None = None
    problem: Exception | None = None
    detail: str = ""
    unknown: tuple[str, ...] = ()
