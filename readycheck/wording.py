"""The words of a run, the same in both faces: status words, headings, verdict sentences.

Pure: takes states and reports, gives strings. Refuses to judge and to draw.
The glyphs are in readycheck.glyphs, numbers with units in readycheck.units; both are handed on from here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from readycheck.diagnose import distance
from readycheck.glyphs import ASCII, BASIC, MODERN, Glyphs, pick_glyphs
from readycheck.listing import Group, Section
from readycheck.model import Capability, CheckResult, Confidence, Owner, Report, Standing, Status, Verdict
from readycheck.state import UNSETTLED, Area, Row, RowStatus, RunState, row_status
from readycheck.units import number, quantity, value_text

__all__ = [
    "ASCII",
    "BASIC",
    "CAPABILITY_TITLES",
    "CONFIDENCE_WORDS",
    "GROUP_TITLES",
    "MODERN",
    "OWNER_WORDS",
    "STANDING_WORDS",
    "STATUS_WORDS",
    "Glyphs",
    "again_line",
    "also_line",
    "area_words",
    "found_so_far",
    "heading",
    "headline",
    "next_step",
    "number",
    "on_hold_line",
    "owner_text",
    "pick_glyphs",
    "plural",
    "progress_text",
    "quantity",
    "reason",
    "result_text",
    "row_status",
    "row_text",
    "score_text",
    "stopped_line",
    "things_to_fix",
    "value_text",
    "when_text",
]

STATUS_WORDS: Final = {
    RowStatus.WAITING: "Waiting",
    RowStatus.CHECKING: "Checking",
    RowStatus.OK: "OK",
    RowStatus.LOOK: "Look",
    RowStatus.FIX: "Fix",
    RowStatus.TURN: "Your turn",
    RowStatus.NO_RESULT: "No result",
    RowStatus.ON_HOLD: "On hold",
    RowStatus.NOT_NEEDED: "Not needed",
    RowStatus.STOPPED: "Stopped",
}
STANDING_WORDS: Final = {
    Standing.READY: "Ready",
    Standing.LIMITED: "Limited",
    Standing.NOT_WORKING: "Not working",
    Standing.ON_HOLD: "On hold",
    Standing.UNKNOWN: "No result",
    Standing.NOT_CHECKED: "Not checked",
}
CAPABILITY_TITLES: Final = {
    Capability.CALLS: "Video calls",
    Capability.FILES: "Files",
    Capability.VPN: "VPN",
    Capability.APPS: "Work apps",
    Capability.HELP: "Get help",
    Capability.DEVICE: "This device",
    Capability.CONNECTION: "Connection",
}
GROUP_TITLES: Final = {
    Group.NEEDS_YOU: "Needs you",
    Group.WORKING: "Working",
    Group.STOPPED: "Stopped",
    Group.ON_HOLD: "On hold",
    Group.NOT_NEEDED: "Not needed",
}
OWNER_WORDS: Final = {
    Owner.DEVICE: "this computer",
    Owner.HOME: "your own network",
    Owner.ISP: "your internet provider",
    Owner.COMPANY: "your company's IT",
    Owner.SERVICE: "the provider of the service",
    Owner.UNKNOWN: "not clear yet",
}
CONFIDENCE_WORDS: Final = {
    Confidence.HIGH: "certain",
    Confidence.MEDIUM: "likely",
    Confidence.LOW: "one of several explanations",
}


def owner_text(owner: Owner, either: Sequence[Owner] = (), confidence: Confidence | None = None) -> str:
    """Whose it is to mend, with how sure that is; where it cannot be told, between whom: "your own network or ..."."""
    if either:
        return f"{' or '.join(OWNER_WORDS[each] for each in either)}; which of them cannot be told from here"
    if owner is Owner.UNKNOWN or confidence is None:
        return OWNER_WORDS[owner]
    return f"{OWNER_WORDS[owner]} ({CONFIDENCE_WORDS[confidence]})"


MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def area_words(area: Area) -> str:
    """What an area says: how far it is, or how it stands."""
    if area.standing is None:
        return f"{area.done} of {area.total} done"
    return STANDING_WORDS[area.standing]


def heading(section: Section) -> str:
    """The heading of a section without its counter."""
    if section.capability is not None:
        return CAPABILITY_TITLES[section.capability]
    return GROUP_TITLES[section.group]


def on_hold_line(count: int) -> str:
    return plural(count, "1 check is on hold until this works", "{} checks are on hold until this works")


def plural(count: int, one: str, many: str) -> str:
    """``one`` for 1, else ``many`` with the number at its ``{}``."""
    return one if count == 1 else many.format(count)


# What a row says


def row_text(row: Row, state: RunState) -> str:
    """The text beside a row's title: the step, what was found, or why there is nothing."""
    if row.status in UNSETTLED:
        return f"was: {STATUS_WORDS[row.was]}" if row.was else row.step
    if row.status is RowStatus.STOPPED or row.result is None:
        return "not checked"
    if row.status is RowStatus.ON_HOLD:
        return "after: " + ", ".join(state.title(check_id) for check_id in row.result.behind)
    return result_text(row.result)


def result_text(result: CheckResult) -> str:
    """One sentence for one result: what was found; for one that could not judge or did not apply, why."""
    if result.status in (Status.SKIP, Status.UNKNOWN):
        return (result.reason or result.summary).removeprefix("No result: ")
    return result.summary or result.reason


# The verdict


def things_to_fix(report: Report) -> int:
    """Causes behind failed checks, plus failed checks that no cause explains: what a person would count."""
    failed = {result.check_id for result in report.results if result.status is Status.FAIL}
    causes = [cause for cause in report.causes if failed.intersection(cause.explains)]
    explained = {check_id for cause in causes for check_id in cause.explains}
    return len(causes) + len(failed - explained)


def _count(report: Report, status: Status) -> int:
    return sum(result.status is status for result in report.results)


def _no_result(report: Report) -> int:
    return sum(row_status(result) is RowStatus.NO_RESULT for result in report.results)


def _on_hold(report: Report) -> int:
    return sum(result.status is Status.SKIP and bool(result.behind) for result in report.results)


def headline(report: Report) -> str:
    """The verdict in a few words, without glyph and full stop."""
    if report.verdict is Verdict.NOT_READY:
        return _not_ready(report)
    if report.partial:
        return stopped_line(report)
    if report.verdict is Verdict.UNKNOWN:
        return "We could not check enough to say"
    if report.verdict is Verdict.READY_WITH_WARNINGS:
        looks = _count(report, Status.WARN) + things_to_fix(report)
        return plural(
            looks,
            "Ready, with 1 thing to look at",
            "Ready, with {} things to look at" if looks else "Ready, with limits",
        )
    return "Ready to work"


def _not_ready(report: Report) -> str:
    if report.causes and report.causes[0].code == "connection.no_internet":
        return "Not ready yet: no internet"
    count = things_to_fix(report)
    if not count:
        return "Not ready yet"
    return "Not ready yet: " + plural(count, "1 thing to fix", "{} things to fix")


def stopped_line(report: Report) -> str:
    stopped = sum(row_status(result) is RowStatus.STOPPED for result in report.results)
    total = len(report.results)
    return f"Stopped: {total - stopped} of {total} checked"


def reason(report: Report) -> str:
    """One sentence: why the verdict is what it is. The first cause where there is one."""
    if report.causes and report.verdict is not Verdict.UNKNOWN:
        return report.causes[0].summary
    if report.partial:
        return "The run was stopped before it was done, so this says little about your computer."
    if report.verdict is Verdict.READY:
        return "Everything that was checked works."
    wanted = Status.UNKNOWN if report.verdict is Verdict.UNKNOWN else Status.WARN
    found = [result for result in report.results if result.status is wanted]
    if not found:
        return ""
    first = min(found, key=lambda result: (not result.essential, distance(result.check_id)))
    return f"{first.title}: {result_text(first)}"


def next_step(report: Report) -> str:
    """What to do first; empty where nothing is to be done."""
    return report.causes[0].next_step if report.causes else ""


def also_line(report: Report) -> str:
    """What else there is, in one line: "Also: 2 things to look at, 1 without a result." Empty: nothing."""
    in_headline = report.verdict is Verdict.READY_WITH_WARNINGS
    fixes = 0 if in_headline or report.verdict is Verdict.NOT_READY else things_to_fix(report)
    looks = 0 if in_headline else _count(report, Status.WARN)
    questions = sum(not question.answer for question in report.questions)
    answers = sum(question.to_look_at for question in report.questions)
    parts = (
        (fixes, "1 thing to fix", "{} things to fix"),
        (questions, "1 question for you", "{} questions for you"),
        (answers, "1 answer to look at", "{} answers to look at"),
        (looks, "1 thing to look at", "{} things to look at"),
        (_no_result(report), "1 without a result", "{} without a result"),
        (_on_hold(report), "1 on hold", "{} on hold"),
    )
    said = ", ".join(plural(count, one, many) for count, one, many in parts if count)
    return f"Also: {said}." if said else ""


def score_text(report: Report) -> str:
    return "no score" if report.score.value is None else f"{report.score.value} of 100"


def found_so_far(state: RunState) -> str:
    """During a run: what is known already."""
    fixes, looks = state.count(RowStatus.FIX), state.count(RowStatus.LOOK)
    if not fixes and not looks:
        return "Nothing to fix so far."
    said = [f"{fixes} to fix"] if fixes else []
    said += [f"{looks} to look at"] if looks else []
    return f"Found so far: {', '.join(said)}."


def again_line(result: CheckResult) -> str:
    """After one check was checked again: "VPN connected: now OK.", or what it found this time."""
    if result.status is Status.PASS:
        return f"{result.title}: now {STATUS_WORDS[RowStatus.OK]}."
    return f"{result.title}, checked again: {result_text(result)}"


def when_text(stamp: str, now: datetime) -> str:
    """An RFC 3339 time as a person says it: "today 09:14", "yesterday 17:42", "21 Nov 2026, 09:14"; what is none stays."""
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return stamp
    here = moment.astimezone(now.tzinfo) if moment.tzinfo else moment
    days = (now.date() - here.date()).days
    day = {0: "today", 1: "yesterday"}.get(days)
    if day is not None:
        return f"{day} {here:%H:%M}"
    return f"{here.day} {MONTHS[here.month - 1]} {here.year}, {here:%H:%M}"


def progress_text(state: RunState, elapsed_s: float, middot: str = "·") -> str:
    """How far a run is, in what is known for sure: "21 of 25 done · 5 s, at most 60 s"."""
    limit = f", at most {state.max_seconds:.0f} s" if state.max_seconds else ""
    return f"{state.done} of {len(state.rows)} done {middot} {elapsed_s:.0f} s{limit}"
