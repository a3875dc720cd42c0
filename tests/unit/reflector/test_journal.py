"""The journal: what a line shows, how many lines there are, and that who reads them holds up nobody."""

import io
import json
import threading
import time

from readycheck.reflector.journal import BURST, Journal
from tests.unit.reflector.house import WAIT_S, until
from tests.unit.reflector.service import Clock


def test_the_journal_leaves_out_what_would_fill_a_disk_and_says_how_much() -> None:
    clock, stream = Clock(), io.StringIO()
    journal = Journal(stream, clock=clock)
    for _ in range(5_000):
        journal.note("refused", "192.0.2.7", reason="busy")
    journal.note("listening")
    clock.now += 10
    journal.note("refused", "192.0.2.7", reason="busy")
    journal.close()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len(lines) == BURST + 2
    assert lines[-1]["left_out"] == 5_000 - BURST
    assert all(line["client"] == "192.0.2.0/24" for line in lines if line["event"] == "refused")


def test_whole_addresses_are_noted_only_where_that_was_asked_for() -> None:
    stream = io.StringIO()
    journal = Journal(stream, whole_addresses=True)
    journal.note("refused", "192.0.2.7", reason="bad\n\x1b[31mthing")
    journal.close()
    line = json.loads(stream.getvalue())
    assert line["client"] == "192.0.2.7"
    assert "\x1b" not in stream.getvalue() and "\n" not in line["reason"]


def test_a_reader_of_the_journal_that_stops_reading_stops_nobody() -> None:
    class Stuck(io.StringIO):
        def write(self, text: str) -> int:
            time.sleep(60)
            return 0

    journal = Journal(Stuck())
    started = time.monotonic()
    for n in range(3_000):
        journal.note(f"event {n}")
    journal.close()
    assert time.monotonic() - started < 10


def test_lines_for_which_there_was_no_room_are_told_of_later() -> None:
    held, read_on = threading.Event(), threading.Event()

    class Held(io.StringIO):
        def write(self, text: str) -> int:
            held.set()
            read_on.wait(WAIT_S)
            return super().write(text)

    stream = Held()
    journal = Journal(stream)
    journal.note("first")
    held.wait(WAIT_S)
    for n in range(1_100):
        journal.note(f"event {n}")
    for _ in range(5):
        journal.note("refused")
    read_on.set()
    assert until(lambda: '"event 999"' in stream.getvalue())
    journal.note("refused")
    journal.close()
    assert json.loads(stream.getvalue().splitlines()[-1])["left_out"] == 5
