"""What getting a profile from its address uses is a part of what a run may use, and is told."""

from pathlib import Path
from typing import Any

import pytest

from readycheck import wiring
from readycheck.api import HttpAnswer, Meter
from readycheck.commands.dry_run import described, text_of
from readycheck.errors import Silent, Where
from readycheck.run.assignment import Assignment
from readycheck.run.plan import Selection
from readycheck.testing import http_answer
from readycheck.wiring import Ask, Fetching, assign

URL = "https://it.example.com/acme.toml?key=abc"
PROFILE = b'schema = 1\nname = "acme"\n[run]\nresolver = "192.0.2.53:5353"\n'
USED = 4_321


class ItsServer:
    """Stands where the real Http does; answers everything with the profile."""

    def __init__(self, net: Any, meter: Meter) -> None:
        self._meter = meter

    async def get(self, url: str, **kwargs: Any) -> HttpAnswer:
        self._meter.add(USED)
        return http_answer(url, body=PROFILE)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(wiring, "RealHttp", ItsServer)


def assigned(**selection: Any) -> Assignment:
    return assign(Ask(source=URL, selection=Selection(**({"full": True} | selection))))


def test_it_is_counted_in_what_is_stated_and_its_host_is_told(server: None) -> None:
    plan = assigned().plan
    assert plan.fetched == USED
    assert plan.stated_bytes == USED + sum(planned.stated_bytes for planned in plan.checks)
    assert "it.example.com" in plan.hosts


def test_it_is_a_part_of_the_data_limit(server: None) -> None:
    assert assigned(max_bytes=2_000_000).plan.stated_bytes <= 2_000_000
    nothing_left = assigned(max_bytes=USED).plan
    assert nothing_left.stated_bytes == USED
    assert all(planned.skip or not planned.cost.bytes for planned in nothing_left.checks)


def test_a_dry_run_says_that_it_is_used_already(server: None) -> None:
    assignment = assigned()
    assert "Of this, 4.3 kB are used already: the profile was fetched from its address." in text_of(
        assignment.plan
    )
    assert described(assignment)["fetched_bytes"] == USED
    assert "it.example.com" in described(assignment)["hosts"]


def test_the_name_server_that_a_profile_sets_is_one_of_those_that_a_run_talks_to(server: None) -> None:
    assert "192.0.2.53" in assigned().plan.hosts


def test_a_profile_of_this_computer_uses_nothing() -> None:
    plan = assign(Ask(source="office", selection=Selection(full=True))).plan
    assert plan.fetched == 0
    assert "used already" not in text_of(plan)


def test_what_a_failed_attempt_used_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(ItsServer):
        async def get(self, url: str, **kwargs: Any) -> HttpAnswer:
            await super().get(url)
            raise Silent(Where(host="it.example.com"))

    monkeypatch.setattr(wiring, "RealHttp", Gone)
    fetching = Fetching()
    with pytest.raises(Silent):
        fetching(URL)
    assert (fetching.meter.used, fetching.hosts) == (USED, ("it.example.com",))
