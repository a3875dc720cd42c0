"""On which side of the router a stream gets bad, and whose that is: by table, and by chance."""

import random
from itertools import cycle, islice

import pytest

from readycheck.api import Confidence, Owner, failed, passed, warned
from readycheck.measure.statistics import burst_ratio
from readycheck_checks.blame.remedies import OTHER_CABLE
from readycheck_checks.calls.owners import (
    HOME_NETWORK,
    PROVIDER,
    THROUGH_VPN,
    TO_ONE_PLACE,
    WIFI,
    View,
    owned,
)
from readycheck_checks.calls.sides import (
    Amount,
    Packets,
    Side,
    as_packets,
    delay_ms,
    in_words,
    jitter_ms,
    loss_percent,
    side,
    sides,
)

LOSS, JITTER, RTT = "calls.loss_high", "calls.jitter_high", "calls.rtt_high"
LIMITS = {LOSS: 1.0, JITTER: 30.0, RTT: 100.0}


def packets(
    sent: int = 100, *, lost: int = 0, rtt_ms: float = 2.0, step_ms: float = 0.0, burst: float = 1.0
) -> Packets:
    """``step_ms``: from each round-trip time to the next."""
    times = tuple(islice(cycle((rtt_ms, rtt_ms + step_ms)), sent - lost))
    return Packets(sent=sent, rtts_ms=times, burst_ratio=burst)


CLEAN = packets()


@pytest.mark.parametrize(
    ("code", "near", "far", "where"),
    [
        (LOSS, CLEAN, packets(150, lost=12), Side.BEHIND),
        (LOSS, packets(lost=1), packets(150, lost=30), Side.BEHIND),
        (LOSS, CLEAN, packets(150, lost=4), Side.UNTOLD),  # too few to rule the near end out
        (LOSS, packets(lost=9), packets(150, lost=14), Side.HOME),
        (LOSS, packets(lost=40), packets(150, lost=60), Side.HOME),
        (LOSS, packets(lost=2), packets(150, lost=3), Side.UNTOLD),  # too few to show the near end
        (LOSS, packets(lost=5), packets(150, lost=40), Side.UNTOLD),  # both sides lose
        (LOSS, packets(lost=9), packets(150, lost=1), Side.UNTOLD),  # all the way it is well again
        (LOSS, packets(lost=60), packets(150, lost=15), Side.UNTOLD),  # the router answers less than it passes on
        (LOSS, packets(lost=100), packets(150, lost=15), Side.UNTOLD),
        (LOSS, packets(lost=5, burst=4.8), packets(150, lost=7, burst=4.8), Side.UNTOLD),  # one burst
        (JITTER, CLEAN, packets(step_ms=50), Side.BEHIND),
        (JITTER, packets(step_ms=45), packets(step_ms=50), Side.HOME),
        (JITTER, packets(step_ms=22), packets(step_ms=45), Side.UNTOLD),
        (JITTER, packets(step_ms=45), packets(step_ms=20), Side.UNTOLD),
        (RTT, CLEAN, packets(rtt_ms=500), Side.BEHIND),
        (RTT, packets(rtt_ms=150), packets(rtt_ms=170), Side.HOME),
        (RTT, packets(rtt_ms=40), packets(rtt_ms=130), Side.UNTOLD),  # each would do by itself
        (RTT, packets(rtt_ms=300), packets(rtt_ms=120), Side.UNTOLD),  # a router that is slow to answer for itself
        (RTT, packets(lost=95), packets(rtt_ms=500), Side.UNTOLD),  # too few answers
    ],
)  # fmt: skip
def test_a_side_is_named_only_where_it_alone_explains_what_is_missing(
    code: str, near: Packets, far: Packets, where: Side
) -> None:
    assert sides(near, far, {code: LIMITS[code]}) == {code: where}


def test_each_shortfall_is_placed_for_itself() -> None:
    near, far = packets(lost=10, rtt_ms=3), packets(150, lost=15, rtt_ms=400)
    assert sides(near, far, LIMITS) == {LOSS: Side.HOME, JITTER: Side.UNTOLD, RTT: Side.BEHIND}


def test_what_only_a_wide_interval_allows_is_not_said() -> None:
    unsure = Amount(low=0.5, value=9, high=30)
    assert side(unsure, Amount(low=5, value=10, high=18), 1) is Side.UNTOLD
    assert side(Amount(low=0, value=0, high=12), Amount(low=5, value=10, high=18), 1) is Side.UNTOLD


def test_amounts_enclose_their_values() -> None:
    sample = packets(lost=7, rtt_ms=20, step_ms=10)
    for amount in (loss_percent(sample), jitter_ms(sample), delay_ms(sample)):
        assert amount is not None
        assert amount.low <= amount.value <= amount.high
    assert loss_percent(Packets(sent=0, rtts_ms=())) is None
    assert in_words(sample) == "7 of 100 lost, 20.0 ms there and back, jitter 10.0 ms"
    assert in_words(packets(lost=100)) == "100 of 100 lost"


# Chance: thousands of samples of a network that is known


def bursty(chance: random.Random, count: int, start: float, end: float) -> list[bool]:
    """Who arrives, where bursts of loss start and end with these probabilities (Gilbert)."""
    arrived, bad = [], False
    for _ in range(count):
        bad = chance.random() >= end if bad else chance.random() < start
        arrived.append(not bad)
    return arrived


def sample(arrived: list[bool]) -> Packets:
    return as_packets([2.0] * sum(arrived), len(arrived), burst_ratio(arrived))


def at_one_moment(chance: random.Random, start: float, end: float) -> tuple[Packets, Packets]:
    """Every 30 ms a packet to the router, every 20 ms one that goes on: what is lost before the router meets both alike."""
    sent = sorted(
        [(number * 30, "near") for number in range(100)] + [(number * 20, "far") for number in range(150)]
    )
    fate = [
        (name, arrived)
        for (_, name), arrived in zip(sent, bursty(chance, len(sent), start, end), strict=True)
    ]
    near, far = ([arrived for name, arrived in fate if name == which] for which in ("near", "far"))
    return sample(near), sample(far)


@pytest.mark.parametrize(
    ("start", "end"),
    [(0.02, 0.98), (0.05, 0.95), (0.20, 0.80), (0.005, 0.25), (0.03, 0.25), (0.06, 0.25), (0.01, 0.15)],
)
def test_chance_hardly_ever_makes_a_bad_home_network_the_providers(start: float, end: float) -> None:
    chance, runs = random.Random(77), 500
    told = [sides(*at_one_moment(chance, start, end), {LOSS: 1.0})[LOSS] for _ in range(runs)]
    assert told.count(Side.BEHIND) / runs <= 0.01
    assert start < 0.03 or told.count(Side.HOME) / runs > 0.7


@pytest.mark.parametrize("loss", [0.03, 0.08, 0.15, 0.4])
def test_chance_never_makes_a_bad_line_the_homes_and_mostly_shows_whose_it_is(loss: float) -> None:
    chance, runs = random.Random(77), 500
    told = [sides(CLEAN, sample(bursty(chance, 150, loss, 1 - loss)), {LOSS: 1.0})[LOSS] for _ in range(runs)]
    assert Side.HOME not in told
    assert told.count(Side.BEHIND) / runs > {0.03: 0.0, 0.08: 0.7}.get(loss, 0.98)


# Owners

LOST = failed(
    LOSS,
    "Words will be missing: packet loss 8 %, at most 1 wanted",
    remedy="Check again",
    detail="8 of 100 lost",
)
PROVIDERS, THE_VPNS, LOCAL = (Owner.ISP,), (Owner.ISP, Owner.COMPANY), ()
ONE_PLACE = (Owner.ISP, Owner.SERVICE)


@pytest.mark.parametrize(
    ("where", "behind", "owner", "either", "remedy"),
    [
        (Side.HOME, PROVIDERS, Owner.HOME, (), HOME_NETWORK),
        (Side.HOME, THE_VPNS, Owner.HOME, (), HOME_NETWORK),
        (Side.HOME, LOCAL, Owner.HOME, (), HOME_NETWORK),
        (Side.BEHIND, PROVIDERS, Owner.ISP, (), PROVIDER),
        (Side.BEHIND, THE_VPNS, Owner.UNKNOWN, (Owner.ISP, Owner.COMPANY), THROUGH_VPN),
        (Side.BEHIND, ONE_PLACE, Owner.UNKNOWN, ONE_PLACE, TO_ONE_PLACE),
        (Side.BEHIND, LOCAL, Owner.UNKNOWN, (), "Check again"),
        (Side.UNTOLD, PROVIDERS, Owner.UNKNOWN, (Owner.ISP, Owner.HOME), "Check again"),
        (Side.UNTOLD, THE_VPNS, Owner.UNKNOWN, (Owner.ISP, Owner.COMPANY, Owner.HOME), "Check again"),
        (Side.UNTOLD, LOCAL, Owner.UNKNOWN, (), "Check again"),
    ],
)
def test_the_side_and_who_is_behind_the_router_make_the_owner(
    where: Side, behind: tuple[Owner, ...], owner: Owner, either: tuple[Owner, ...], remedy: str
) -> None:
    seen = "Up to the router: 0 of 100 lost"
    found = owned(LOST, View(behind=behind, sides={LOSS: where}, words=seen, vpn=behind is THE_VPNS))
    assert (found.owner, found.either, found.remedy) == (owner, either, remedy)
    assert found.detail == "8 of 100 lost. Up to the router: 0 of 100 lost"
    assert found.confidence is Confidence.MEDIUM


def test_the_place_stands_in_the_sentence_for_the_person() -> None:
    found = owned(LOST, View(behind=PROVIDERS, sides={LOSS: Side.BEHIND}))
    assert found.summary.endswith("at most 1 wanted. It comes about behind the home router")
    assert owned(LOST, View(behind=PROVIDERS)).summary == LOST.summary


@pytest.mark.parametrize(("link", "remedy"), [("wifi", WIFI), ("wired", OTHER_CABLE), ("", HOME_NETWORK)])
def test_what_to_do_at_home_depends_on_how_the_computer_is_connected(link: str, remedy: str) -> None:
    assert owned(LOST, View(behind=PROVIDERS, sides={LOSS: Side.HOME}, link=link)).remedy == remedy


def test_what_was_not_sure_does_not_become_sure_by_an_owner() -> None:
    unsure = warned(LOSS, "Words may be missing", remedy="Check again", confidence=Confidence.LOW)
    assert owned(unsure, View(behind=PROVIDERS, sides={LOSS: Side.HOME})).confidence is Confidence.LOW


def test_what_is_well_has_no_owner() -> None:
    well = passed("calls.stream", "A stream passes")
    assert owned(well, View(behind=PROVIDERS, words="seen")) == well
