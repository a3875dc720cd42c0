"""Whose a silence is, from where the packets end, while others answer at the same moment. Pure."""

from dataclasses import dataclass
from typing import Final

from readycheck.api import Confidence, Owner
from readycheck_checks.blame.ending import Ending, Place

NEAR: Final = (Owner.DEVICE, Owner.HOME, Owner.ISP)  # who stands between a person and everybody else


@dataclass(frozen=True)
class Whose:
    """Whose it is; ``either``: between whom it cannot be told."""

    owner: Owner = Owner.UNKNOWN
    either: tuple[Owner, ...] = ()
    confidence: Confidence = Confidence.LOW


def whose(ending: Ending, far: Owner) -> Whose:
    """``far``: whose the silent target is."""
    sure = Confidence.HIGH if ending.sure else Confidence.MEDIUM
    if ending.within(Place.COMPUTER):
        return Whose(Owner.DEVICE, confidence=sure)
    if ending.within(Place.ROUTER):
        return Whose(Owner.HOME, confidence=sure)
    if ending.within(Place.COMPUTER, Place.ROUTER):
        return Whose(either=(Owner.HOME, Owner.DEVICE), confidence=Confidence.MEDIUM)
    if ending.within(Place.PROVIDER):
        return Whose(Owner.ISP, confidence=sure)
    if ending.within(Place.TARGET):
        return Whose(far, confidence=Confidence.MEDIUM)
    if ending.within(
        Place.PROVIDER, Place.BEYOND
    ):  # a provider that lost the way there looks like a target that is dead
        return between(far, Owner.ISP, confidence=Confidence.MEDIUM)
    return between(far, Owner.HOME, Owner.ISP)


def between(*owners: Owner, confidence: Confidence = Confidence.LOW) -> Whose:
    """Either of these, the likeliest first; one who is named twice is one."""
    different = tuple(dict.fromkeys(owners))
    if len(different) == 1:
        return Whose(different[0], confidence=confidence)
    return Whose(either=different, confidence=confidence)
