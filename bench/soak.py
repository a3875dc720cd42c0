"""The reflector with the limits that it is shipped with, under garbage and good clients at once: does it grow, break, amplify, or
stop serving?

``python -m bench.soak --minutes 60`` is the whole soak: 200 clients, a million garbage packets. Linux only (/proc, addresses of
loopback). Prints the table; on stderr how far it is every few minutes and, as JSON, what the table consists of.
"""

import argparse
import json
import math
import multiprocessing
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import trustme

from bench.figure import Figure, stated, table
from bench.soak_clients import Served, Target, serve_clients
from bench.soak_garbage import Dealt, deal_garbage

CLIENTS = 200
PACKETS_A_MINUTE = 1_000_000 / 60
TOKEN = "a token of this soak alone"
_READINGS = 200
_LATE_S = 90.0
_TELL_S = 180.0
_CLIENTS_MORE = 5  # that happen to be there; what leaks grows by thousands


@dataclass
class Watched:
    """The process of the reflector over time: ``readings`` are (seconds, RSS in MB, open files)."""

    readings: list[tuple[float, float, int]] = field(default_factory=list)
    peak_mb: float = 0.0
    cpu_s: float = 0.0
    alive: bool = True
    log_bytes: int = 0
    faults: int = 0
    metrics: str = ""

    @property
    def most_files(self) -> int:
        return max((files for _, _, files in self.readings), default=0)

    def growth_files(self) -> int:
        """Fewest of the last fifth minus that of the second, as with memory."""
        files = [count for _, _, count in self.readings]
        fifth = max(1, len(files) // 5)
        return min(files[-fifth:]) - min(files[fifth : 2 * fifth])

    def growth_mb(self) -> float:
        """Least RSS of the last fifth minus that of the second: the first warms up, and above the least lies what was busy."""
        memory = [rss for _, rss, _ in self.readings]
        fifth = max(1, len(memory) // 5)
        return min(memory[-fifth:]) - min(memory[fifth : 2 * fifth])

    def slope_mb_an_hour(self) -> float:
        """Least squares over the least RSS of each twentieth of the time, without the first fifth."""
        size = max(1, len(self.readings) // 20)
        groups = [self.readings[at : at + size] for at in range(4 * size, len(self.readings), size)]
        points = [min((rss, at) for at, rss, _ in group) for group in groups]
        if len(points) < 2:
            return 0.0
        mean_y, mean_x = (sum(values) / len(points) for values in zip(*points, strict=True))
        spread = sum((x - mean_x) ** 2 for _, x in points)
        return 3_600 * sum((x - mean_x) * (y - mean_y) for y, x in points) / spread if spread else 0.0


def soak(minutes: float, clients: int = CLIENTS, packets: int | None = None) -> tuple[Watched, Served, Dealt]:
    count = int(PACKETS_A_MINUTE * minutes) if packets is None else packets
    seconds = minutes * 60
    with tempfile.TemporaryDirectory() as name, _reflector(Path(name)) as (process, target, metrics_port):
        with _workers(target, seconds, clients, count) as (good, bad):
            watched = _watch(process, seconds)
            served = good.recv() if good.poll(_LATE_S) else Served()
            dealt = bad.recv() if bad.poll(_LATE_S) else Dealt()
        watched.metrics = _metrics(metrics_port)
        _finish(process, watched, Path(name) / "log")
    return watched, served, dealt


@contextmanager
def _workers(
    target: Target, seconds: float, clients: int, packets: int
) -> Iterator[tuple[Connection, Connection]]:
    """The processes of the good and of the bad clients, and where each tells at its end how it was."""
    context = multiprocessing.get_context("spawn")
    good, theirs = context.Pipe(False)
    bad, others = context.Pipe(False)
    pause_s = max(2.0, clients / 25)  # about 25 rounds a second of all together
    workers = [
        context.Process(target=serve_clients, args=(target, clients, seconds, pause_s, theirs), daemon=True),
        context.Process(target=deal_garbage, args=(target, packets, seconds, others), daemon=True),
    ]
    try:
        for worker in workers:
            worker.start()
        yield good, bad
        for worker in workers:
            worker.join(10)
    finally:
        for worker in workers:
            if worker.pid is not None:
                worker.kill()
                worker.join()


@contextmanager
def _reflector(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], Target, int]]:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    (folder / "chain.pem").write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    (folder / "key.pem").write_bytes(issued.private_key_pem.bytes())
    (folder / "token").write_text(TOKEN)
    (folder / "token").chmod(0o600)
    named = {"--certificate": "chain.pem", "--key": "key.pem", "--token-file": "token"}
    files = [text for option, name in named.items() for text in (option, str(folder / name))]
    command = [sys.executable, "-m", "readycheck", "reflector", "--listen", "127.0.0.1", "--port", "0"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--metrics", "127.0.0.1:0", *files], stderr=log)
        try:
            line = _first_line(folder / "log")
            pem = authority.cert_pem.bytes().decode()
            yield (
                process,
                Target(port=line["port"], udp_port=line["udp_port"], authority=pem, token=TOKEN),
                line["metrics_port"],
            )
        finally:
            process.kill()
            process.wait()


def _first_line(log: Path) -> dict[str, int]:
    ends = time.monotonic() + 30
    while b"\n" not in log.read_bytes():
        if time.monotonic() > ends:
            raise RuntimeError("the reflector did not start")
        time.sleep(0.05)
    first: dict[str, int] = json.loads(log.read_bytes().split(b"\n")[0])
    return first


def _watch(process: subprocess.Popen[bytes], seconds: float) -> Watched:
    watched = Watched()
    started = told = time.monotonic()
    while (now := time.monotonic()) - started < seconds and process.poll() is None:
        reading = (
            now - started,
            _memory_mb(process.pid, "VmRSS"),
            len(list(Path(f"/proc/{process.pid}/fd").iterdir())),
        )
        watched.readings.append(reading)
        watched.peak_mb = _memory_mb(process.pid, "VmHWM")
        if now - told >= _TELL_S:
            told = now
            print("{:5.0f} s: {:.1f} MB, {} open files".format(*reading), file=sys.stderr, flush=True)
        time.sleep(max(0.5, seconds / _READINGS))
    return watched


def _memory_mb(pid: int, name: str) -> float:
    match = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(match[1]) / 1_000 if match else 0.0


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _metrics(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            text: str = answer.read().decode()
            return text
    except OSError:
        return ""


def _finish(process: subprocess.Popen[bytes], watched: Watched, log: Path) -> None:
    watched.alive = process.poll() is None
    if watched.alive:
        watched.cpu_s = _cpu_s(process.pid)
        process.terminate()
        try:
            watched.alive = process.wait(30) == 0
        except subprocess.TimeoutExpired:
            watched.alive = False
    text = log.read_bytes()
    watched.log_bytes = len(text)
    watched.faults = text.count(b'"event": "fault"') + text.count(b"Traceback")


def figures(minutes: float = 1.0, clients: int = CLIENTS, packets: int | None = None) -> list[Figure]:
    watched, served, dealt = soak(minutes, clients, packets)
    print(_details(watched, served, dealt), file=sys.stderr)
    name = f"reflector, {minutes:g} min, {clients} clients, {dealt.packets} garbage packets, {dealt.connections} bad connections"
    return [*_of_process(name, watched), _of_replies(name, dealt), _of_good_clients(name, served)]


def _of_process(name: str, watched: Watched) -> list[Figure]:
    if not watched.readings:
        return [_target(f"{name}: not watched at all", math.nan, "", 0)]
    memory = f"{watched.slope_mb_an_hour():+.2f} MB/h; {watched.readings[-1][1]:.0f} MB at the end"
    files = f"{watched.most_files} at most, {watched.readings[-1][2]} at the end"
    work = f"{watched.log_bytes / 1e6:.2f} MB of log, {watched.cpu_s:.0f} s of CPU"
    return [
        _target(f"{name}: growth of memory", watched.growth_mb(), "MB", 2.0, memory),
        stated(f"{name}: most memory at any time", watched.peak_mb, "MB", 1),
        _target(f"{name}: growth of open files", watched.growth_files(), "", _CLIENTS_MORE, files),
        _target(f"{name}: crashes and faults", (not watched.alive) + watched.faults, "", 0, work),
    ]


def _of_replies(name: str, dealt: Dealt) -> Figure:
    """Of nothing that was answered nothing is known: not met."""
    worst = dealt.worst_ratio if dealt.answers else math.nan
    all_together = f"{dealt.received / dealt.sent:.3f} of all together" if dealt.sent else "nothing was dealt"
    note = f"the worst of {dealt.answers} answers; {all_together}"
    return _target(
        f"{name}: reply bytes to request bytes before proof, of any one request", worst, "", 1.0, note
    )


def _of_good_clients(name: str, served: Served) -> Figure:
    failed = sum(served.failures.values())
    rounds = failed + served.rounds
    lost = served.echoes_sent - served.echoes_back
    note = (
        f"{rounds} rounds, {served.bytes / 1e6:.0f} MB, {served.echoes_sent} echoes, {lost} lost; "
        f"the clients' own process was late by {served.late_s:.1f} s at worst"
    )
    share = failed / rounds if served.rounds else math.nan
    return _target(f"{name}: rounds of good clients that failed", share, "", 0.0, note)


def _target(name: str, value: float, unit: str, budget: float, note: str = "") -> Figure:
    return Figure(name=name, value=value, unit=unit, budget=budget, runs=1, note=note)


def _details(watched: Watched, served: Served, dealt: Dealt) -> str:
    readings = watched.readings[:: max(1, len(watched.readings) // 20)]
    document = {
        "readings": [[round(value, 2) for value in reading] for reading in readings],
        "served": asdict(served),
        "dealt": asdict(dealt),
        "counters": [line for line in watched.metrics.splitlines() if not line.startswith("#")],
    }
    return json.dumps(document, indent=1)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--packets", type=int, help="garbage packets in all (default: a million an hour)")
    asked = parser.parse_args(arguments)
    found = figures(asked.minutes, asked.clients, asked.packets)
    print(table(found), end="")
    return 0 if all(figure.met for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
