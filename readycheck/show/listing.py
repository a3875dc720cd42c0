"""The order of a list of checks: by capability while they run, by need when they are done. Pure.

It says which rows stand under which heading and what is folded under its cause; refuses to draw.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from readycheck.diagnose import distance
from readycheck.model import Capability, Report
from readycheck.show.state import UNSETTLED, Row, RowStatus, RunState

NEEDS_YOU: Final = (RowStatus.FIX, RowStatus.TURN, RowStatus.LOOK, RowStatus.NO_RESULT)


class Group(StrEnum):
    """The sections of a finished list. AREA is the section of a running one, one for each capability."""

    NEEDS_YOU = "needs_you"
    WORKING = "working"
    STOPPED = "stopped"
    ON_HOLD = "on_hold"
    NOT_NEEDED = "not_needed"
    AREA = "area"


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and its rows. ``held``: check id -> how many checks wait for it, folded under it."""

    group: Group
    rows: tuple[Row, ...]
    capability: Capability | None = None
    done: int = 0
    held: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


def sections(state: RunState, only: Capability | None = None) -> tuple[Section, ...]:
    """The list: by capability in plan order until the first report is there, then by need."""
    rows = tuple(row for row in state.rows if only is None or row.capability is only)
    return _by_area(rows) if state.report is None else _by_need(state, rows)


def _by_area(rows: tuple[Row, ...]) -> tuple[Section, ...]:
    found = []
    for capability in dict.fromkeys(row.capability for row in rows):
        mine = tuple(row for row in rows if row.capability is capability)
        done = sum(row.status not in UNSETTLED for row in mine)
        found.append(Section(group=Group.AREA, rows=mine, capability=capability, done=done))
    return tuple(found)


def _by_need(state: RunState, rows: tuple[Row, ...]) -> tuple[Section, ...]:
    first = _order_of_causes(state.report)
    needs = sorted(
        (row for row in rows if row.settled in NEEDS_YOU),
        key=lambda row: (
            NEEDS_YOU.index(row.settled),
            first.get(row.check_id, len(first)),
            distance(row.check_id),
        ),
    )
    shown = {row.check_id for row in needs}
    roots = {row.check_id: root_of(state, row) for row in rows if row.settled is RowStatus.ON_HOLD}
    held: dict[str, int] = {}
    for root in roots.values():
        if root in shown:
            held[root] = held.get(root, 0) + 1
    loose = tuple(row for row in rows if row.check_id in roots and roots[row.check_id] not in shown)
    found = (
        Section(group=Group.NEEDS_YOU, rows=tuple(needs), held=MappingProxyType(held)),
        Section(group=Group.STOPPED, rows=_settled(rows, RowStatus.STOPPED)),
        Section(group=Group.ON_HOLD, rows=loose),
        Section(group=Group.WORKING, rows=_settled(rows, RowStatus.OK)),
        Section(group=Group.NOT_NEEDED, rows=_settled(rows, RowStatus.NOT_NEEDED)),
    )
    return tuple(section for section in found if section.rows)


def _settled(rows: tuple[Row, ...], status: RowStatus) -> tuple[Row, ...]:
    return tuple(row for row in rows if row.settled is status)


def _order_of_causes(report: Report | None) -> dict[str, int]:
    order: dict[str, int] = {}
    for cause in report.causes if report else ():
        for check_id in cause.explains:
            order.setdefault(check_id, len(order))
    return order


def root_of(state: RunState, row: Row) -> str:
    """The check at the bottom of what this row waits for: the one that failed itself. Empty: none."""
    seen: set[str] = set()
    current: Row | None = row
    root = ""
    while current is not None and current.result and current.result.behind and root not in seen:
        seen.add(root)
        root = current.result.behind[0]
        current = state.row(root)
    return root


def waiting_for(state: RunState, check_id: str) -> tuple[Row, ...]:
    """The rows on hold until this check works."""
    held = (row for row in state.rows if row.settled is RowStatus.ON_HOLD)
    return tuple(row for row in held if root_of(state, row) == check_id)
