"""Saved reports, one or many: each beside the file it came from, and what could not be read beside those that could."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from readycheck.errors import ReportError
from readycheck.model import Report
from readycheck.report.reading import STDIN, read_report
from readycheck.text import clean
from readycheck.ticket.marker import reference_of


@dataclass(frozen=True, kw_only=True)
class SavedReport:
    """A report and the name of its file, without its folder."""

    file: str
    report: Report

    @property
    def reference(self) -> str:
        """By which it is asked for on the phone and in a ticket system: ``rc-1a2b3c4d``."""
        return reference_of(self.report.run_id)

    @property
    def label(self) -> str:
        """What tells it apart from others: "laptop.json: rc-1a2b3c4d, computer laptop-7"."""
        computer = self.report.environment.computer
        return f"{self.file}: {self.reference}" + (f", computer {computer}" if computer else "")


def read_reports(
    paths: Sequence[str], told: Callable[[int], object] = lambda done: None
) -> tuple[tuple[SavedReport, ...], tuple[ReportError, ...]]:
    """Those that can be read, in the order of ``paths``, and what is wrong with the others. ``told`` after each: how many."""
    found: list[SavedReport] = []
    refused: list[ReportError] = []
    for done, path in enumerate(paths, 1):
        try:
            report = read_report(path)
        except ReportError as error:
            refused.append(error)
        else:
            found.append(SavedReport(file=_file_name(path), report=report))
        told(done)
    return tuple(found), tuple(refused)


def _file_name(path: str) -> str:
    return "standard input" if path == STDIN else clean(PurePath(path).name, 100)
