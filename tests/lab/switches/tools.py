"""What verbs are made of: packet rules in a table of their own, servers that run or rest, files of the person; each is undone."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Final

from tests.lab.hosts import USER_ID, Host
from tests.lab.lab import Lab
from tests.lab.servers.base import Server
from tests.lab.switches.base import Undo

_numbers: Final = count(1)


def number() -> int:
    """Another one each time: verbs of the same kind can be on at once, each with its own table, port and program."""
    return next(_numbers)


def rules(host: Host, chains: str) -> Undo:
    """Chains of nft, for IPv4 and IPv6, in a new table of this host."""
    table = f"inet fault{number()}"
    host.nft(f"table {table} {{\n{chains}\n}}")
    return lambda: host.nft(f"delete table {table}")


def started(lab: Lab, servers: Sequence[Server]) -> Undo:
    """Servers beside or in place of those of the same names; afterwards each name is what it was before."""
    before = {
        server.name: lab.running[server.name].server for server in servers if server.name in lab.running
    }
    with ExitStack() as undo:
        for server in servers:
            undo.callback(_back, lab, server.name, before.get(server.name))
        lab.start(servers)
        return undo.pop_all().close


def stopped(lab: Lab, names: Sequence[str]) -> Undo:
    """These servers do not run; what was theirs is free for another program."""
    missing = [name for name in names if name not in lab.running]
    if missing:
        raise ValueError(f"{', '.join(missing)}: not running; running are {', '.join(sorted(lab.running))}")
    before = [lab.running[name].server for name in names]
    with ExitStack() as undo:
        undo.callback(lab.start, before)
        for name in names:
            lab.stop(name)
        return undo.pop_all().close


def _back(lab: Lab, name: str, before: Server | None) -> None:
    if before is None:
        lab.stop(name)
    else:
        lab.start([before])


def listed(value: str | int | Sequence[str | int]) -> list[str]:
    """One or several, as texts: 443, "zoom.us" and ["zoom.us", "zoom.com"] are all told the same way."""
    return [str(value)] if isinstance(value, str | int) else [str(each) for each in value]


def persons_file(file: Path, content: bytes, mode: int = 0o644) -> Undo:
    """A file of the person, in a folder that is made where it is missing; undone: as before, the folder too."""
    before = file.read_bytes() if file.exists() else None
    is_new = not file.parent.exists()
    file.parent.mkdir(mode=0o755, exist_ok=True)
    file.write_bytes(content)
    file.chmod(mode)
    for path in (file.parent, file):
        os.chown(path, USER_ID, USER_ID)

    def undo() -> None:
        if before is not None:
            file.write_bytes(before)
            return
        file.unlink()
        if is_new:
            file.parent.rmdir()

    return undo
