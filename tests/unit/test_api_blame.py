"""Whose a fault is, as a check says it: one value, or its parts."""

import pytest

from readycheck.api import Blame, Confidence, Owner, failed, warned

HOME_OR_ISP = Blame(either=(Owner.HOME, Owner.ISP), confidence=Confidence.LOW)


def test_a_finding_says_what_the_blame_says() -> None:
    found = failed("line.cut", "Nothing comes through", remedy="Restart the router", blame=HOME_OR_ISP)
    assert (found.owner, found.either, found.confidence) == (
        Owner.UNKNOWN,
        (Owner.HOME, Owner.ISP),
        Confidence.LOW,
    )


def test_a_check_may_be_surer_of_a_finding_than_the_blame_is() -> None:
    found = warned("line.slow", "It is slow", remedy="Wait", blame=HOME_OR_ISP, confidence=Confidence.MEDIUM)
    assert found.confidence is Confidence.MEDIUM


def test_without_a_blame_the_confidence_is_medium() -> None:
    found = failed("line.cut", "Nothing comes through", remedy="Restart the router", owner=Owner.HOME)
    assert (found.owner, found.confidence) == (Owner.HOME, Confidence.MEDIUM)


def test_whose_it_is_is_not_said_in_two_ways_at_once() -> None:
    with pytest.raises(ValueError, match="name no owner beside it"):
        failed("a.b", "It is broken", remedy="Mend it", owner=Owner.HOME, blame=Blame(Owner.ISP))


@pytest.mark.parametrize(
    ("owner", "either"),
    [
        (Owner.HOME, (Owner.HOME, Owner.ISP)),
        (Owner.UNKNOWN, (Owner.HOME,)),
        (Owner.UNKNOWN, (Owner.HOME, Owner.HOME)),
        (Owner.UNKNOWN, (Owner.HOME, Owner.UNKNOWN)),
    ],
)
def test_either_names_two_owners_of_whom_it_is_not_known_whose_it_is(
    owner: Owner, either: tuple[Owner, ...]
) -> None:
    with pytest.raises(ValueError, match="two or more owners"):
        Blame(owner, either)


def test_the_parties_of_a_blame_are_everybody_it_can_be() -> None:
    assert HOME_OR_ISP.parties == (Owner.HOME, Owner.ISP)
    assert Blame(Owner.HOME).parties == (Owner.HOME,)
    assert Blame().parties == ()
