"""A server of the lab: how it is started, and by what one sees that it answers. One module of this package for each software."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.lab.hosts import Host, HostError

FOLDER: Final = Path("/run/lab/servers")
START_S: Final = 30.0
POLL_S: Final = 0.03
DYING_S: Final = 2.0
LISTENING: Final = "0A"  # TCP_LISTEN, as /proc/net/tcp writes it

Ready = Callable[[Host], bool]


@dataclass(frozen=True, kw_only=True)
class Server:
    """One program on one host.

    ``files``: written below the server's folder before it starts (text or bytes, mode 0600). ``folders``: made there, empty.
    ``prepare``: called once before the start, for what must exist first (a user database); slow things are done in parallel.
    ``ready``: asked every 30 ms until True. ``before``: a line of sh run before it, in the mounts of the server alone.
    """

    name: str
    host: str
    command: tuple[str, ...]
    ready: Ready
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    prepare: Callable[[Host, Path], None] | None = None
    before: str = ""

    @property
    def folder(self) -> Path:
        return folder_of(self.name)


def folder_of(name: str) -> Path:
    """Where a server of this name has its files: known before the server is made, for use in its configuration."""
    return FOLDER / name


class Running:
    """A server that was started. ``log``: all that it wrote."""

    def __init__(self, server: Server, host: Host) -> None:
        self.server = server
        self.host = host
        self.log = server.folder / "log"
        self._lay_out()
        if server.prepare:
            server.prepare(host, server.folder)
        before = f"{server.before}\n" if server.before else ""
        line = ["sh", "-c", f'{before}exec "$0" "$@"', *server.command]
        own_processes = ["unshare", "--pid", "--fork", "--kill-child=KILL", "--mount-proc"]
        with self.log.open("wb") as log:
            self._process = host.popen(
                *own_processes,
                *line,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=server.folder,
                start_new_session=True,
            )

    def _lay_out(self) -> None:
        folder = self.server.folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        for name in self.server.folders:
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name, content in self.server.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            path.chmod(0o600)

    def wait(self, limit_s: float = START_S) -> None:
        """Until it answers. Raises HostError with the end of its log where it ends first or stays silent."""
        until = time.monotonic() + limit_s
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise HostError(
                    f"{self.server.name} ended with {self._process.returncode}: {self.last_words()}"
                )
            with suppress(OSError, HostError, subprocess.TimeoutExpired):
                if self.server.ready(self.host):
                    return
            time.sleep(POLL_S)
        raise HostError(f"{self.server.name} does not answer after {limit_s:g} s: {self.last_words()}")

    def last_words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-800:].strip()

    def leave(self, grace_s: float) -> None:
        """Ask it to end, as a person does who closes a program; what has not ended by then is stopped."""
        for child in self._children():
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(grace_s)
        self.stop()

    def stop(self) -> None:
        """End it with all its children: process 1 of its process namespace takes them along. Its ports are free afterwards."""
        children = self._children()
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        if not children:
            self._process.kill()
        self._process.send_signal(signal.SIGCONT)  # what is paused would not notice the end of its child
        try:
            self._process.wait(DYING_S)  # it ends when the last of its children has, not before
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(DYING_S)

    def pause(self) -> None:
        """Stop all its processes where they are: the kernel still accepts connections, nobody answers them."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def is_paused(self) -> bool:
        return "State:\tT" in Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")

    def _signal(self, number: int) -> None:
        for process in _tree(self._process.pid):
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def _children(self) -> list[int]:
        path = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        with suppress(OSError):
            return [int(number) for number in path.read_text().split()]
        return []


def _tree(process: int) -> Iterable[int]:
    yield process
    with suppress(OSError):
        for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
            yield from _tree(int(child))


def tcp(ip: str, port: int) -> Ready:
    """Ready when this address accepts a connection, asked on the server's own host."""

    def asked(host: Host) -> bool:
        with host.entered(), socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET) as one:
            one.settimeout(0.5)
            return one.connect_ex((ip, port)) == 0

    return asked


def listens(port: int) -> Ready:
    """Ready when a TCP socket of the host listens on this port: for servers that take every connection for a client."""

    def asked(host: Host) -> bool:
        rows = [row.split() for row in host.run("cat", "/proc/net/tcp", "/proc/net/tcp6").stdout.splitlines()]
        return any(row[1].endswith(f":{port:04X}") and row[3] == LISTENING for row in rows)

    return asked


def udp_bound(port: int) -> Ready:
    """Ready when a UDP socket of the host is bound to this port."""

    def asked(host: Host) -> bool:
        listing = host.run("cat", "/proc/net/udp", "/proc/net/udp6").stdout
        return f":{port:04X} " in listing

    return asked


def wrote(name: str, text: str) -> Ready:
    """Ready when the server of this name has written this text."""
    return lambda host: text in (folder_of(name) / "log").read_text(encoding="utf-8", errors="replace")


def every(*signs: Ready) -> Ready:
    return lambda host: all(sign(host) for sign in signs)
