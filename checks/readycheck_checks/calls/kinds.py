"""What kinds of calls a path carries: voice, video in 720p, in 1080p, group video. Pure: from streams that were tried to words.

Kinds are data of the profile. One counts as carried only where a stream of its rates went through. What each service makes of a
rate is told by bandwidth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import Confidence, Fact, Finding, Options, Owner, Privacy, fact, warned
from readycheck.measure.media.call import Media
from readycheck.measure.media.directions import Direction
from readycheck.measure.media.shape import MediaStream, video
from readycheck.measure.statistics import Estimate
from readycheck_checks.calls.codes import VIDEO_LIMITED
from readycheck_checks.calls.limits import Date, Rate

REMEDY: Final = (
    "Turn your camera off on calls. To get video as well, pause downloads, plug in a network cable or move closer to the "
    "router, and check again"
)
Most = Annotated[float, Meta(gt=0, description="At most")]


class Kind(Options, frozen=True, kw_only=True):
    """A kind of call: its rates, and the delay (there and back), jitter and loss (each way) that it still bears."""

    title: Annotated[str, Meta(description='What people call it, as in "good for ..."')]
    up_mbps: Rate
    down_mbps: Rate
    rtt_ms: Most
    jitter_ms: Most
    loss_percent: Most
    source: Annotated[str, Meta(description="Whose numbers these are")]
    checked: Date

    def __post_init__(self) -> None:
        if self.down_mbps > self.up_mbps:
            raise ValueError(
                "down_mbps must not be above up_mbps: a reflector sends back no more than it gets"
            )

    def stream(self, name: str) -> MediaStream:
        return video(name, self.up_mbps, self.down_mbps)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A kind that was tried: what became of its stream (None: nothing of it came back), and in words what keeps it from working
    (empty: it works)."""

    name: str
    kind: Kind
    media: Media | None
    hindrances: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """Kinds tried from the lightest on, until one did not work. ``untried``: why it ended before that; empty where it did not."""

    trials: tuple[Trial, ...] = ()
    untried: str = ""

    @property
    def carried(self) -> tuple[Trial, ...]:
        return tuple(trial for trial in self.trials if not trial.hindrances)

    @property
    def stopped_by(self) -> Trial | None:
        return next((trial for trial in self.trials if trial.hindrances), None)

    @property
    def best(self) -> str:
        """ "group video", "voice only", "at least video in 720p"; empty where not even voice works."""
        if not self.carried:
            return ""
        title = self.carried[-1].kind.title
        only = " only" if len(self.carried) == 1 and self.stopped_by is not None else ""
        return f"at least {title}" if self.untried else f"{title}{only}"


def in_order(kinds: Mapping[str, Kind]) -> list[tuple[str, Kind]]:
    """The lightest first."""
    return sorted(kinds.items(), key=lambda item: item[1].up_mbps + item[1].down_mbps)


def hindrances(
    media: Media, *, rtt_ms: float | None, jitter_ms: float | None, loss_percent: float | None
) -> tuple[str, ...]:
    """In words, what of these limits is proved to be passed; the direction in the words of a person."""
    found = []
    if rtt_ms is not None and media.round_trip.p50_ms > rtt_ms:
        found.append(f"it takes {media.round_trip.p50_ms:.0f} ms there and back, at most {rtt_ms:g} work")
    for direction, whose in ((media.up, "what you send"), (media.down, "what the others send")):
        lost, shaken = direction.loss, direction.jitter_ms
        if loss_percent is not None and lost.low * 100 > loss_percent:
            found.append(f"{lost.value:.1%} of {whose} is lost, at most {loss_percent:g}% work")
        if jitter_ms is not None and shaken is not None and shaken.low > jitter_ms:
            found.append(f"{whose} has {shaken.value:.0f} ms of jitter, at most {jitter_ms:g} work")
    return tuple(found)


def is_sure(media: Media, *, jitter_ms: float | None, loss_percent: float | None) -> bool:
    """Whether none of these limits is passed by a value whose bounds prove nothing yet."""
    return not any(
        (loss_percent is not None and way.loss.low * 100 <= loss_percent < way.loss.value * 100)
        or (
            jitter_ms is not None
            and way.jitter_ms is not None
            and way.jitter_ms.low <= jitter_ms < way.jitter_ms.value
        )
        for way in (media.up, media.down)
    )


def verdict(ladder: Ladder) -> Fact:
    """What the path is good for, and what ends it there."""
    why = ladder.stopped_by
    limit = f". Not for {why.kind.title}: {'; '.join(why.hindrances)}" if why is not None else ""
    untried = f". {ladder.untried}" if ladder.untried else ""
    return fact("call_kinds", "Good for", f"{ladder.best or 'no call'}{limit}{untried}", Privacy.PUBLIC)


def limited(ladder: Ladder, wanted: str, order: Sequence[str], either: tuple[Owner, ...]) -> Finding | None:
    """A warning where voice works and the kind of call that is wanted does not."""
    why = ladder.stopped_by
    if (
        why is None
        or not ladder.carried
        or wanted not in order
        or order.index(why.name) > order.index(wanted)
    ):
        return None
    return warned(
        VIDEO_LIMITED,
        f"Good for {ladder.best}. {why.kind.title[:1].upper()}{why.kind.title[1:]} does not get through well: "
        f"{why.hindrances[0]}",
        remedy=REMEDY,
        either=either,
        confidence=Confidence.LOW,  # one moment, to one host
        detail="; ".join(
            f"{trial.kind.title}: {in_full(trial.media)}" for trial in ladder.trials if trial.media
        ),
    )


def in_full(media: Media) -> str:
    both = media.round_trip
    ways = "; ".join(
        f"{way} {_way_in_full(direction)}" for way, direction in (("up", media.up), ("down", media.down))
    )
    return f"{both.p50_ms:.1f} ms there and back (95 %: {both.p95_ms:.1f}); {ways}"


def _way_in_full(way: Direction) -> str:
    bursts = f" in bursts of ratio {way.burst_ratio:.1f}" if way.burst_ratio is not None else ""
    jitter = f"jitter {_bounded(way.jitter_ms)} ms, " if way.jitter_ms is not None else ""
    return (
        f"{way.lost} of {way.sent} lost{bursts} (99 %: {way.loss.low:.1%} to {way.loss.high:.1%}), {jitter}"
        f"variation {way.variation_ms:.1f} ms, {way.reordered} out of order"
    )


def _bounded(estimate: Estimate) -> str:
    return f"{estimate.value:.1f} ({estimate.low:.1f} to {estimate.high:.1f})"
