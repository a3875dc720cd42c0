"""The share check against SMB: a real Samba where there is one, and servers on loopback that are no proper SMB server."""

import asyncio
import getpass
import os
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from readycheck.adapters.children import RealChildren
from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.api import ChildFailed, ChildTimeout, Meter
from readycheck.model import CheckResult, Owner, Status
from readycheck.testing import FakeChildren, FakeSecrets, run_check
from readycheck_checks.share import ShareOptions, check
from readycheck_checks.shares import smb
from tests import needs
from tests.checks.connection_listeners import LOOPBACK, closed_port, tcp_listener
from tests.checks.file_servers import PASSWORD, relay, smbd

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
RATE = {"read_file": "large.bin", "rate_plan_mbps": 5.0, "rate_fail_mbps": 1.0}
as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="smb: needs root to start Samba's smbd"
)


def visit(
    port: int,
    path: str = "team%20drive",
    *,
    password: str | None = PASSWORD,
    children: RealChildren | FakeChildren | None = None,
    meter: Meter | None = None,
    **options: Any,
) -> CheckResult:
    meter = meter or Meter()
    net = RealNet(meter)
    wanted = ShareOptions(
        **({"user": getpass.getuser(), "password_secret": "team", "title": "Team files"} | options),
        url=f"smb://{LOOPBACK}:{port}/{path}",
    )
    return asyncio.run(
        run_check(
            check,
            wanted,
            net=net,
            http=RealHttp(net, meter),
            children=children or RealChildren(),
            secrets=FakeSecrets({} if password is None else {"team": password}),
            meter=meter,
        )
    )


def deciding(result: CheckResult) -> tuple[Status, str, Owner]:
    finding = next(finding for finding in result.findings if finding.status is result.status)
    return result.status, finding.code, finding.owner


def facts(result: CheckResult) -> dict[str, str]:
    return {fact.name: fact.value for fact in result.facts}


@pytest.fixture(scope="module")
def samba(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """A Samba with its shared folder."""
    folder = tmp_path_factory.mktemp("samba")
    with smbd(folder) as port:
        team = folder / "team"
        (team / "plans").mkdir()
        (team / "large.bin").write_bytes(bytes(1_500_000))
        yield port, team


@needs.smbd
@as_root
class TestAgainstSamba:
    def test_a_share_that_works_passes_every_stage_and_is_left_as_it_was(
        self, samba: tuple[int, Path]
    ) -> None:
        port, team = samba
        before = sorted(path.name for path in team.iterdir())
        meter = Meter()
        result = visit(port, write=True, meter=meter, **RATE)
        assert result.status is Status.PASS
        assert result.findings[0].detail == "worked: name, port, server, sign-in, list, read, write, rate"
        assert facts(result)["share_dialect"] == "3.1.1"
        assert facts(result)["share_entries"] == "2"
        assert sorted(path.name for path in team.iterdir()) == before
        assert result.measurements[0].value > 5e6
        assert 1_500_000 < meter.used < 1_600_000

    def test_reading_leaves_the_file_free_for_others(self, samba: tuple[int, Path]) -> None:
        port, _ = samba
        with relay(port, rate_bps=4e6) as slow:
            busy = threading.Thread(target=visit, args=(slow,), kwargs=RATE)
            busy.start()
            time.sleep(1.5)
            assert visit(port, read_file="large.bin").status is Status.PASS
            busy.join(20)

    def test_a_wrong_password_is_told_and_appears_nowhere(self, samba: tuple[int, Path]) -> None:
        result = visit(samba[0], password="yesterday's")
        assert deciding(result) == (Status.FAIL, "files.sign_in_refused", Owner.DEVICE)
        assert "STATUS_LOGON_FAILURE (0xc000006d)" in result.findings[0].detail
        assert "yesterday" not in str(result)

    def test_after_a_wrong_password_the_right_one_works(self, samba: tuple[int, Path]) -> None:
        assert visit(samba[0], password="wrong").status is Status.FAIL
        assert visit(samba[0]).status is Status.PASS

    def test_a_share_without_a_right_to_it_is_the_companys_to_open(self, samba: tuple[int, Path]) -> None:
        result = visit(samba[0], "closed")
        assert deciding(result) == (Status.FAIL, "files.access_denied", Owner.COMPANY)
        assert "STATUS_ACCESS_DENIED (0xc0000022)" in result.findings[0].detail

    @pytest.mark.parametrize("path", ["nowhere", "team%20drive/nowhere"])
    def test_a_share_or_folder_that_is_not_there_is_missing(self, samba: tuple[int, Path], path: str) -> None:
        assert deciding(visit(samba[0], path))[:2] == (Status.FAIL, "files.share_missing")

    def test_a_missing_test_file_is_a_warning(self, samba: tuple[int, Path]) -> None:
        assert deciding(visit(samba[0], read_file="gone.bin"))[:2] == (Status.WARN, "files.read_failed")

    def test_a_share_that_takes_no_files_is_told_by_the_profiles_wish(self, samba: tuple[int, Path]) -> None:
        assert deciding(visit(samba[0], "readonly", write=True))[:2] == (Status.FAIL, "files.write_denied")
        relaxed = visit(samba[0], "readonly", write=True, write_required=False)
        assert deciding(relaxed)[:2] == (Status.WARN, "files.write_denied")
        assert "files.opens" in [finding.code for finding in relaxed.findings]

    def test_without_a_password_nothing_is_tried_behind_the_first_exchange(
        self, samba: tuple[int, Path]
    ) -> None:
        result = visit(samba[0], password=None, children=FakeChildren())
        assert result.status is Status.UNKNOWN
        assert facts(result)["share_dialect"] == "3.1.1"

    def test_a_slow_share_is_measured_and_told(self, samba: tuple[int, Path]) -> None:
        with relay(samba[0], rate_bps=0.8e6) as port:
            result = visit(port, **RATE)
        assert deciding(result)[:2] == (Status.FAIL, "files.slow")
        assert result.measurements[0].value == pytest.approx(0.8e6, rel=0.25)

    def test_a_server_that_falls_silent_is_named_with_its_stage_and_the_child_is_gone(
        self, samba: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(smb, "CHILD_S", 3.0)
        children = RealChildren()
        with relay(samba[0], silent_when=lambda passed: passed > 900) as port:
            result = visit(port, children=children)
        assert deciding(result) == (Status.FAIL, "files.server_silent", Owner.COMPANY)
        assert "silent" in result.findings[0].detail
        assert not children.abandoned

    def test_a_test_file_vanishes_even_if_the_child_is_ended_while_it_is_open(
        self, samba: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        port, team = samba
        monkeypatch.setattr(smb, "CHILD_S", 2.0)
        existed: list[Path] = []

        def once_saved(passed: int) -> bool:
            existed.extend(team.glob("readycheck-*"))
            return bool(existed)

        with relay(port, silent_when=once_saved) as cut_off:
            result = visit(cut_off, write=True)
        assert existed and deciding(result)[:2] == (Status.FAIL, "files.write_failed")
        assert _becomes_empty(team, "readycheck-*")


def _becomes_empty(folder: Path, pattern: str) -> bool:
    """The server notices a lost connection a moment later."""
    for _ in range(40):
        if not list(folder.glob(pattern)):
            return True
        time.sleep(0.05)
    return False


@needs.smbd
@as_root
def test_a_server_that_demands_encryption_gets_it(tmp_path: Path) -> None:
    with smbd(tmp_path, "smb encrypt = required") as port:
        result = visit(port, write=True)
    assert (result.status, facts(result)["share_encrypted"]) == (Status.PASS, "yes")


@needs.smbd
@as_root
def test_a_server_that_speaks_only_smb1_is_refused_and_the_reason_hinted(tmp_path: Path) -> None:
    with smbd(tmp_path, "server min protocol = NT1\nserver max protocol = NT1") as port:
        result = visit(port)
    assert deciding(result) == (Status.FAIL, "files.server_closes", Owner.COMPANY)
    assert "SMB1" in result.findings[0].detail


def test_a_server_that_accepts_and_says_nothing_is_proved_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smb, "ANSWER_S", 1.0)
    with tcp_listener() as port:
        result = visit(port, children=FakeChildren())
    assert deciding(result) == (Status.FAIL, "files.server_silent", Owner.COMPANY)
    assert "worked: name, port; server: silent" in result.findings[0].detail


@pytest.mark.parametrize("banner", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00\x00\x00\x04no!!", b"\xff" * 50_000])
def test_something_else_on_the_port_is_no_share(banner: bytes) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(banner)
        await reader.read(-1)

    result = visit_with_child(FakeChildren(), server=greet)
    assert deciding(result) == (Status.FAIL, "files.not_a_share", Owner.UNKNOWN)


def test_a_closed_port_is_refused() -> None:
    result = visit(closed_port(), children=FakeChildren())
    assert deciding(result) == (Status.FAIL, "files.port_refused", Owner.COMPANY)


async def negotiating(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers SMB2 NEGOTIATE; what lies behind it is the (fake) child's."""
    header = struct.pack("<4sHHIHHIIQIIQ16s", b"\xfeSMB", 64, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, bytes(16))
    reply = header + struct.pack("<HHH", 65, 3, 0x0311) + bytes(58)
    with suppress(asyncio.IncompleteReadError):
        (length,) = struct.unpack("!I", await reader.readexactly(4))
        await reader.readexactly(length)
        writer.write(struct.pack("!I", len(reply)) + reply)
        await writer.drain()
    writer.close()


def visit_with_child(child: FakeChildren, *, server: Talk = negotiating, **options: Any) -> CheckResult:
    async def go() -> CheckResult:
        listener = await asyncio.start_server(server, LOOPBACK, 0)
        port = listener.sockets[0].getsockname()[1]
        net = RealNet(Meter())
        wanted = ShareOptions(
            **({"user": "anna", "password_secret": "team"} | options), url=f"smb://{LOOPBACK}:{port}/team"
        )
        secrets = FakeSecrets({"team": PASSWORD})
        try:
            return await run_check(check, wanted, net=net, children=child, secrets=secrets)
        finally:
            listener.close()

    return asyncio.run(go())


def answer(**more: Any) -> dict[str, Any]:
    return {"done": [], "trouble": None, "write_trouble": None, "left_behind": False} | more


def trouble(stage: str, status: int | None = None, kind: str = "ntstatus") -> dict[str, Any]:
    return {"stage": stage, "ntstatus": status, "kind": kind, "text": "as the library said"}


@pytest.mark.parametrize(
    ("said", "status", "code", "owner"),
    [
        (trouble("sign-in", 0xC0000234), Status.FAIL, "files.account_blocked", Owner.COMPANY),
        (trouble("sign-in", 0xC0000022), Status.FAIL, "files.account_blocked", Owner.COMPANY),
        (trouble("sign-in", 0xC0000071), Status.FAIL, "files.password_expired", Owner.DEVICE),
        (trouble("sign-in", None, "sign-in"), Status.UNKNOWN, "files.unproved", Owner.UNKNOWN),
        (trouble("sign-in", None, "closed"), Status.FAIL, "files.server_closes", Owner.COMPANY),
        (trouble("sign-in", 0xC000005E), Status.FAIL, "files.server_trouble", Owner.COMPANY),
        (trouble("list", 0xC00000CC), Status.FAIL, "files.share_missing", Owner.COMPANY),
        (trouble("read", 0xC0000022), Status.FAIL, "files.read_failed", Owner.COMPANY),
        (trouble("read", 0xC0000043), Status.FAIL, "files.read_failed", Owner.COMPANY),
    ],
)
def test_what_the_server_says_becomes_words(
    said: dict[str, Any], status: Status, code: str, owner: Owner
) -> None:
    result = visit_with_child(FakeChildren({smb.CHILD: answer(trouble=said)}))
    assert deciding(result) == (status, code, owner)


def test_a_full_disk_is_told_apart_from_a_missing_right() -> None:
    said = answer(done=["sign-in", "list"], write_trouble=trouble("write", 0xC000007F))
    result = visit_with_child(FakeChildren({smb.CHILD: said}), write=True)
    assert deciding(result)[:2] == (Status.FAIL, "files.write_failed")
    assert "no space left" in result.summary


def test_a_child_that_breaks_is_a_fault_of_the_check_and_blames_nobody() -> None:
    with pytest.raises(RuntimeError, match="broke"):
        visit_with_child(FakeChildren({smb.CHILD: ChildFailed("KeyError: 1")}))


def test_a_child_that_hangs_is_silence_of_the_server_where_the_line_is_alive() -> None:
    result = visit_with_child(FakeChildren({smb.CHILD: ChildTimeout("no answer")}))
    assert deciding(result)[:2] == (Status.FAIL, "files.server_silent")
    assert "answered" in result.findings[0].detail


def test_the_password_goes_to_the_child_by_its_request_only_and_its_user_as_well() -> None:
    child = FakeChildren({smb.CHILD: answer(done=["sign-in", "list"])})
    result = visit_with_child(child, write=True, **RATE)
    _, request = child.asked[0]
    assert (request["user"], request["password"]) == ("anna", PASSWORD)
    assert request["unc"] == rf"\\{LOOPBACK}\team"
    assert request["write_name"].startswith("readycheck-")
    assert PASSWORD not in str(result)


def test_the_person_signed_in_to_the_computer_needs_no_password() -> None:
    child = FakeChildren({smb.CHILD: answer(done=["sign-in", "list"])})
    result = visit_with_child(child, sign_in="system", user="", password_secret="")
    assert result.status is Status.PASS
    assert (child.asked[0][1]["user"], child.asked[0][1]["password"]) == (None, None)
