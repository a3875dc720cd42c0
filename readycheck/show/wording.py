"""The words of a run, the same in both faces: status words, headings, verdict sentences.

Pure: takes states and reports, gives strings. Refuses to judge and to draw.
The glyphs are in readycheck.show.glyphs, numbers with units in readycheck.units.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from readycheck.diagnose import distance
from readycheck.model import (
    CAPABILITY_TITLES,
    Cause,
    CheckResult,
    Confidence,
    Finding,
    Owner,
    Report,
    Standing,
    Status,
    Verdict,
)
from readycheck.show.listing import Group, Section
from readycheck.show.state import UNSETTLED, Area, Row, RowStatus, RunState, row_status

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
GROUP_TITLES: Final = {
    Group.NEEDS_YOU: "Needs you",
    Group.WORKING: "Working",
    Group.STOPPED: "Stopped",
    Group.ON_HOLD: "On hold",
    Group.NOT_NEEDED: "Not needed",
}
OWNER_WORDS: Final = {
    Owner.DEVICE: "this computer",
    Owner.HOME: "the network you are on",
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
    """Who can mend it, with how sure that is; where it cannot be told, between whom: "the network you are on or ...".

    What lies with this computer is mended by the person at it: a password is not the computer's.
    """
    if either:
        return f"{' or '.join(OWNER_WORDS[each] for each in either)}; which of them cannot be told from here"
    if owner is Owner.UNKNOWN or confidence is None:
        return OWNER_WORDS[owner]
    who = "you, on this computer" if owner is Owner.DEVICE else OWNER_WORDS[owner]
    return f"{who} ({CONFIDENCE_WORDS[confidence]})"


def who_mends(result: CheckResult, cause: Cause | None) -> str:
    """The same of one result, by its cause where it has one; empty where there is nothing to mend."""
    if result.status not in (Status.FAIL, Status.WARN):
        return ""
    told = cause or next((found for found in result.findings if found.status is result.status), None)
    return owner_text(told.owner, told.either, told.confidence) if told else OWNER_WORDS[Owner.UNKNOWN]


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
    first = _first_without_cause(report)
    return f"{first.title}: {result_text(first)}" if first else ""


def _first_without_cause(report: Report) -> CheckResult | None:
    """The result that the verdict is told by where no cause is: the most needed one, and the nearest to this computer."""
    if report.verdict is Verdict.READY or report.partial:
        return None
    wanted = Status.UNKNOWN if report.verdict is Verdict.UNKNOWN else Status.WARN
    found = [result for result in report.results if result.status is wanted]
    return min(found, key=lambda one: (not one.essential, distance(one.check_id)), default=None)


def next_step(report: Report) -> str:
    """What to do first, about what reason() says; empty where nothing is to be done, or nothing is known to help."""
    told = _telling(report) if not report.causes else None
    return report.causes[0].next_step if report.causes else told.remedy if told else ""


def mender(report: Report) -> str:
    """Who can mend what reason() says, in one sentence; empty where nothing is to be mended."""
    if report.verdict is Verdict.UNKNOWN:
        return ""
    told = report.causes[0] if report.causes else _telling(report)
    return f"Who can mend it: {owner_text(told.owner, told.either, told.confidence)}." if told else ""


def _telling(report: Report) -> Finding | None:
    """What the first result without a cause was judged by."""
    result = _first_without_cause(report)
    found = result.findings if result is not None else ()
    return next((one for one in found if result is not None and one.status is result.status), None)


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
    """Of a run that was stopped none: the number would be about the little that was checked."""
    without = report.partial or report.score.value is None
    return "no score" if without else f"{report.score.value} of 100"


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
    return date_text(here)


def date_text(moment: datetime) -> str:
    """By its own clock: "21 Nov 2026, 09:14"."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M}"


def progress_text(state: RunState, elapsed_s: float, middot: str = "·") -> str:
    """How far a run is, in what is known for sure: "21 of 25 done · 5 s, at most 60 s"."""
    limit = f", at most {state.max_seconds:.0f} s" if state.max_seconds else ""
    return f"{state.done} of {len(state.rows)} done {middot} {elapsed_s:.0f} s{limit}"
