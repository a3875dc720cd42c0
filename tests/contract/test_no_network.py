import json
import subprocess
import sys
import time

from tests import needs

READYCHECK = [sys.executable, "-m", "readycheck"]
CUT_OFF = ["unshare", "-n", *READYCHECK]


@needs.namespace
def test_with_no_way_out_there_is_one_cause_and_everything_behind_it_is_on_hold() -> None:
    before = time.monotonic()
    run = subprocess.run(
        [*CUT_OFF, "run", "--profile", "office", "--format", "json"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    seconds = time.monotonic() - before
    report = json.loads(run.stdout)
    assert run.returncode == 3, run.stderr
    assert [cause["code"] for cause in report["causes"]] == ["connection.no_internet"]
    failed = [r["check_id"] for r in report["results"] if r["status"] == "fail"]
    assert failed == ["interface"]
    sending = [r for r in report["results"] if r["capability"] in ("calls", "files", "vpn")]
    assert sending and all(r["status"] == "skip" and r["behind"] for r in sending)
    assert seconds < 15


@needs.namespace
def test_with_no_way_out_the_person_is_still_told_how_to_reach_somebody() -> None:
    run = subprocess.run([*CUT_OFF, "run", "--profile", "office"], capture_output=True, text=True, timeout=60)
    assert "no internet" in run.stdout.lower()
    assert "help" in run.stdout.lower()
    assert "Traceback" not in run.stdout + run.stderr


@needs.namespace
def test_a_router_and_nothing_behind_it_is_one_cause_too() -> None:
    """A default route into a network where nobody answers: packets vanish, nothing refuses them."""
    script = (
        "ip link add out type veth peer name in && ip addr add 192.168.77.2/24 dev out && "
        "ip link set lo up && ip link set out up && ip link set in up && "
        "ip route add default via 192.168.77.1 && exec "
    )
    command = f"{script} {sys.executable} -m readycheck run --profile office --format json"
    before = time.monotonic()
    run = subprocess.run(["unshare", "-n", "sh", "-c", command], capture_output=True, text=True, timeout=90)
    seconds = time.monotonic() - before
    report = json.loads(run.stdout)
    assert run.returncode == 3, run.stderr
    assert len(report["causes"]) == 1
    assert report["causes"][0]["code"] in ("connection.no_internet", "connection.gateway_silent")
    assert report["causes"][0]["owner"] in ("home", "unknown")
    assert seconds < 15
