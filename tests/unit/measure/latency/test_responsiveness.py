"""The draft's formula with its check values."""

import pytest

from readycheck.measure.latency.responsiveness import ForeignProbe, band_of, responsiveness, trimmed_mean


def probes(tcp: float, tls: float | None, http: float, count: int = 10) -> list[ForeignProbe]:
    return [ForeignProbe(at_s=n / 10, tcp_ms=tcp, tls_ms=tls, http_ms=http) for n in range(count)]


def test_check_values_with_tls() -> None:
    found = responsiveness(probes(20, 20, 20), [60.0])
    assert (found.foreign_rpm, found.loaded_rpm, found.rpm) == (3_000, 1_000, 2_000)
    assert found.follows_draft and found.band.name == "good" and found.count == 10


def test_check_values_without_tls() -> None:
    found = responsiveness(probes(20, None, 30), [100.0])
    assert (found.foreign_rpm, found.loaded_rpm, found.rpm) == (2_400, 600, 1_500)


def test_without_self_probes_it_says_that_it_is_not_the_drafts_figure() -> None:
    found = responsiveness(probes(60, 60, 60), [])
    assert found.rpm == found.foreign_rpm == 1_000
    assert found.loaded_rpm is None and not found.follows_draft


def test_the_slowest_twentieth_is_left_out_and_the_fastest_is_not() -> None:
    assert trimmed_mean([10.0] * 19 + [1_000.0]) == 10
    assert trimmed_mean([10.0] * 38 + [1_000.0] * 2) == 10
    assert trimmed_mean([0.0] + [10.0] * 19) == pytest.approx(180 / 19)
    assert trimmed_mean([10.0, 20.0]) == 15


def test_no_probes_are_no_figure() -> None:
    with pytest.raises(ValueError, match="needs values"):
        responsiveness([], [10.0])


@pytest.mark.parametrize(
    ("rpm", "name"),
    [
        (0, "poor"),
        (299, "poor"),
        (300, "fair"),
        (999, "fair"),
        (1_000, "good"),
        (5_999, "good"),
        (6_000, "excellent"),
    ],
)
def test_the_bands_of_the_draft(rpm: float, name: str) -> None:
    assert band_of(rpm).name == name
