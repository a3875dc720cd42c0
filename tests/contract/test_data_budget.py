"""What a run says it will use: stated before it, kept during it, told after it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from readycheck.commands.arguments import parse
from readycheck.commands.options import amount
from readycheck.errors import UsageError
from readycheck.profile import load
from readycheck.run.registry import load_all

READYCHECK = [sys.executable, "-m", "readycheck"]
LIMIT = 3_000_000


def told(*arguments: str) -> Any:
    run = subprocess.run(
        [*READYCHECK, *arguments], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module", params=["quick", "full"])
def demo(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    """The plan of the embedded office as data, and the report of a run of it."""
    amount = f"--{request.param}"
    return told("demo", "--dry-run", amount, "--format", "json"), told("demo", amount, "--format", "json")


def test_the_small_plans_of_all_checks_of_the_office_profile_are_under_three_megabytes_together() -> None:
    profile = load("office")
    stated = {
        instance.check_id: check.cost_of(instance.options, True).bytes
        for check in load_all()[0]
        for instance in profile.instances(check)
        if instance.enabled and not check.local
    }
    assert len(stated) > 10
    assert sum(stated.values()) < LIMIT, stated


def test_no_check_uses_more_than_was_stated(demo: tuple[Any, Any]) -> None:
    plan, report = demo
    stated = {row["check_id"]: row["max_bytes"] for row in plan["planned"]}
    used = {row["check_id"]: row["bytes_used"] for row in report["results"]}
    over = {name: (count, stated[name]) for name, count in used.items() if count > stated[name]}
    assert not over, "used, stated"
    assert sum(used.values()) == report["bytes_used"] > 100_000
    assert report["bytes_used"] <= report["bytes_stated"] == plan["max_bytes"]


def test_the_quick_plan_states_and_uses_less_than_three_megabytes() -> None:
    assert told("demo", "--dry-run", "--quick", "--format", "json")["max_bytes"] < LIMIT
    assert told("demo", "--quick", "--format", "json")["bytes_used"] < LIMIT


def test_a_report_tells_for_each_check_what_was_stated(demo: tuple[Any, Any]) -> None:
    plan, report = demo
    stated = {row["check_id"]: row["max_bytes"] for row in plan["planned"]}
    ran = [row for row in report["results"] if row["status"] != "skip"]
    assert {row["check_id"]: row["bytes_stated"] for row in ran} == {
        row["check_id"]: stated[row["check_id"]] for row in ran
    }


def test_a_dry_run_as_json_names_hosts_seconds_and_bytes_of_the_run_and_of_each_check() -> None:
    plan = told("--full", "run", "--profile", "office", "--dry-run", "--format", "json")
    rows = {row["check_id"]: row for row in plan["planned"]}
    assert plan["max_bytes"] == sum(row["max_bytes"] for row in rows.values())
    assert plan["max_seconds"] == 90
    assert "teams.microsoft.com" in plan["hosts"]
    assert "www.google.com" in rows["tls"]["hosts"]
    assert rows["tls"]["max_bytes"] > 0 < rows["tls"]["max_seconds"]
    assert rows["disk"]["local"] and rows["disk"]["max_bytes"] == 0
    assert all(row["talks_to"] or row["hosts"] for row in rows.values() if row["max_bytes"])


def test_a_dry_run_in_text_names_the_hosts_too() -> None:
    run = subprocess.run(
        [*READYCHECK, "run", "--profile", "office", "--quick", "--dry-run"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    first, second = run.stdout.splitlines()[:2]
    assert first.startswith("Would run ") and "at most 2." in first and "90 seconds" in first
    assert second.startswith("Would talk to: ")
    assert "connectivitycheck.gstatic.com" in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 100


@pytest.mark.parametrize(
    "words", ["run --quick --full", "--quick run --full", "--full demo --quick", "--quick --full"]
)
def test_quick_and_full_contradict_each_other_wherever_they_stand(words: str) -> None:
    with pytest.raises(UsageError, match="--full"):
        amount(parse(words.split()))


@pytest.mark.parametrize(
    "words", ["run --full --max-data 5MB", "--full run --max-data 5MB", "--max-data 5MB --full demo"]
)
def test_how_much_data_can_be_said_before_and_after_the_name_of_a_command(words: str) -> None:
    asked = amount(parse(words.split()))
    assert (asked.full, asked.quick, asked.max_bytes) == (True, False, 5_000_000)


def test_a_dry_run_as_json_can_go_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    subprocess.run(
        [*READYCHECK, "demo", "--dry-run", "--format", "json", "--output", str(file)],
        check=True,
        timeout=60,
        capture_output=True,
    )
    assert json.loads(file.read_text())["profile"] == "demo"
