"""The share check against a real SFTP server on loopback, and against servers that are silent, slow or something else."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh
import msgspec
import pytest

from readycheck.model import Owner, Status
from readycheck.testing import FakeChildren
from readycheck_checks.shares import behind, sftp
from readycheck_checks.shares.options import ShareOptions
from tests.checks.connection_listeners import closed_port, tcp_listener
from tests.checks.file_servers import relay
from tests.checks.sftp_servers import FINGERPRINT, HOST_KEY, sftp_server
from tests.checks.share_visits import codes, deciding, facts, fill, visit_sftp
from tests.checks.talkers import talker

KNOWN: dict[str, Any] = {"host_key": FINGERPRINT}
UP: dict[str, Any] = {"write": True, "rate_up_plan_mbps": 5.0, "rate_up_fail_mbps": 1.0}
DOWN: dict[str, Any] = {"read_file": "large.bin", "rate_plan_mbps": 5.0, "rate_fail_mbps": 1.0}


@pytest.fixture
def team(tmp_path: Path) -> Path:
    return fill(tmp_path / "team")


def test_files_that_open_pass_every_stage_and_are_left_as_they_were(team: Path) -> None:
    before = sorted(path.name for path in team.iterdir())
    with sftp_server(team) as port:
        result = visit_sftp(port, **KNOWN, **UP, **DOWN)
    assert result.status is Status.PASS, result
    assert set(result.findings[0].detail.removeprefix("worked: ").split(", ")) == {
        *("name", "port", "server", "sign-in", "list", "read", "rate", "write", "rate of saving")
    }
    assert facts(result)["share_entries"] == "3"
    assert {each.name for each in result.measurements} == {"share_rate", "share_rate_up"}
    assert sorted(path.name for path in team.iterdir()) == before


def test_a_wrong_password_is_told_and_appears_nowhere(team: Path) -> None:
    with sftp_server(team) as port:
        result = visit_sftp(port, password="yesterday's", **KNOWN)
    assert deciding(result) == (Status.FAIL, "files.sign_in_refused", Owner.DEVICE)
    assert "yesterday" not in str(result)


def test_another_host_key_than_the_profiles_is_told_and_sees_no_password(team: Path) -> None:
    seen: list[str] = []

    class Curious(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            seen.append(username)
            return True

    with sftp_server(team, server_factory=Curious) as port:
        result = visit_sftp(port, host_key="SHA256:" + "A" * 43)
    assert deciding(result)[:2] == (Status.FAIL, "files.host_key")
    assert result.findings[0].either == (Owner.COMPANY, Owner.HOME)
    assert FINGERPRINT in result.findings[0].detail and not seen


def test_a_host_key_that_nobody_has_confirmed_is_not_signed_in_to(
    team: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with sftp_server(team) as port:
        result = visit_sftp(port)
        (tmp_path / ".ssh").mkdir()
        public = HOST_KEY.export_public_key("openssh").decode()
        (tmp_path / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{port} {public}")
        known = visit_sftp(port)
    assert (result.status, codes(result)) == (Status.UNKNOWN, ["files.server_answers", "files.unproved"])
    assert FINGERPRINT in result.findings[-1].detail
    assert known.status is Status.PASS


def test_what_the_person_may_not_do_is_told_by_stage(team: Path) -> None:
    class ReadOnly(asyncssh.SFTPServer):
        def open(self, path: bytes, pflags: int, attrs: Any) -> object:
            if pflags & asyncssh.FXF_WRITE:
                raise asyncssh.SFTPPermissionDenied("read only")
            return super().open(path, pflags, attrs)

    with sftp_server(team, ReadOnly) as port:
        refused = visit_sftp(port, write=True, **KNOWN)
        missing = visit_sftp(port, "nowhere", **KNOWN)
        no_file = visit_sftp(port, read_file="gone.bin", **KNOWN)
    assert deciding(refused)[:2] == (Status.FAIL, "files.write_denied")
    assert deciding(missing)[:2] == (Status.FAIL, "files.share_missing")
    assert deciding(no_file)[:2] == (Status.WARN, "files.read_failed")


def test_an_ssh_server_that_serves_no_files_is_no_share(team: Path) -> None:
    with sftp_server(team, sftp_factory=None) as port:
        result = visit_sftp(port, **KNOWN)
    assert deciding(result) == (Status.FAIL, "files.not_a_share", Owner.COMPANY)


def test_a_server_that_accepts_and_says_nothing_is_proved_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sftp, "ANSWER_S", 0.4)
    with tcp_listener() as port:
        result = visit_sftp(port, children=FakeChildren(), **KNOWN)
    assert deciding(result) == (Status.FAIL, "files.server_silent", Owner.COMPANY)


def test_lines_without_end_are_waited_for_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sftp, "ANSWER_S", 0.5)

    async def talkative(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            for _ in range(30):
                writer.write(b"welcome\r\n")
                await writer.drain()
                await asyncio.sleep(0.2)

    started = time.monotonic()
    with talker(talkative) as port:
        result = visit_sftp(port, children=FakeChildren(), **KNOWN)
    assert deciding(result)[:2] == (Status.FAIL, "files.server_silent")
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 400 Bad Request\r\n" * 30, b"SSH-1.5-old\r\n", b"\xff" * 9000 + b"\n"]
)
def test_something_else_on_the_port_is_no_share(said: bytes) -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await reader.read(-1)

    with talker(say) as port:
        result = visit_sftp(port, children=FakeChildren(), **KNOWN)
    assert deciding(result) == (Status.FAIL, "files.not_a_share", Owner.COMPANY)


def test_a_server_that_falls_silent_is_named_with_its_stage(
    team: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "CHILD_S", 2.5)
    monkeypatch.setattr(behind, "QUIET_S", 1.0)
    with sftp_server(team) as port, relay(port, silent_when=lambda passed: passed > 1500) as cut:
        result = visit_sftp(cut, **KNOWN)
    assert deciding(result) == (Status.FAIL, "files.server_silent", Owner.COMPANY)


def test_a_file_that_stops_in_the_middle_is_not_a_silent_server(
    team: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "CHILD_S", 3.0)
    monkeypatch.setattr(behind, "QUIET_S", 0.7)
    with sftp_server(team) as port, relay(port, silent_when=lambda passed: passed > 60_000) as cut:
        result = visit_sftp(cut, **KNOWN, **DOWN)
    assert deciding(result)[:2] == (Status.FAIL, "files.transfer_hangs")
    assert "worked: name, port, server, sign-in, list; read: silent" in result.findings[-1].detail
    assert result.findings[-1].either == (Owner.COMPANY, Owner.ISP, Owner.HOME)  # nothing was asked beside it
    assert not result.measurements


def test_a_closed_port_is_refused_and_a_name_is_all_that_is_asked_without_a_sign_in(team: Path) -> None:
    assert deciding(visit_sftp(closed_port(), **KNOWN))[:2] == (Status.FAIL, "files.port_refused")
    with sftp_server(team) as port:
        result = visit_sftp(port, sign_in="none", children=FakeChildren())
    assert (result.status, codes(result)) == (Status.PASS, ["files.server_answers"])
    assert "AsyncSSH" in facts(result)["share_software"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"sign_in": "key"}, "belong together"),
        ({"key_file": "~/.ssh/id"}, "belong together"),
        ({"host_key": "ab:cd:ef"}, "is no host key"),
        ({"sign_in": "system"}, 'use "password" or "key" or "none"'),
        ({"rate_up_plan_mbps": 5.0}, "needs `write`"),
    ],
)
def test_options_that_make_no_sense_are_refused_in_one_sentence(options: dict[str, Any], why: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=why):
        msgspec.convert({"url": "sftp://files.example/team", **options}, ShareOptions)


def test_a_visit_that_waits_for_the_line_answers_a_server_that_asks_whether_it_is_still_there(
    team: Path,
) -> None:
    class Late:
        async def __aenter__(self) -> None:
            await asyncio.sleep(2)

        async def __aexit__(self, *_: object) -> None: ...

    asks: dict[str, Any] = {"keepalive_interval": 0.3, "keepalive_count_max": 2}
    with sftp_server(team, **asks) as port:
        result = visit_sftp(port, line=Late(), **KNOWN, **UP, **DOWN)
    assert result.status is Status.PASS, result
