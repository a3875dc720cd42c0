"""The private world the emulated links live in: a network of its own, in which nothing reaches the machine or is reached by it.

``python -m bench NAME`` enters it by itself where a bench needs it; whatever ends the bench, nothing of it is left.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.lab import sandbox

PACKAGES: Final = Path(__file__).with_name("packages.txt")
BUILT: Final = Path("/run/bench")
_NOT_HERE: Final = "not here"
_building: Final = threading.Lock()


def obstacle() -> str:
    """Why links cannot be emulated here, in one sentence with what to do about it; empty where they can."""
    if sys.platform != "linux":
        return "needs Linux, whose network namespaces the links are made of"
    if os.geteuid() != 0:
        return "needs root, for its network namespaces (nothing of it reaches the machine)"
    rows = [line.split() for line in PACKAGES.read_text(encoding="utf-8").splitlines()]
    lacking = [row[0] for row in rows if row and row[0] != "#" and not _is_there(row[1])]
    return (
        f"needs programs: apt-get install -y --no-install-recommends {' '.join(lacking)}" if lacking else ""
    )


class NotHere(Exception):
    """What keeps this machine from measuring, in one sentence."""


def is_inside() -> bool:
    return sandbox.is_inside()


def measured(module: str, *arguments: str) -> list[Any]:
    """All that ``python -m module arguments`` tells in a new world. Raises NotHere."""
    return list(streamed(module, *arguments))


def streamed(module: str, *arguments: str) -> Iterator[Any]:
    """The same, each value as it comes; what it says on stderr is shown. However this ends, the world ends with it."""
    if reason := obstacle():
        raise NotHere(reason)
    inside = [sys.executable, "-m", "bench.world", module, *arguments]
    command = ["setpriv", "--pdeathsig", "KILL", *sandbox.WORLD, *inside]
    # A session of its own: Ctrl-C is for us, and ours to pass on.
    world = subprocess.Popen(
        command, cwd=sandbox.REPOSITORY, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    with world:
        try:
            assert world.stdout is not None
            for line in world.stdout:
                yield from _values(json.loads(line))
            if world.wait():
                raise subprocess.CalledProcessError(world.returncode, command)
        finally:
            world.kill()


def _values(said: Any) -> list[Any]:
    """Of one line: a list stands for several values."""
    if isinstance(said, dict) and _NOT_HERE in said:
        raise NotHere(said[_NOT_HERE])
    return said if isinstance(said, list) else [said]


def tell(measure: Callable[[], Iterable[Any]]) -> None:
    """The other end of streamed(): print each value as it comes, or why this machine has none; in short on stderr too."""
    try:
        for value in measure():
            print(str(value)[:200], file=sys.stderr, flush=True)
            told = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
            print(json.dumps(told), flush=True)
    except NotHere as reason:
        print(json.dumps({_NOT_HERE: str(reason)}), flush=True)


def built(source: str) -> Path:
    """A program of bench/, compiled by gcc when first needed, into the private /run. From any thread."""
    with _building:
        return _built(source)


@cache
def _built(source: str) -> Path:
    BUILT.mkdir(parents=True, exist_ok=True)
    made = BUILT / Path(source).stem
    flags = ("-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror")
    subprocess.run(["gcc", *flags, "-o", str(made), str(Path(__file__).with_name(source))], check=True)
    return made


def _is_there(sign: str) -> bool:
    if sign.startswith("/"):
        return Path(sign).exists()
    return shutil.which(sign, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is not None


if __name__ == "__main__":
    sandbox.furnish()
    os.execv(sys.executable, [sys.executable, "-m", *sys.argv[1:]])
