"""How large packets may be on the way out, and whether larger ones vanish without a word. Pure judgement over ladders.

A packet that is too large has to be turned away with a message (RFC 792, RFC 4443), from which the sender learns the size. Where
the message is held back, large packets vanish: a black hole (RFC 2923). One server alone proves none, for it may refuse large
requests itself; two servers of different operators that agree on the size do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from readycheck.api import Confidence, Finding, Owner, passed, unknown, warned
from readycheck_checks.blame.ending import Ending, Place
from readycheck_checks.blame.remedies import let_out
from readycheck_checks.path.mtu_codes import BLACK_HOLE, PASSES, SMALL, UNPROVED
from readycheck_checks.path.mtu_ladder import SIZES, Ladder

FULL: Final = 1_500  # Ethernet
LEAST: Final = 1_280  # RFC 8200, 5: what every link has to take for IPv6; programs take less for an error
REMEDY_HERE: Final = "Ask IT support to set the packet size (MTU) of this computer to 1280 bytes or more"
REMEDY_VPN: Final = (
    "Tell IT support that large packets vanish in the VPN: its packet size (MTU) has to be set smaller"
)


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """What the ladders of one way say together, in bytes. ``passes``: answered; ``told``: said to pass. ``vanishes_at``: 0 where
    no black hole is proved; ``unproved``: whether more than ``passes`` gets through is open."""

    passes: int = 0
    told: int = 0
    vanishes_at: int = 0
    unproved: bool = False


def together(ladders: Sequence[Ladder]) -> Sizes:
    """``ladders``: to servers of different operators, of one moment."""
    told = max((each.told for each in ladders if each.is_told), default=0)
    passes = max((each.passes for each in ladders), default=0)
    if passes >= FULL or any(each.is_proved and each.passes == passes for each in ladders):
        return Sizes(passes=passes, told=told or passes)
    holes = [each for each in ladders if is_clean(each) and each.vanishes_at and each.passes >= SIZES[0]]
    agree = len({each.vanishes_at for each in holes}) == 1 and len(holes) == len(_heard(ladders))
    if len(holes) >= 2 and agree:
        return Sizes(passes=passes, told=told, vanishes_at=holes[0].vanishes_at)
    return Sizes(passes=passes, told=told, unproved=True)


def is_clean(each: Ladder) -> bool:
    """All sizes up to one were answered and all above it were lost: a line that loses packets looks otherwise."""
    return all(rung.answered == (rung.size <= each.passes) for rung in each.rungs)


def _heard(ladders: Sequence[Ladder]) -> list[Ladder]:
    return [each for each in ladders if each.passes]


def is_small(sizes: Sizes) -> bool:
    """Proved to take very small packets only."""
    return 0 < sizes.passes < LEAST and not sizes.unproved and not sizes.vanishes_at


def judge_sizes(
    sizes: Sizes, ending: Ending, *, tunnelled: bool = False, here: bool = False, version: int = 4
) -> Finding:
    """``ending``: where packets of full size end while small ones go on; ``tunnelled``: the way leads through a VPN; ``here``:
    the network card (or the tunnel's end) of this computer is set to no more."""
    named = "" if version == 4 else " of IPv6"
    if sizes.vanishes_at:
        return _black_hole(sizes, ending, tunnelled, named)
    if not sizes.passes or sizes.unproved:
        return _unproved(sizes, named)
    if is_small(sizes):
        return warned(
            SMALL,
            f"This connection takes very small packets{named} only: {sizes.passes} bytes",
            remedy=REMEDY_HERE if here else SMALL.remedy,
            either=_who_sets_it(tunnelled, here),
            confidence=Confidence.LOW,
        )
    if sizes.passes >= FULL:
        return passed(PASSES, f"Packets{named} of full size pass: {sizes.passes} bytes")
    return passed(
        PASSES,
        f"Packets{named} of {sizes.passes} bytes pass, and larger ones are turned away with a message, as they should be",
    )


def _unproved(sizes: Sizes, named: str) -> Finding:
    if not sizes.passes:
        return unknown(UNPROVED, f"How large packets{named} may be is not proved: no server answered")
    known = f" ({sizes.passes} bytes pass)" if sizes.passes >= SIZES[0] else ""
    why = (
        "of the size that is told none is answered"
        if sizes.told > sizes.passes
        else "too few servers agree about it"
    )
    return unknown(UNPROVED, f"How large packets{named} may be is not proved{known}: {why}")


def _who_sets_it(tunnelled: bool, here: bool) -> tuple[Owner, ...]:
    """The size of a network card is set on this computer, or handed out by the router; that of a tunnel by its program."""
    if here:
        return (Owner.COMPANY, Owner.DEVICE) if tunnelled else (Owner.DEVICE, Owner.HOME)
    return _parties(Ending(), tunnelled)


def _black_hole(sizes: Sizes, ending: Ending, tunnelled: bool, named: str) -> Finding:
    parties = _parties(ending, tunnelled)
    return warned(
        BLACK_HOLE,
        f"Large packets{named} vanish on the way without a word: {sizes.passes} bytes pass, {sizes.vanishes_at} do not",
        remedy=REMEDY_VPN if tunnelled else _remedy(parties),
        owner=parties[0] if len(parties) == 1 else Owner.UNKNOWN,
        either=parties if len(parties) > 1 else (),
        confidence=Confidence.MEDIUM,
        detail=_seen_last(ending),
    )


def _remedy(parties: tuple[Owner, ...]) -> str:
    return let_out("large packets", Owner.DEVICE) if parties == (Owner.DEVICE,) else BLACK_HOLE.remedy


def _seen_last(ending: Ending) -> str:
    places = " or ".join(ending.places)
    return f"Small packets go on; those of full size end here: {places}" if places else ending.sentence


def _parties(ending: Ending, tunnelled: bool) -> tuple[Owner, ...]:
    """A packet that the home router answers for and nobody after it may have been lost by the router or by the line behind it:
    the next one would answer only once it had come out there."""
    if tunnelled:
        return Owner.COMPANY, Owner.ISP, Owner.HOME
    if ending.within(Place.COMPUTER):
        return (Owner.DEVICE,)
    if ending.within(Place.ROUTER) and ending.sure:
        return (Owner.HOME,)
    if Place.COMPUTER in ending.places:
        return Owner.HOME, Owner.DEVICE, Owner.ISP
    if ending.within(Place.PROVIDER, Place.BEYOND):
        return (Owner.ISP,)
    return Owner.HOME, Owner.ISP
