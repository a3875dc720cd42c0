"""The certificates of servers: good ones, and those with the faults that certificates have in offices."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from tests.lab.lab import Lab

# Public sites show certificates for dozens of names with two or three more in the chain: three to five kilobytes, which fill
# several packets. One that fits into a single small packet would hide a line that loses large ones.
MORE_NAMES: Final = tuple(f"site-{number:02}.of-the-same-organisation.example" for number in range(60))
Fault = Literal["expired", "ends-soon", "not-yet-valid", "new", "other-name", "untrusted"]


def issued(
    lab: Lab, name: str, identities: Iterable[str] = (), fault: Fault | None = None
) -> tuple[Path, Path]:
    """Chain and key of a server called ``name``, for its ``identities`` (that name, if none): good, or with this fault."""
    identities = (*(tuple(identities) or (name,)), *MORE_NAMES)
    match fault:
        case None:
            return lab.trusted.issue(name, *identities)
        case "expired":
            return lab.trusted.issue(name, *identities, valid_days=(-90, -2))
        case "ends-soon":
            return lab.trusted.issue(name, *identities, valid_days=(-90, 5))
        case "not-yet-valid":
            return lab.trusted.issue(name, *identities, valid_days=(2, 90))
        case "new":  # good, but for whoever's clock is more than an hour behind
            return lab.trusted.issue(name, *identities, valid_days=(-1 / 24, 90))
        case "other-name":
            return lab.trusted.issue(name, f"another.{name}")
        case "untrusted":
            return lab.untrusted.issue(name, *identities)
