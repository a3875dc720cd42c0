"""Whether this machine can run the lab, and what it lacks: packages.txt is the one list of the programs."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

from tests.lab.sandbox import LAYERS, WORLD

PACKAGES: Final = Path(__file__).with_name("packages.txt")
DEVICES: Final = (Path("/dev/net/tun"), Path("/dev/fuse"))


@cache
def obstacle() -> str:
    """Why the lab cannot run here, in one sentence with what to do about it; empty where it can."""
    if sys.platform != "linux":
        return "needs Linux, whose network namespaces it is made of"
    if os.geteuid() != 0:
        return "needs root, for its network namespaces (as nothing of it reaches the machine, sudo is safe)"
    if lacking := missing():
        return f"needs programs: apt-get install -y --no-install-recommends {' '.join(lacking)}"
    if lacking := tuple(str(device) for device in DEVICES if not device.is_char_device()):
        return f"needs {' and '.join(lacking)}, which this machine (a container?) does not have"
    return _refused()


def missing(part: str = "lab") -> tuple[str, ...]:
    """Debian packages that a part ("lab", "help-desk") needs and this machine lacks."""
    lines = PACKAGES.read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return tuple(package for of, package, sign in rows if of == part and not _is_there(sign))


def _is_there(sign: str) -> bool:
    """``sign``: a program, or the pattern of an absolute path."""
    if sign.startswith("/"):
        return any(Path("/").glob(sign[1:]))
    return shutil.which(sign, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is not None


def _refused() -> str:
    """What this machine forbids even to root (a container, mostly): tried with a small world that ends at once."""
    options = f"lowerdir=/etc,upperdir={LAYERS}/upper,workdir={LAYERS}/work"
    lines = (
        "mount -t tmpfs tmpfs /run",
        f"mkdir {LAYERS} {LAYERS}/upper {LAYERS}/work",
        f"mount -t overlay -o {options} overlay /etc",
        "ip link set lo up",
    )
    done = subprocess.run(
        [*WORLD, "sh", "-ec", "; ".join(lines)], capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode == 0:
        return ""
    said = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
    return f"needs a machine on which root may make namespaces and mounts ({said[-1]})"
