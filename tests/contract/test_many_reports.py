"""readycheck open with the reports of many: a bad one costs none of the others, and each can be told from the others."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from readycheck.cli import run_command
from readycheck.export import json as json_export
from readycheck.export.text import to_ascii
from readycheck.saved import SavedReport, read_reports
from tests.unit.sample_reports import report

COMPUTER = report().environment.computer


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Two reports, one cut off, and one that is not there."""
    for name, run_id in (("anna", "0a1b2c3d0a1b2c3d"), ("ben", "4e5f60714e5f6071")):
        (tmp_path / f"{name}.json").write_bytes(json_export.render(replace(report(), run_id=run_id)))
    (tmp_path / "cut.json").write_bytes((tmp_path / "anna.json").read_bytes()[:500])
    return {name: str(tmp_path / f"{name}.json") for name in ("anna", "cut", "gone", "ben")}


def test_bad_files_are_named_in_a_line_each_and_the_others_are_shown(
    files: dict[str, str], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run_command(["open", "--format", "ndjson", *files.values()]) == 2
    told = capfdbinary.readouterr()
    runs = [json.loads(line)["run_id"] for line in told.out.splitlines() if b'"run.finished"' in line]
    assert runs == ["0a1b2c3d0a1b2c3d", "4e5f60714e5f6071"]
    first, second = told.err.decode().splitlines()
    assert first.startswith(f"readycheck: {files['cut']} is not") and files["gone"] in second


def test_without_a_bad_file_the_exit_code_is_nought(files: dict[str, str]) -> None:
    assert run_command(["open", "--format", "text", files["anna"], files["ben"]]) == 0


@pytest.mark.parametrize("how", [["--format", "text"], ["--format", "markdown"], ["--explain"]])
def test_several_reports_for_people_each_stand_below_file_marker_and_computer(
    how: list[str], files: dict[str, str], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    run_command(["open", *how, files["anna"], files["ben"]])
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert lines[0] == f"anna.json: rc-0a1b2c3d, computer {COMPUTER}"
    assert f"ben.json: rc-4e5f6071, computer {COMPUTER}" in lines


def test_a_single_report_has_no_label(
    files: dict[str, str], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    run_command(["open", "--format", "text", files["anna"]])
    assert b"anna.json" not in capfdbinary.readouterr().out


@pytest.fixture
def of_the_kitchen(tmp_path: Path) -> str:
    """A report with letters that are not ASCII, in a file whose name has one too."""
    sample = report()
    results = (replace(sample.results[0], title="Größe … × 2"), *sample.results[1:])
    (tmp_path / "küche.json").write_bytes(json_export.render(replace(sample, results=results)))
    return str(tmp_path / "küche.json")


@pytest.mark.parametrize("how", [["--format", "text"], ["--explain"]])
def test_ascii_spells_text_in_ascii_and_tells_the_same(
    how: list[str], of_the_kitchen: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    run_command(["open", *how, of_the_kitchen, of_the_kitchen])
    as_it_is = capfdbinary.readouterr().out.decode()
    assert run_command(["open", "--ascii", *how, of_the_kitchen, of_the_kitchen]) == 0
    assert "küche" in as_it_is
    assert capfdbinary.readouterr().out.decode("ascii") == to_ascii(as_it_is)


@pytest.mark.parametrize("chosen", ["markdown", "json"])
def test_ascii_leaves_formats_that_are_no_plain_text_as_they_are(
    chosen: str, of_the_kitchen: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    run_command(["open", "--format", chosen, of_the_kitchen])
    as_it_is = capfdbinary.readouterr().out
    run_command(["open", "--ascii", "--format", chosen, of_the_kitchen])
    assert capfdbinary.readouterr().out == as_it_is and not as_it_is.isascii()


@pytest.mark.parametrize("chosen", ["text", "markdown", "json", "ndjson", "junit"])
def test_redact_replaces_in_every_format_what_a_ticket_replaces(
    chosen: str, files: dict[str, str], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run_command(["open", "--redact", "--format", chosen, files["anna"]]) == 0
    redacted = capfdbinary.readouterr().out.decode()
    assert not any(name in redacted for name in (COMPUTER, "Schmidts Netz", "203.0.113.77"))
    run_command(["open", "--format", chosen, files["anna"]])
    as_it_is = capfdbinary.readouterr().out.decode()
    assert ("Schmidts Netz" in as_it_is) is (chosen in ("markdown", "json", "ndjson"))


def test_reading_tells_how_far_it_is_with_every_file(files: dict[str, str]) -> None:
    heard: list[int] = []
    found, refused = read_reports(list(files.values()), heard.append)
    assert heard == [1, 2, 3, 4]
    assert [(one.file, one.reference) for one in found] == [
        ("anna.json", "rc-0a1b2c3d"),
        ("ben.json", "rc-4e5f6071"),
    ]
    assert len(refused) == 2
    unnamed = replace(report(), environment=replace(report().environment, computer=""))
    assert SavedReport(file="a.json", report=unnamed).label.count(",") == 0


def test_on_a_terminal_reading_that_takes_long_shows_how_far_it_is(files: dict[str, str]) -> None:
    pty = pytest.importorskip("pty")
    program = "from readycheck.commands import open_report\nopen_report.SLOW_S = 0\n"
    program += "import sys; from readycheck.cli import run_command; sys.exit(run_command(sys.argv[1:]))"
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | {"TERM": "xterm"}
    command = [sys.executable, "-c", program, "open", "--format", "text", files["anna"], files["ben"]]
    run = subprocess.run(command, stderr=theirs, stdout=subprocess.PIPE, env=environment, timeout=30)
    os.close(theirs)
    said = os.read(ours, 4096).decode()
    os.close(ours)
    assert run.returncode == 0
    assert "Reading reports: 1 of 2" in said and said.endswith("\r\x1b[K")
