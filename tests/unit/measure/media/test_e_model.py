"""The narrow-band E-model against the check values of ITU-T G.107, of its public calculators and of G.113."""

import pytest

from readycheck.measure.media.e_model import (
    Transmission,
    delay_impairment,
    loss_impairment,
    mos,
    rating,
)


def test_all_defaults_give_the_published_rating_and_its_parts() -> None:
    default = rating()
    assert default.no == pytest.approx(-61.179, abs=0.0005)
    assert default.ro == pytest.approx(94.769, abs=0.0005)
    assert default.is_ == pytest.approx(1.414, abs=0.0005)
    assert default.idle == pytest.approx(0.149, abs=0.0005)
    assert (default.idte, default.idd, default.ie_eff) == (0, 0, 0)
    assert default.r == pytest.approx(93.206, abs=0.0005)


@pytest.mark.parametrize(("delay_ms", "r"), [(200, 85.805), (300, 72.666), (400, 62.247)])
def test_with_echo_delay_costs_more(delay_ms: float, r: float) -> None:
    """With the listener echo of clause 7.4; a form with quarters, in use as well, takes 0.9 to 1.2 more, 93.06 at best."""
    way = Transmission(t=delay_ms, ta=delay_ms, tr=2 * delay_ms)
    assert rating(way).r == pytest.approx(r, abs=0.001)


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


def test_people_who_mind_delay_less_lose_less_by_it() -> None:
    costs = [delay_impairment(250, m_t=m_t, s_t=s_t) for m_t, s_t in ((100, 1), (120, 0.55), (150, 0.4))]
    assert costs == sorted(costs, reverse=True)


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
    assert rating(Transmission(ie=ie, bpl=bpl, ppl=ppl)).r == pytest.approx(from_best + 0.006, abs=0.0005)


@pytest.mark.parametrize(("burst_r", "ie_eff"), [(1, 7.011), (2, 7.280)])
def test_losses_in_bursts_cost_more(burst_r: float, ie_eff: float) -> None:
    assert loss_impairment(2, ie=0, bpl=25.1, burst_r=burst_r) == pytest.approx(ie_eff, abs=0.0006)


def test_side_tone_outside_the_common_range_is_counted_in_the_echo() -> None:
    echo = {"t": 100.0, "ta": 100.0, "tr": 200.0, "telr": 40.0}
    usual = rating(Transmission(**echo)).idte
    assert rating(Transmission(stmr=25, **echo)).idte > usual
    assert rating(Transmission(stmr=5, **echo)).idte < usual


def test_the_advantage_of_a_mobile_telephone_is_added() -> None:
    assert rating(Transmission(a=10)).r == pytest.approx(rating().r + 10)
