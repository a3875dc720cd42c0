"""Whose an answer is that some name servers give and others do not: by where they stand that give it. Pure judgement.

A router mostly passes questions on, and so does a program of this computer: of what stands behind, only the router can be asked
by itself. A name server outside may have been set by hand, or been handed out by the provider or by the router of this network.
"""

from collections.abc import Callable, Collection
from enum import Enum, auto
from typing import Final

from readycheck.api import Owner
from readycheck_checks.names.around import Around, Asked, Place
from readycheck_checks.names.verdict import AUTOMATIC, Fault, fault, is_private


class Says(Enum):
    """What a name server says about a name."""

    SO = auto()  # the answer that is in question
    OTHERWISE = auto()
    NOTHING = auto()  # of use


Judge = Callable[[Asked], Says]
LINE: Final = (Owner.HOME, Owner.ISP)


def who_says_so(around: Around, judge: Judge) -> Asked | None:
    """The first name server of this computer's own that does."""
    return next((each for each in around.own or () if judge(each) is Says.SO), None)


def all_say_otherwise(around: Around, judge: Judge) -> bool:
    """Some of this computer's own name servers say something, and none of them this: so it is this computer's own word."""
    said = {judge(each) for each in around.own or ()}
    return Says.OTHERWISE in said and Says.SO not in said


def of_its_place(liar: Asked, around: Around, judge: Judge, why: str, ask: str) -> Fault:
    """``liar``: who_says_so. ``ask``: a remedy that asks whoever runs it. Where one that is asked before it says otherwise, it
    may be this computer's own word as well."""
    found = _by_place(liar, around, _of_the_router(around, judge), why, ask)
    own = around.own or ()
    before = own[: own.index(liar)] if liar in own else ()
    if Owner.DEVICE in found.blame.parties or all(judge(each) is not Says.OTHERWISE for each in before):
        return found
    return fault(found.why, found.remedy, *found.blame.parties, Owner.DEVICE)


def _of_the_router(around: Around, judge: Judge) -> Says:
    said = [judge(each) for each in around.everybody if each.place is Place.ROUTER]
    return next((each for each in said if each is not Says.NOTHING), Says.NOTHING)


def _by_place(liar: Asked, around: Around, router: Says, why: str, ask: str) -> Fault:
    if liar.place is Place.TUNNEL:
        remedy = "Ask IT support whether the name server of the VPN does this on purpose"
        return fault(why, remedy, *through_tunnel(liar))
    if around.by_profile:
        return fault(why, ask, Owner.COMPANY, Owner.ISP)
    match liar.place:
        case Place.HERE:
            remedy = f"{ask}; it is a program of this computer, or one behind it"
            return fault(why, remedy, *_behind_a_program(around, router))
        case Place.FAR:
            return fault(why, f"{ask}. {AUTOMATIC}", *_set_by_whom(router))
        case Place.NEAR:
            line = (Owner.HOME,) if router is Says.OTHERWISE else LINE
            return fault(why, ask, *line, Owner.DEVICE, Owner.COMPANY)
    return fault(why, f"{ask}: the router may have a filter, or its provider", *LINE)


def through_tunnel(asked: Asked) -> tuple[Owner, ...]:
    """Whose a name server is that is asked through a VPN: one with a public address may have been set on this computer before."""
    return (Owner.COMPANY,) if is_private(asked.server) else (Owner.COMPANY, Owner.DEVICE)


def _behind_a_program(around: Around, router: Says) -> tuple[Owner, ...]:
    """It passes questions on, most often to the router: one that says the same says so by itself, one that does not is not whom
    the program has it from."""
    if router is Says.SO:
        return LINE
    vpn = (Owner.COMPANY,) if around.vpn else ()
    return (Owner.DEVICE, *vpn) if router is Says.OTHERWISE else (Owner.DEVICE, *vpn, *LINE)


def of_places(places: Collection[Place], *, by_profile: bool = False) -> tuple[Owner, ...]:
    """Whose it may be that this computer's name servers tell otherwise than others, by where they stand; no places: not told."""
    if by_profile:
        return Owner.COMPANY, Owner.ISP
    if Place.TUNNEL in places:
        return Owner.COMPANY, Owner.DEVICE, *(LINE if Place.ROUTER in places else ())
    return LINE if set(places) == {Place.ROUTER} else (*LINE, Owner.DEVICE)


def _set_by_whom(router: Says) -> tuple[Owner, ...]:
    """Of a name server outside: the provider's own look the same as the router's, which asks them."""
    if router is Says.OTHERWISE:
        return Owner.DEVICE, Owner.HOME
    return Owner.ISP, Owner.DEVICE, Owner.HOME
