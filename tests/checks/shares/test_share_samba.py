"""The share check against a real Samba (smbd), where there is one."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from readycheck.adapters.children import RealChildren
from readycheck.api import Meter
from readycheck.model import Owner, Status
from readycheck.testing import FakeChildren
from readycheck_checks.shares import behind, smb
from tests import needs
from tests.checks.file_servers import relay, smbd
from tests.checks.share_visits import RATE, codes, deciding, facts, fill, visit_smb

as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="smb: needs root to start Samba's smbd"
)
pytestmark = [needs.smbd, as_root]


@pytest.fixture(scope="module")
def samba(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """A Samba with its shared folder."""
    folder = tmp_path_factory.mktemp("samba")
    with smbd(folder) as port:
        team = fill(folder / "team")
        yield port, team


def test_a_share_that_works_passes_every_stage_and_is_left_as_it_was(samba: tuple[int, Path]) -> None:
    port, team = samba
    before = sorted(path.name for path in team.iterdir())
    meter = Meter()
    result = visit_smb(port, write=True, meter=meter, **RATE)
    assert result.status is Status.PASS
    assert result.findings[0].detail == "worked: name, port, server, sign-in, list, read, write, rate"
    assert facts(result)["share_dialect"] == "3.1.1"
    assert facts(result)["share_entries"] == "3"
    assert sorted(path.name for path in team.iterdir()) == before
    assert result.measurements[0].value > 5e6
    assert 1_500_000 < meter.used < 1_600_000


def test_reading_leaves_the_file_free_for_others(samba: tuple[int, Path]) -> None:
    port, _ = samba
    with relay(port, rate_bps=4e6) as slow:
        busy = threading.Thread(target=visit_smb, args=(slow,), kwargs=RATE)
        busy.start()
        time.sleep(1.5)
        assert visit_smb(port, read_file="large.bin").status is Status.PASS
        busy.join(20)


def test_a_wrong_password_is_told_and_appears_nowhere(samba: tuple[int, Path]) -> None:
    result = visit_smb(samba[0], password="yesterday's")
    assert deciding(result) == (Status.FAIL, "files.sign_in_refused", Owner.DEVICE)
    assert "STATUS_LOGON_FAILURE (0xc000006d)" in result.findings[0].detail
    assert "yesterday" not in str(result)


def test_after_a_wrong_password_the_right_one_works(samba: tuple[int, Path]) -> None:
    assert visit_smb(samba[0], password="wrong").status is Status.FAIL
    assert visit_smb(samba[0]).status is Status.PASS


def test_a_share_without_a_right_to_it_is_the_companys_to_open(samba: tuple[int, Path]) -> None:
    result = visit_smb(samba[0], "closed")
    assert deciding(result) == (Status.FAIL, "files.access_denied", Owner.COMPANY)
    assert "STATUS_ACCESS_DENIED (0xc0000022)" in result.findings[0].detail


@pytest.mark.parametrize("path", ["nowhere", "team%20drive/nowhere"])
def test_a_share_or_folder_that_is_not_there_is_missing(samba: tuple[int, Path], path: str) -> None:
    assert deciding(visit_smb(samba[0], path))[:2] == (Status.FAIL, "files.share_missing")


def test_a_missing_test_file_is_a_warning(samba: tuple[int, Path]) -> None:
    assert deciding(visit_smb(samba[0], read_file="gone.bin"))[:2] == (Status.WARN, "files.read_failed")


def test_a_share_that_takes_no_files_is_told_by_the_profiles_wish(samba: tuple[int, Path]) -> None:
    assert deciding(visit_smb(samba[0], "readonly", write=True))[:2] == (Status.FAIL, "files.write_denied")
    relaxed = visit_smb(samba[0], "readonly", write=True, write_required=False)
    assert deciding(relaxed)[:2] == (Status.WARN, "files.write_denied")
    assert "files.opens" in codes(relaxed)


def test_without_a_password_nothing_is_tried_behind_the_first_exchange(samba: tuple[int, Path]) -> None:
    result = visit_smb(samba[0], password=None, children=FakeChildren())
    assert result.status is Status.UNKNOWN
    assert facts(result)["share_dialect"] == "3.1.1"


def test_a_slow_share_is_measured_and_told(samba: tuple[int, Path]) -> None:
    with relay(samba[0], rate_bps=0.8e6) as port:
        result = visit_smb(port, **RATE)
    assert deciding(result)[:2] == (Status.FAIL, "files.slow")
    assert result.measurements[0].value == pytest.approx(0.8e6, rel=0.25)


def test_a_server_that_falls_silent_is_named_with_its_stage_and_the_child_is_gone(
    samba: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smb, "CHILD_S", 3.0)
    monkeypatch.setattr(behind, "QUIET_S", 1.0)
    children = RealChildren()
    with relay(samba[0], silent_when=lambda passed: passed > 900) as port:
        result = visit_smb(port, children=children)
    assert deciding(result) == (Status.FAIL, "files.server_silent", Owner.COMPANY)
    assert "silent" in result.findings[0].detail
    assert not children.abandoned


def test_a_test_file_vanishes_even_if_the_child_is_ended_while_it_is_open(
    samba: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, team = samba
    monkeypatch.setattr(smb, "CHILD_S", 3.0)
    monkeypatch.setattr(behind, "QUIET_S", 1.0)
    existed: list[Path] = []

    def once_saved(passed: int) -> bool:
        existed.extend(team.glob("readycheck-*"))
        return bool(existed)

    with relay(port, silent_when=once_saved) as cut_off:
        result = visit_smb(cut_off, write=True)
    assert existed and deciding(result)[:2] == (Status.FAIL, "files.transfer_hangs")
    assert _becomes_empty(team, "readycheck-*")


def _becomes_empty(folder: Path, pattern: str) -> bool:
    """The server notices a lost connection a moment later."""
    for _ in range(40):
        if not list(folder.glob(pattern)):
            return True
        time.sleep(0.05)
    return False


def test_a_server_that_demands_encryption_gets_it(tmp_path: Path) -> None:
    with smbd(tmp_path, "smb encrypt = required") as port:
        result = visit_smb(port, write=True)
    assert (result.status, facts(result)["share_encrypted"]) == (Status.PASS, "yes")


def test_saving_is_timed_and_room_told(samba: tuple[int, Path]) -> None:
    result = visit_smb(samba[0], write=True, rate_up_plan_mbps=5.0, rate_up_fail_mbps=1.0)
    assert result.status is Status.PASS
    assert [each.name for each in result.measurements] == ["share_rate_up"]
    assert "GB" in facts(result)["share_free"] and facts(result)["share_signing"] == "offered"


def test_a_share_may_lead_on_to_another_server_and_a_dead_one_is_told_apart(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    all_of_it = f"host msdfs = yes\n[all]\npath = {tmp_path}/first/team\nmsdfs root = yes\n[global]"
    with smbd(tmp_path / "first", all_of_it) as port:
        (tmp_path / "first" / "team" / "plans").symlink_to("msdfs:127.0.0.2\\team")
        dead = visit_smb(port, "all/plans")
        (tmp_path / "first" / "team" / "own").symlink_to("msdfs:127.0.0.1\\readonly")
        fill(tmp_path / "first" / "filled")
        led = visit_smb(port, "all/own")
    assert deciding(dead) == (Status.FAIL, "files.leads_nowhere", Owner.COMPANY)
    assert led.status is Status.PASS


def test_a_server_that_speaks_only_smb1_is_named_as_such_and_never_signed_in_to(tmp_path: Path) -> None:
    with smbd(tmp_path, "server min protocol = NT1\nserver max protocol = NT1") as port:
        result = visit_smb(port)
    assert deciding(result) == (Status.FAIL, "files.old_protocol", Owner.COMPANY)
    assert "SMB1" in result.findings[0].summary and "sign-in" not in result.findings[0].detail
