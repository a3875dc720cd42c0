"""A host of the lab: a network namespace, with its own name service files, in which programs run."""

import ctypes
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_CLONE_NEWNET: Final = 0x40000000
_libc: Final = ctypes.CDLL(None, use_errno=True)
USER: Final = "anna"
USER_ID: Final = 7701


@dataclass(frozen=True)
class Host:
    """One computer of the lab, by name. Its /etc/resolv.conf and /etc/hosts are its own."""

    name: str

    def command(self, command: Sequence[str], *, user: bool = False) -> list[str]:
        """The command line that runs ``command`` on this host; ``user``: as the ordinary person, without any privilege."""
        person = ("setpriv", f"--reuid={USER_ID}", f"--regid={USER_ID}", "--clear-groups", "--inh-caps=-all")
        dropped = (*person, "--bounding-set=-all", "--no-new-privs") if user else ()
        return ["ip", "netns", "exec", self.name, *dropped, *command]

    def run(
        self,
        *command: str,
        user: bool = False,
        input: str | None = None,
        timeout_s: float = 20.0,
        check: bool = True,
        env: Mapping[str, str] | None = None,
    ) -> "subprocess.CompletedProcess[str]":
        """Run to the end. A failure says what was run where and what it wrote."""
        done = subprocess.run(
            self.command(command, user=user),
            input=input,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            check=False,
            env=dict(env) if env is not None else None,
        )
        if check and done.returncode:
            said = done.stderr.strip() or done.stdout.strip()
            raise HostError(f"{self.name}: {' '.join(command)}: exit {done.returncode}: {said}")
        return done

    def popen(self, *command: str, user: bool = False, **options: Any) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(self.command(command, user=user), **options)

    def ip(self, *lines: str) -> None:
        """Lines for ``ip``, as one batch."""
        done = subprocess.run(
            ["ip", "-n", self.name, "-batch", "-"],
            input="\n".join(lines) + "\n",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise HostError(f"{self.name}: ip: {done.stderr.strip()}")

    def nft(self, rules: str) -> None:
        self.run("nft", "-f", "-", input=rules)

    def sysctl(self, **values: int | str) -> None:
        """``net_ipv4_ip_forward=1`` stands for net.ipv4.ip_forward; two underscores stand for one that belongs to the name."""
        with self.entered():
            for key, value in values.items():
                path = key.replace("__", "\0").replace("_", "/").replace("\0", "_")
                Path("/proc/sys", path).write_text(str(value), encoding="ascii")

    def speaks_ipv6_on(self, interface: str) -> bool:
        """The kernel has given the interface an address of its own, which it does once that is in use."""
        with self.entered():
            lines = Path("/proc/thread-self/net/if_inet6").read_text(encoding="ascii").splitlines()
        return any(line.startswith("fe80") and line.split()[-1] == interface for line in lines)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Sockets that this thread opens in the block are the host's. Names are not: the block sees the lab's own files."""
        before = os.open(f"/proc/self/task/{threading.get_native_id()}/ns/net", os.O_RDONLY)
        there = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        try:
            _setns(there)
            try:
                yield
            finally:
                _setns(before)
        finally:
            os.close(before)
            os.close(there)

    def write_etc(self, file: str, text: str) -> None:
        """A file of /etc that only this host sees (resolv.conf, hosts)."""
        path = Path("/etc/netns", self.name, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")  # in place: programs that run already have it mounted


class HostError(Exception):
    """A command on a host did not work."""


def _setns(namespace: int) -> None:
    if _libc.setns(namespace, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
