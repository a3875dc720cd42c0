"""A program run as a client on a link: what it said, how long it took, what it sent and received on the wire, its CPU time."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench import far_end
from bench.links import Link
from tests.lab.hosts import Host

LIMIT_S: Final = 180.0


class ProgramFailed(Exception):
    """It did not end well; its words are in the message."""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """``down_bytes``, ``up_bytes``: on the wire of the client, with all headers, whatever the program counts.

    ``cpu_s``: user and system time of the program and its children, start included.
    """

    said: str
    seconds: float
    down_bytes: int
    up_bytes: int
    cpu_s: float

    @property
    def json(self) -> Any:
        return json.loads(self.said)


def run(
    line: Link,
    *command: str,
    env: dict[str, str] | None = None,
    limit_s: float = LIMIT_S,
    host: Host | None = None,
) -> Ran:
    """Run it on the client (or this host) to the end. Raises ProgramFailed where it exits with an error or not in time."""
    before, started = _counters(line), time.monotonic()
    process = (host or line.client).popen(
        *command,
        env=os.environ | (env or {}),
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    cpu_before = os.times()
    try:
        out, err = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise ProgramFailed(f"{command[0]} did not end in {limit_s:g} s") from None
    cpu, seconds, after = os.times(), time.monotonic() - started, _counters(line)
    said, complained = out.decode(errors="replace"), err.decode(errors="replace").strip()
    if process.returncode:
        raise ProgramFailed(f"{Path(command[0]).name}: {(complained or said)[-300:]}")
    return Ran(
        said=said,
        seconds=seconds,
        down_bytes=after[0] - before[0],
        up_bytes=after[1] - before[1],
        cpu_s=cpu.children_user + cpu.children_system - cpu_before.children_user - cpu_before.children_system,
    )


def ours(line: Link, what: str, **options: Any) -> Ran:
    """Our own client, in a process of its own as every peer is (bench.ours says what it can be asked)."""
    asked = {"address": line.server_ip, "host": far_end.NAME} | options
    return run(line, sys.executable, "-m", "bench.ours", what, json.dumps(asked))


def tls_options(tls: bool) -> dict[str, Any]:
    """How our client reaches nginx."""
    return {"port": far_end.HTTPS, "ca": str(far_end.certificate()[0])} if tls else {"port": far_end.HTTP}


def _counters(line: Link) -> tuple[int, int]:
    said = line.client.run("ip", "-j", "-s", "link", "show", "eth0").stdout
    stats = json.loads(said)[0]["stats64"]
    return stats["rx"]["bytes"], stats["tx"]["bytes"]
