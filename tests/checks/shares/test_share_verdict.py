"""What is said about a share, from what was seen of it. No server, no network."""

import re
from dataclasses import replace

import pytest

from readycheck.api import Blame, Confidence, Finding, Measurement
from readycheck.model import Owner, Status
from readycheck_checks.blame.trouble import Looked
from readycheck_checks.shares.outcome import Rate, Seen, Stage, Trouble, What
from readycheck_checks.shares.target import target_of
from readycheck_checks.shares.verdict import Judging, judge_share

SMB, DAV = "smb://files.example/team", "https://files.example/team"
LISTED = [Stage.NAME, Stage.PORT, Stage.SERVER, Stage.SIGN_IN, Stage.LIST]


def judge(
    *troubles: Trouble,
    url: str = DAV,
    done: list[Stage] | None = None,
    rate: Rate | None = None,
    plan: float = 0.0,
) -> list[Finding | Measurement]:
    seen = Seen(done=LISTED if done is None else done, troubles=list(troubles), rate=rate)
    how = Judging(label="Team files", target=target_of(url), rate_plan_bps=plan, rate_fail_bps=plan / 5)
    return list(judge_share(seen, how))


def finding(*troubles: Trouble, url: str = DAV, done: list[Stage] | None = None) -> Finding:
    last = judge(*troubles, url=url, done=done)[-1]
    assert isinstance(last, Finding)
    return last


def trouble(stage: Stage, what: What, *, vouched: bool = False, reason: str = "") -> Trouble:
    return Trouble(stage=stage, what=what, vouched=vouched, reason=reason)


EVERY_TROUBLE = [(stage, what) for stage in Stage for what in What if what is not What.CERTIFICATE]


@pytest.mark.parametrize(("stage", "what"), EVERY_TROUBLE)
def test_every_trouble_at_every_stage_is_told_in_plain_words(stage: Stage, what: What) -> None:
    said = finding(trouble(stage, what, vouched=True), done=[])
    assert said.code.startswith("files.")
    assert "Team files" in said.summary
    assert not re.search(r"[{}]|\b(error|failed|invalid)\b|!", said.summary + said.remedy, re.IGNORECASE)
    assert said.status is Status.UNKNOWN or re.match(r"[A-Z][a-z]+ ", said.remedy)


def test_a_name_in_braces_is_told_as_it_is() -> None:
    seen = Seen(troubles=[trouble(Stage.PORT, What.REFUSED)])
    how = Judging(label="Team {host} files", target=target_of(DAV))
    (said,) = judge_share(seen, how)
    assert isinstance(said, Finding)
    assert said.summary.startswith("Team {host} files will not open: connections to files.example")


@pytest.mark.parametrize("stage", list(Stage))
def test_silence_that_nothing_vouches_for_is_unknown_at_every_stage(stage: Stage) -> None:
    assert finding(trouble(stage, What.SILENT), done=[]).status is Status.UNKNOWN


@pytest.mark.parametrize(
    "what", [What.NAME_TROUBLE, What.NO_ROUTE, What.PROXY, What.NO_PASSWORD, What.ELSEWHERE]
)
def test_what_says_nothing_about_the_share_is_unknown(what: What) -> None:
    assert finding(trouble(Stage.SERVER, what), done=[]).status is Status.UNKNOWN


@pytest.mark.parametrize("what", [What.SILENT, What.REFUSED])
def test_whose_a_silence_or_a_refusal_is_was_looked_into_or_is_not_known(what: What) -> None:
    came = trouble(Stage.PORT, what, vouched=True)
    assert finding(came, url=SMB, done=[]).owner is Owner.UNKNOWN
    home = Looked(blame=Blame(Owner.HOME, confidence=Confidence.HIGH), ends="the home router drops it")
    said = finding(replace(came, looked=home), url=DAV, done=[])
    assert (said.owner, said.confidence) == (Owner.HOME, Confidence.HIGH)
    assert said.detail.endswith("the home router drops it")


def test_a_name_is_told_in_the_words_of_who_was_asked_for_it() -> None:
    said = finding(trouble(Stage.NAME, What.NAME_UNKNOWN), done=[])
    assert (said.code, said.either) == ("files.name_unknown", (Owner.DEVICE, Owner.COMPANY))
    assert said.remedy.startswith("Connect the VPN")


@pytest.mark.parametrize(
    ("reason", "owner"),
    [
        ("expired", Owner.UNKNOWN),
        ("wrong_name", Owner.COMPANY),
        ("untrusted", Owner.UNKNOWN),
        ("not_yet_valid", Owner.UNKNOWN),
    ],
)
def test_certificates_are_told_apart(reason: str, owner: Owner) -> None:
    said = finding(trouble(Stage.SERVER, What.CERTIFICATE, reason=reason), done=[])
    assert (said.status, said.code, said.owner) == (Status.FAIL, "files.certificate", owner)


def test_a_failure_stands_alone_and_what_worked_is_its_evidence() -> None:
    said = judge(trouble(Stage.LIST, What.DENIED), done=LISTED[:-1])
    assert len(said) == 1
    assert isinstance(said[0], Finding)
    assert said[0].detail.startswith("worked: name, port, server, sign-in; list: no right to it")


TIMED = [*LISTED, Stage.READ, Stage.RATE]


@pytest.mark.parametrize(
    ("mbps", "status"), [(6.0, Status.PASS), (5.0, Status.PASS), (2.0, Status.WARN), (1.0, Status.FAIL)]
)
def test_the_rate_is_judged_by_the_limits_of_the_profile(mbps: float, status: Status) -> None:
    rate = Rate(rate_bps=mbps * 1e6, bytes=500_000, seconds=1.0)
    said = [one for one in judge(done=TIMED, rate=rate, plan=5e6) if isinstance(one, Finding)]
    assert said[-1].status is status
    if status is not Status.PASS:
        assert (said[-1].code, said[-1].confidence) == ("files.slow", Confidence.LOW)


def stalled(mbps: float, *, vouched: bool) -> list[Finding | Measurement]:
    rate = Rate(rate_bps=mbps * 1e6, bytes=65_536, seconds=6.0, at_most=True)
    return judge(trouble(Stage.RATE, What.SILENT, vouched=vouched), done=TIMED[:-1], rate=rate, plan=5e6)


def test_a_read_that_did_not_end_is_slow_where_the_line_was_alive() -> None:
    measurement, slow = stalled(0.1, vouched=True)
    assert isinstance(measurement, Measurement) and isinstance(slow, Finding)
    assert (slow.status, slow.code) == (Status.FAIL, "files.slow")
    assert "at most 0.1 Mbit/s, 5 wanted" in slow.summary


def test_a_read_that_did_not_end_proves_nothing_where_the_line_may_have_died() -> None:
    said = stalled(0.1, vouched=False)
    assert not [one for one in said if isinstance(one, Measurement)]
    assert {one.status for one in said if isinstance(one, Finding)} == {Status.PASS, Status.UNKNOWN}


def test_an_upper_bound_above_the_wanted_rate_is_no_rate_and_no_standstill() -> None:
    said = stalled(9.0, vouched=True)
    assert not [one for one in said if isinstance(one, Measurement)]
    assert [one.code for one in said if isinstance(one, Finding)] == ["files.opens", "files.unproved"]
