import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from readycheck.errors import ReadycheckError
from readycheck.storage.files import write_private

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX modes and links")
MANY = b"x" * 300_000


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_a_new_file_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_private(tmp_path / "report.json", b"{}")
    finally:
        os.umask(before)
    assert (tmp_path / "report.json").read_bytes() == b"{}"
    assert mode(tmp_path / "report.json") == 0o600


@posix
def test_a_file_that_is_there_is_replaced_and_becomes_private(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_private(path, b"new")
    assert (path.read_bytes(), mode(path)) == (b"new", 0o600)


@posix
def test_a_link_is_replaced_and_its_target_stays(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"precious")
    link = tmp_path / "report.json"
    link.symlink_to(target)
    write_private(link, b"new")
    assert target.read_bytes() == b"precious"
    assert not link.is_symlink()
    assert link.read_bytes() == b"new"


@posix
def test_a_link_that_leads_nowhere_is_replaced(tmp_path: Path) -> None:
    link = tmp_path / "report.json"
    link.symlink_to(tmp_path / "nowhere")
    write_private(link, b"new")
    assert link.read_bytes() == b"new"
    assert not (tmp_path / "nowhere").exists()


@posix
@pytest.mark.parametrize("what", ["folder", "pipe", "link to a device"])
def test_what_is_no_file_is_refused_and_stays(tmp_path: Path, what: str) -> None:
    path = tmp_path / "odd"
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/null")
    before = path.lstat().st_mode
    with pytest.raises(ReadycheckError, match="not a file"):
        write_private(path, b"new")
    assert path.lstat().st_mode == before


def test_a_missing_folder_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReadycheckError, match=r"no such folder\. Make it first"):
        write_private(tmp_path / "no" / "report.json", b"{}")


def test_nothing_but_the_file_is_left(tmp_path: Path) -> None:
    write_private(tmp_path / "report.json", b"{}")
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.parametrize("broken", ["create", "sync", "rename"])
def test_where_a_step_does_not_work_the_old_file_stays_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")

    def no_space(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    place = {"create": (os, "open"), "sync": (os, "fsync"), "rename": (Path, "replace")}[broken]
    with monkeypatch.context() as patch:
        patch.setattr(*place, no_space)
        with pytest.raises(ReadycheckError, match=r"no space left on the disk\. Free some space"):
            write_private(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


LIMITED = """
import resource, sys
from pathlib import Path
from readycheck.errors import ReadycheckError
from readycheck.storage.files import write_private
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    write_private(Path(sys.argv[1]), b"x" * 100_000)
except ReadycheckError as error:
    print(error.message)
"""


@posix
def test_a_real_write_that_stops_half_way_leaves_nothing_half(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")
    told = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, timeout=30, check=True
    ).stdout
    assert "larger than this account may write" in told
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB, where this machine lets us have one."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, timeout=10)
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    if mounted.returncode:
        pytest.skip("mounting a small file system needs root on Linux")
    yield folder
    subprocess.run(["umount", str(folder)], check=True, timeout=10)


def test_a_full_disk_is_said_and_keeps_the_old_file(tiny_disk: Path) -> None:
    path = tiny_disk / "report.json"
    write_private(path, b"old")
    with pytest.raises(ReadycheckError, match="no space left on the disk"):
        write_private(path, MANY)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tiny_disk.iterdir()] == ["report.json"]


def test_a_read_only_disk_is_said(tiny_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True, timeout=10)
    with pytest.raises(ReadycheckError, match=r"read-only\. Choose another place"):
        write_private(tiny_disk / "report.json", b"{}")
