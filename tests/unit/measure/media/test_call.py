"""A call to a reflector behind lines that lose, delay and reorder, each direction by itself."""

import asyncio
import socket
import time
from itertools import pairwise

import pytest

from readycheck.errors import NetError, Refused, Silent
from readycheck.measure.media.call import Call, bytes_of, call
from readycheck.measure.media.shape import VOICE, MediaStream, video
from readycheck.measure.packets.echo_session import NotGranted
from readycheck.measure.statistics import mean
from readycheck.reflector.limits import Limits
from readycheck.reflector.sessions import Session
from tests.unit.measure.loopback import udp_listener, unused_port
from tests.unit.measure.media.bad_line import Line, every, reflector_behind, wobbling

DENSE = MediaStream(name="dense voice", frames_per_s=200.0, packets=1, up_bytes=172, down_bytes=172)


def called(
    line: Line, *streams: MediaStream, seconds: float = 1.0, wait_s: float = 0.4, token: bytes = b""
) -> Call:
    with reflector_behind(line) as port:
        return asyncio.run(
            call(
                "127.0.0.1",
                port,
                streams=streams or (DENSE,),
                seconds=seconds,
                wait_s=wait_s,
                token=token,
            )
        )


def test_a_clean_line_loses_nothing_either_way_and_is_told_with_its_bounds() -> None:
    line = Line()
    found = called(line)
    assert (found.up.sent, found.up.lost, found.down.sent, found.down.lost) == (200, 0, 200, 0)
    assert found.reported
    assert (found.up.loss.low, found.down.loss.low) == (0, 0)
    assert 0.02 < found.up.loss.high < 0.04
    assert (found.up.burst_ratio, found.up.reordered, found.down.reordered) == (None, 0, 0)
    assert found.round_trip.p50_ms < 20
    assert len(found.round_trip.rtts_ms) == 200
    assert found.up.jitter_ms is not None
    assert found.up.jitter_ms.low <= found.up.jitter_ms.value <= found.up.jitter_ms.high
    assert found.up.mos > 4.2 and found.up.r > 130


def test_what_is_lost_on_the_way_there_is_not_counted_on_the_way_back() -> None:
    line = Line(up=every(10), down=every(4))
    found = called(line)
    assert (found.up.sent, found.up.arrived) == (200, 180)
    assert (found.down.sent, found.down.arrived) == (len(line.reached), len(line.came))
    assert found.up.loss.value == pytest.approx(0.1)
    assert found.up.loss.low < 0.1 < found.up.loss.high
    assert found.down.loss.value > 0.2
    assert found.round_trip.received == len(line.came)
    assert found.up.mos < 4.0


def test_losses_in_bursts_are_told_by_their_ratio_and_have_wider_bounds() -> None:
    scattered = called(Line(up=every(10)))
    bursts = called(Line(up=lambda number: None if number % 50 < 5 else 0.0))
    assert bursts.up.lost == scattered.up.lost == 20
    assert scattered.up.burst_ratio == pytest.approx(0.9)
    assert bursts.up.burst_ratio == pytest.approx(4.5)
    assert bursts.up.loss.high > scattered.up.loss.high


def test_jitter_is_of_the_direction_where_it_arises_though_the_clocks_are_far_apart() -> None:
    found = called(Line(up=wobbling(0.06), clock_ahead_s=54_321.0), seconds=1.5)
    assert found.up.jitter_ms is not None and found.down.jitter_ms is not None
    assert found.up.jitter_ms.value > 6
    assert found.up.variation_ms > 12
    assert found.down.jitter_ms.value < found.up.jitter_ms.value / 2
    assert found.up.rfc3550_ms > 4


def test_jitter_on_the_way_back_is_what_the_line_made_of_it() -> None:
    line = Line(down=wobbling(0.03))
    found = called(line, seconds=1.5)
    truth = mean([abs(now - before) for before, now in pairwise(line.held_ms)])
    assert found.down.jitter_ms is not None
    assert found.down.jitter_ms.value == pytest.approx(truth, abs=0.3)


def test_packets_that_overtake_each_other_are_counted_where_they_do() -> None:
    line = Line(up=every(10, 0.05))
    found = called(line)
    overtaken = sum(later < max(line.reached[:at]) for at, later in enumerate(line.reached) if at)
    assert found.up.reordered == overtaken >= 15
    assert found.down.reordered < overtaken


def test_the_time_that_the_server_takes_is_no_part_of_the_round_trip() -> None:
    late = called(Line(up=lambda number: 0.03, down=lambda number: 0.02))
    assert 50 <= late.round_trip.p50_ms < 75
    assert late.round_trip.p95_ms >= late.round_trip.p50_ms


def test_voice_and_video_share_a_session_and_are_told_apart() -> None:
    line = Line(up=lambda number: 0.0)
    picture = video("video 720p", 1.5, 1.5)
    found = called(line, VOICE, picture, seconds=1.0)
    assert [media.stream.name for media in found.streams] == ["voice", "video 720p"]
    assert [media.up.sent for media in found.streams] == [50, 150]
    assert set(line.lengths) == {(172, 172), (1222, 1222)}
    assert found.bytes <= bytes_of((VOICE, picture), 1.0)
    assert found.bytes > bytes_of((VOICE, picture), 1.0) - 5_000


def test_without_a_report_loss_is_told_by_the_running_count() -> None:
    line = Line(up=every(10), down=every(5), no_report=True)
    found = called(line, seconds=0.6)
    assert not found.reported
    assert found.up.burst_ratio is None
    assert found.up.loss.value == pytest.approx(0.1, abs=0.03)
    assert found.down.loss.value == pytest.approx(1 - len(line.came) / len(line.reached), abs=0.03)


def test_a_server_that_thinks_it_too_fast_is_not_a_line_that_loses(monkeypatch: pytest.MonkeyPatch) -> None:
    take = Session.take

    def takes_four_of_five(session: Session, sequence: int, now: float) -> bool:
        return take(session, sequence, now) and sequence % 5 != 0

    monkeypatch.setattr(Session, "take", takes_four_of_five)
    found = called(Line(), seconds=0.5)
    assert (found.up.sent, found.up.lost) == (100, 0)
    assert (found.down.sent, found.down.lost) == (80, 0)


def test_a_token_is_asked_for_and_given() -> None:
    line = Line(token=b"let me in, please")
    assert called(line, seconds=0.2, token=b"let me in, please").up.lost == 0
    with pytest.raises(NotGranted, match="token"):
        called(Line(token=b"let me in, please"), seconds=0.2)


def test_a_reflector_that_grants_less_than_the_stream_needs_is_not_measured_with_less() -> None:
    for limits in (Limits(udp_rate=100), Limits(udp_count=10), Limits(udp_size=100)):
        line = Line(limits=limits)
        with pytest.raises(NotGranted):
            called(line)
        assert line.sent == []


def test_silence_and_a_closed_port_are_errors_within_their_time() -> None:
    started = time.monotonic()
    with udp_listener(lambda data, address: None) as port, pytest.raises(Silent):
        asyncio.run(call("127.0.0.1", port, seconds=0.1, timeout_s=0.5))
    with pytest.raises(Refused):
        asyncio.run(call("127.0.0.1", unused_port(socket.SOCK_DGRAM), seconds=0.1, timeout_s=0.5))
    assert time.monotonic() - started < 3


def test_a_line_that_lets_nothing_back_is_silent() -> None:
    with pytest.raises(NetError):
        called(Line(down=lambda number: None), seconds=0.2, wait_s=0.2)
