"""The soak of bench/, for a few seconds: garbage of every kind while good clients are served."""

import math
import os
import sys

import pytest

from bench.soak import _of_good_clients, _of_replies, soak
from bench.soak_clients import Served
from bench.soak_garbage import _KINDS, Asked, Dealt
from readycheck.measure.packets import echo


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and uses all addresses of loopback")
def test_under_garbage_good_clients_are_served_and_nobody_gets_more_than_he_sent() -> None:
    watched, served, dealt = soak(0.1, clients=5, packets=1_500)
    assert watched.alive
    assert watched.faults == 0
    assert watched.peak_mb >= max(rss for _, rss, _ in watched.readings) > 0
    assert watched.most_files > 5
    assert served.rounds >= 3
    assert set(dealt.kinds) == {kind.__name__ for kind in _KINDS}
    assert dealt.connections > 10
    assert dealt.answers > 10
    assert 0 < dealt.worst_ratio <= 1
    assert 'garbage_total{protocol="udp"' in watched.metrics


def test_an_answer_is_held_against_its_own_request_and_not_against_all_together() -> None:
    asked, nonce = Asked(), os.urandom(16)
    asked.sent(bytes(60_000))
    asked.sent(echo.encode(echo.Hello(nonce)))
    challenge = echo.encode(echo.Challenge(nonce, bytes(16), False))
    assert 0 < asked.ratio(challenge) <= 1
    assert asked.ratio(challenge) == math.inf, "the second answer to one request"


def test_a_figure_of_which_nothing_is_known_is_not_met() -> None:
    assert not _of_replies("", Dealt()).met
    assert not _of_replies("", Dealt(packets=9, sent=9)).met
    assert not _of_replies("", Dealt(packets=9, sent=9, answers=1, received=5, worst_ratio=1.5)).met
    assert _of_replies("", Dealt(packets=9, sent=900, answers=1, received=5, worst_ratio=1.0)).met
    assert not _of_good_clients("", Served()).met
    assert _of_good_clients("", Served(rounds=1)).met
