"""Verbs for the person's files: a disk that is full, a network drive, and one whose server is gone."""

import ctypes
import errno
import os
import subprocess
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

from tests.lab import topology
from tests.lab.hosts import USER, USER_ID, HostError
from tests.lab.lab import HOME, Lab
from tests.lab.servers import sshd
from tests.lab.switches.base import Undo, verb

_libc: Final = ctypes.CDLL(None, use_errno=True)
_DETACH: Final = 2  # umount2: at once, whoever is still in there
_SIZE: Final = 64 << 10
_MOUNTING_S: Final = 10.0
FOLDERS: Final = {"home": HOME, "tmp": Path("/tmp")}


@verb
def full_disk(lab: Lab, which: str) -> Undo:
    """Not a byte is left where the person's "home" is, or in "tmp". What was in there is out of sight meanwhile."""
    folder = FOLDERS[which]
    mode = "700" if which == "home" else "1777"
    options = f"size={_SIZE},mode={mode}" + (f",uid={USER_ID},gid={USER_ID}" if which == "home" else "")
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    with ExitStack() as undo:
        undo.callback(_unmount, folder)
        _fill(folder / "large-file")
        return undo.pop_all().close


@verb
def dead_mount(
    lab: Lab, folder: str, *, kind: str = "fuse.sshfs", of: str = "anna@files.corp.test:/team"
) -> Undo:
    """A network drive is mounted at this folder (made for it) and its server is gone: whoever looks at it waits without end.

    ``kind`` and ``of``: the file system and the source that the list of mounts shows.
    """
    place = Path(folder)
    made = not place.exists()
    with ExitStack() as undo:
        if made:
            place.mkdir(parents=True)
            undo.callback(place.rmdir)
        device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
        undo.callback(_unmount, place)
        undo.callback(
            os.close, device
        )  # first of all: from then on the drive answers "not connected", and nobody waits any more
        options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
        if _libc.mount(of.encode(), os.fsencode(place), kind.encode(), 0, options.encode()):
            raise OSError(ctypes.get_errno(), f"mounting {place}")
        return undo.pop_all().close


@verb
def drive(lab: Lab, folder: str, *, of: str = "files.corp.test:/team", network: str = "pc") -> Undo:
    """The person has mounted the team's files at this folder, by sshfs, which keeps a mount whose server ends the connection, as
    the kernel's own clients of SMB and NFS do. ``of``: what the list of mounts shows as its source. ``network``: the host whose
    network it goes through.
    """
    place = Path(folder)
    fresh = "dir_cache=no,attr_timeout=0,entry_timeout=0"
    options = f"fsname={USER}@{of},allow_other,reconnect,{fresh},IdentityFile={sshd.KEY}"
    source = f"{USER}@{topology.INSIDE_FILES_IP}:"
    trust = "StrictHostKeyChecking=no,UserKnownHostsFile=/dev/null"
    with ExitStack() as undo:
        if not place.exists():
            place.mkdir(parents=True)
            undo.callback(place.rmdir)
        undo.callback(_unmount, place)
        # The network of the computer and the mounts of the whole lab: what "ip netns exec" mounts, nobody else would see.
        command = ["nsenter", f"--net=/run/netns/{network}", "sshfs", "-f", source, str(place)]
        program = subprocess.Popen(
            [*command, "-o", f"{options},{trust}"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        undo.callback(_end, program)
        _wait_until_mounted(place)
        return undo.pop_all().close


def _wait_until_mounted(place: Path) -> None:
    until = time.monotonic() + _MOUNTING_S
    while f" {place} " not in Path("/proc/self/mountinfo").read_text(encoding="utf-8"):
        if time.monotonic() > until:
            raise HostError(f"{place}: not mounted after {_MOUNTING_S:g} s")
        time.sleep(0.05)


def _end(program: "subprocess.Popen[bytes]") -> None:
    program.kill()
    program.wait(5)


def _fill(file: Path) -> None:
    """To the last byte; what cannot be written is not the lab's trouble."""
    with file.open("wb", buffering=0) as large, suppress(OSError):
        while large.write(bytes(4096)):
            pass


def _unmount(folder: Path) -> None:
    if (
        _libc.umount2(os.fsencode(folder), _DETACH) and ctypes.get_errno() != errno.EINVAL
    ):  # not mounted any more
        raise OSError(ctypes.get_errno(), f"unmounting {folder}")
