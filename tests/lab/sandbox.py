"""The private world a lab lives in: its own network, processes and mounts. Whatever ends the lab, nothing of it is left.

The first process in it (``python -m tests.lab.inside``) is process 1 of a process namespace: when it ends, or whoever started it
does, the kernel ends every server with it, and with the last process go the namespaces, the interfaces and the files.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[2]
INSIDE: Final = "READYCHECK_LAB"  # set in the environment of everything inside
LAYERS: Final = Path("/run/layers")
WORLD: Final = (
    *("unshare", "--net", "--mount", "--pid", "--ipc", "--uts"),
    *("--fork", "--kill-child=KILL", "--mount-proc", "--propagation", "private"),
)


def command(arguments: Sequence[str]) -> list[str]:
    """The command line that runs ``python -m tests.lab.inside`` with these arguments in a new world."""
    return [
        *("setpriv", "--pdeathsig", "KILL"),
        *WORLD,
        *(sys.executable, "-m", "tests.lab.inside", *arguments),
    ]


def run(arguments: Sequence[str]) -> int:
    """Run it and wait; its exit code."""
    return subprocess.run(command(arguments), cwd=REPOSITORY, check=False).returncode


def is_inside() -> bool:
    return INSIDE in os.environ


def furnish() -> None:
    """Called first inside: private /run and /tmp, a private copy of /etc, and a Python that an ordinary user can start."""
    os.environ[INSIDE] = "1"
    keep = [REPOSITORY, Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent]
    _cover(Path("/run"), keep)
    _cover(Path("/tmp"), keep, mode="1777")
    _copy_on_write(Path("/etc"))
    _cover(Path("/home"), keep)
    _cover(Path("/opt"), keep)  # where the programs of vendors lie
    for closed in _closed(keep):
        _cover(closed, keep)
    _cover(Path("/dev/shm"), keep, mode="1777")  # shared memory: that of another lab has the same names
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    os.chdir(REPOSITORY)


def _closed(paths: Iterable[Path]) -> list[Path]:
    """Folders on the way to ``paths`` that an ordinary user cannot pass."""
    parents = {parent for path in paths for parent in path.parents}
    return sorted(parent for parent in parents if not parent.stat().st_mode & 0o001)


def _cover(folder: Path, keep: Iterable[Path], mode: str = "755") -> None:
    """Lay an empty private folder over this one; what is to be kept in it shows through."""
    kept = sorted({path for path in keep if path.is_relative_to(folder) and path != folder})
    kept = [path for path in kept if not any(path.is_relative_to(other) for other in kept if other != path)]
    aside = Path("/dev/shm") if folder == Path("/run") else Path("/run")
    behind = aside / f"kept{str(folder).replace('/', '-')}"
    if kept:
        behind.mkdir()
        _mount("--bind", str(folder), str(behind))
    _mount("-t", "tmpfs", "-o", f"mode={mode}", "tmpfs", str(folder))
    for path in kept:
        path.mkdir(parents=True)
        _mount("--bind", str(behind / path.relative_to(folder)), str(path))
    if kept:
        subprocess.run(["umount", str(behind)], check=True)
        behind.rmdir()


def _copy_on_write(folder: Path) -> None:
    layers = LAYERS / folder.name
    (layers / "upper").mkdir(parents=True)
    (layers / "work").mkdir()
    options = f"lowerdir={folder},upperdir={layers}/upper,workdir={layers}/work"
    _mount("-t", "overlay", "-o", options, "overlay", str(folder))


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)
