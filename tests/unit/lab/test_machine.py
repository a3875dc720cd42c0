"""Whether a machine can run the lab is said in one sentence, with what to do about it."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import machine


@pytest.fixture
def capable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A machine that has everything: root, programs, devices. Its list of packages."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(machine, "DEVICES", ())
    monkeypatch.setattr(machine, "_refused", lambda: "")
    monkeypatch.setattr(machine, "PACKAGES", tmp_path / "packages.txt")
    (tmp_path / "packages.txt").write_text("# part package sign\n\nlab coreutils sh\nlab libc6 /et*/passwd\n")
    machine.obstacle.cache_clear()
    yield tmp_path / "packages.txt"
    machine.obstacle.cache_clear()


def test_a_machine_with_everything_can(capable: Path) -> None:
    assert machine.obstacle() == ""


def test_what_is_missing_is_named_as_what_to_install(capable: Path) -> None:
    with capable.open("a") as file:
        file.write("lab one no-such-program\nlab two /no/such/*\nhelp-desk three no-such-program\n")
    assert machine.missing() == ("one", "two")
    assert machine.missing("help-desk") == ("three",)
    assert machine.obstacle() == "needs programs: apt-get install -y --no-install-recommends one two"


def test_another_system_an_ordinary_user_and_a_missing_device_are_said(
    capable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "DEVICES", (Path("/dev/no-tun"),))
    assert machine.obstacle().startswith("needs /dev/no-tun")
    machine.obstacle.cache_clear()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert machine.obstacle().startswith("needs root")
    machine.obstacle.cache_clear()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert machine.obstacle().startswith("needs Linux")


def test_the_list_of_packages_is_one_a_line_with_part_package_and_sign() -> None:
    lines = machine.PACKAGES.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line and not line.startswith("#")]
    assert len(rows) > 30
    assert all(re.fullmatch(r"(lab|help-desk) [a-z0-9.+-]+ \S+", row) for row in rows)
    assert len({row.split()[1] for row in rows}) == len(rows)
