"""What a path is good for, by table: kinds of calls against what became of their streams."""

import random

import msgspec
import pytest

from readycheck.api import Owner, Status
from readycheck.measure.media.call import Media
from readycheck.measure.media.directions import Passage, round_trip, way_back, way_there
from readycheck.measure.media.shape import video
from readycheck_checks.calls.kinds import Kind, Ladder, Trial, hindrances, in_order, is_sure, limited, verdict

COUNT = 400


def kind(title: str, mbps: float) -> Kind:
    return Kind(
        title=title, up_mbps=mbps, down_mbps=mbps, rtt_ms=300, jitter_ms=40, loss_percent=3,
        source="Example", checked="2026-11-22",
    )  # fmt: skip


KINDS = {
    "group": kind("group video", 4.0),
    "audio": kind("voice", 0.08),
    "video_1080p": kind("video in 1080p", 3.0),
    "video_720p": kind("video in 720p", 1.5),
}
ORDER = [name for name, _ in in_order(KINDS)]
EITHER = (Owner.ISP, Owner.HOME)


def media(*, rtt_ms: float = 20.0, up: float = 0.0, down: float = 0.0, wobble_ms: float = 0.0) -> Media:
    """A stream that lost these fractions and was late by something up to ``wobble_ms`` on the way there."""
    dice = random.Random(5)
    fates = []
    for number in range(COUNT):
        sent = number * 0.1
        there = sent + rtt_ms / 2000 + dice.random() * wobble_ms / 1000
        reached = dice.random() >= up
        came = there + rtt_ms / 2000 if reached and dice.random() >= down else None
        there_s = (there + 99, there + 99) if came is not None else None
        fates.append(Passage(sent_s=sent, reached=reached, order=number, there_s=there_s, came_s=came))
    both = round_trip(fates)
    return Media(
        stream=video("video 720p", 1.5, 1.5),
        up=way_there(fates, both.p50_ms),
        down=way_back(fates, both.p50_ms),
        round_trip=both,
    )


def ladder(count: int, *why: str, untried: str = "") -> Ladder:
    """The first ``count`` kinds were carried, the next one was hindered by ``why``."""
    trials = [Trial(name=name, kind=KINDS[name], media=media()) for name in ORDER[:count]]
    if why:
        name = ORDER[count]
        trials.append(Trial(name=name, kind=KINDS[name], media=media(up=0.2), hindrances=why))
    return Ladder(trials=tuple(trials), untried=untried)


@pytest.mark.parametrize(
    ("tried", "words"),
    [
        (ladder(4), "group video"),
        (ladder(3, "lossy"), "video in 1080p. Not for group video: lossy"),
        (ladder(2, "late"), "video in 720p. Not for video in 1080p: late"),
        (ladder(1, "late", "lossy"), "voice only. Not for video in 720p: late; lossy"),
        (ladder(0, "lossy"), "no call. Not for voice: lossy"),
        (ladder(2, untried="Quick"), "at least video in 720p. Quick"),
    ],
)
def test_in_peoples_words(tried: Ladder, words: str) -> None:
    assert verdict(tried).value == words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (media(), ()),
        (media(rtt_ms=450), ("450 ms there and back",)),
        (media(up=0.1), ("of what you send is lost, at most 3% work",)),
        (media(down=0.1), ("of what the others send is lost",)),
        (media(up=0.1, down=0.1), ("of what you send is lost", "of what the others send is lost")),
        (media(wobble_ms=200), ("what you send has",)),
        (media(up=0.035), ()),  # above the limit, and not proved by 400 packets
    ],
)
def test_what_keeps_a_kind_from_working_is_said_with_its_direction(
    found: Media, words: tuple[str, ...]
) -> None:
    told = hindrances(found, rtt_ms=300, jitter_ms=40, loss_percent=3)
    assert len(told) == len(words)
    assert all(part in sentence for part, sentence in zip(words, told, strict=True))


@pytest.mark.parametrize(
    ("tried", "wanted", "warns"),
    [
        (ladder(1, "lossy"), "video_720p", True),
        (ladder(2, "lossy"), "video_720p", False),
        (ladder(2, "lossy"), "group", True),
        (ladder(4), "group", False),
        (ladder(0, "lossy"), "video_720p", False),  # voice itself tells
        (ladder(1, untried="Quick"), "group", False),
    ],
)
def test_a_warning_where_the_wanted_kind_does_not_get_through(
    tried: Ladder, wanted: str, warns: bool
) -> None:
    found = limited(tried, wanted, ORDER, EITHER)
    assert (found is not None) is warns
    if found is not None:
        assert (found.code, found.status, found.either) == ("calls.video_limited", Status.WARN, EITHER)
        assert found.summary.startswith("Good for ") and "lossy" in found.summary


def test_what_is_above_a_limit_and_not_proved_is_not_sure() -> None:
    assert is_sure(media(), jitter_ms=40, loss_percent=3)
    assert is_sure(media(up=0.1), jitter_ms=40, loss_percent=3)  # proved: a hindrance
    assert not is_sure(media(up=0.035), jitter_ms=40, loss_percent=3)


def test_kinds_go_by_their_rates_whatever_their_order_in_the_profile() -> None:
    assert ORDER == ["audio", "video_720p", "video_1080p", "group"]


def test_a_kind_that_wants_more_back_than_it_sends_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="sends back no more"):
        msgspec.structs.replace(KINDS["group"], up_mbps=1.0)
