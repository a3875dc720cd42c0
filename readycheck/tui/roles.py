"""Which role (and so which colour) a status has. Colour is never the only sign: glyph and word always stand beside it."""

from typing import Final

from readycheck.model import Report, Standing, Verdict
from readycheck.show.state import RowStatus

_STATUS: Final = {
    RowStatus.OK: "ok",
    RowStatus.LOOK: "look",
    RowStatus.FIX: "fix",
    RowStatus.TURN: "info",
    RowStatus.CHECKING: "info",
    RowStatus.NO_RESULT: "look",
}
_STANDING: Final = {
    Standing.READY: "ok",
    Standing.LIMITED: "look",
    Standing.NOT_WORKING: "fix",
    Standing.UNKNOWN: "look",
}
_VERDICT: Final = {
    Verdict.READY: "ok",
    Verdict.READY_WITH_WARNINGS: "look",
    Verdict.NOT_READY: "fix",
    Verdict.UNKNOWN: "look",
}


def of_status(status: RowStatus) -> str:
    return _STATUS.get(status, "muted")


def of_standing(standing: Standing | None) -> str:
    return "info" if standing is None else _STANDING.get(standing, "muted")


def of_verdict(report: Report) -> str:
    if report.partial and report.verdict is not Verdict.NOT_READY:
        return "muted"
    return _VERDICT[report.verdict]
