"""The drive check: which drives are expected, which are there, and what is said of each that does not open."""

import asyncio
import errno
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from readycheck.adapters.children import RealChildren
from readycheck.api import ChildTimeout, Interface, NetworkDrive
from readycheck.errors import NameUnknown, NetError, NoRoute, Refused, Silent
from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import TcpAnswer
from readycheck.testing import FakeChildren, FakeNet, FakeSystem, Where, run_check, tls_answer
from readycheck_checks.drive import DriveOptions, check
from readycheck_checks.drives import look_child, seeing
from readycheck_checks.drives.wanted import host_and_protocol, wanted_drives
from tests.checks.connection_listeners import real_world, tcp_listener
from tests.checks.share_visits import codes, deciding

HOST = "files.example"
TEAM = NetworkDrive(place="/mnt/team", protocol="smb", source=f"//anna@{HOST}/team", host=HOST)
SSH = NetworkDrive(place="/home/anna/x", protocol="sftp", source=f"anna@{HOST}:/team", host=HOST)
OPENS = {"errno": 0, "free_bytes": 12_300_000_000, "empty": False}
CONTROL = "other.example:443"


def look(answer: Any = OPENS) -> FakeChildren:
    return FakeChildren({seeing.CHILD: answer})


def visit(
    *drives: NetworkDrive,
    expect: tuple[str, ...] = ("/mnt/team",),
    port: Any = 9.0,
    child: Any = None,
    control: bool = True,
    **world: Any,
) -> CheckResult:
    """``port``: what the server's port says."""
    ports: dict[tuple[str, int], Any] = {(HOST, 445): port, (HOST, 22): port, (HOST, 2222): port}
    if control:
        ports[("other.example", 443)] = 9.0
    return asyncio.run(
        run_check(
            check,
            DriveOptions(expect=expect, tcp_controls=(CONTROL,)),
            net=world.pop("net", None) or FakeNet(ports=ports, **world.pop("more", {})),
            system=world.pop("system", FakeSystem(drives=drives)),
            children=child or look(),
            **world,
        )
    )


def test_a_drive_that_opens_is_told_with_its_room_and_without_the_persons_folder() -> None:
    result = visit(TEAM)
    assert (result.status, codes(result)) == (Status.PASS, ["files.drive_opens"])
    assert result.findings[0].summary == "The drive /mnt/team opens, 12 GB free"
    assert [fact.privacy for fact in result.facts] == ["folder"]


@pytest.mark.parametrize(
    "named", ["/mnt/team", "/mnt/team/", f"//{HOST}/team", f"\\\\{HOST.upper()}\\Team", f"//bert@{HOST}/team"]
)
def test_a_drive_is_known_by_its_folder_or_by_what_is_mounted(named: str) -> None:
    assert visit(TEAM, expect=(named,)).status is Status.PASS


def test_a_folder_of_the_person_may_begin_with_a_tilde() -> None:
    assert visit(SSH, expect=("~/x",)).status is Status.PASS


def test_a_drive_that_is_not_there_may_not_be_connected_or_not_be_let_in_where_its_server_answers() -> None:
    result = visit(expect=(f"//{HOST}/team",))
    assert deciding(result) == (Status.FAIL, "files.drive_missing", Owner.UNKNOWN)
    assert result.findings[0].either == (Owner.DEVICE, Owner.COMPANY)
    assert "while its server answers" in result.summary


def test_a_drive_that_is_not_there_and_whose_server_is_not_known_may_have_vanished_with_it() -> None:
    (finding,) = visit(expect=("T:",)).findings
    assert (finding.code, finding.either) == ("files.drive_missing", (Owner.DEVICE, Owner.COMPANY))


def test_a_drive_that_is_not_there_because_its_server_is_gone_is_not_the_persons() -> None:
    result = visit(expect=(f"//{HOST}/team",), port=Refused(Where(host=HOST)))
    assert deciding(result)[:2] == (Status.FAIL, "files.drive_refused")
    assert result.findings[0].owner is not Owner.DEVICE


def test_the_servers_port_is_asked_first_and_a_drive_without_a_server_is_not_touched() -> None:
    child = look()
    result = visit(TEAM, port=Silent(Where(host=HOST)), child=child)
    assert deciding(result)[:2] == (Status.FAIL, "files.drive_silent")
    assert not child.asked


def test_behind_a_vpn_a_silent_server_is_the_companys() -> None:
    tunnel = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
    system = FakeSystem(drives=(TEAM,), network=(tunnel,))
    more = {"sources": {"192.0.2.10": "10.8.0.2"}}
    result = visit(system=system, port=Silent(Where(host=HOST)), more=more)
    assert deciding(result) == (Status.FAIL, "files.drive_silent", Owner.COMPANY)


@pytest.mark.parametrize("port", [Silent, NoRoute])
def test_silence_that_nothing_vouches_for_proves_nothing(port: Any) -> None:
    result = visit(TEAM, port=port(Where(host=HOST)), control=False)
    assert (result.status, codes(result)) == (Status.UNKNOWN, ["files.drive_unproved"])


def test_a_server_whose_name_is_gone_may_need_the_vpn() -> None:
    result = visit(TEAM, port=NameUnknown(Where(host=HOST)), child=look(ChildTimeout("")))
    assert deciding(result)[:2] == (Status.FAIL, "files.drive_name")
    assert result.findings[0].either == (Owner.DEVICE, Owner.COMPANY)


def test_an_ssh_server_may_stand_on_another_port_so_the_drive_is_looked_at_all_the_same() -> None:
    result = visit(SSH, expect=("~/x",), port=Refused(Where(host=HOST)))
    assert result.status is Status.PASS


def test_a_drive_that_hangs_while_its_server_takes_connections_is_the_silent_servers() -> None:
    with tcp_listener() as port:
        hanging = NetworkDrive(place="/mnt/team", protocol="smb", source="x", host="127.0.0.1", port=port)
        result = silent_server(hanging)
    assert deciding(result) == (Status.FAIL, "files.drive_server_hangs", Owner.COMPANY)


def silent_server(drive: NetworkDrive) -> CheckResult:
    return asyncio.run(
        run_check(
            check,
            DriveOptions(expect=(drive.place,)),
            system=FakeSystem(drives=(drive,)),
            children=look(ChildTimeout("no answer")),
            **real_world(),
        )
    )


@pytest.mark.parametrize("came", [Refused(Where(host=HOST)), Silent(Where(host=HOST))], ids=str)
def test_the_usual_port_of_ssh_may_not_be_the_drives_so_the_drive_itself_may_have_died(
    came: NetError,
) -> None:
    tunnel = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
    more = {"sources": {"192.0.2.10": "10.8.0.2"}}
    for port, either in ((0, (Owner.COMPANY, Owner.DEVICE)), (2222, ())):
        drive = replace(SSH, port=port)
        system = FakeSystem(drives=(drive,), network=(tunnel,))
        child = look(ChildTimeout("no answer"))
        (finding,) = visit(expect=(SSH.place,), system=system, port=came, child=child, more=more).findings
        assert finding.either == either, finding


def test_errors_of_a_drive_are_told_by_what_they_mean() -> None:
    denied = visit(TEAM, child=look(OPENS | {"errno": errno.EACCES}))
    assert deciding(denied) == (Status.FAIL, "files.drive_denied", Owner.UNKNOWN)
    assert denied.findings[0].either == (
        Owner.COMPANY,
        Owner.DEVICE,
    )  # a ticket that has run out says the same
    other = NetworkDrive(place="/data", protocol="", source="ceph", host="")
    broken = visit(other, expect=("/data",), child=look(OPENS | {"errno": errno.EIO}))
    assert deciding(broken)[:2] == (Status.FAIL, "files.drive_dead")


def test_drives_that_nobody_expects_warn_where_they_are_dead_and_are_silent_where_they_are_anothers() -> None:
    dead = visit(TEAM, expect=(), port=Refused(Where(host=HOST)))
    assert deciding(dead)[:2] == (Status.WARN, "files.drive_refused")
    assert "/mnt" not in dead.findings[0].summary
    closed = visit(TEAM, expect=(), child=look(OPENS | {"errno": errno.EACCES}))
    assert not closed.findings


def test_nothing_expected_and_nothing_there_is_no_subject() -> None:
    assert visit(expect=()).status is Status.SKIP
    assert visit(system=FakeSystem(drives=None)).status is Status.UNKNOWN


def test_many_drives_are_looked_at_up_to_a_limit() -> None:
    many = [NetworkDrive(place=f"/m/{n}", protocol="smb", source="x", host=HOST) for n in range(12)]
    child = look()
    result = visit(*many, expect=(), child=child)
    assert len(child.asked) == 8 and "4 further drives" in result.findings[-1].summary


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("//files/team", ("files", "smb")),
        ("\\\\files\\team", ("files", "smb")),
        ("files:/export", ("files", "nfs")),
        ("[2001:db8::1]:/export", ("2001:db8::1", "nfs")),
        ("anna@files:/team", ("files", "sftp")),
        ("T:", ("", "")),
        ("/mnt/team", ("", "")),
    ],
)
def test_an_expectation_may_name_a_server(text: str, found: tuple[str, str]) -> None:
    assert host_and_protocol(text) == found


def test_a_waiting_folder_is_touched_only_where_it_is_expected() -> None:
    waiting = NetworkDrive(place="/later", protocol="", source="", host="", waiting=True)
    assert wanted_drives((), (waiting,), "/home/anna", others=True) == []
    assert len(wanted_drives(("/later",), (waiting,), "/home/anna", others=True)) == 1


def test_the_look_itself_tells_room_and_errors(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    told = look_child.look({"place": str(tmp_path)}, lambda *_: None)
    assert told["errno"] == 0 and told["free_bytes"] > 0 and told["empty"] is False
    assert look_child.look({"place": str(tmp_path / "gone")}, lambda *_: None)["errno"] == errno.ENOENT


def test_a_look_that_hangs_is_left_behind_in_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeing, "LOOK_S", 0.5)
    monkeypatch.setattr(seeing, "CHILD", f"{__name__}:never")
    children, started = RealChildren(), time.monotonic()
    other = NetworkDrive(place="/data", protocol="", source="ceph", host="")
    result = visit(other, expect=("/data",), child=children)
    assert deciding(result)[:2] == (Status.FAIL, "files.drive_dead")
    assert time.monotonic() - started < 5 and not children.abandoned


def never(request: object, say: Any) -> None:
    say("looking", None)
    time.sleep(60)


def test_the_time_of_a_look_counts_from_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeing, "LOOK_S", 0.3)
    monkeypatch.setattr(seeing, "CHILD", f"{__name__}:slow_to_begin")
    other = NetworkDrive(place="/data", protocol="", source="ceph", host="")
    assert visit(other, expect=("/data",), child=RealChildren()).status is Status.PASS


def slow_to_begin(request: object, say: Any) -> Any:
    time.sleep(0.5)
    say("looking", None)
    return OPENS


def test_a_look_that_could_not_begin_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeing, "START_S", 0.01)
    monkeypatch.setattr(seeing, "CHILD", f"{__name__}:slow_to_begin")
    other = NetworkDrive(place="/data", protocol="", source="ceph", host="")
    result = visit(other, expect=("/data",), child=RealChildren())
    assert (result.status, codes(result)) == (Status.UNKNOWN, ["files.drive_unproved"])


@pytest.mark.parametrize(
    ("again", "either"),
    [(OPENS, ()), (ChildTimeout("no answer"), (Owner.DEVICE, Owner.COMPANY))],
)
def test_a_drive_whose_server_speaks_is_looked_at_twice_for_disks_have_to_wake_up(
    again: Any, either: tuple[Owner, ...]
) -> None:
    class Waking(FakeChildren):
        async def call(self, function: str, request: Any, **more: Any) -> Any:
            self.answers[function] = again if self.asked else ChildTimeout("no answer")
            return await super().call(function, request, **more)

    dav = NetworkDrive(place="/dav", protocol="webdav", source="x", host=HOST)
    net = FakeNet(ports={(HOST, 443): 9.0}, certificates={HOST: tls_answer(HOST)})
    (finding,) = visit(dav, expect=("/dav",), child=Waking(), net=net).findings
    assert finding.code == ("files.drive_stale" if either else "files.drive_opens")
    assert finding.either == either


def test_a_server_that_was_silent_for_a_moment_only_is_not_blamed() -> None:
    class Recovering(FakeNet):
        async def tcp(self, host: str, port: int, *, timeout_s: float = 4.0) -> TcpAnswer:
            if host == HOST and not self.probed:
                self.probed.append(("tcp", host, port, 0))
                raise Silent(Where(host=host, port=port))
            return await super().tcp(host, port, timeout_s=timeout_s)

    net = Recovering(ports={(HOST, 445): 9.0, ("other.example", 443): 9.0})
    assert visit(TEAM, net=net).status is Status.PASS


def test_the_stated_data_grows_with_the_drives() -> None:
    one = check.cost_of(DriveOptions(expect=("T:",), others=False), False).bytes
    assert check.cost_of(DriveOptions(expect=("T:", "U:"), others=False), False).bytes == 2 * one
    assert check.cost_of(DriveOptions(), False).bytes == 8 * one
