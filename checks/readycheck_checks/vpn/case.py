"""What is known of a VPN gateway beside its answers, for the verdicts about it. Values."""

from dataclasses import dataclass
from typing import Final

from readycheck_checks.blame.trouble import Looked


@dataclass(frozen=True, kw_only=True)
class Case:
    """What else is known: ``quiet`` why silence proves nothing of this gateway; ``keyed``: it was asked with this person's key;
    ``all_needed``: every transport must answer; ``kind`` in words; ``looked``: whose its certificate or its name is, beside
    others; ``remedy`` for one that is something else."""

    quiet: str = ""
    keyed: bool = False
    all_needed: bool = False
    kind: str = "VPN gateway"
    looked: Looked = Looked()
    remedy: str = ""


PLAIN: Final = Case()
ONLY_ITS_PROGRAM: Final = "it answers only the VPN program, which holds its key"
