"""Is the line losing packets, and before the router or behind it? Pure judgement over samples of one moment.

Bounds are Wilson's of 95 %, wider where losses come in bursts. Two targets of different operators have to lose: what one of them
loses alone is its own matter, or that of the way to it. A router that answers worse than it passes packets on loses nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from readycheck.api import Confidence, Finding, Owner, passed, skipped, unknown, warned
from readycheck_checks.calls import owners
from readycheck_checks.calls.parties import either_of
from readycheck_checks.calls.sides import Amount, Packets, Side, delay_ms, in_words, loss_percent, side
from readycheck_checks.path.loss import Sample
from readycheck_checks.path.loss_codes import LOSS, NONE_LOST, UNJUDGED, UNPROVED

FEWEST: Final = 2  # targets: what one loses alone is its own matter
# Answers this late wait somewhere: routers hold back so much before they drop what finds no room.
FULL_MS: Final = 500.0


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """``link``: wifi, wired or empty; ``behind``: whose networks follow the router; ``vpn``: one of them is a company's."""

    link: str = ""
    behind: tuple[Owner, ...] = (Owner.ISP,)
    vpn: bool = False
    why_no_router: str = ""


def needs_closer_look(first: Sample) -> bool:
    """A single packet lost of all is nothing to look after."""
    return first.lost > 1


def judge_loss(sample: Sample, limit: float | None, around: Surroundings) -> Finding:
    """``limit``: % above which loss is told as a fault; None: it is measured only."""
    detail = in_detail(sample, around)
    if len(sample.far) < FEWEST and needs_closer_look(sample):
        return unknown(
            UNPROVED,
            "Whether packets get lost is not known: too few hosts that could be counted on answer",
            detail=detail,
        )
    least = _least(sample.far)
    if least is None:
        return unknown(
            UNPROVED,
            "Whether packets get lost is not known: nobody beyond the router answers what could be counted",
            detail=detail,
        )
    if limit is None and least.value:
        figures = f"{least.value:.0f} % of all packets get lost there and back"
        return skipped(UNJUDGED, f"{figures}; the profile sets no limit")
    if limit is None or least.value <= limit:
        return passed(NONE_LOST, _well(sample, least), detail=detail)
    if len(sample.far) < FEWEST or least.low <= limit:
        return unknown(
            UNPROVED,
            f"Whether more than {limit:g} % of all packets get lost is not known: {least.value:.0f} % of those sent did, "
            "which are too few",
            detail=detail,
        )
    told = _side(sample, least, limit)
    if told is not Side.HOME and (why := _may_be_full(sample)):
        return unknown(
            UNPROVED,
            f"Whether the line loses packets is not known: {why}, and what finds no room on a full line is dropped",
            detail=detail,
        )
    return _lost(least, told, around, detail)


def _may_be_full(sample: Sample) -> str:
    """Why the line may be full, by the quickest of those beyond the router; empty where their answers come soon. What the line
    takes when idle is not known: others at home may fill it all the time."""
    delays = [delay.value for packets in sample.far.values() if (delay := delay_ms(packets)) is not None]
    if not delays:
        return "so few answers come in time that the line may be full"
    late = min(delays)
    if late < FULL_MS:
        return ""
    return f"answers take {late:.0f} ms, as on a line that is full or over a satellite"


def _least(far: Mapping[str, Packets]) -> Amount | None:
    """What all ways beyond the router have in common loses no more than the best of them; None: nothing was asked there."""
    amounts = [amount for each in far.values() if (amount := loss_percent(each)) is not None]
    return min(amounts, key=lambda amount: amount.low, default=None)


def _side(sample: Sample, losing: Amount, limit: float) -> Side:
    near = loss_percent(sample.near) if sample.near is not None else None
    return Side.UNTOLD if near is None else side(near, losing, limit)


def _lost(losing: Amount, told: Side, around: Surroundings, detail: str) -> Finding:
    known = told is Side.HOME or (told is Side.BEHIND and bool(around.behind))
    parties = _parties(told, around) if known else either_of(around.behind)
    where = f" {told}" if known else ""
    return warned(
        LOSS,
        f"Packets get lost{where}: {losing.value:.0f} % there and back",
        remedy=_remedy(told, around) if known else LOSS.remedy,
        owner=parties[0] if len(parties) == 1 else Owner.UNKNOWN,
        either=parties if len(parties) > 1 else (),
        confidence=Confidence.MEDIUM,
        detail=detail,
    )


def _parties(told: Side, around: Surroundings) -> tuple[Owner, ...]:
    return (Owner.HOME,) if told is Side.HOME else around.behind


def _remedy(told: Side, around: Surroundings) -> str:
    if told is Side.HOME:
        return owners.in_the_home(around.link)
    return owners.THROUGH_VPN if around.vpn else owners.PROVIDER


def _well(sample: Sample, least: Amount) -> str:
    if not sample.lost:
        far = "neither to the router nor beyond it" if sample.near is not None else "on the way out"
        return f"No packet gets lost, {far}"
    if least.value == 0:
        return "No packet gets lost on the line; only the hosts themselves do not answer everything"
    return f"Hardly a packet gets lost: {least.value:.1f} %"


def in_detail(sample: Sample, around: Surroundings) -> str:
    near = f"Up to the router: {in_words(sample.near)}" if sample.near is not None else around.why_no_router
    far = [f"{name}: {in_words(packets)}" for name, packets in sample.far.items()]
    return "; ".join(filter(None, (near, *far)))
