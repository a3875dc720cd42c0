"""What happens during a run, in order. Both faces hear exactly these events; nothing else passes from engine to face."""

from dataclasses import dataclass

from readycheck.model import Capability, CheckResult, Finding, Report


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One check of the plan, as a face lists it before it has run, and what it may use at most: bytes in both directions,
    seconds, and whom it talks to. None where that is not known, as for the rows of a saved report."""

    check_id: str
    title: str
    capability: Capability
    max_bytes: int | None = None
    max_seconds: float | None = None
    hosts: str | None = None


@dataclass(frozen=True, kw_only=True)
class RunStarted:
    """``planned`` in list order; ``max_bytes`` and ``max_seconds`` are what the run may use at most, ``hosts`` whom it talks to.

    ``left_out`` of those planned are not going to run: not asked for, or not possible (--offline, --max-data).
    """

    profile: str
    planned: tuple[Expected, ...]
    max_bytes: int
    max_seconds: float
    left_out: int = 0
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CheckStarted:
    check_id: str


@dataclass(frozen=True, kw_only=True)
class CheckProgressed:
    """``text`` says the step in words; ``fraction`` 0..1 where it is known."""

    check_id: str
    text: str
    fraction: float | None = None


@dataclass(frozen=True, kw_only=True)
class CheckReported:
    check_id: str
    finding: Finding


@dataclass(frozen=True, kw_only=True)
class CheckFinished:
    result: CheckResult


@dataclass(frozen=True, kw_only=True)
class RunFinished:
    report: Report


@dataclass(frozen=True, kw_only=True)
class QuestionAnswered:
    """The person answered a question of the profile, or took the answer back (``answer`` empty); during a run or after it."""

    question_id: str
    answer: str


Event = (
    RunStarted
    | CheckStarted
    | CheckProgressed
    | CheckReported
    | CheckFinished
    | RunFinished
    | QuestionAnswered
)
