"""The streams of a call: sizes, rates, and how their packets bunch."""

from itertools import pairwise

import pytest

from readycheck.measure.media.shape import VIDEO_PACKET_BYTES, VOICE, video

VIDEO_720P = video("video 720p", 1.5, 1.5)


def test_voice_is_fifty_packets_a_second_at_an_even_pace() -> None:
    times = list(VOICE.times_s(2.0))
    assert len(times) == 100
    assert {round(later - earlier, 9) for earlier, later in pairwise(times)} == {0.02}
    assert VOICE.bytes_in(1.0) == 50 * 2 * 200


def test_720p_is_a_megabit_and_a_half_each_way_in_packets_that_pass_everywhere() -> None:
    assert VIDEO_720P.bytes_in(1.0) * 8 / 2 == pytest.approx(1.5e6, rel=0.001)
    assert (VIDEO_720P.packets_per_s, VIDEO_720P.up_bytes) == (150, 1222)


def test_the_packets_of_a_frame_leave_in_the_first_two_fifths_of_its_time() -> None:
    times = list(VIDEO_720P.times_s(1.0))
    assert len(times) == 150
    assert times == sorted(times)
    assert times[4] - times[0] == pytest.approx(1 / 30 / 2.5 * 4 / 5)
    assert times[5] == pytest.approx(1 / 30)


@pytest.mark.parametrize(("up", "down"), [(0.3, 0.3), (3.2, 2.0), (4.0, 4.0), (1.0, 3.0)])
def test_a_stream_has_the_rates_that_were_asked_for_and_brings_back_no_more_than_it_sends(
    up: float, down: float
) -> None:
    stream = video("video", up, down)
    per_s = stream.packets_per_s * 8 / 1e6
    assert (stream.up_bytes + 28) * per_s == pytest.approx(up, rel=0.01)
    assert (stream.down_bytes + 28) * per_s == pytest.approx(min(up, down), rel=0.01)
    assert stream.down_bytes <= stream.up_bytes <= VIDEO_PACKET_BYTES
