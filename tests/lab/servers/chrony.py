"""chrony: the time servers of the world. They tell the machine's own time and never set it."""

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.lab import built, topology, zone
from tests.lab.hosts import Host
from tests.lab.servers.base import Ready, Server, folder_of

PORT: Final = 123


def names() -> tuple[str, ...]:
    """The vendors' names that are time servers."""
    return tuple(name for name in zone.vendor_names() if name.startswith("time."))


def public(off_s: Mapping[str, float] | None = None) -> tuple[Server, ...]:
    """All time servers of the world; ``off_s``: how far ahead of the true time these tell it."""
    return tuple(time_server(name, (off_s or {}).get(name, 0.0)) for name in names())


def time_server(name: str, off_s: float = 0.0) -> Server:
    """One time server, on both addresses of its name, ``off_s`` seconds ahead of the true time."""
    ip = zone.address(name)
    own = f"{name}-ntp"
    folder = folder_of(own)
    lines = (
        *(f"bindaddress {ip}", f"bindaddress {topology.ip6(ip)}", "allow all", "local stratum 1"),
        *("cmdport 0", "bindcmdaddress /", f"pidfile {folder}/pid", f"driftfile {folder}/drift"),
    )
    command = ("chronyd", "-x", "-d", "-u", "root", "-f", str(folder / "chrony.conf"))
    return Server(
        name=own,
        host="internet",
        command=tuple(built.clocked(command, off_s)),
        files={"chrony.conf": "\n".join(lines) + "\n"},
        prepare=_forget,
        ready=tells_time(ip),
    )


def _forget(host: Host, folder: Path) -> None:
    """One that was killed leaves its number, which in a process namespace of its own is always the same."""
    (folder / "pid").unlink(missing_ok=True)


def tells_time(ip: str) -> Ready:
    """Ready when an SNTP question is answered with a time, by a server that knows it (its leap indicator is not 3)."""

    def asked(host: Host) -> bool:
        with host.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.settimeout(0.3)
            one.connect((ip, PORT))
            one.send(b"\x23" + bytes(47))
            answer = one.recv(200)
        return len(answer) >= 48 and answer[0] >> 6 != 3 and answer[1] > 0

    return asked
