"""Switches with a number in them do that much, by measurement."""

import math
import statistics
import threading
import time
from collections.abc import Iterator

import pytest

from tests.lab import measuring, topology
from tests.lab.hosts import Host
from tests.lab.lab import Lab
from tests.lab.measuring import Mirror, Place
from tests.lab.switches.base import switched

HERE, THERE = topology.COMPANY_WEB_IP, topology.COMPANY_TURN_IP
ECHO = (HERE, 7007)
PEER = (HERE, 7001)
PATH_MS = 0.5  # there and back on the bare way


@pytest.fixture(scope="module", autouse=True)
def company_echo(lab: Lab) -> Iterator[None]:
    with measuring.echo(lab["company"], ECHO):
        yield


def asked(lab: Lab, count: int, pause_s: float = 0.003) -> list[float]:
    measuring.round_trips(lab["pc"], ECHO, 3)  # the hosts on the way find each other
    return measuring.round_trips(lab["pc"], ECHO, count, pause_s)


def quick(times: list[float]) -> float:
    """The lower quartile: a busy machine wakes the relay late, never early."""
    return statistics.quantiles(times)[0]


def way(lab: Lab, to_person: bool = False) -> tuple[Host, Host, Place]:
    """Sender, receiver, and where the company listens."""
    ends = (lab["company"], lab["pc"]) if to_person else (lab["pc"], lab["company"])
    return (*ends, (HERE, 7008))


# ---- Delay ----


@pytest.mark.parametrize(("link", "delay_ms"), [("line", 25), ("lan", 10), ("line", 150)])
def test_the_relay_delays_by_what_was_asked_each_way(lab: Lab, link: str, delay_ms: float) -> None:
    with switched(lab, [{"relay": link, "delay_ms": delay_ms}]):
        assert quick(asked(lab, 150)) == pytest.approx(2 * delay_ms + PATH_MS, abs=2)


def test_delay_may_be_on_one_way_only(lab: Lab) -> None:
    with switched(lab, [{"relay": "line", "delay_ms": 30, "only": "up"}]):
        assert quick(asked(lab, 100)) == pytest.approx(30 + PATH_MS, abs=2)


def test_jitter_spreads_evenly_up_to_what_was_asked(lab: Lab) -> None:
    with switched(lab, [{"relay": "line", "delay_ms": 10, "jitter_ms": 30, "reorder": True, "only": "down"}]):
        times = asked(lab, 500)
    assert statistics.mean(times) == pytest.approx(10 + 15, abs=3)
    assert statistics.pstdev(times) == pytest.approx(30 / math.sqrt(12), rel=0.25)


@pytest.mark.parametrize("reorder", [True, False])
def test_packets_overtake_each_other_only_where_they_may(lab: Lab, reorder: bool) -> None:
    with switched(lab, [{"relay": "line", "jitter_ms": 20, "reorder": reorder}]):
        arrivals = measuring.numbers_back(lab["pc"], ECHO, 200)
    assert len(arrivals) == 200
    assert (arrivals == sorted(arrivals)) is not reorder


# ---- Loss ----


@pytest.mark.parametrize(("percent", "count"), [(8, 1500), (2, 1500)])
def test_the_relay_loses_what_was_asked_each_way(lab: Lab, percent: float, count: int) -> None:
    expected = 1 - (1 - percent / 100) ** 2
    with switched(lab, [{"relay": "line", "loss_percent": percent}]):
        lost = 1 - len(asked(lab, count, pause_s=0.0005)) / count
    assert abs(lost - expected) < 4 * math.sqrt(expected * (1 - expected) / count)


def test_bursts_lose_many_in_a_row(lab: Lab) -> None:
    """In the long run burst / (burst + end) are lost: here 1 in 11, in bursts of 5."""
    with switched(lab, [{"relay": "line", "burst_percent": 2, "burst_end_percent": 20, "only": "up"}]):
        numbers = set(measuring.numbers_back(lab["pc"], ECHO, 2500))
    lost = [number not in numbers for number in range(2500)]
    bursts = sum(now and not before for before, now in zip([False, *lost], lost, strict=False))
    assert 0.6 < sum(lost) / 2500 / (2 / 22) < 1.5
    assert 3 < sum(lost) / bursts < 8


def test_packets_come_twice_or_spoilt(lab: Lab) -> None:
    """Spoilt ones do not arrive: their checksum says so."""
    with switched(lab, [{"relay": "line", "duplicate_percent": 30, "only": "down"}]):
        assert 400 * 0.2 < len(measuring.numbers_back(lab["pc"], ECHO, 400)) - 400 < 400 * 0.4
    with switched(lab, [{"relay": "line", "corrupt_percent": 30, "only": "up"}]):
        assert 0.55 < len(asked(lab, 200)) / 200 < 0.85


def test_a_dead_line_is_silent_and_comes_back(lab: Lab) -> None:
    with switched(lab, [{"relay": "line", "drop": True}]):
        assert asked(lab, 20) == []
    assert len(asked(lab, 20)) == 20


# ---- Size ----


def test_a_smaller_packet_size_is_told_to_the_sender(lab: Lab) -> None:
    with switched(lab, [{"mtu": 1280, "link": "line"}]):
        assert measuring.transferred(*way(lab), 200_000) == 200_000
        assert "mtu 1280" in lab["pc"].run("ip", "route", "get", HERE).stdout
    assert "mtu" not in lab["pc"].run("ip", "route", "get", HERE).stdout


@pytest.mark.parametrize(
    "step", [{"mtu": 1280, "link": "line", "silent": True}, {"relay": "line", "mtu": 1280}], ids=str
)
def test_a_black_hole_passes_small_packets_and_swallows_large_ones(lab: Lab, step: dict[str, object]) -> None:
    with switched(lab, [step]):
        assert measuring.transferred(*way(lab), 500) == 500
        assert measuring.transferred(*way(lab), 200_000) < 200_000


# ---- Rate ----


@pytest.mark.parametrize(
    ("link", "down_kbit", "up_kbit"),
    [("line", 10_000, 2_000), ("lan", 40_000, 5_000)],
)
def test_a_rate_is_what_a_transfer_gets_close_to_and_never_above(
    lab: Lab, link: str, down_kbit: int, up_kbit: int
) -> None:
    with switched(lab, [{"rate": link, "down_kbit": down_kbit, "up_kbit": up_kbit}]):
        down, up = measuring.goodput_kbit(*way(lab, to_person=True)), measuring.goodput_kbit(*way(lab))
    assert 0.80 < down / down_kbit < 0.97
    assert 0.80 < up / up_kbit < 0.97


def test_rate_and_delay_combine(lab: Lab) -> None:
    steps = [{"relay": "line", "delay_ms": 10}, {"rate": "line", "down_kbit": 10_000, "up_kbit": 2_000}]
    with switched(lab, steps):
        assert quick(asked(lab, 50)) == pytest.approx(20 + PATH_MS, abs=2)
        assert 0.75 < measuring.goodput_kbit(*way(lab, to_person=True)) / 10_000 < 0.97


def test_a_long_queue_makes_everybody_wait(lab: Lab) -> None:
    def waited_ms(queue_ms: int) -> float:
        with switched(lab, [{"rate": "line", "up_kbit": 2_000, "queue_ms": queue_ms}]):
            load = threading.Thread(target=measuring.transferred, args=(*way(lab), 2_000_000, 2.2))
            load.start()
            time.sleep(1.2)
            times = asked(lab, 25, pause_s=0.02)
            load.join()
            return statistics.mean(times) if times else math.inf

    assert waited_ms(30) < 80
    assert waited_ms(1000) > 150


# ---- Address translation ----


@pytest.mark.parametrize(
    ("kind", "one_port_for_all", "open_to"),
    [
        ("port-restricted", True, 1),
        ("address-restricted", True, 2),
        ("full-cone", True, 3),
        ("symmetric", False, 1),
        ("double", True, 1),
        ("cgnat", True, 1),
    ],
)
def test_each_kind_of_nat_maps_and_filters_as_its_name_says(
    lab: Lab, kind: str, one_port_for_all: bool, open_to: int
) -> None:
    """``open_to``: how many hear it through the mapping: the peer spoken to, another port of it, another address."""
    places = [(HERE, 7001), (HERE, 7002), (THERE, 7001)]
    with switched(lab, [{"nat": kind}]):
        with Mirror(lab["pc"], lab["company"], places) as mirror:
            mapped = {mirror.sees(place) for place in places}
        with Mirror(lab["pc"], lab["company"], places) as mirror:
            heard = mirror.heard(mirror.sees(places[0]))
    assert (len(mapped) == 1) is one_port_for_all
    assert heard == set(places[:open_to])
    assert ({ip for ip, _ in mapped} == {topology.WAN_IP}) is (kind not in ("double", "cgnat"))


@pytest.mark.parametrize(("timeout_s", "open_still"), [(1, False), (9, True)])
def test_a_mapping_is_forgotten_when_it_was_to_be(lab: Lab, timeout_s: int, open_still: bool) -> None:
    with (
        switched(lab, [{"nat": "port-restricted", "udp_timeout_s": timeout_s}]),
        Mirror(lab["pc"], lab["company"], [PEER]) as mirror,
    ):
        seen = mirror.sees(PEER)
        time.sleep(1.8)
        assert bool(mirror.heard(seen)) is open_still
