"""Is every kind of address translation called by its name? Twenty times each, in the lab, whose home router is set to it.

The server is coturn with two addresses. Beside us a peer that speaks RFC 5780 as well, coturn's own turnutils_natdiscovery, once
for each kind: it shows that the router really is what it was set to.
"""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from bench import world
from bench.figure import Figure, stated
from readycheck.measure.statistics import median
from tests.lab import topology
from tests.lab.lab import Lab
from tests.lab.servers import coturn
from tests.lab.switches import tools
from tests.lab.switches.base import switched

TIMES: Final = 20
SERVER: Final = topology.COMPANY_IP
ANSWERS_ONLY: Final = """
    chain in { type filter hook input priority 0; iifname "wan" meta l4proto udp ct state new drop; }
"""
# The outside port follows from inside port and peer's address, and not from the peer's port.
ADDRESS_DEPENDENT: Final = f"""
    chain out {{ type nat hook postrouting priority srcnat - 1;
        oifname "wan" meta l4proto udp snat ip to {topology.WAN_IP} : jhash ip daddr . udp sport mod 20000 seed 7 offset 30000;
    }}
"""
ASK: Final = """
import asyncio, json, sys, time
from readycheck.adapters.net import RealNet
from readycheck.measure.nat.behaviour import behaviour
from readycheck.ports import Meter
from readycheck.testing import fake_context
from readycheck_checks.calls.addresses import second_nat

server, source, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
ctx = fake_context(net=RealNet(Meter()))

async def once():
    started = time.monotonic()
    found = await behaviour((server, 3478), source=source)
    seconds = time.monotonic() - started
    names = {part: getattr(found, part).name for part in ("mapping", "filtering", "kind")}
    second = (await second_nat((server, 3478), source, ctx)).name
    return {**names, "second": second, "why": found.why, "seconds": seconds, "bytes": found.bytes}

async def main():
    return [await once() for _ in range(times)]

print(json.dumps(asyncio.run(main())))
"""


@dataclass(frozen=True)
class Truth:
    """How the router is set, and what is then so. ``at``: the host whose packets are translated."""

    name: str
    mapping: str
    filtering: str
    kind: str
    second: str = "NO"
    steps: tuple[dict[str, Any], ...] = ()
    rules: str = ""
    at: str = "pc"

    @property
    def source(self) -> str:
        return topology.PC_IP if self.at == "pc" else topology.WAN_IP

    @contextmanager
    def applied(self, lab: Lab) -> Iterator[None]:
        undo = tools.rules(lab["router"], self.rules) if self.rules else None
        try:
            with switched(lab, self.steps):
                yield
        finally:
            if undo is not None:
                undo()


_ALL, _ADDRESS, _BOTH = "ENDPOINT_INDEPENDENT", "ADDRESS_DEPENDENT", "ADDRESS_AND_PORT_DEPENDENT"
TRUTHS: Final = (
    Truth("no translation", "NONE", _ALL, "NONE", second="UNKNOWN", at="router"),
    Truth("firewall without translation", "NONE", _BOTH, "FIREWALL", second="UNKNOWN", at="router", rules=ANSWERS_ONLY),
    Truth("full cone", _ALL, _ALL, "FULL_CONE", steps=({"nat": "full-cone"},)),
    Truth("address-restricted", _ALL, _ADDRESS, "RESTRICTED", steps=({"nat": "address-restricted"},)),
    Truth("port-restricted", _ALL, _BOTH, "PORT_RESTRICTED"),
    Truth("symmetric, by address", _ADDRESS, _BOTH, "SYMMETRIC", rules=ADDRESS_DEPENDENT),
    Truth("symmetric", _BOTH, _BOTH, "SYMMETRIC", steps=({"nat": "symmetric"},)),
    Truth("double", _ALL, _BOTH, "PORT_RESTRICTED", second="LIKELY", steps=({"nat": "double"},)),
    Truth("double, by the provider", _ALL, _BOTH, "PORT_RESTRICTED", second="PROVIDER", steps=({"nat": "cgnat"},)),
)  # fmt: skip


def opened() -> Lab:
    """The bare network with the company's STUN server, and routers that answer as often as they are asked."""
    lab = Lab()
    lab.start(coturn.company(lab)[:1])
    for name in ("router", "isp"):
        lab[name].sysctl(net_ipv4_icmp__ratelimit=0)
    return lab


def named(lab: Lab, truth: Truth, times: int) -> list[dict[str, Any]]:
    """What readycheck says, as an ordinary user, while the router is set so."""
    told = lab[truth.at].run(
        *(sys.executable, "-c", ASK, SERVER, truth.source, str(times)),
        user=True,
        env={"PYTHONPATH": "checks:."},
        timeout_s=20 + 8 * times,
    )
    found: list[dict[str, Any]] = json.loads(told.stdout)
    return found


def is_right(truth: Truth, told: dict[str, Any]) -> bool:
    return all(told[part] == getattr(truth, part) for part in ("mapping", "filtering", "kind", "second"))


def peer(lab: Lab, truth: Truth) -> str:
    """What coturn's own client calls it: mapping and filtering."""
    words = []
    for option in ("-m", "-f"):
        command = ("timeout", "15", "turnutils_natdiscovery", option, "-L", truth.source, SERVER)
        said = lab[truth.at].run(*command, user=True, check=False, timeout_s=20).stdout
        words += re.findall(r"NAT with (.+?)!", said)[:1] or ["nothing"]
    return ", ".join(words)


def measured(times: int) -> list[dict[str, Any]]:
    """Inside a private world: every kind in turn."""
    lab = opened()
    rows = []
    for truth in TRUTHS:
        with truth.applied(lab):
            told = named(lab, truth, times)
            said = peer(lab, truth)
        wrong = [each for each in told if not is_right(truth, each)]
        seconds = [each["seconds"] for each in told]
        rows.append(
            {"name": truth.name, "of": len(told), "wrong": wrong, "seconds": median(seconds), "peer": said}
        )
        print(f"{truth.name}: {len(told) - len(wrong)} of {len(told)}", file=sys.stderr, flush=True)
    return rows


def figures() -> list[Figure]:
    rows = world.measured("bench.nat_kinds", str(TIMES))
    return [
        *map(_figure, rows),
        stated("time for mapping and filtering", max(r["seconds"] for r in rows), "s", TIMES),
    ]


def _figure(row: dict[str, Any]) -> Figure:
    right, of = row["of"] - len(row["wrong"]), row["of"]
    missed = f"; instead: {row['wrong'][0]}" if row["wrong"] else ""
    note = f"turnutils_natdiscovery: {row['peer']}; {row['seconds']:.2f} s{missed}"
    return Figure(
        name=f"NAT, {row['name']}: named correctly",
        value=right,
        unit="times",
        budget=of,
        runs=of,
        note=note,
        at_least=True,
    )


if __name__ == "__main__":
    print(json.dumps(measured(*map(int, sys.argv[1:]))))
