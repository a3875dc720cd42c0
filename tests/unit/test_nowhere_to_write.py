"""A report whose place takes nothing, and a data folder that takes nothing either: it is printed, and one sentence says so."""

import io
import sys
from pathlib import Path

import pytest

from readycheck.errors import UsageError
from readycheck.headless import write_out
from tests.unit.test_plain import converse

REPORT = b"# Your report\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place where nobody can write, whoever they are: below something that is no folder. The data folder lies there too."""
    stone = tmp_path / "stone"
    stone.write_text("no folder")
    monkeypatch.setattr("readycheck.headless.data_folder", lambda: stone / "data")
    return stone


def refused(output: Path | None) -> str:
    with pytest.raises(UsageError) as caught:
        write_out(REPORT, output)
    return caught.value.message


def test_what_can_be_written_nowhere_is_printed_whole_and_one_sentence_says_so(
    full: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    message = refused(full / "report.md")
    assert capfdbinary.readouterr().out == REPORT
    assert message == (
        f"{full / 'report.md'} could not be written, nor kept in {full / 'data'}: a part of the path is no folder; "
        "so all of it was printed on standard output instead."
    )


def test_where_standard_output_itself_takes_no_more_it_is_printed_on_the_terminal(
    full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    with Path("/dev/full").open("w", encoding="utf-8") as no_space:
        monkeypatch.setattr(sys, "stdout", no_space)
        message = refused(None)
        monkeypatch.undo()
    assert shown.getvalue().encode() == REPORT + b"\n"
    assert "there is no space left on the disk; so all of it is printed here instead." in message


def test_what_names_persons_gets_into_no_log_and_it_is_said_that_it_is_lost(
    full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    with Path("/dev/full").open("w", encoding="utf-8") as no_space:
        monkeypatch.setattr(sys, "stdout", no_space)
        message = refused(None)
        monkeypatch.undo()
    assert log.getvalue() == ""
    assert message.endswith("so it is lost. Make room, or choose a place on another disk, and ask again.")


def test_what_the_data_folder_takes_is_kept_there_and_not_printed(
    full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr("readycheck.headless.data_folder", lambda: tmp_path / "data")
    assert "Nothing is lost: it was kept as" in refused(full / "report.md")
    assert (tmp_path / "data" / "kept-report.md").read_bytes() == REPORT
    assert capfdbinary.readouterr().out == b""


def test_a_ticket_that_can_be_saved_nowhere_stands_on_the_terminal_and_it_is_said(
    full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("readycheck.ticket.outbox.handing_folder", lambda: full / "documents")
    monkeypatch.setattr("readycheck.ticket.outbox.data_folder", lambda: full / "data")
    _, told = converse("t", "It began this morning", "1")
    ticket, _, after = told.partition("1 save as text")
    assert "It began this morning" in ticket
    assert "was not saved: a part of the path is no folder" in after and "copy it from there" in after
