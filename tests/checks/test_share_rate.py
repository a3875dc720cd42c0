"""How fast a share is: real WebDAV servers on loopback that send at a known pace, or hardly at all."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from readycheck.api import Meter
from readycheck.model import Confidence, Owner, Status
from tests.checks.file_servers import Application, webdav
from tests.checks.share_visits import RATE, be_impatient, codes, deciding, fill, visit_webdav

Environ = dict[str, Any]


@pytest.fixture
def team(tmp_path: Path) -> Path:
    return fill(tmp_path / "team")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    be_impatient(monkeypatch)


def _paced(rate_bps: float, block: int = 8192) -> Callable[[Application], Application]:
    """Bodies of GET arrive at this rate."""

    def wrap(app: Application) -> Application:
        def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterator[bytes]:
            for data in app(environ, start_response):
                for at in range(0, len(data), block):
                    piece = data[at : at + block]
                    if environ["REQUEST_METHOD"] == "GET":
                        time.sleep(len(piece) * 8 / rate_bps)
                    yield piece

        return answer

    return wrap


def test_a_slow_share_fails_with_the_rate_and_the_wanted_one(team: Path) -> None:
    with webdav(team, wrap=_paced(0.8e6)) as port:
        result = visit_webdav(port, **RATE)
    assert deciding(result) == (Status.FAIL, "files.slow", Owner.COMPANY)
    assert result.measurements[0].value == pytest.approx(0.8e6, rel=0.2)
    assert "5 wanted" in result.summary
    assert result.findings[0].confidence is Confidence.LOW  # the line may be the slow part


def test_a_share_between_the_limits_is_a_warning_and_still_opens(team: Path) -> None:
    with webdav(team, wrap=_paced(2.5e6)) as port:
        result = visit_webdav(port, **RATE)
    assert (result.status, codes(result)) == (Status.WARN, ["files.opens", "files.slow"])
    assert result.measurements[0].value == pytest.approx(2.5e6, rel=0.2)


def _dripping(environ: Environ, app: Application, start_response: Callable[..., Any]) -> Iterator[bytes]:
    for data in app(environ, start_response):
        for at in range(min(len(data), 50)):
            yield data[at : at + 1]
            time.sleep(0.2 if at else 0.0)


def _standing_still(
    environ: Environ, app: Application, start_response: Callable[..., Any]
) -> Iterator[bytes]:
    time.sleep(2.5)
    yield from app(environ, start_response)


@pytest.mark.parametrize("way", [_dripping, _standing_still])
def test_a_file_of_which_nothing_more_comes_is_no_slow_one(
    team: Path, impatient: None, way: Callable[..., Iterator[bytes]]
) -> None:
    """It sends the first byte of the file once, and then next to nothing of it."""
    read: list[str] = []

    def wrap(app: Application) -> Application:
        def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterator[bytes]:
            if environ["REQUEST_METHOD"] == "GET" and "HTTP_AUTHORIZATION" in environ:
                read.append(environ["HTTP_RANGE"])
                if len(read) > 1:
                    yield from way(environ, app, start_response)
                    return
            yield from app(environ, start_response)

        return answer

    started = time.monotonic()
    with webdav(team, wrap=wrap) as port:
        result = visit_webdav(port, **RATE)
    assert time.monotonic() - started < 12
    assert read == ["bytes=0-0", "bytes=0-0", "bytes=0-65535", "bytes=0-8191"]
    assert deciding(result)[:2] == (Status.FAIL, "files.transfer_hangs")
    assert result.findings[-1].either == (Owner.COMPANY, Owner.ISP, Owner.HOME)  # nothing else was asked
    assert not result.measurements


def test_a_file_that_comes_slower_than_can_be_waited_for_is_an_upper_bound_of_the_rate(
    team: Path, impatient: None
) -> None:
    with webdav(team, wrap=_paced(80e3, block=1024)) as port:
        result = visit_webdav(port, **RATE)
    assert deciding(result)[:2] == (Status.FAIL, "files.slow")
    assert "at most 0.4 Mbit/s, 5 wanted" in result.summary
    assert result.measurements[0].high == result.measurements[0].value


def test_a_file_too_small_to_time_is_said_to_be_so(team: Path) -> None:
    with webdav(team) as port:
        result = visit_webdav(port, read_file="welcome.txt", rate_plan_mbps=5.0, rate_fail_mbps=1.0)
    assert (result.status, codes(result)) == (Status.PASS, ["files.opens", "files.rate_not_timed"])
    assert not result.measurements


def test_the_rate_stays_within_the_data_limit(team: Path) -> None:
    with webdav(team) as port:
        meter = Meter(limit=400_000)
        assert visit_webdav(port, meter=meter, **RATE).status is Status.PASS
        assert 150_000 < meter.used <= 400_000
        tight = visit_webdav(port, meter=Meter(limit=100_000), **RATE)
    assert codes(tight) == ["files.opens", "files.rate_not_timed"]


def test_a_quick_run_reads_less(team: Path) -> None:
    with webdav(team) as port:
        meter = Meter()
        visit_webdav(port, meter=meter, quick=True, **RATE)
    assert meter.used < 600_000
