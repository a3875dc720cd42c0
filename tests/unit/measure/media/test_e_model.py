"""The terms of the narrow-band E-model that count here: the check values of ITU-T G.107, of its public calculators, of G.113."""

import pytest

from readycheck.measure.media.e_model import delay_impairment, loss_impairment, mos


@pytest.mark.parametrize(
    ("r", "expected"),
    [(50, 2.575), (60, 3.100), (70, 3.597), (80, 4.024), (90, 4.339), (93.2, 4.409), (94.2, 4.428), (100, 4.5),
     (120, 4.5), (0, 1.0), (-5, 1.0)],
)  # fmt: skip
def test_mos_of_an_r_value(r: float, expected: float) -> None:
    assert mos(r) == pytest.approx(expected, abs=0.0006)


@pytest.mark.parametrize(
    ("delay_ms", "idd"),
    [(20, 0), (100, 0), (150, 0.164), (177.3, 1.172), (200, 3.044), (250, 8.917), (300, 14.761), (400, 24.070),
     (500, 30.636)],
)  # fmt: skip
def test_what_delay_alone_costs(delay_ms: float, idd: float) -> None:
    assert delay_impairment(delay_ms) == pytest.approx(idd, abs=0.0006)


G711, G711_PLC, G729A = (0, 4.3), (0, 25.1), (11, 19.0)


@pytest.mark.parametrize(
    ("codec", "ppl", "r", "score"),
    [
        (G711, 1, 75.28, 3.834), (G711, 2, 63.04, 3.256), (G711, 5, 42.12, 2.169), (G711, 10, 26.77, 1.481),
        (G711_PLC, 1, 89.56, 4.328), (G711_PLC, 2, 86.19, 4.235), (G711_PLC, 5, 77.42, 3.923),
        (G711_PLC, 10, 66.13, 3.411),
        (G729A, 1, 78.00, 3.946), (G729A, 2, 74.20, 3.787), (G729A, 5, 64.70, 3.340), (G729A, 10, 53.23, 2.745),
    ],
)  # fmt: skip
def test_what_loss_makes_of_a_codec(codec: tuple[float, float], ppl: float, r: float, score: float) -> None:
    ie, bpl = codec
    from_best = 93.2 - loss_impairment(ppl, ie=ie, bpl=bpl)  # the tables begin with the rounded default
    assert from_best == pytest.approx(r, abs=0.0051)
    assert mos(from_best) == pytest.approx(score, abs=0.00051)


@pytest.mark.parametrize(("burst_r", "ie_eff"), [(1, 7.011), (2, 7.280)])
def test_losses_in_bursts_cost_more(burst_r: float, ie_eff: float) -> None:
    assert loss_impairment(2, ie=0, bpl=25.1, burst_r=burst_r) == pytest.approx(ie_eff, abs=0.0006)
