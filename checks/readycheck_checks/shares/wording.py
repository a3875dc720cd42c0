"""How a trouble with a share is told: the form of it, and the places in its texts. Judges nothing.

In the texts {label} is the share as people know it, {host} and {port} its server.
"""

from dataclasses import dataclass
from typing import Final

from readycheck.api import Blame, Code, Confidence, Owner, Status
from readycheck_checks.shares.target import Target

COMPANY: Final = Blame(Owner.COMPANY, confidence=Confidence.MEDIUM)
SURELY_COMPANY: Final = Blame(Owner.COMPANY, confidence=Confidence.HIGH)
TELL: Final = "Tell IT support that {label} "


@dataclass(frozen=True, kw_only=True)
class Words:
    """One kind of finding. ``blame`` None: as the look at it says."""

    code: Code
    says: str
    remedy: str
    blame: Blame | None = COMPANY
    status: Status = Status.FAIL


def filled(text: str, label: str, target: Target) -> str:
    """The text with its places filled; what a name holds is never read as a place."""
    values = {"label": label, "host": target.host, "port": str(target.port)}
    return text.format_map(values)
