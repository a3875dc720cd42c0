"""Whatever ends a lab, nothing of it is left: no process, no namespace, no mount, no file. These tests stand outside of it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

from tests import needs
from tests.lab.sandbox import REPOSITORY

pytestmark = needs.lab

LAB: Final = (sys.executable, "-m", "tests.lab")
ROUND: Final = ("table", "--only", "router-off", "--labs", "1")  # its readycheck runs for some seconds
OPEN_S: Final = 10.0
PATIENCE_S: Final = 40.0  # until a lab is in the middle of a round, on a busy machine
GONE_S: Final = 5.0
PLACES: Final = ("/run/netns", "/run/lab", "/run/layers", "/etc/netns", "/home")


def processes() -> dict[int, int]:
    """Every process of the machine, and its parent."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            found[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    return found


def family(first: int) -> set[int]:
    """A process and all that it started, and those started."""
    parents = processes()
    found = {first}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def namespaces(members: set[int]) -> set[str]:
    found = set()
    for process in members:
        for kind in ("net", "mnt", "pid"):
            with suppress(OSError):
                found.add(str(Path(f"/proc/{process}/ns/{kind}").readlink()))
    return found


def commands(members: set[int]) -> Iterator[tuple[int, str]]:
    for process in members:
        with suppress(OSError):
            yield process, Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")


def machine() -> tuple[object, ...]:
    """What a lab could leave behind on the machine, beside processes."""
    folders = {place: sorted(Path(place).glob("*")) for place in PLACES}
    files = [Path("/etc", name).read_bytes() for name in ("passwd", "group", "resolv.conf", "hosts")]
    links = subprocess.run(["ip", "-br", "link"], capture_output=True, text=True, check=True).stdout
    names = [line.split()[0] for line in links.splitlines()]
    return folders, files, names, Path("/proc/self/mounts").read_text()


def until(true: Callable[[], object], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


@contextmanager
def lab(*arguments: str) -> "Iterator[subprocess.Popen[str]]":
    """A lab in a process group of its own, as a terminal starts it."""
    started = subprocess.Popen(
        [*LAB, *arguments],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield started
    finally:
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        started.communicate()


def in_a_round(started: "subprocess.Popen[str]") -> bool:
    return any("readycheck run" in line for _, line in commands(family(started.pid)))


def first_process(members: set[int]) -> int:
    """The one that is number 1 inside."""
    inside = {each: line for each, line in commands(members) if "tests.lab.inside" in line}
    return next(each for each, line in inside.items() if not line.startswith("unshare "))


def kill_the_command(started: "subprocess.Popen[str]", members: set[int]) -> None:
    started.kill()


def ask_the_command_to_end(started: "subprocess.Popen[str]", members: set[int]) -> None:
    started.terminate()


def press_ctrl_c(started: "subprocess.Popen[str]", members: set[int]) -> None:
    os.killpg(started.pid, signal.SIGINT)


def close_the_terminal(started: "subprocess.Popen[str]", members: set[int]) -> None:
    os.killpg(started.pid, signal.SIGHUP)


def crash_the_lab(started: "subprocess.Popen[str]", members: set[int]) -> None:
    os.kill(first_process(members), signal.SIGKILL)


ENDS: Final[Mapping[str, Callable[["subprocess.Popen[str]", set[int]], None]]] = {
    "it is killed": kill_the_command,
    "it is asked to end": ask_the_command_to_end,
    "Ctrl-C": press_ctrl_c,
    "the terminal is closed": close_the_terminal,
    "it crashes": crash_the_lab,
}


@pytest.mark.parametrize("how", ENDS)
def test_nothing_is_left_of_a_lab_that_ends_in_the_middle_of_a_round(how: str) -> None:
    before = machine()
    with lab(*ROUND) as started:
        assert until(lambda: in_a_round(started), PATIENCE_S), "the lab came to no round"
        members = family(started.pid)
        taken = namespaces(members) - namespaces({os.getpid()})
        assert len(members) > 30 and len(taken) > 10, "a lab has many servers, hosts and mounts"
        ENDS[how](started, members)
        own = {started.pid}  # a zombie of ours until it is waited for
        assert until(lambda: not (members - own) & set(processes()), GONE_S), dict(commands(members))
        started.communicate(timeout=GONE_S)
        assert started.returncode != 0
    # A namespace lives by its processes and its mounts. Its number may be another one's by now, so numbers are not compared.
    assert machine() == before


def test_a_lab_opens_within_ten_seconds_and_leaves_nothing_when_its_shell_ends() -> None:
    before = machine()
    started = time.monotonic()
    with lab("shell") as opened:
        said, trouble = opened.communicate("exit 7\n", timeout=PATIENCE_S)
    seconds = time.monotonic() - started
    told = re.search(r"The lab is open \(([\d.]+) s\)", said)
    assert told and opened.returncode == 7, trouble
    print(f"open after {told[1]} s; with start and end {seconds:.1f} s")
    assert float(told[1]) <= OPEN_S
    assert machine() == before


def test_two_labs_are_open_at_once_and_do_not_see_each_other() -> None:
    ask = "cat /proc/net/arp; readlink /proc/self/ns/net; exit\n"
    with lab("shell", "gateway-stopped") as one, lab("shell") as other:
        answers = []
        for each in (one, other):
            assert each.stdout is not None
            assert "The lab is open" in each.stdout.readline()
        both_open = one.poll() is None and other.poll() is None
        for each in (one, other):
            answers.append(re.findall(r"net:\[\d+\]", each.communicate(ask, timeout=PATIENCE_S)[0]))
    assert both_open
    assert len(answers[0]) == len(answers[1]) == 1 and answers[0] != answers[1]
