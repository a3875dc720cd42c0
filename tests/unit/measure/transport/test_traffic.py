"""Bytes that are counted by direction and time, by several threads."""

import threading
import time

from readycheck.measure.transport.traffic import Traffic


def test_what_was_moved_in_a_time_is_told_by_direction() -> None:
    traffic = Traffic()
    traffic.count(sent=100)
    time.sleep(0.01)
    began = time.monotonic()
    traffic.count(sent=20)
    traffic.count(received=3)
    ended = time.monotonic() + 0.001
    time.sleep(0.01)
    traffic.count(received=1_000)
    there = traffic.between(began, ended)
    assert (there.sent, there.received) == (20, 3)
    assert traffic.bytes == 1_123


def test_what_another_counted_keeps_its_time() -> None:
    mine, other = Traffic(), Traffic()
    other.count(received=7)
    between = time.monotonic() + 0.001
    time.sleep(0.01)
    mine.add(other)
    assert mine.bytes == 7
    assert mine.between(0.0, between).received == 7


def test_no_count_is_lost_between_threads() -> None:
    traffic = Traffic()

    def count() -> None:
        for _ in range(2_000):
            traffic.count(sent=1)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert traffic.bytes == traffic.between(0.0, time.monotonic() + 1).sent == 8_000
