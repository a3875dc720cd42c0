"""Programs of every kind, run by the real children: those that monitoring ships, and those that do whatever they like."""

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from readycheck.adapters.children import RealChildren
from readycheck.api import ChildFailed, ChildTimeout, Meter, Owner, Status
from readycheck.model import CheckResult
from readycheck.ports import CommandAnswer
from readycheck.testing import FakeChildren, FakeSecrets, run_check
from readycheck_checks.command import CommandOptions, check
from readycheck_checks.declared.plugin import output

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs here are scripts of sh")
REAL = Path("/usr/lib/nagios/plugins")


def plugin(folder: Path, script: str) -> str:
    file = folder / "check_thing"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return str(file)


def ran(
    *command: str, children: Any = None, secrets: dict[str, str] | None = None, **told: Any
) -> CheckResult:
    options = CommandOptions(title="Thing", command=command, **told)
    world = {"children": children or RealChildren(), "secrets": FakeSecrets(secrets or {})}
    return asyncio.run(run_check(check, options, **world))


def said(code: int, stdout: bytes = b"", stderr: bytes = b"", **told: Any) -> CheckResult:
    children = FakeChildren(commands={"/x": CommandAnswer(code=code, stdout=stdout, stderr=stderr)})
    return ran("/x", children=children, **told)


@pytest.mark.parametrize(
    ("code", "status", "name"),
    [
        (0, Status.PASS, "declared.command"),
        (1, Status.WARN, "declared.command_warning"),
        (2, Status.FAIL, "declared.command_critical"),
        (3, Status.UNKNOWN, "declared.command_unknown"),
        (4, Status.UNKNOWN, "declared.command_odd"),
        (255, Status.UNKNOWN, "declared.command_odd"),
        (-11, Status.UNKNOWN, "declared.command_odd"),
    ],
)
def test_the_exit_code_decides_and_not_what_is_said(code: int, status: Status, name: str) -> None:
    result = said(code, b"THING OK - all is well")
    assert (result.status, result.findings[0].code) == (status, name)
    assert "THING OK" in result.summary


def test_whose_it_is_nobody_knows_unless_the_profile_says_so() -> None:
    assert said(2).findings[0].owner is Owner.UNKNOWN
    told = said(2, owner="service", remedy="Call the team.", when_failed="The thing stands still").findings[0]
    assert (told.owner, told.remedy) == (Owner.SERVICE, "Call the team.")
    assert told.summary.startswith("The thing stands still: ")


def test_a_failure_can_be_a_warning() -> None:
    result = said(2, level="warn")
    assert (result.status, result.findings[0].code) == (Status.WARN, "declared.command_critical")


def test_text_long_text_and_values_on_several_lines_are_told_apart() -> None:
    told = output(b"OK - fine | a=1s\r\nlong one\nlong two | b=2\n'c d'=3;1;2\n")
    assert (told.text, told.long) == ("OK - fine", "long one\nlong two")
    assert [(value.label, value.number) for value in told.values] == [("a", 1), ("b", 2), ("c d", 3)]


def test_values_become_measurements_with_the_limits_of_the_program() -> None:
    result = said(0, b"OK|rta=12ms;100;200 '/home/anna'=70%;80:;90:\n")
    first, second = result.measurements
    assert (first.title, first.value, first.unit, first.plan_limit, first.fail_limit) == (
        "rta",
        12,
        "ms",
        100,
        200,
    )
    assert (
        second.title == "Value 2" and second.plan_limit is None
    )  # a label may name a person: it is a fact, and no title
    assert [fact.value for fact in result.facts] == ["rta: 12ms", "/home/anna: 70%"]


def test_what_stands_on_stderr_is_shown_where_nothing_else_was_said() -> None:
    assert "cannot load" in said(3, b"", b"cannot load\x1b[31m the library").summary
    assert "\x1b" not in said(2, b"\x1b[2J\x07BAD").summary


def test_nothing_said_is_said_to_be_nothing() -> None:
    assert said(2).summary == "Thing cannot be used: it says nothing"


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (ChildTimeout("late"), "declared.command_timeout"),
        (ChildFailed("no such file"), "declared.command_not_started"),
    ],
)
def test_a_program_that_does_not_run_proves_nothing(error: Exception, name: str) -> None:
    result = ran("/x", children=FakeChildren(commands={"/x": error}))
    assert (result.status, result.findings[0].code) == (Status.UNKNOWN, name)


# ---- Secrets ----


def test_a_secret_goes_by_environment_and_standard_input_and_is_hidden_in_what_comes_back() -> None:
    children = FakeChildren(commands={"/x": CommandAnswer(code=0, stdout=b"OK with s3cret", stderr=b"")})
    told = {"environment": {"PGPASSWORD": "{secret:db}"}, "stdin": "user {secret:db}"}
    result = ran("/x", children=children, secrets={"db": "s3cret"}, **told)
    (command, environment, stdin) = children.ran[0]
    assert command == ("/x",) and stdin == b"user s3cret"
    assert environment is not None and environment["PGPASSWORD"] == "s3cret"
    assert "s3cret" not in str(result) and "[secret]" in result.summary


def test_without_its_secret_a_program_is_not_run() -> None:
    children = FakeChildren()
    result = ran("/x", children=children, stdin="{secret:db}")
    assert result.findings[0].code == "declared.command_secret" and not children.ran


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"command": ("/x", "--password={secret:db}")}, "may not hold a secret"),
        ({"command": ("check_tcp",)}, "whole path"),
        ({"command": ("/x", "a\0b")}, "no program can be given"),
        ({"command": ("/x",), "environment": {"A B": "x"}}, "cannot have a variable"),
    ],
)
def test_a_mistake_is_one_sentence(told: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        CommandOptions(title="Thing", **told)


# ---- Programs that misbehave ----


def test_a_program_gets_a_small_environment_and_no_shell_reads_its_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("READYCHECK_SECRET_DB", "not for you")
    script = plugin(tmp_path, 'echo "$1 ${READYCHECK_SECRET_DB:-none} $LC_ALL $MINE"')
    result = ran(script, "$(id);`id`", environment={"MINE": "mine"})
    assert result.summary == "Thing: $(id);`id` none C mine"


def test_a_program_that_ends_for_no_signal_is_ended_with_all_its_children(tmp_path: Path) -> None:
    script = plugin(
        tmp_path, f"trap '' TERM INT HUP; sleep 60 & echo $! >{tmp_path}/child; while :; do sleep 1; done"
    )
    before = time.monotonic()
    result = ran(script, seconds=0.5)
    assert result.findings[0].code == "declared.command_timeout" and time.monotonic() - before < 10
    child = int((tmp_path / "child").read_text())
    assert _ends(child)


def test_a_child_that_keeps_the_output_open_does_not_keep_the_check(tmp_path: Path) -> None:
    before = time.monotonic()
    result = ran(plugin(tmp_path, 'sleep 60 & echo "OK - started"; exit 0'), seconds=30)
    assert result.status is Status.PASS and time.monotonic() - before < 15


def test_a_program_that_closes_its_output_is_still_waited_for_and_its_code_counts(tmp_path: Path) -> None:
    assert ran(plugin(tmp_path, "exec >&- 2>&-; sleep 0.2; exit 2")).status is Status.FAIL


def test_a_program_that_says_much_too_much_is_heard_to_its_end(tmp_path: Path) -> None:
    script = plugin(tmp_path, 'echo "OK - a lot follows"; head -c 20000000 /dev/zero; exit 0')
    assert ran(script).summary == "Thing: OK - a lot follows"


def test_a_program_that_talks_without_end_is_ended(tmp_path: Path) -> None:
    assert ran(plugin(tmp_path, "yes"), seconds=0.5).findings[0].code == "declared.command_timeout"


def test_a_program_that_crashes_is_told_by_its_signal(tmp_path: Path) -> None:
    assert "ended by signal 11" in ran(plugin(tmp_path, "kill -SEGV $$")).summary


def test_what_is_no_program_is_not_started(tmp_path: Path) -> None:
    file = tmp_path / "text"
    file.write_text("hello")
    assert ran(str(file)).findings[0].code == "declared.command_not_started"
    assert ran(str(tmp_path / "gone")).findings[0].code == "declared.command_not_started"


def test_what_it_may_send_is_counted_as_used() -> None:
    meter = Meter()
    children = FakeChildren(commands={"/x": CommandAnswer(code=0, stdout=b"OK", stderr=b"")})
    options = CommandOptions(title="Thing", command=("/x",), traffic=1234)
    asyncio.run(run_check(check, options, children=children, meter=meter))
    assert meter.used == 1234 == check.cost_of(options, False).bytes


def _ends(process: int) -> bool:
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        if "State:\tZ" in Path(f"/proc/{process}/status").read_text():
            return True
        time.sleep(0.05)
    return False


# ---- Plug-ins as Debian ships them ----


@pytest.mark.skipif(not (REAL / "check_dummy").exists(), reason="monitoring-plugins-basic is not installed")
@pytest.mark.parametrize(
    ("command", "statuses"),
    [
        (("check_dummy", "0", "fine"), "pass"),
        (("check_dummy", "1"), "warn"),
        (("check_dummy", "2"), "fail"),
        (("check_dummy", "3"), "unknown"),
        (("check_load", "-w", "500,500,500", "-c", "900,900,900"), "pass"),
        (("check_disk", "-w", "0%", "-c", "0%", "-p", "/"), "pass"),
        (("check_procs", "-w", "1:", "-c", "1:"), "pass"),
        (("check_users", "-w", "500", "-c", "900"), "pass"),
        (("check_file_age", "-f", "/etc/passwd", "-w", "2000000000", "-c", "2000000000"), "pass"),
        (("check_cluster", "-h", "-d", "0,0,0"), "pass"),
        (("check_tcp", "-H", "127.0.0.1", "-p", "1", "-t", "2"), "fail"),
        (("check_ssh", "-t", "2", "-p", "1", "127.0.0.1"), "fail"),
        (("check_http", "-H", "127.0.0.1", "-p", "1", "-t", "2"), "fail"),
        (("check_smtp", "-H", "127.0.0.1", "-p", "1", "-t", "2"), "fail"),
        (("check_imap", "-H", "127.0.0.1", "-p", "1", "-t", "2"), "fail"),
        (("check_ftp", "-H", "127.0.0.1", "-p", "1", "-t", "2"), "fail"),
        (("negate", str(REAL / "check_dummy"), "2"), "pass"),
        (("check_http", "--nonsense"), "unknown"),
    ],
)
def test_a_plug_in_of_the_shelf_is_understood(command: tuple[str, ...], statuses: str) -> None:
    assert ran(str(REAL / command[0]), *command[1:]).status == statuses
