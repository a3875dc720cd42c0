import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

READYCHECK = [sys.executable, "-m", "readycheck"]


def readycheck(*arguments: str, timeout: float = 60, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*READYCHECK, *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
        **options,
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "report.json"
    run = readycheck("demo", "--format", "json", "--output", str(path))
    assert run.returncode == 0, run.stderr
    return path


def test_the_demo_is_ready_judges_every_capability_and_is_quick() -> None:
    before = time.monotonic()
    run = readycheck("demo", "--plain", "--format", "json")
    assert run.returncode == 0, run.stderr
    assert time.monotonic() - before < 20
    found = json.loads(run.stdout)
    judged = {c["id"]: c["status"] for c in found["capabilities"]}
    assert set(judged) == {"connection", "calls", "files", "vpn", "help", "device"}
    assert not {"unknown", "not_checked", "on_hold", "not_working"} & set(judged.values()), judged


def test_stdout_is_data_and_stderr_is_talk() -> None:
    run = readycheck("demo", "--format", "json")
    json.loads(run.stdout)
    assert "Checking" in run.stderr
    assert "\x1b" not in run.stdout + run.stderr


def test_a_report_is_readable_by_its_owner_only(report: Path) -> None:
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["text", "json", "ndjson", "markdown", "junit"])
def test_a_saved_report_opens_in_every_format(report: Path, name: str) -> None:
    run = readycheck("open", str(report), "--format", name)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip()


def test_a_saved_report_explains_its_score(report: Path) -> None:
    run = readycheck("open", str(report), "--explain")
    assert run.returncode == 0
    assert str(json.loads(report.read_text())["score"]["value"]) in run.stdout


@pytest.mark.parametrize("name", ["markdown", "eml", "json"])
def test_a_ticket_is_made_from_a_saved_report(report: Path, name: str, tmp_path: Path) -> None:
    out = tmp_path / "ticket"
    run = readycheck("ticket", str(report), "--format", name, "--output", str(out))
    assert run.returncode == 0, run.stderr
    assert out.stat().st_size > 500


def test_a_fault_ends_in_three_and_is_named() -> None:
    run = readycheck("demo", "--fault", "vpn-silent", "--format", "json")
    found = json.loads(run.stdout)
    assert run.returncode == 3
    assert (found["causes"][0]["code"], found["causes"][0]["owner"]) == ("vpn.gateway_silent", "company")


def test_only_one_capability_can_be_asked_for() -> None:
    run = readycheck("demo", "--only", "device", "--format", "json")
    found = json.loads(run.stdout)
    assert run.returncode == 0
    tried = {r["capability"] for r in found["results"] if r["status"] != "skip"}
    assert tried == {"device"}


def test_offline_sends_nothing_and_cannot_judge_what_needs_a_network() -> None:
    run = readycheck("demo", "--offline", "--format", "json")
    found = json.loads(run.stdout)
    assert run.returncode == 5
    assert found["bytes_used"] == 0


def test_strict_counts_warnings() -> None:
    relaxed, strict = (
        readycheck("demo", "--format", "json"),
        readycheck("demo", "--strict", "--format", "json"),
    )
    warned = json.loads(strict.stdout)["verdict"] == "ready_with_warnings"
    assert relaxed.returncode == 0
    assert strict.returncode == (4 if warned else 0)


def test_the_data_limit_is_kept() -> None:
    run = readycheck("demo", "--max-data", "3MB", "--format", "json")
    assert json.loads(run.stdout)["bytes_used"] <= 3_000_000


def test_quick_needs_under_three_megabytes() -> None:
    run = readycheck("demo", "--quick", "--format", "json")
    assert run.returncode == 0
    assert json.loads(run.stdout)["bytes_used"] < 3_000_000


def test_a_time_limit_is_kept_and_what_is_not_done_is_unknown() -> None:
    before = time.monotonic()
    run = readycheck("demo", "--timeout", "1", "--format", "json")
    assert time.monotonic() - before < 10
    found = json.loads(run.stdout)
    assert any("time was up" in r["reason"] for r in found["results"])
    assert run.returncode in (3, 5)


def test_an_interrupted_run_still_gives_its_report_marked_partial(tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    process = subprocess.Popen(
        [*READYCHECK, "demo", "--format", "json", "--output", str(out)],
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Checking"):
            break
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.stderr.read()
    assert process.wait(15) == 130
    assert json.loads(out.read_text())["partial"] is True


def test_the_office_is_gone_when_its_demo_was_killed() -> None:
    process = subprocess.Popen(
        [*READYCHECK, "demo", "--format", "json"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Checking"):
            break
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.kill()
    process.wait()
    time.sleep(2.0)
    assert children
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists() and _alive(pid)]


def _alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "--formt", "json"], "--formt"),
        (["walk"], "walk"),
        (["run", "--format", "xml"], "xml"),
        (["run", "--max-data", "lots"], "--max-data"),
        (["run", "--timeout", "-3"], "--timeout"),
        (["run", "--only", "videos", "--offline"], "videos"),
        (["run", "--profile", "ofice"], "office"),
        (["--profile", "ofice", "run", "--dry-run"], "office"),
        (["--profile", "office", "demo"], "--profile"),
        (["--theme", "dark", "run", "--dry-run"], "--theme"),
        (["run", "--profile", "/no/such/file.toml"], "/no/such/file.toml"),
        (["run", "--output", "/no/such/folder/x.json"], "/no/such/folder"),
        (["run", "--profile", "demo"], "readycheck demo"),
        (["open", "/no/such/report.json"], "/no/such/report.json"),
        (["open"], "FILE"),
        (["ticket", "/dev/null"], "/dev/null"),
        (["demo", "--fault", "vpn-silnt"], "vpn-silent"),
        (["profile", "check", "/dev/null/x"], "/dev/null/x"),
        (["completion", "fish"], "fish"),
    ],
)
def test_a_usage_error_gets_one_sentence_and_two(arguments: list[str], says: str) -> None:
    run = readycheck(*arguments)
    assert run.returncode == 2, run.stderr
    assert says in run.stderr
    assert "Traceback" not in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1
    assert run.stdout == ""


def test_stdout_that_is_closed_early_ends_quietly(report: Path) -> None:
    command = f"{sys.executable} -m readycheck open {report} --format json | head -c 10"
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30)
    assert "Traceback" not in run.stderr


def test_two_reports_are_not_glued_into_one_json_or_xml(report: Path) -> None:
    for name in ("json", "junit"):
        run = readycheck("open", str(report), str(report), "--format", name)
        assert (run.returncode, run.stdout) == (2, "")
        assert "one at a time" in run.stderr
    lines = readycheck("open", str(report), str(report), "--format", "ndjson").stdout.splitlines()
    assert all(json.loads(line) for line in lines)


def test_a_device_as_output_is_refused_before_the_run() -> None:
    run = readycheck("demo", "--only", "uptime", "--output", "/dev/null")
    assert run.returncode == 2
    assert "Checking" not in run.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_stdout_loses_nothing_and_blames_nobody(report: Path, tmp_path: Path) -> None:
    command = f"{sys.executable} -m readycheck open {report} --format json > /dev/full"
    environment = os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30, env=environment)
    assert run.returncode == 2
    assert "no space left" in run.stderr
    assert (tmp_path / "readycheck" / "kept-output").read_bytes().startswith(b"{")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_that_is_full_in_the_middle_of_a_run_keeps_its_lines_and_lets_it_go_on(tmp_path: Path) -> None:
    command = f"{sys.executable} -m readycheck demo --only uptime --format ndjson > /dev/full"
    environment = os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30, env=environment)
    assert run.returncode == 2
    assert "no space left" in run.stderr and "fault in readycheck" not in run.stderr
    lines = (tmp_path / "readycheck" / "kept-output").read_bytes().splitlines()
    events = [json.loads(line)["event"] for line in lines]
    assert (events[0], events[-1]) == ("run.started", "run.finished")
    assert "check.finished" in events


@pytest.mark.parametrize("closed", ["<&-", "2>&-"])
def test_a_closed_standard_stream_changes_neither_output_nor_exit_code(report: Path, closed: str) -> None:
    command = f"{sys.executable} -m readycheck demo --only uptime --format json {closed}"
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["verdict"] == "ready"


def test_a_part_of_the_checks_is_announced_as_what_it_is() -> None:
    assert "Checking 1 thing with" in readycheck("demo", "--only", "uptime", "--format", "json").stderr


def test_a_dry_run_goes_where_it_was_asked_to_go(tmp_path: Path) -> None:
    run = readycheck("demo", "--dry-run", "--output", str(tmp_path / "plan.txt"))
    assert (run.returncode, run.stdout) == (0, "")
    assert "Would run" in (tmp_path / "plan.txt").read_text()
