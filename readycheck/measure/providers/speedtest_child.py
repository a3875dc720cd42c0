"""speedtest.net through speedtest-cli 2.1.3, for a child process of its own: it cannot be cancelled, and its import takes over
standard output. Guards the defects of that library; every guard raises, so that no wrong number is ever told.
"""

import importlib
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Final, TypeVar

NOT_REACHED_MS: Final = 1_200_000  # a probe that failed counts as 3600 s in its mean of three
DOWNLOAD, UPLOAD = "Download", "Upload"
CONNECTIONS: Final = 4
TIMEOUT_S: Final = 5
CHOOSING_S: Final = 12.0  # to find a server; who takes longer would leave no time to measure
PIECE_BYTES: Final = 1_048_576
SMALL_PIECE_BYTES: Final = 131_072
# Bytes of random{N}x{N}.jpg on the servers of speedtest.net; a mini server has the same files.
IMAGES: Final = {
    350: 245_388,
    500: 505_544,
    750: 1_118_012,
    1000: 1_986_284,
    1500: 4_468_241,
    2000: 7_907_740,
    2500: 12_407_926,
    3000: 17_816_816,
    3500: 24_262_167,
    4000: 31_625_365,
}

T = TypeVar("T")
Say = Callable[[str, float | None], None]


class NoMeasurement(Exception):
    """speedtest.net gave no result that can be believed; the text says why."""


def measure(request: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """``request``: down_bytes, up_bytes (0: not wanted), seconds a direction, mini_url (empty: the nearest public server), secure
    (default true), ipv4 (that alone: the library tries one address after the other, and would spend its time on an IPv6 that
    leads nowhere).

    Returns ping_ms, server, and for "down" and "up", where wanted, bits_per_s, bytes, seconds, connections. An upload that fails
    after a download is told as "no_up", the reason, and the download stays. Raises NoMeasurement and whatever the library does.
    """
    speedtest = _library()
    say("Choosing a speedtest.net server", None)
    test, ping_ms = _within(CHOOSING_S, lambda: _chosen(speedtest, request))
    _shorten(test.config, request)
    found: dict[str, Any] = {"ping_ms": ping_ms, "server": _server_name(test.best)}
    if request["down_bytes"]:
        say(DOWNLOAD, 0.2)
        found["down"] = _downloaded(test)
    if request["up_bytes"]:
        say(UPLOAD, 0.6)
        try:
            found["up"] = _uploaded(test)
        except Exception as error:  # the library lets through whatever its server, the system or memory say
            if "down" not in found:
                raise
            found["no_up"] = f"{type(error).__name__}: {error}"[:200]
    return found


def _downloaded(test: Any) -> dict[str, Any]:
    down = _timed(lambda: test.download(threads=CONNECTIONS), lambda: test.results.bytes_received)
    if not down["bytes"]:
        raise NoMeasurement("the server sent nothing")
    return down


def _uploaded(test: Any) -> dict[str, Any]:
    _taken(test)
    up = _timed(lambda: test.upload(pre_allocate=False, threads=CONNECTIONS), lambda: test.results.bytes_sent)
    if not up["bytes"]:
        raise NoMeasurement("the server took nothing")
    return up


def _library() -> Any:
    """Import speedtest while standard output is elsewhere: it keeps, and later closes, the descriptors that it finds."""
    real = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Nowhere(), _Nowhere()
    try:
        return importlib.import_module("speedtest")
    finally:
        sys.stdout, sys.stderr = real


class _Nowhere:
    """A stream whose descriptor belongs to whoever asks for it."""

    def fileno(self) -> int:
        return os.open(os.devnull, os.O_WRONLY)


def _chosen(speedtest: Any, request: Mapping[str, Any]) -> tuple[Any, float]:
    source = "0.0.0.0" if request.get("ipv4") else None
    test = speedtest.Speedtest(
        source_address=source, timeout=TIMEOUT_S, secure=bool(request.get("secure", True))
    )
    return test, _choose_server(test, str(request.get("mini_url", "")))


def _within(limit_s: float, work: Callable[[], T]) -> T:
    """The library asks up to twenty addresses, one after the other, each with its own time limit: together they get this long.
    The thread is left behind; the process ends without it.
    """
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # handed to the one who waits
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return done.result(limit_s)
    except TimeoutError:
        raise NoMeasurement(f"no speedtest.net server answered in {limit_s:g} s") from None


def _choose_server(test: Any, mini_url: str) -> float:
    """Round-trip time in ms to the server chosen."""
    if mini_url:
        test.set_mini_server(mini_url)
        best = test.get_best_server(test.servers)
    else:
        best = test.get_best_server()
    ping_ms = float(best["latency"])
    if ping_ms >= NOT_REACHED_MS:
        raise NoMeasurement("no speedtest.net server answered")
    return ping_ms


def _shorten(config: dict[str, Any], request: Mapping[str, Any]) -> None:
    """Its own plan takes 400 MB and 20 s: one size of image and of piece instead, within the bytes asked for."""
    image, images = download_plan(int(request["down_bytes"]))
    piece, pieces = upload_plan(int(request["up_bytes"]))
    seconds = float(request["seconds"])
    config["sizes"] = {"download": [image], "upload": [piece]}
    config["counts"] = {"download": images, "upload": pieces}
    config["upload_max"] = pieces
    config["length"] = {"download": seconds, "upload": seconds}


def download_plan(most_bytes: int) -> tuple[int, int]:
    """Image size and count: the largest image of which every connection can fetch one."""
    fitting = [size for size, count in IMAGES.items() if count * CONNECTIONS <= most_bytes]
    size = max(fitting, default=min(IMAGES))
    return size, max(1, min(40, most_bytes // IMAGES[size]))


def upload_plan(most_bytes: int) -> tuple[int, int]:
    """Piece size and count, at most 50 pieces."""
    piece = PIECE_BYTES if most_bytes >= 2 * CONNECTIONS * PIECE_BYTES else SMALL_PIECE_BYTES
    return piece, max(1, min(50, most_bytes // piece))


def _timed(run: Callable[[], float], count: Callable[[], int]) -> dict[str, Any]:
    started = time.monotonic()
    rate = run()
    seconds = time.monotonic() - started
    return {
        "bits_per_s": float(rate),
        "bytes": int(count()),
        "seconds": seconds,
        "connections": CONNECTIONS,
    }


def _taken(test: Any) -> None:
    """A small upload must be answered properly first: the library counts uploads that were answered with an error."""
    from urllib.request import Request

    data = b"content1=" + b"0" * 1_000
    request = Request(
        test.best["url"], data=data, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    with test._opener.open(request, timeout=TIMEOUT_S) as answer:
        said = answer.read(11)
        if answer.status != 200 or not said.startswith(b"size="):
            raise NoMeasurement(f"the server does not take uploads (HTTP {answer.status})")


def _server_name(best: Mapping[str, Any]) -> str:
    return f"{best.get('sponsor', '')}, {best.get('name', '')}".strip(", ")[:120]
