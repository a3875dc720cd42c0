"""The composed System: on this very machine, and with a platform or a psutil that does not tell."""

import threading
import time
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from readycheck.adapters.children import RealChildren
from readycheck.adapters.system import RealSystem, real_system
from readycheck.adapters.system_common import Nature
from readycheck.errors import ChildTimeout
from readycheck.ports import NetworkDrive, NotTold, Route
from tests.unit.system_recordings import Recorded, wait_for


class Mute:
    """A platform that tells nothing."""

    name = "Plan 9"

    def __getattr__(self, question: str) -> Any:
        async def not_told(*words: object) -> None:
            raise NotTold("no permission")

        return not_told


class Odd(Mute):
    """A platform whose files have an unknown shape."""

    async def default_route(self) -> Route | None:
        raise ValueError("invalid literal for int() with base 16: 'zz'")

    async def has_battery(self) -> bool:
        return False

    async def natures(self, names: Sequence[str]) -> Mapping[str, Nature]:
        return {}


def test_this_machine_tells_what_every_machine_tells() -> None:
    here = real_system(RealChildren().run)
    host = wait_for(here.host())
    assert host.system and host.machine and host.timezone
    interfaces = wait_for(here.interfaces())
    assert interfaces and any(
        each.kind == "loopback" and "127.0.0.1" in each.addresses for each in interfaces
    )
    memory, disk, up = wait_for(here.memory()), wait_for(here.disk()), wait_for(here.uptime_s())
    assert memory and 0 < memory.available_bytes <= memory.total_bytes
    assert disk and 0 <= disk.free_bytes <= disk.total_bytes
    assert up and up > 0
    load = wait_for(here.cpu_percent(0.1))
    assert load is not None and 0 <= load <= 100


def test_the_version_of_the_kernel_is_not_taken_for_that_of_the_system() -> None:
    assert wait_for(RealSystem(Mute()).host()).system_version == ""


def test_no_hardware_address_is_among_the_addresses() -> None:
    interfaces = wait_for(real_system(RealChildren().run).interfaces()) or ()
    macs = {
        entry.address
        for entries in psutil.net_if_addrs().values()
        for entry in entries
        if entry.family == psutil.AF_LINK
    }
    assert macs and not macs & {address for each in interfaces for address in each.addresses}


def test_a_platform_that_tells_nothing_gives_none_and_never_raises() -> None:
    mute = RealSystem(Mute())
    questions = (
        mute.dns_servers(),
        mute.has_battery(),
        mute.cameras(),
        mute.microphones(),
        mute.neighbour("192.0.2.1"),
    )
    assert [wait_for(question) for question in questions] == [None] * 5
    assert wait_for(mute.host()).system == "Plan 9"
    assert {each.kind for each in wait_for(mute.interfaces()) or ()} <= {"loopback", "unknown"}


def test_a_route_in_an_unknown_shape_is_not_told_and_not_absent() -> None:
    for platform in (Mute(), Odd()):
        with pytest.raises(NotTold):
            wait_for(RealSystem(platform).default_route())


def test_the_battery_of_a_mouse_is_not_told_as_the_computers(monkeypatch: pytest.MonkeyPatch) -> None:
    mouse = SimpleNamespace(percent=50.0, secsleft=-1, power_plugged=None)
    monkeypatch.setattr(psutil, "sensors_battery", lambda: mouse, raising=False)
    assert wait_for(RealSystem(Odd()).battery()) is None
    told = wait_for(RealSystem(Mute()).battery())
    assert told is not None and (told.percent, told.seconds_left) == (50.0, None)


def test_a_dead_mount_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(psutil, "disk_usage", lambda path: release.wait(30))
    started = time.monotonic()
    assert wait_for(RealSystem(Mute(), limit_s=0.2).disk("/mnt/dead")) is None
    assert time.monotonic() - started < 2
    release.set()


def test_a_disk_on_a_network_drive_is_asked_from_a_child_that_can_be_left_behind() -> None:
    drive = NetworkDrive(place="/mnt/team", protocol="nfs", source="files:/team", host="files")

    class Mounted(Mute):
        async def network_drives(self) -> tuple[NetworkDrive, ...]:
            return (drive,)

    told = Recorded({"statvfs": "[1000, 400]"})
    found = wait_for(RealSystem(Mounted(), run=told).disk("/mnt/team/plans"))
    assert found is not None and (found.total_bytes, found.free_bytes) == (1000, 400)
    dead = Recorded({"statvfs": ChildTimeout("no answer")})
    assert wait_for(RealSystem(Mounted(), run=dead).disk("/mnt/team")) is None
    assert wait_for(RealSystem(Mounted(), run=dead).disk("/")) is not None and len(dead.asked) == 1


@pytest.mark.parametrize(
    "problem", [OSError("gone"), NotImplementedError(), psutil.AccessDenied(), AttributeError()]
)
def test_what_psutil_cannot_tell_is_none(monkeypatch: pytest.MonkeyPatch, problem: Exception) -> None:
    def broken() -> None:
        raise problem

    monkeypatch.setattr(psutil, "virtual_memory", broken)
    assert wait_for(RealSystem(Mute()).memory()) is None


def test_a_start_in_the_future_is_no_uptime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "boot_time", lambda: time.time() + 3600)
    assert wait_for(RealSystem(Mute()).uptime_s()) is None


def test_a_system_that_does_not_tell_what_a_connection_costs_is_none() -> None:
    assert wait_for(RealSystem(Mute()).metered()) is None
    assert wait_for(real_system(RealChildren().run).metered()) in (True, False, None)
