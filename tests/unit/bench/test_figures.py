"""The tables of the bench: what counts as met, what stays of earlier runs, and the arithmetic of truth."""

import json
import math
from pathlib import Path

import pytest

from bench import media, peers
from bench.figure import Figure, stated, table, write
from bench.links import Shape


def figure(value: float, budget: float, *, at_least: bool = False) -> Figure:
    return Figure(name="it", value=value, unit="ms", budget=budget, runs=3, at_least=at_least)


def test_a_figure_is_met_up_to_its_budget_or_from_it_on_where_it_is_the_least() -> None:
    assert figure(2, 2).met and not figure(2.1, 2).met
    assert figure(2, 2, at_least=True).met and not figure(1.9, 2, at_least=True).met


def test_a_figure_that_could_not_be_had_is_not_met() -> None:
    assert not figure(math.nan, 2).met
    assert not figure(math.nan, 2, at_least=True).met


def test_a_missed_target_stands_in_the_table_with_its_number_and_note() -> None:
    missed = Figure(name="it", value=3.5, unit="ms", budget=2, runs=3, note="the machine was busy")
    row = table([missed]).splitlines()[2]
    assert row == "| it | 3.5 ms | at most 2 ms | **no** | 3 | the machine was busy |"


def test_what_is_only_stated_has_no_target_and_is_not_judged() -> None:
    row = table([stated("curl", 1.5, "s", 2)]).splitlines()[2]
    assert row == "| curl | 1.5 s |  |  | 2 |  |"


def test_a_bench_that_runs_alone_leaves_what_the_others_found(tmp_path: Path) -> None:
    write({"one": [figure(1, 2)]}, {}, tmp_path)
    write({"two": [stated("peer", 5, "s", 1)]}, {"three": "needs root"}, tmp_path)
    kept = json.loads((tmp_path / "figures.json").read_text())["benches"]
    assert list(kept) == ["one", "two", "three"]
    assert kept["one"]["figures"][0]["met"] is True
    assert kept["two"]["figures"][0]["budget"] is None
    text = (tmp_path / "figures.md").read_text()
    assert "at most 2 ms" in text and "Not run: needs root" in text


def test_goodput_is_what_a_full_packet_carries_of_its_length_on_the_wire() -> None:
    shape = Shape(down_mbps=100, up_mbps=20)
    assert shape.goodput("down") == pytest.approx(95.64e6, rel=1e-4)
    assert shape.goodput("up", version=6) == pytest.approx(18.864e6, rel=1e-4)


def test_a_queue_is_as_deep_as_its_time_at_the_full_rate_and_never_shorter_than_two_packets() -> None:
    assert Shape(down_mbps=50, queue_ms=100).queue_bytes("down") == 625_000
    assert Shape(up_mbps=0.1, queue_ms=5).queue_bytes("up") == 3_028


def test_packets_travel_alone_on_slow_lines_and_wherever_one_may_be_lost() -> None:
    assert Shape(down_mbps=100, up_mbps=100).bundle == 1
    assert Shape(down_mbps=1000, up_mbps=1000).bundle == 10
    assert Shape(down_mbps=1000, up_mbps=1000, loss=0.001).bundle == 1


def test_peers_stand_beside_us_with_their_data_as_a_multiple_of_ours() -> None:
    about = {"link": str(peers.LINKS[0]), "direction": "down"}
    told = [
        peers.Told(**about, client=peers.OURS, error=0.1, seconds=1.1, load_s=0.9, megabytes=11),  # type: ignore[arg-type]
        peers.Told(**about, client="speedtest-cli", error=-1.4, seconds=10.6, megabytes=132),  # type: ignore[arg-type]
        peers.Told(**about, client="curl", wrong="curl: broken"),  # type: ignore[arg-type]
    ]
    rows = peers.table(told).splitlines()[2:]
    assert rows[1].endswith("| speedtest-cli | down | -1.40 | 10.6 | 132.0 | 12.0 |  |")
    assert "not measured: curl: broken" in rows[2]
    share = next(each for each in peers.summary(told) if "against speedtest-cli" in each.name)
    assert share.value == pytest.approx(1 / 12) and share.met


def test_the_true_jitter_of_even_delays_without_overtaking_is_a_third_of_their_width() -> None:
    truth = media.true_jitter_ms(10.0, 0.0)
    assert truth["up"] == pytest.approx(10 / 3, rel=0.02)
    assert truth["down"] == pytest.approx(10 / 3, rel=0.02)


def test_nobody_overtakes_so_wide_delays_jitter_less_than_a_third_of_their_width() -> None:
    assert 8.0 < media.true_jitter_ms(30.0, 0.0)["up"] < 9.99
