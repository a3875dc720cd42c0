"""The full-band E-model against the values of a public G.107.2 implementation (rtpengine)."""

import pytest

from readycheck.measure.media import voice


@pytest.mark.parametrize(
    ("delay_ms", "loss", "r", "mos"),
    [(100, 0, 137.8, 4.408), (100, 0.5, 125.11, 4.183), (100, 1, 114.82, 3.929), (100, 2, 99.13, 3.452),
     (100, 5, 72.32, 2.515), (200, 0, 133.29, 4.341), (300, 0, 115.95, 3.960)],
)  # fmt: skip
def test_full_band_quality_with_the_values_of_rtpengine(
    delay_ms: float, loss: float, r: float, mos: float
) -> None:
    assert voice.full_band_r(delay_ms, loss, ie=10.2, bpl=4.3) == pytest.approx(r, abs=0.006)
    assert voice.full_band_mos(delay_ms, loss, ie=10.2, bpl=4.3) == pytest.approx(mos, abs=0.0006)


def test_losses_in_bursts_hurt_more_than_the_same_losses_at_random() -> None:
    assert voice.full_band_mos(100, 2, burst=2.0) < voice.full_band_mos(100, 2)


def test_a_jitter_buffer_adds_to_the_delay_once_it_must_hold_more_than_a_packet() -> None:
    assert voice.mouth_to_ear_ms(100, 5) == voice.mouth_to_ear_ms(100, 20)
    assert voice.mouth_to_ear_ms(100, 60) == voice.mouth_to_ear_ms(100, 20) + 40
