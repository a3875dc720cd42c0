"""A program run as a client on a link: what it said, how long it took, what it sent and received on the wire, its CPU time."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench import far_end, shipped
from bench.links import Direction, Link
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
    cpu_before = _children_cpu_s()
    try:
        out, err = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise ProgramFailed(f"{command[0]} did not end in {limit_s:g} s") from None
    cpu, seconds, after = _children_cpu_s(), time.monotonic() - started, _counters(line)
    said, complained = out.decode(errors="replace"), err.decode(errors="replace").strip()
    if process.returncode:
        raise ProgramFailed(f"{Path(command[0]).name}: {(complained or said)[-300:]}")
    return Ran(
        said=said,
        seconds=seconds,
        down_bytes=after[0] - before[0],
        up_bytes=after[1] - before[1],
        cpu_s=cpu - cpu_before,
    )


def ours(line: Link, what: str, **options: Any) -> Ran:
    """Our own client, in a process of its own as every peer is (bench.ours says what it can be asked)."""
    asked = {"address": line.server_ip, "host": far_end.NAME} | options
    return run(line, sys.executable, "-m", "bench.ours", what, json.dumps(asked))


def speed(
    line: Link,
    server: str,
    direction: Direction,
    most_bytes: int = 0,
    *,
    stun: bool = False,
    echo: bool = False,
    download: str = "/download?bytes={bytes}",
) -> Ran:
    """One direction as the check `bandwidth` does it, against nginx or the reflector, with "-tls" over TLS.

    ``most_bytes`` 0: as the check's whole plan has it. ``stun``, ``echo``: whom the probes beside the load ask; else the server.
    """
    kind, _, tls = server.partition("-")
    scheme, port = ("https", far_end.HTTPS) if tls else ("http", far_end.HTTP)
    web = f"{scheme}://{far_end.NAME}:{port}"
    pages = {"download": download, "upload": "/upload", "ping": "/ping"}
    asked: dict[str, str] = {"kind": "http"} | {f"{name}_url": web + path for name, path in pages.items()}
    if kind == "reflector":
        asked = {"kind": "reflector", "url": f"{scheme}://{far_end.NAME}:{far_end.REFLECTOR}"}
    if stun:
        asked["stun"] = f"{line.server_ip}:{far_end.STUN}"
    options = {"direction": direction, "bytes": most_bytes or shipped.BYTES[direction]}
    probes = {"echo_port": far_end.REFLECTOR} if echo else {}
    return ours(line, "speed", server=asked, **options, **probes, **tls_options(bool(tls)))


def bulk(line: Link, server: str, direction: Direction, most_bytes: int) -> Ran:
    """The load of that by itself: no probes beside it, and of the idle line only its round-trip time."""
    kind, _, tls = server.partition("-")
    options = tls_options(bool(tls))
    if kind == "reflector":
        options |= {
            "port": far_end.REFLECTOR,
            "path": "/down?bytes={bytes}" if direction == "down" else "/up",
        }
    return ours(line, "download" if direction == "down" else "upload", max_bytes=most_bytes, **options)


def tls_options(tls: bool) -> dict[str, Any]:
    """How our client reaches nginx."""
    return {"port": far_end.HTTPS, "ca": str(far_end.certificate()[0])} if tls else {"port": far_end.HTTP}


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _counters(line: Link) -> tuple[int, int]:
    said = line.client.run("ip", "-j", "-s", "link", "show", "eth0").stdout
    stats = json.loads(said)[0]["stats64"]
    return stats["rx"]["bytes"], stats["tx"]["bytes"]
