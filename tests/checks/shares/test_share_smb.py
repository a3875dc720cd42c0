"""The share check against servers on loopback that are no proper SMB server, and with a child process that says things."""

import asyncio
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from readycheck.adapters.net import RealNet
from readycheck.api import ChildFailed, ChildTimeout, Meter
from readycheck.model import CheckResult, Owner, Status
from readycheck.testing import FakeChildren, FakeSecrets, run_check
from readycheck_checks.share import check
from readycheck_checks.shares import behind, smb
from readycheck_checks.shares.options import ShareOptions
from tests.checks.connection_listeners import LOOPBACK, closed_port, tcp_listener
from tests.checks.file_servers import PASSWORD
from tests.checks.share_visits import RATE, deciding, visit_smb

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def test_a_server_that_accepts_and_says_nothing_is_proved_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smb, "ANSWER_S", 1.0)
    with tcp_listener() as port:
        result = visit_smb(port, children=FakeChildren())
    assert deciding(result) == (Status.FAIL, "files.server_silent", Owner.COMPANY)
    assert "worked: name, port; server: silent" in result.findings[0].detail


@pytest.mark.parametrize("banner", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00\x00\x00\x04no!!", b"\xff" * 50_000])
def test_something_else_on_the_port_is_no_share(banner: bytes) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(banner)
        await reader.read(-1)

    result = visit_with_child(FakeChildren(), server=greet)
    assert deciding(result) == (Status.FAIL, "files.not_a_share", Owner.COMPANY)


def test_a_closed_port_is_refused() -> None:
    result = visit_smb(closed_port(), children=FakeChildren())
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
        (trouble("sign-in", None, "sign-in"), Status.UNKNOWN, "files.other_sign_in", Owner.UNKNOWN),
        (trouble("sign-in", 0xC0000418), Status.UNKNOWN, "files.other_sign_in", Owner.UNKNOWN),
        (trouble("sign-in", 0xC00000BB), Status.UNKNOWN, "files.other_sign_in", Owner.UNKNOWN),
        (trouble("list", 0xC00000BB), Status.FAIL, "files.server_trouble", Owner.COMPANY),
        (trouble("sign-in", None, "closed"), Status.FAIL, "files.server_closes", Owner.COMPANY),
        (trouble("sign-in", 0xC000005E), Status.FAIL, "files.server_trouble", Owner.COMPANY),
        (trouble("list", 0xC00000CC), Status.FAIL, "files.share_missing", Owner.COMPANY),
        (trouble("read", 0xC0000022), Status.FAIL, "files.read_failed", Owner.COMPANY),
        (trouble("read", 0xC0000043), Status.WARN, "files.read_failed", Owner.COMPANY),
        (trouble("sign-in", 0xC0000072), Status.FAIL, "files.account_blocked", Owner.COMPANY),
        (trouble("sign-in", 0xC000006F), Status.FAIL, "files.account_hours", Owner.COMPANY),
        (trouble("sign-in", 0xC0000070), Status.FAIL, "files.account_elsewhere", Owner.COMPANY),
        (trouble("sign-in", 0xC0000133), Status.FAIL, "files.clock_differs", Owner.UNKNOWN),
        (trouble("sign-in", 0xC00000D0), Status.FAIL, "files.server_busy", Owner.COMPANY),
        (trouble("list", 0xC0000257), Status.FAIL, "files.leads_nowhere", Owner.COMPANY),
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


def test_a_child_that_hangs_is_silence_of_the_server_where_the_line_is_alive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(behind, "QUIET_S", 0.0)
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
