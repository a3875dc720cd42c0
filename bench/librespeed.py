"""LibreSpeed's sequence, replayed: python -m bench.librespeed http://SERVER down|up prints {"bits_per_s"}.

Three streams of 100 MiB objects (uploads of 20 MiB) for 15 seconds; what came in the first 1.5 s (up: 3 s) does not count;
uploads count when they are handed to the socket; times 1.06 for headers, as its page does.
"""

import http.client
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

STREAMS: Final = 3
SECONDS: Final = 15.0
GRACE_S: Final = {"down": 1.5, "up": 3.0}
FACTOR: Final = 1.06
_UPLOAD: Final = 20 << 20
_PIECE: Final = bytes(65_536)


class Counter:
    """Bytes of all streams after the grace time."""

    def __init__(self, grace_s: float) -> None:
        self.starts = time.monotonic() + grace_s
        self.ends = self.starts - grace_s + SECONDS
        self._lock = threading.Lock()
        self._bytes = 0

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.ends

    def add(self, count: int) -> None:
        if time.monotonic() >= self.starts:
            with self._lock:
                self._bytes += count

    def bits_per_s(self) -> float:
        return self._bytes * 8 / (self.ends - self.starts) * FACTOR


def main(web: str, direction: str) -> None:
    counter = Counter(GRACE_S[direction])
    stream = _down if direction == "down" else _up
    host = urlsplit(web).netloc
    for number in range(STREAMS):
        threading.Timer(0.3 * number, stream, (host, counter)).start()
    time.sleep(max(0.0, counter.ends - time.monotonic()))
    print(json.dumps({"bits_per_s": counter.bits_per_s()}))


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
