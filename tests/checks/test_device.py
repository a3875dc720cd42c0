"""The checks of this device: each one against a fake system, at, below and above its limits, and where nothing is told."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from readycheck.api import Check, Options
from readycheck.model import CheckResult, Status
from readycheck.ports import Battery, Disk, Host, Memory
from readycheck.privacy import Privacy
from readycheck.testing import FakeSystem, run_check
from readycheck_checks import camera, disk, memory, microphone, power, processor, system_version, uptime
from readycheck_checks.disk import DiskOptions
from readycheck_checks.memory import MemoryOptions
from readycheck_checks.power import PowerOptions
from readycheck_checks.processor import ProcessorOptions
from readycheck_checks.system_version import SystemVersionOptions, numbers

GB = 10**9


def result(check: Check, options: Options | None = None, **facts: Any) -> CheckResult:
    return asyncio.run(run_check(check, options, system=FakeSystem(**facts)))


def told(check: Check, **facts: Any) -> tuple[Status, str]:
    outcome = result(check, **facts)
    return outcome.status, outcome.findings[0].code


@pytest.mark.parametrize(
    ("check", "facts"),
    [
        (processor.check, {"load": None}),
        (memory.check, {"ram": None}),
        (disk.check, {"storage": None}),
        (disk.check, {"storage": Disk(path="/", total_bytes=0, free_bytes=0)}),
        (power.check, {"power": None, "battery_present": None}),
        (power.check, {"power": None, "battery_present": True}),
        (uptime.check, {"up_seconds": None}),
        (camera.check, {"video": None}),
        (microphone.check, {"audio": None}),
    ],
)
def test_what_the_system_does_not_tell_is_unknown(check: Check, facts: dict[str, Any]) -> None:
    assert told(check, **facts)[0] is Status.UNKNOWN


@pytest.mark.parametrize(
    "module", [processor, memory, disk, power, system_version, uptime, camera, microphone]
)
def test_a_healthy_laptop_passes_and_sends_nothing(module: Any) -> None:
    outcome = result(module.check)
    assert outcome.status is Status.PASS
    assert module.check.local and module.check.cost_of(module.check.options(), False).bytes == 0


# Processor


@dataclass
class Busy(FakeSystem):
    """One load a sample."""

    loads: list[float] = field(default_factory=list)

    async def cpu_percent(self, seconds: float = 1.0) -> float | None:
        return self.loads.pop(0)


def test_a_processor_that_stays_busy_is_a_warning_and_never_a_failure() -> None:
    assert told(processor.check, load=100.0) == (Status.WARN, "device.processor_busy")


def test_one_busy_second_is_not_held_against_it() -> None:
    system = Busy(loads=[100.0, 95.0, 30.0])
    outcome = asyncio.run(run_check(processor.check, system=system))
    assert (outcome.status, outcome.measurements[0].value) == (Status.PASS, 30.0)


def test_a_quiet_processor_is_sampled_once() -> None:
    system = Busy(loads=[30.0, 99.0])
    asyncio.run(run_check(processor.check, system=system))
    assert system.loads == [99.0]


# Memory and disk


@pytest.mark.parametrize(
    ("free", "status"), [(1.0, Status.PASS), (0.5, Status.WARN), (0.1, Status.FAIL), (0.0, Status.FAIL)]
)
def test_memory_is_judged_by_what_programs_can_still_get(free: float, status: Status) -> None:
    outcome = result(memory.check, ram=Memory(total_bytes=8 * GB, available_bytes=int(free * GB)))
    assert outcome.status is status
    assert outcome.measurements[0].source


@pytest.mark.parametrize(
    ("total", "free", "status"),
    [
        (2_000, 30, Status.PASS),  # 1.5 %, and plenty
        (256, 19, Status.WARN),
        (64, 7, Status.PASS),  # 10 %
        (64, 5, Status.WARN),
        (256, 0.9, Status.FAIL),
        (20, 0.5, Status.WARN),  # more than 1 %
        (20, 0.1, Status.FAIL),
    ],
)
def test_disk_space_is_judged_by_share_and_by_amount(total: float, free: float, status: Status) -> None:
    storage = Disk(path="/home/anna", total_bytes=int(total * GB), free_bytes=int(free * GB))
    outcome = result(disk.check, storage=storage)
    assert outcome.status is status
    assert "anna" not in repr(outcome)


@pytest.mark.parametrize(
    ("given", "kind", "name"),
    [
        ({"plan_gb": 1, "fail_gb": 1}, DiskOptions, "plan_gb"),
        ({"plan_percent": 1, "fail_percent": 5}, DiskOptions, "plan_percent"),
        ({"plan_gb": 0.05}, MemoryOptions, "plan_gb"),
        ({"plan_percent": 90, "fail_percent": 80}, ProcessorOptions, "fail_percent"),
    ],
)
def test_limits_that_cannot_be_judged_against_are_refused(
    given: dict[str, Any], kind: type[Options], name: str
) -> None:
    with pytest.raises(msgspec.ValidationError, match=name):
        msgspec.convert(given, kind)


# Power


def test_a_computer_without_a_battery_has_nothing_to_check() -> None:
    assert told(power.check, power=None, battery_present=False) == (Status.SKIP, "device.no_battery")


@pytest.mark.parametrize(
    ("percent", "plugged", "minutes", "status"),
    [
        (5, True, None, Status.PASS),
        (80, False, None, Status.PASS),
        (80, False, 30, Status.WARN),
        (20, False, None, Status.WARN),
        (20, None, None, Status.UNKNOWN),
        (80, None, None, Status.PASS),
    ],
)
def test_a_battery_counts_only_while_it_is_in_use(
    percent: float, plugged: bool | None, minutes: int | None, status: Status
) -> None:
    left = None if minutes is None else minutes * 60
    outcome = result(power.check, power=Battery(percent=percent, plugged=plugged, seconds_left=left))
    assert outcome.status is status


def test_the_warning_of_a_battery_names_the_limit() -> None:
    outcome = result(
        power.check, PowerOptions(low_percent=50), power=Battery(percent=40, plugged=False, seconds_left=None)
    )
    assert "40 % left, 50 % wanted" in outcome.summary


# Operating system


def host(system: str, version: str) -> Host:
    return Host(
        system=system,
        system_version=version,
        machine="x86_64",
        computer="c",
        user="u",
        home="/h",
        timezone="UTC",
    )


MINIMUM = SystemVersionOptions(
    minimum={"Windows": "10.0.19045", "macOS": "14", "Debian": "12", "Ubuntu": "22.04"}
)


@pytest.mark.parametrize(
    ("machine", "status"),
    [
        (host("Windows", "11 (10.0.22631.0)"), Status.PASS),
        (host("Windows", "10 (10.0.19045.0)"), Status.PASS),
        (host("Windows", "10 (10.0.17763.0)"), Status.WARN),
        (host("macOS", "14.5"), Status.PASS),
        (host("macOS", "13.6.9"), Status.WARN),
        (host("Linux", "Debian GNU/Linux 11"), Status.WARN),
        (host("Linux", "Ubuntu 24.04"), Status.PASS),
        (host("Linux", "Fedora Linux 40"), Status.PASS),  # no minimum for it
        (host("Linux", "Debian GNU/Linux"), Status.UNKNOWN),
        (host("macOS", ""), Status.UNKNOWN),
        (host("Linux", ""), Status.PASS),  # no minimum for it
    ],
)
def test_the_system_is_held_against_the_minimum_of_the_profile(machine: Host, status: Status) -> None:
    assert result(system_version.check, MINIMUM, machine=machine).status is status


def test_without_a_minimum_the_version_is_a_fact_that_names_nobody() -> None:
    outcome = result(system_version.check)
    assert (outcome.status, outcome.facts[0].value) == (Status.PASS, "Debian 12")
    assert "anna" not in repr(outcome)


def test_the_comparable_version_of_windows_is_the_one_in_brackets() -> None:
    assert numbers("Windows 11 (10.0.22631.0)") == (10, 0, 22631, 0)


# Uptime


@pytest.mark.parametrize(
    ("days", "status"), [(0.2, Status.PASS), (7, Status.PASS), (8, Status.WARN), (400, Status.WARN)]
)
def test_a_long_time_since_the_restart_is_a_warning_and_never_a_failure(days: float, status: Status) -> None:
    assert result(uptime.check, up_seconds=days * 86_400).status is status


# Camera and microphone


@pytest.mark.parametrize(
    ("check", "absent"), [(camera.check, {"video": ()}), (microphone.check, {"audio": ()})]
)
def test_a_proved_absence_is_a_warning_because_a_phone_or_headset_can_do(
    check: Check, absent: dict[str, Any]
) -> None:
    outcome = result(check, **absent)
    assert outcome.status is Status.WARN
    assert outcome.findings[0].remedy.startswith("Plug in")
    assert not outcome.essential


@pytest.mark.parametrize(
    ("check", "present"),
    [(camera.check, {"video": ("Anna's iPhone",)}), (microphone.check, {"audio": ("Anna's AirPods",)})],
)
def test_names_of_devices_stand_only_in_facts_of_their_class(check: Check, present: dict[str, Any]) -> None:
    outcome = result(check, **present)
    assert outcome.facts[0].privacy is Privacy.DEVICE
    assert "Anna" not in outcome.summary
