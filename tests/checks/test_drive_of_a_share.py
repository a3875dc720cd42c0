"""A share and a mounted drive of one dead server are one cause, by the very words that their verdicts use: the sentences name the
server, and nothing else of a report does."""

from collections.abc import Callable

import pytest

from readycheck.api import Blame, NameUnknown, NetError, Refused, Silent, Where
from readycheck.diagnose import diagnose
from readycheck.model import Capability, CheckResult, Finding, Owner, Status
from readycheck_checks.blame.trouble import Looked
from readycheck_checks.drives.seeing import DriveSeen, Look, Server
from readycheck_checks.drives.verdict import judge_drive
from readycheck_checks.drives.wanted import Wanted
from readycheck_checks.shares.outcome import Seen, Stage, Trouble, What
from readycheck_checks.shares.target import target_of
from readycheck_checks.shares.verdict import Judging, judge_share

HOST = "files.corp.example"
LOOKED = Looked(blame=Blame(Owner.COMPANY))


def share(stage: Stage, what: What, host: str = HOST) -> CheckResult:
    trouble = Trouble(stage=stage, what=what, vouched=True, looked=LOOKED)
    (said,) = judge_share(
        Seen(troubles=[trouble]), Judging(label="Team files", target=target_of(f"smb://{host}/t"))
    )
    assert isinstance(said, Finding)
    return failed("share:team", said)


def drive(came: NetError | None, server: Server) -> CheckResult:
    wanted = Wanted(label="Drive T", expected=True, drive=None, host=HOST, protocol="smb", port=445)
    look = Look.HANGS if came is None else Look.NOT_TRIED
    said = judge_drive(
        DriveSeen(wanted=wanted, came=came, look=look, server=server, vouched=True, looked=LOOKED)
    )
    assert said is not None
    return failed("drive", said)


def failed(check_id: str, finding: Finding) -> CheckResult:
    assert finding.status is Status.FAIL
    return CheckResult(
        check_id=check_id,
        capability=Capability.FILES,
        title=check_id,
        status=Status.FAIL,
        summary=finding.summary,
        findings=(finding,),
    )


PAIRS: list[tuple[Stage, What, Callable[[Where], NetError | None], Server]] = [
    (Stage.NAME, What.NAME_UNKNOWN, NameUnknown, Server.NOT_ASKED),
    (Stage.PORT, What.SILENT, Silent, Server.NOT_ASKED),
    (Stage.PORT, What.REFUSED, Refused, Server.NOT_ASKED),
    (Stage.SERVER, What.SILENT, lambda _: None, Server.MUTE),
]


@pytest.mark.parametrize(("stage", "what", "came", "server"), PAIRS)
def test_a_share_and_a_drive_of_one_dead_server_are_one_cause(
    stage: Stage, what: What, came: Callable[[Where], NetError | None], server: Server
) -> None:
    of_drive = drive(came(Where(host=HOST, port=445)), server)
    assert len(diagnose((share(stage, what), of_drive))) == 1
    assert len(diagnose((share(stage, what, "other.corp.example"), of_drive))) == 2
