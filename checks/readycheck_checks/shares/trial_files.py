"""The names of the small files that a visit saves and removes again. Pure; touches no file.

A name tells what the file is, which set-up wrote it and when: ``readycheck-<set-up>-<seconds since 1970, hex>-<random>.tmp``.
A visit that was ended in the middle leaves its file behind; the next one of the same set-up, an hour later or more, knows it
by this name and removes it. Nobody else's files match.
"""

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

OLD_S: Final = 3600
MOST: Final = 5  # leftovers removed in one visit
PATTERN: Final = "readycheck-*.tmp"
CONTENT: Final = b"readycheck: can a file be saved here? It removes itself.\r\n"
_NAME: Final = re.compile(r"readycheck-([0-9a-f]{10})-([0-9a-f]{8})-[0-9a-f]{12}\.tmp")


@dataclass(frozen=True, kw_only=True)
class TrialFiles:
    """``set_up``: ten hexadecimal digits that stand for this person on this computer; ``now``: seconds since 1970."""

    set_up: str
    now: int

    def new_name(self) -> str:
        """One that nobody has had before."""
        return f"readycheck-{self.set_up}-{self.now & 0xFFFFFFFF:08x}-{os.urandom(6).hex()}.tmp"

    def left_behind(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of these names that this set-up left behind more than an hour ago, at most MOST."""
        found = (name for name in names if self._is_old(name))
        return tuple(name for name, _ in zip(found, range(MOST), strict=False))

    def _is_old(self, name: str) -> bool:
        told = _NAME.fullmatch(name)
        return told is not None and told[1] == self.set_up and self.now - int(told[2], 16) > OLD_S


def set_up_of(*about: str) -> str:
    """The digits that stand for a person and a computer without naming them."""
    return hashlib.sha256("\0".join(("readycheck test files", *about)).encode()).hexdigest()[:10]


def names_in(text: str) -> tuple[str, ...]:
    """Every name of such a file in a listing, whatever surrounds it."""
    return tuple(dict.fromkeys(told[0] for told in _NAME.finditer(text)))
