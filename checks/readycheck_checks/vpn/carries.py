"""What goes through the tunnel, from the ways to an inside, an outside and some media addresses. Pure; asks nobody.

Each way is True (through the tunnel), False (past it) or None (could not be told).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Extent(StrEnum):
    """Of a tunnel that company traffic goes through, or does not."""

    FULL = "full"  # everything
    MEDIA_DIRECT = "media_direct"  # everything but voice and video
    SPLIT = "split"  # company traffic only
    NOTHING = "nothing"
    NOT_TOLD = "not told"


WORDS: Final = {
    Extent.FULL: "all traffic does: full tunnel",
    Extent.MEDIA_DIRECT: "all traffic does, but for calls: full tunnel with a media exception",
    Extent.SPLIT: "other traffic does not: split tunnel",
    Extent.NOTHING: "nothing does",
    Extent.NOT_TOLD: "other traffic could not be told",
}


@dataclass(frozen=True, kw_only=True)
class Ways:
    """``outside``: of IPv4; ``outside6``: of IPv6, None also where this computer has none; ``media``: of each relay."""

    inside: bool | None
    outside: bool | None
    outside6: bool | None = None
    media: Sequence[bool | None] = ()

    @property
    def extent(self) -> Extent:
        """Calls are excepted where the way to every media address leads past the tunnel, though the rest goes through."""
        if not self.inside:
            return Extent.NOT_TOLD if self.inside is None else Extent.NOTHING
        if self.outside is None:
            return Extent.NOT_TOLD
        if not self.outside:
            return Extent.SPLIT
        direct = bool(self.media) and not any(way is None or way for way in self.media)
        return Extent.MEDIA_DIRECT if direct else Extent.FULL

    @property
    def leaves_ipv6(self) -> bool:
        """Other traffic goes through over IPv4, and past the tunnel over IPv6."""
        return bool(self.inside and self.outside) and self.outside6 is False

    @property
    def in_words(self) -> str:
        """As it stands behind "company traffic goes through tun0"."""
        return WORDS[self.extent] + (" for IPv4, IPv6 goes past it" if self.leaves_ipv6 else "")
