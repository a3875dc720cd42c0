"""Whose a silence is, from where the packets end, while others answer at the same moment. Pure."""

from typing import Final

from readycheck.api import Blame, Confidence, Owner
from readycheck_checks.blame.ending import Ending, Place

NEAR: Final = (Owner.DEVICE, Owner.HOME, Owner.ISP)  # who stands between a person and everybody else


def whose(ending: Ending, far: Owner) -> Blame:
    """``far``: whose the silent target is."""
    sure = Confidence.HIGH if ending.sure else Confidence.MEDIUM
    if ending.within(Place.COMPUTER):
        return Blame(Owner.DEVICE, confidence=sure)
    if ending.within(Place.ROUTER):
        return Blame(Owner.HOME, confidence=sure)
    if ending.within(Place.COMPUTER, Place.ROUTER):
        return Blame(either=(Owner.HOME, Owner.DEVICE), confidence=Confidence.MEDIUM)
    if ending.within(Place.PROVIDER):
        return Blame(Owner.ISP, confidence=sure)
    if ending.within(Place.TARGET):
        return Blame(far, confidence=Confidence.MEDIUM)
    if ending.within(
        Place.PROVIDER, Place.BEYOND
    ):  # a provider that lost the way there looks like a target that is dead
        return between(far, Owner.ISP, confidence=Confidence.MEDIUM)
    return between(far, Owner.HOME, Owner.ISP)


def between(*owners: Owner, confidence: Confidence = Confidence.LOW) -> Blame:
    """Either of these, the likeliest first; one who is named twice is one."""
    different = tuple(dict.fromkeys(owners))
    if len(different) == 1:
        return Blame(different[0], confidence=confidence)
    return Blame(either=different, confidence=confidence)
