"""LibreSpeed's sequence, replayed: python -m bench.librespeed http://SERVER down|up prints {"bits_per_s"}.

As the worker of its page does it without settings (github.com/librespeed/speedtest, speedtest_worker.js, commit 4010607): six
streams down and three up, 0.3 s apart, of 100 MiB objects (uploads of 20 MiB). After 1.5 s (up: 3 s) it begins to count; every
0.2 s it looks, and on a fast line ends before its 15 s are over: each look takes 6.4 ms for every 100 kB/s off them, at most
0.8 s. Uploads count when they are handed to the socket; times 1.06 for headers.
"""

import http.client
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

STREAMS: Final = {"down": 6, "up": 3}
APART_S: Final = 0.3
GRACE_S: Final = {"down": 1.5, "up": 3.0}
SECONDS: Final = 15.0
LOOK_S: Final = 0.2
BONUS_S: Final = 6.4e-8  # for each byte/s and look
MOST_BONUS_S: Final = 0.8
FACTOR: Final = 1.06
_UPLOAD: Final = 20 << 20
_PIECE: Final = bytes(65_536)


class Counter:
    """Bytes of all streams."""

    def __init__(self) -> None:
        self.over = False
        self._lock = threading.Lock()
        self._bytes = 0

    def add(self, count: int) -> None:
        with self._lock:
            self._bytes += count

    def taken(self) -> int:
        """The bytes so far; counts from nothing again."""
        with self._lock:
            count, self._bytes = self._bytes, 0
        return count


def main(web: str, direction: str) -> None:
    counter = Counter()
    stream = _down if direction == "down" else _up
    host = urlsplit(web).netloc
    for number in range(STREAMS[direction]):
        threading.Timer(APART_S * number, stream, (host, counter)).start()
    bytes_per_s = watched(counter, GRACE_S[direction])
    print(json.dumps({"bits_per_s": bytes_per_s * 8 * FACTOR}))


def watched(
    counter: Counter,
    grace_s: float,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> float:
    """The mean rate in bytes/s from the grace time to the end, which comes the sooner the higher it is."""
    sleep(grace_s)
    counter.taken()
    began, total, bonus_s = now(), 0, 0.0
    while True:
        sleep(LOOK_S)
        total += counter.taken()
        seconds = now() - began
        bonus_s += min(MOST_BONUS_S, BONUS_S * total / seconds)
        if seconds + bonus_s > SECONDS:
            counter.over = True
            return total / seconds


def _down(host: str, counter: Counter) -> None:
    connection = http.client.HTTPConnection(host, timeout=10)
    while not counter.over:
        connection.request("GET", "/garbage.php?ckSize=100")
        answer = connection.getresponse()
        while not counter.over and (piece := answer.read(65_536)):
            counter.add(len(piece))
    connection.close()


def _up(host: str, counter: Counter) -> None:
    connection = http.client.HTTPConnection(host, timeout=10)

    def body() -> Iterator[bytes]:
        for _ in range(_UPLOAD // len(_PIECE)):
            if counter.over:
                raise TimeoutError
            yield _PIECE
            counter.add(len(_PIECE))

    with suppress(OSError):
        while not counter.over:
            connection.request("POST", "/empty.php", body(), {"Content-Length": str(_UPLOAD)})
            connection.getresponse().read()
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
