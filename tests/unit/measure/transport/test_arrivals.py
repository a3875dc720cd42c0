"""Counting what arrived while a gap is open, and after it is closed."""

from dataclasses import replace

from readycheck.measure.transport.arrivals import Arrivals
from readycheck.measure.transport.tcp_info import TcpInfo

SEGMENT = 1_448
NOTHING = TcpInfo(
    acked=0,
    arrived=0,
    received=0,
    sent=0,
    sent_again=0,
    retransmissions=0,
    out_of_order=0,
    segments_received=0,
    segment_received=SEGMENT,
    rtt_us=0,
    min_rtt_us=0,
    rcv_rtt_us=0,
    delivery_rate=0,
)


def after(in_order: int, *, segments: int, out_of_order: int = 0) -> TcpInfo:
    return replace(
        NOTHING, received=in_order * SEGMENT, segments_received=segments, out_of_order=out_of_order
    )


def counted(*infos: TcpInfo) -> list[float]:
    arrivals = Arrivals()
    return [arrivals.count(info) / SEGMENT for info in infos]


def test_in_order_it_is_what_was_received() -> None:
    assert counted(after(10, segments=10), after(30, segments=31)) == [10, 30]


def test_what_comes_behind_a_gap_counts_when_it_comes() -> None:
    lost_one = after(10, segments=20, out_of_order=10)
    still_open = after(10, segments=30, out_of_order=20)
    closed = after(41, segments=41, out_of_order=20)
    assert counted(after(10, segments=10), lost_one, still_open, closed) == [10, 20, 30, 41]


def test_several_gaps_are_closed_one_after_the_other() -> None:
    """Each retransmission is new, what it sets free is not."""
    two_gaps = after(10, segments=30, out_of_order=20)
    one_left = after(20, segments=32, out_of_order=21)
    assert counted(two_gaps, one_left, after(40, segments=40, out_of_order=21)) == [30, 32, 40]


def test_segments_that_come_twice_are_forgotten_when_the_gap_is_closed() -> None:
    twice = after(10, segments=30, out_of_order=20)
    assert counted(twice, after(25, segments=35, out_of_order=20))[-1] == 25


def test_a_look_at_which_nothing_came_changes_nothing() -> None:
    gap = after(10, segments=20, out_of_order=10)
    assert counted(gap, gap, gap) == [20, 20, 20]
