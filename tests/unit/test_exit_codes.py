from msgspec.structs import replace
from pytest import mark

from readycheck.exit_codes import ExitCode, exit_code
from readycheck.model import Verdict
from tests.unit.sample_reports import report


@mark.parametrize(
    ("verdict", "strict", "code"),
    [
        (Verdict.READY, False, ExitCode.READY),
        (Verdict.READY, True, ExitCode.READY),
        (Verdict.READY_WITH_WARNINGS, False, ExitCode.READY),
        (Verdict.READY_WITH_WARNINGS, True, ExitCode.WARNINGS),
        (Verdict.NOT_READY, False, ExitCode.NOT_READY),
        (Verdict.NOT_READY, True, ExitCode.NOT_READY),
        (Verdict.UNKNOWN, False, ExitCode.UNJUDGED),
        (Verdict.UNKNOWN, True, ExitCode.UNJUDGED),
    ],
)
def test_the_verdict_decides_and_strict_counts_warnings(
    verdict: Verdict, strict: bool, code: ExitCode
) -> None:
    assert exit_code(replace(report(), verdict=verdict), strict=strict) is code


def test_a_run_without_results_is_never_a_pass() -> None:
    assert exit_code(replace(report(), verdict=Verdict.READY, results=())) is ExitCode.UNJUDGED


def test_the_numbers_are_the_published_ones() -> None:
    assert [int(code) for code in ExitCode] == [0, 1, 2, 3, 4, 5, 130]
