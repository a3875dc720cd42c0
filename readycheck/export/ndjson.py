"""A run as a stream of JSON lines, one event a line, for programs that follow it. Live or told again from a report."""

from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec import Struct

from readycheck.events import (
    CheckFinished,
    CheckProgressed,
    CheckReported,
    CheckStarted,
    Event,
    Expected,
    QuestionAnswered,
    RunFinished,
    RunStarted,
)
from readycheck.exit_codes import ExitCode, exit_code
from readycheck.model import (
    SCHEMA_VERSION,
    CapabilityVerdict,
    Cause,
    CheckResult,
    Question,
    Report,
    Score,
    Tool,
    Verdict,
)

_encode: Final = msgspec.json.Encoder(order="deterministic").encode


class _Line(Struct, frozen=True, kw_only=True, tag_field="event"):
    """One line; its field ``event`` comes first and says which."""


class RunStartedLine(_Line, frozen=True, kw_only=True, tag="run.started"):
    """``max_bytes`` and ``max_seconds`` are what the run may use, ``hosts`` whom it talks to; null where it is told again from a
    report, as in each of ``planned``."""

    schema_version: str = SCHEMA_VERSION
    profile: str
    planned: tuple[Expected, ...]
    max_bytes: int | None = None
    max_seconds: float | None = None
    hosts: tuple[str, ...] | None = None


class CheckStartedLine(_Line, frozen=True, kw_only=True, tag="check.started"):
    check_id: str


class CheckProgressedLine(_Line, frozen=True, kw_only=True, tag="check.progressed"):
    check_id: str
    text: str
    fraction: float | None


class CheckFinishedLine(_Line, frozen=True, kw_only=True, tag="check.finished"):
    """``result`` as in the report."""

    result: CheckResult


class RunFinishedLine(_Line, frozen=True, kw_only=True, tag="run.finished"):
    """Always the last line. ``exit_code`` is that of the process: 130 where the run was interrupted."""

    tool: Tool
    run_id: str
    started: str
    finished: str
    partial: bool
    verdict: Verdict
    exit_code: int
    score: Score
    capabilities: tuple[CapabilityVerdict, ...]
    causes: tuple[Cause, ...]
    questions: tuple[Question, ...] = ()


class NdjsonStream:
    """Hears the events of a run and writes each as a line, whole and at once, through ``write``. Not redacted: it stays here."""

    def __init__(self, write: Callable[[bytes], Any], *, strict: bool = False) -> None:
        self._write = write
        self._strict = strict

    def hear(self, event: Event) -> None:
        line = _line_of(event, self._strict)
        if line is not None:
            self._write(_encode(line) + b"\n")


def render(report: Report, *, strict: bool = False) -> bytes:
    """The lines of a finished run: run.started, one check.finished a result, run.finished."""
    lines: list[bytes] = []
    stream = NdjsonStream(lines.append, strict=strict)
    started = RunStartedLine(
        profile=report.policy.title,
        planned=tuple(
            Expected(check_id=r.check_id, title=r.title, capability=r.capability) for r in report.results
        ),
    )
    lines.append(_encode(started) + b"\n")
    for result in report.results:
        stream.hear(CheckFinished(result=result))
    stream.hear(RunFinished(report=report))
    return b"".join(lines)


def _line_of(event: Event, strict: bool) -> _Line | None:
    match event:
        case RunStarted():
            return _run_started(event)
        case CheckStarted(check_id=check_id):
            return CheckStartedLine(check_id=check_id)
        case CheckProgressed(check_id=check_id, text=text, fraction=fraction):
            return CheckProgressedLine(check_id=check_id, text=text, fraction=fraction)
        case CheckFinished(result=result):
            return CheckFinishedLine(result=result)
        case RunFinished(report=report):
            return _run_finished(report, strict)
        case CheckReported() | QuestionAnswered():
            return None  # the same finding follows in the check's result, the answer in the last line


def _run_started(event: RunStarted) -> RunStartedLine:
    return RunStartedLine(
        profile=event.profile,
        planned=event.planned,
        max_bytes=event.max_bytes,
        max_seconds=event.max_seconds,
        hosts=event.hosts,
    )


def _run_finished(report: Report, strict: bool) -> RunFinishedLine:
    code = ExitCode.INTERRUPTED if report.partial else exit_code(report, strict=strict)
    return RunFinishedLine(
        tool=report.tool,
        run_id=report.run_id,
        started=report.started,
        finished=report.finished,
        partial=report.partial,
        verdict=report.verdict,
        exit_code=int(code),
        score=report.score,
        capabilities=report.capabilities,
        causes=report.causes,
        questions=report.questions,
    )
