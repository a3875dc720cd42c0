"""The lab as tests see it: hosts, certificates, servers that can be started, stopped and exchanged."""

import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tests.lab import pki, topology
from tests.lab.hosts import USER, USER_ID, Host
from tests.lab.servers.base import Running, Server

HOME: Final = Path("/home", USER)


class Lab:
    """The bare network with the CAs and the person; servers are started into it. Only inside a sandbox."""

    def __init__(self) -> None:
        self._add_person()
        self.trusted = pki.Authority("Lab CA")
        self.untrusted = pki.Authority("Inspection CA")
        pki.trust([self.trusted])
        pki.stand_for_public(self.trusted)
        self.hosts: dict[str, Host] = topology.build()
        self.running: dict[str, Running] = {}
        self.person_env: dict[str, str] = {}  # what faults put into the person's environment (proxy settings)
        self.person_password = ""  # another one than the right one, where a fault says so
        self.clock_offset_s = 0.0  # how far the person's programs see the clock off

    def __getitem__(self, host: str) -> Host:
        return self.hosts[host]

    def start(self, servers: Iterable[Server]) -> None:
        """Start all at once and wait until every one answers. One that runs under the same name is stopped first."""
        servers = list(servers)
        for server in servers:
            self.stop(server.name)
        with ThreadPoolExecutor(max_workers=8) as pool:
            started = list(pool.map(lambda server: Running(server, self.hosts[server.host]), servers))
            self.running |= {running.server.name: running for running in started}
            list(pool.map(Running.wait, started))

    def stop(self, name: str) -> None:
        if running := self.running.pop(name, None):
            running.stop()

    def strays(self) -> int:
        """Packets that the computer sent towards any address outside the lab."""
        listing = self["pc"].run("nft", "-j", "list", "counters").stdout
        return sum(
            entry["counter"]["packets"] for entry in json.loads(listing)["nftables"] if "counter" in entry
        )

    def _add_person(self) -> None:
        HOME.mkdir(parents=True, exist_ok=True)
        with Path("/etc/passwd").open("a") as file:
            file.write(f"{USER}:x:{USER_ID}:{USER_ID}:Anna Lab:{HOME}:/bin/sh\n")
        with Path("/etc/group").open("a") as file:
            file.write(f"{USER}:x:{USER_ID}:\n")
        os.chown(HOME, USER_ID, USER_ID)
