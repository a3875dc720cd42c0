"""What a download over TLS costs us in processor time, beside curl in the same run, on loopback; and the most that we take in.

A quarter of a gigabyte a connection, A B A B. The start of neither program counts, which costs the same however long it runs:
ours is the measurement without the interpreter's start, curl's its processor time less that of ``curl --version`` just before,
and its clock that of its transfers. What curl had of the same server in the same minute is the limit of server and processors.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bench import far_end, programs, world
from bench.figure import Figure, stated
from bench.links import Link, Shape, laid
from readycheck.measure.statistics import median

TIMES: Final = 5
CONNECTIONS: Final = (1, 4)
BYTES: Final = 256 << 20
ENOUGH_GBPS: Final = 5.0
PATH: Final = "/256M.bin"


@dataclass(frozen=True, kw_only=True)
class Cost:
    connections: int
    ours_s_per_gb: float
    curl_s_per_gb: float
    ours_gbps: float
    curl_gbps: float


def _once(line: Link, connections: int) -> Cost:
    here = {"address": "127.0.0.1", "host": far_end.NAME, "path": PATH, "connections": connections}
    most = {"max_bytes": BYTES * connections, "max_seconds": 30.0, "forever": True}
    asked = json.dumps(here | most | programs.tls_options(True))
    ours = programs.run(line, sys.executable, "-m", "bench.ours", "download", asked, host=line.server).json
    ca = str(far_end.certificate()[0])
    url = f"https://{far_end.NAME}{PATH}"
    resolve = ("--resolve", f"{far_end.NAME}:443:127.0.0.1")
    each = [word for _ in range(connections) for word in ("-o", "/dev/null", url)]
    parallel = ("-Z", "--parallel-immediate") if connections > 1 else ()
    start = programs.run(line, "curl", "--version", host=line.server)
    told = ("-w", "%{time_total} %{size_download}\n")
    curl = programs.run(
        line, "curl", "-s", "--cacert", ca, *told, *resolve, *parallel, *each, host=line.server
    )
    transfers = [row.split() for row in curl.said.splitlines()]
    taken = sum(int(size) for _, size in transfers)
    return Cost(
        connections=connections,
        ours_s_per_gb=ours["cpu_measuring_s"] / ours["bytes"] * 1e9,
        curl_s_per_gb=(curl.cpu_s - start.cpu_s) / taken * 1e9,
        ours_gbps=ours["bytes"] * 8e-9 / ours["seconds"],
        curl_gbps=taken * 8e-9 / max(float(seconds) for seconds, _ in transfers),
    )


def measured() -> Iterator[Cost]:
    with laid(Shape(down_mbps=0, up_mbps=0, rtt_ms=0)) as line, far_end.web(line):
        yield from (_once(line, number) for number in CONNECTIONS for _ in range(TIMES))


def figures() -> list[Figure]:
    costs = [Cost(**cost) for cost in world.measured("bench.processor")]
    found: list[Figure] = []
    for number in CONNECTIONS:
        every = [cost for cost in costs if cost.connections == number]
        ratio = median([cost.ours_s_per_gb / cost.curl_s_per_gb for cost in every])
        ours, curl = (
            median([getattr(cost, name) for cost in every]) for name in ("ours_s_per_gb", "curl_s_per_gb")
        )
        note = f"ours {ours:.2f} s/GB, curl {curl:.2f} s/GB"
        name = f"CPU per GB over TLS against curl, connections: {number}"
        found.append(Figure(name=name, value=ratio, unit="x", budget=1.25, runs=len(every), note=note))
    return found + _rates([cost for cost in costs if cost.connections == max(CONNECTIONS)])


def _rates(costs: Sequence[Cost]) -> list[Figure]:
    ours, curls = (median([getattr(cost, name) for cost in costs]) for name in ("ours_gbps", "curl_gbps"))
    name = f"over TLS on loopback, {max(CONNECTIONS)} connections"
    note = (
        f"median; the target is {ENOUGH_GBPS:g} Gbit/s, or the server's limit, which is what curl has of it"
    )
    return [
        Figure(
            name=f"rate {name}",
            value=ours,
            unit="Gbit/s",
            budget=min(ENOUGH_GBPS, curls),
            runs=len(costs),
            note=note,
            at_least=True,
        ),
        stated(f"curl's rate {name}", curls, "Gbit/s", len(costs), "median"),
    ]


if __name__ == "__main__":
    world.tell(measured)
