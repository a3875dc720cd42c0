"""A line that carries next to nothing: what stalls over it is no fault of the far side."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from readycheck.api import Capability, Confidence, Finding, Measurement, Owner, Status
from readycheck.diagnose import diagnose
from readycheck.model import CheckResult

MAYBE_THE_LINE = (Owner.HOME, Owner.ISP, Owner.SERVICE)


def bandwidth(upload: float, high: float | None = None) -> CheckResult:
    slow = Finding(
        code="calls.upload_too_slow",
        status=Status.FAIL,
        summary=f"Upload {upload} Mbit/s",
        remedy="Pause other downloads",
        either=(Owner.ISP, Owner.HOME),
    )
    return result("bandwidth", slow, rates=(("upload", upload, high),))


def stalled(
    code: str = "calls.service_unreachable",
    *,
    owner: Owner = Owner.UNKNOWN,
    either: tuple[Owner, ...] = MAYBE_THE_LINE,
    confidence: Confidence = Confidence.LOW,
) -> CheckResult:
    silent = Finding(
        code=code,
        status=Status.FAIL,
        summary="Zoom cannot be reached from here",
        remedy="Try Zoom over a phone hotspot",
        owner=owner,
        either=either,
        confidence=confidence,
    )
    return result("call_service:zoom", silent)


def result(
    check_id: str, finding: Finding, *, rates: Sequence[tuple[str, float, float | None]] = ()
) -> CheckResult:
    return CheckResult(
        check_id=check_id,
        capability=Capability.CALLS,
        title=check_id,
        status=Status.FAIL,
        findings=(finding,),
        measurements=tuple(
            Measurement(name=name, title=name, value=value, unit="Mbit/s", high=high)
            for name, value, high in rates
        ),
    )


def test_a_slow_line_that_is_only_guessed_explains_nothing() -> None:
    guessed = bandwidth(0.05)
    finding = replace(guessed.findings[0], confidence=Confidence.LOW)
    assert len(codes(bandwidth(0.05), stalled())) == 1
    assert len(codes(replace(guessed, findings=(finding,)), stalled())) == 2


def codes(*results: CheckResult) -> set[str]:
    return {cause.code for cause in diagnose(results)}


@pytest.mark.parametrize("code", ["calls.service_unreachable", "apps.mail_hangs", "files.server_silent"])
def test_what_stalls_over_a_line_that_carries_next_to_nothing_is_the_line(code: str) -> None:
    (cause,) = diagnose((bandwidth(0.05, high=0.06), stalled(code)))
    assert (cause.code, cause.either) == ("calls.upload_too_slow", (Owner.ISP, Owner.HOME))
    assert cause.explains == ("bandwidth", "call_service:zoom")


@pytest.mark.parametrize(
    "rate", [bandwidth(0.8), bandwidth(0.1, high=0.4)], ids=["too slow for calls alone", "perhaps faster"]
)
def test_a_line_that_is_only_too_slow_for_calls_explains_no_silence(rate: CheckResult) -> None:
    assert codes(rate, stalled()) == {"calls.upload_too_slow", "calls.service_unreachable"}


@pytest.mark.parametrize(
    "far",
    [
        stalled(owner=Owner.SERVICE, either=()),
        stalled("apps.mail_refused"),
        stalled(confidence=Confidence.HIGH),
    ],
    ids=["the far side's", "refused", "proved"],
)
def test_what_is_proved_of_another_stays_beside_a_line_that_carries_next_to_nothing(far: CheckResult) -> None:
    assert len(codes(bandwidth(0.05), far)) == 2
