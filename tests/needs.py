"""What some tests need of a machine. A test that cannot run says why, as ``need: reason``, and tests/run_all.py repeats it."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.lab import machine


@cache
def _namespaces() -> bool:
    if sys.platform != "linux" or not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "-n", "true"], capture_output=True, timeout=10).returncode == 0


namespace = pytest.mark.skipif(
    not _namespaces(), reason="namespace: needs Linux network namespaces (run as root)"
)
smbd = pytest.mark.skipif(
    not (shutil.which("smbd") or Path("/usr/sbin/smbd").exists()), reason="smb: needs Samba's smbd"
)
pty = pytest.mark.skipif(sys.platform == "win32", reason="pty: needs a pseudo-terminal")
lab = pytest.mark.skipif(bool(machine.obstacle()), reason=f"lab: {machine.obstacle()}")
request_tracker = pytest.mark.skipif(
    bool(machine.missing("help-desk")),
    reason=f"help desk: needs Request Tracker ({', '.join(machine.missing('help-desk'))})",
)
