"""The characters that stand for a status, in three sets for three kinds of terminal. Each is one cell wide.

Refuses emoji, variation selectors and private-use icons: their width differs from terminal to terminal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from readycheck.model import Report, Standing, Verdict
from readycheck.show.state import RowStatus


@dataclass(frozen=True, kw_only=True)
class Glyphs:
    """One character a meaning. ``full``/``empty`` draw a bar; from ``edge`` on: lines and pointers."""

    name: str
    ok: str
    look: str
    fix: str
    turn: str
    run: str
    hold: str
    wait: str
    unknown: str
    cursor: str
    full: str
    empty: str
    edge: str
    rule: str
    branch: str
    dots: str
    middot: str
    more: str
    folded: str

    def of(self, status: RowStatus) -> str:
        return {
            RowStatus.WAITING: self.wait,
            RowStatus.CHECKING: self.run,
            RowStatus.OK: self.ok,
            RowStatus.LOOK: self.look,
            RowStatus.FIX: self.fix,
            RowStatus.TURN: self.turn,
            RowStatus.NO_RESULT: self.unknown,
        }.get(status, self.hold)

    def of_standing(self, standing: Standing) -> str:
        return {
            Standing.READY: self.ok,
            Standing.LIMITED: self.look,
            Standing.NOT_WORKING: self.fix,
            Standing.UNKNOWN: self.unknown,
        }.get(standing, self.hold)

    def of_verdict(self, report: Report) -> str:
        if report.partial and report.verdict is not Verdict.NOT_READY:
            return self.hold
        return {
            Verdict.READY: self.ok,
            Verdict.READY_WITH_WARNINGS: self.look,
            Verdict.NOT_READY: self.fix,
            Verdict.UNKNOWN: self.unknown,
        }[report.verdict]


MODERN: Final = Glyphs(
    name="modern",
    ok="✓",
    look="▲",
    fix="✗",
    turn="◆",
    run="○",
    hold="–",
    wait="·",
    unknown="?",
    cursor="►",
    full="█",
    empty="░",
    edge="▌",
    rule="─",
    branch="└",
    dots="…",
    middot="·",
    more="▼",
    folded="►",
)
# Only characters of WGL4 and code page 437: the classic Windows console has no other fonts to fall back to.
BASIC: Final = replace(MODERN, name="basic", ok="√", fix="×", turn="♦")
ASCII: Final = Glyphs(
    name="ascii",
    ok="+",
    look="!",
    fix="x",
    turn="*",
    run="o",
    hold="-",
    wait=".",
    unknown="?",
    cursor=">",
    full="#",
    empty="-",
    edge="|",
    rule="-",
    branch="`",
    dots="~",
    middot="-",
    more="v",
    folded=">",
)


def pick_glyphs(
    environ: Mapping[str, str], *, encoding: str, windows: bool, ascii_only: bool = False
) -> Glyphs:
    """The set this terminal can show. ``encoding`` is that of standard output."""
    if ascii_only or environ.get("TERM") == "linux" or encoding.lower().replace("-", "") != "utf8":
        return ASCII
    if windows and not (environ.get("WT_SESSION") or environ.get("TERM_PROGRAM")):
        return BASIC
    return MODERN
