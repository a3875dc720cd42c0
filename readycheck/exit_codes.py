"""What a process says when it ends. Follows from the report alone; whether a run was interrupted is the face's to know."""

from enum import IntEnum

from readycheck.model import Report, Verdict


class ExitCode(IntEnum):
    """A public promise (docs/report.md): the codes of a verdict (0, 3, 4, 5) are never those of a fault (1, 2)."""

    READY = 0
    BROKE = 1
    USAGE = 2
    NOT_READY = 3
    WARNINGS = 4
    UNJUDGED = 5
    INTERRUPTED = 130


def exit_code(report: Report, *, strict: bool = False) -> ExitCode:
    """The code of a finished run. ``strict``: warnings count. A run without a single result was not judged."""
    if not report.results:
        return ExitCode.UNJUDGED
    return {
        Verdict.READY: ExitCode.READY,
        Verdict.READY_WITH_WARNINGS: ExitCode.WARNINGS if strict else ExitCode.READY,
        Verdict.NOT_READY: ExitCode.NOT_READY,
        Verdict.UNKNOWN: ExitCode.UNJUDGED,
    }[report.verdict]
