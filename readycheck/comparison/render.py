"""A comparison as text, Markdown or JSON. What a person reads is one list of parts, drawn in two ways."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

import msgspec

from readycheck.comparison.changes import CauseChange, Change, CheckChange, Comparison, Side
from readycheck.comparison.figures import FigureChange, Way
from readycheck.export.markdown import escape
from readycheck.model import STOPPED, Status, Verdict
from readycheck.run.plan import NOT_ASKED
from readycheck.show.wording import STANDING_WORDS, date_text, owner_text, plural
from readycheck.units import quantity

VERDICT_WORDS: Final = {
    Verdict.READY: "Ready",
    Verdict.READY_WITH_WARNINGS: "Ready, with limits",
    Verdict.NOT_READY: "Not ready",
    Verdict.UNKNOWN: "Could not be judged",
}
STATUS_WORDS: Final = {
    Status.PASS: "OK",
    Status.WARN: "Look",
    Status.FAIL: "Fix",
    Status.SKIP: "Not checked",
    Status.UNKNOWN: "No result",
}
_CHANGES: Final[Mapping[Change, str]] = {
    Change.WORSE: "Worse",
    Change.BETTER: "Better",
    Change.OTHERWISE: "Changed otherwise",
    Change.NEW: "In the newer report only",
    Change.GONE: "In the older report only",
}
_CAUSES: Final[Mapping[CauseChange, str]] = {
    CauseChange.GONE: "Causes that are gone",
    CauseChange.REPLACED: "Causes no longer named, though the check still fails",
    CauseChange.NOT_JUDGED_AFTER: "Causes not judged in the newer report",
    CauseChange.NEW: "New causes",
    CauseChange.INSTEAD: "New causes where the check failed before too",
    CauseChange.NOT_JUDGED_BEFORE: "Causes not judged in the older report",
    CauseChange.SAME: "Causes that are still there",
}
_QUIET: Final = {NOT_ASKED: "not asked for", STOPPED: "stopped"}
_MOST_NAMED: Final = 8
_WAYS: Final = {Way.HIGHER: "higher", Way.LOWER: "lower", Way.BETTER: "better", Way.WORSE: "worse"}


class Part(NamedTuple):
    title: str
    lines: Sequence[str]


def as_json(comparison: Comparison) -> bytes:
    return msgspec.json.format(msgspec.json.encode(comparison), indent=2) + b"\n"


def as_text(comparison: Comparison) -> bytes:
    head = [*_head(comparison), *(f"Note: {remark}" for remark in comparison.remarks)]
    parts = [
        line for part in _parts(comparison) for line in ("", part.title, *(f"  {one}" for one in part.lines))
    ]
    return "\n".join([*head, *parts, "", _end(comparison), ""]).encode()


def as_markdown(comparison: Comparison) -> bytes:
    title, *head = _head(comparison)
    lines = [f"# {escape(title)}", "", *(f"- {escape(line)}" for line in head)]
    lines += [f"- **Note:** {escape(remark)}" for remark in comparison.remarks]
    for part in _parts(comparison):
        lines += ["", f"## {escape(part.title)}", "", *(f"- {escape(line)}" for line in part.lines)]
    return "\n".join([*lines, "", escape(_end(comparison)), ""]).encode()


def _head(found: Comparison) -> Iterator[str]:
    before, after = found.before, found.after
    yield _headline(before, after)
    yield f"Before: {_named(before)}"
    yield f"After: {_named(after)}"
    if found.swapped:
        yield "The newer report was given first; here it stands second."


def _headline(before: Side, after: Side) -> str:
    was, now = (None if side.partial else side.score for side in (before, after))
    verdicts = [VERDICT_WORDS[side.verdict] for side in (before, after)]
    if verdicts[0] != verdicts[1]:
        return f"{verdicts[0]} ({_score(was)}), then {verdicts[1]} ({_score(now)})"
    if was == now:
        return f"{verdicts[0]} ({_score(was)}), both times"
    return f"{verdicts[0]} both times ({_scores(was, now)})"


def _score(value: int | None) -> str:
    return "no score" if value is None else f"{value} of 100"


def _scores(was: int | None, now: int | None) -> str:
    if was == now:
        return _score(now)
    return f"{was if was is not None and now is not None else _score(was)}, then {_score(now)}"


def _named(side: Side) -> str:
    computer = f", computer {side.computer}" if side.computer else ""
    return f"{side.reference}, {_when(side.started)}{computer} ({side.file})"


def _when(stamp: str) -> str:
    """In UTC, wherever it is read; what is no time stays as it is."""
    try:
        return f"{date_text(datetime.fromisoformat(stamp).astimezone(UTC))} UTC"
    except (ValueError, OverflowError):
        return stamp or "at a time that it does not say"


def _parts(found: Comparison) -> Iterator[Part]:
    """Those that hold something, what got worse before what got better."""
    parts = [
        Part("Areas", list(_areas(found))),
        *(Part(title, list(_causes(found, change))) for change, title in _CAUSES.items()),
        *(Part(title, list(_checks(found, change))) for change, title in _CHANGES.items()),
        Part("Measured values", list(_figures(found.figures))),
    ]
    yield from (part for part in parts if part.lines)


def _areas(found: Comparison) -> Iterator[str]:
    for one in found.capabilities:
        if one.before != one.after or one.score_before != one.score_after:
            was, now = (
                STANDING_WORDS[each] if each else "not in this report" for each in (one.before, one.after)
            )
            standing = was if was == now else f"{was}, then {now}"
            yield f"{one.title}: {standing} ({_scores(one.score_before, one.score_after)})"


def _causes(found: Comparison, change: CauseChange) -> Iterator[str]:
    for cause in found.causes:
        if cause.change is change:
            yield f"{cause.summary} ({cause.code}; {owner_text(cause.owner, cause.either)})"


def _checks(found: Comparison, change: Change) -> Iterator[str]:
    """Those that were not judged for a reason that many have are counted, with all of that reason in one line."""
    quiet: dict[str, list[str]] = {}
    for check in found.checks:
        if check.change is change:
            if why := _quiet(check):
                quiet.setdefault(why, []).append(check.title)
            else:
                yield f"{check.title} ({check.check_id}): {_course(check)}"
    for why, titles in quiet.items():
        named = f": {', '.join(titles)}" if len(titles) <= _MOST_NAMED else ""
        yield f"{plural(len(titles), '1 check was', '{} checks were')} {why}{named}"


def _quiet(check: CheckChange) -> str:
    """Why it was not judged in one of the two reports; empty where it needs a line of its own, as what is wrong now does."""
    if now := _unjudged(check.summary_after, check.behind_after):
        return f"{now} in the newer report"
    was = _unjudged(check.summary_before, check.behind_before)
    return f"{was} in the older report" if was and check.after not in (Status.FAIL, Status.WARN) else ""


def _unjudged(summary: str, behind: Sequence[str]) -> str:
    return "on hold" if behind else _QUIET.get(summary, "")


def _course(check: CheckChange) -> str:
    was, now = (
        ". ".join(filter(None, (STATUS_WORDS[status], said))) if status is not None else ""
        for status, said in ((check.before, check.summary_before), (check.after, check.summary_after))
    )
    return "; then ".join(filter(None, (was, now)))


def _figures(figures: Sequence[FigureChange]) -> Iterator[str]:
    for figure in figures:
        if figure.way is not Way.ALIKE or _is_bound(figure):
            was = _bounded(figure.before, figure.unit, figure.low_before, figure.high_before)
            now = _bounded(figure.after, figure.unit_after, figure.low_after, figure.high_after)
            yield f"{figure.title} ({figure.check_id}): {was}, then {now}: {_judged(figure)}"
    if alike := sum(figure.way is Way.ALIKE and not _is_bound(figure) for figure in figures):
        yield f"{plural(alike, '1 value is', '{} values are')} alike, as far as can be told"


def _bounded(value: float, unit: str, low: float | None, high: float | None) -> str:
    """As what it is in the report: where there is a bound on one side only, that bound."""
    if low is not None and high is None:
        return f"at least {quantity(low, unit)}"
    return f"at most {quantity(high, unit)}" if high is not None and low is None else quantity(value, unit)


def _is_bound(figure: FigureChange) -> bool:
    """One of the two is a bound, and no value."""
    pairs = ((figure.low_before, figure.high_before), (figure.low_after, figure.high_after))
    return any((low is None) != (high is None) for low, high in pairs)


def _judged(figure: FigureChange) -> str:
    if figure.way is Way.NOT_COMPARED:
        return f"not comparable, {figure.why}"
    if figure.way is Way.ALIKE:
        return "may be the same"
    if _is_bound(figure):
        return _WAYS[figure.way]
    percent = f" ({figure.percent:+.0f} %)" if figure.percent is not None else ""
    return f"{_WAYS[figure.way]}{percent}"


def _end(found: Comparison) -> str:
    count = plural(found.unchanged, "1 check has", "{} checks have")
    return f"{count} the same result as before."
