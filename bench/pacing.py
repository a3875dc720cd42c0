"""How far from their set times packets leave, against irtt's in the same run, A B A B. Loopback only.

The error of an interval is how far the time between two packets is from what it should be. irtt's comes from its own send times.
"""

import asyncio
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from bench.figure import Figure
from bench.world import NotHere
from readycheck.measure.packets.pacing import Pacer
from readycheck.measure.statistics import median, percentile

RATES = (50, 500)  # packets a second: a voice call; more than any probe here sends
SECONDS = 4.0
RUNS = 5
PACKET_BYTES = 172
PARTS = ((0.5, "median"), (0.95, "95th percentile"))
ECHO = """
import socket
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 0))
print(sock.getsockname()[1], flush=True)
while True:
    sock.sendto(*sock.recvfrom(2048))
"""


def figures() -> list[Figure]:
    if shutil.which("irtt") is None:
        raise NotHere("needs irtt: apt-get install -y --no-install-recommends irtt")
    with echo_server() as port, irtt_server() as irtt_port:
        return [figure for rate in RATES for figure in compared(rate, port, irtt_port)]


def compared(rate: int, port: int, irtt_port: int) -> list[Figure]:
    pairs = [(errors_ms(ours(rate, port), rate), errors_ms(irtt(rate, irtt_port), rate)) for _ in range(RUNS)]
    made = []
    for part, words in PARTS:
        mine = [percentile(a, part) for a, _ in pairs]
        theirs = [percentile(b, part) for _, b in pairs]
        made.append(
            Figure(
                name=f"{words} of the interval error at {rate} packets/s, against irtt",
                value=median([a / b for a, b in zip(mine, theirs, strict=True)]),
                unit="x",
                budget=1.0,
                runs=RUNS,
                note=f"{median(mine):.3f} ms, irtt {median(theirs):.3f} ms",
            )
        )
    return made


def errors_ms(sent_s: list[float], rate: int) -> list[float]:
    return [abs(later - earlier - 1 / rate) * 1000 for earlier, later in pairwise(sent_s)]


def ours(rate: int, port: int) -> list[float]:
    packets = ((number / rate, bytes(PACKET_BYTES)) for number in range(int(rate * SECONDS)))
    trace = asyncio.run(Pacer("127.0.0.1", port).run(packets, wait_s=0.1))
    return [at for at in trace.sent_s if at is not None]


def irtt(rate: int, port: int) -> list[float]:
    times = ("-i", f"{1000 / rate:g}ms", "-d", f"{SECONDS:g}s", "-l", str(PACKET_BYTES))
    command = ["irtt", "client", *times, "-Q", "-o", "-", f"127.0.0.1:{port}"]
    done = subprocess.run(command, check=True, capture_output=True, timeout=SECONDS + 20)
    trips = json.loads(done.stdout)["round_trips"]
    return [trip["timestamps"]["client"]["send"]["monotonic"] / 1e9 for trip in trips]


@contextmanager
def echo_server() -> Iterator[int]:
    """In a process of its own: its work must not stand in the way of the sender's."""
    process = subprocess.Popen([sys.executable, "-c", ECHO], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait(5)
        process.stdout.close()


@contextmanager
def irtt_server() -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = int(sock.getsockname()[1])
    command = ["irtt", "server", "-i", "1ms", "-b", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield port
    finally:
        process.kill()
        process.wait(5)
