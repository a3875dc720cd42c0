"""readycheck reflector: the server beside a VPN gateway that measurements are made against, until it is told to stop."""

import argparse
import asyncio
import gc
import ipaddress
import itertools
import os
import signal
import sys
from asyncio import constants, sslproto
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Final

from readycheck import __version__
from readycheck.errors import UsageError
from readycheck.exit_codes import ExitCode
from readycheck.reflector.limits import MB, Limits
from readycheck.reflector.server import Reflector, Settings

_TIDY_S: Final = 3.0
_TLS_KB: Final = 64
_TRIM_EVERY: Final = 5


def main(arguments: argparse.Namespace) -> int:
    return asyncio.run(serve(settings(arguments)))


async def serve(wanted: Settings) -> int:
    """Run until SIGTERM or SIGINT; a second one ends it at once (exit code 130). SIGHUP reads certificate and token again."""
    _small_tls_buffers()
    reflector = Reflector(wanted, __version__, sys.stderr)
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            os._exit(ExitCode.INTERRUPTED)
        asked.set()
        loop.call_soon_threadsafe(lambda: None)  # wakes the loop

    def reload(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(reflector.reload)

    await reflector.start()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, reload)
    tidying = asyncio.create_task(_stay_small())
    await asked.wait()
    tidying.cancel()
    await reflector.stop()
    return ExitCode.READY


def _small_tls_buffers() -> None:
    """Python gives each TLS connection 256 kB from its handshake on, and as much again for what waits unread: a quarter will do.

    These names are no promise of Python's: where they mean nothing any more, memory is all that is lost.
    """
    sslproto.SSLProtocol.max_size = _TLS_KB * 1_024
    constants.FLOW_CONTROL_HIGH_WATER_SSL_READ = _TLS_KB  # type: ignore[misc]


async def _stay_small() -> None:
    """Look often for objects that hold each other, as a broken TLS connection leaves them, 100 kB and more of them.

    Python itself looks when many objects were made, however large. What is there at the start is left out: it takes under 1 ms.
    """
    trim = _trim()
    gc.collect()
    gc.freeze()
    for tidied in itertools.count(1):
        await asyncio.sleep(_TIDY_S)
        gc.collect()
        if tidied % _TRIM_EVERY == 0:
            trim()


def _trim() -> Callable[[], object]:
    """What gives freed memory back to the system: glibc keeps the most that was ever needed at once; others need no asking."""
    import ctypes

    with suppress(OSError, AttributeError, TypeError):
        malloc_trim = ctypes.CDLL(None).malloc_trim
        return lambda: malloc_trim(ctypes.c_size_t(0))
    return lambda: None


def settings(arguments: argparse.Namespace) -> Settings:
    """Raises UsageError for what means nothing."""
    if arguments.key and not arguments.certificate:
        raise UsageError("--key needs --certificate: a key alone is no identity.")
    return Settings(
        listen=tuple(_address(text) for text in arguments.listen) or Settings.listen,
        port=_number("--port", arguments.port, 0, 65_535),
        udp_port=None if arguments.udp_port is None else _number("--udp-port", arguments.udp_port, 0, 65_535),
        certificate=_path(arguments.certificate),
        key=_path(arguments.key),
        token_file=_path(arguments.token_file),
        metrics=_address_and_port(arguments.metrics) if arguments.metrics else None,
        log_addresses=arguments.log_addresses,
        limits=limits(arguments),
    )


def limits(arguments: argparse.Namespace) -> Limits:
    return Limits(
        clients=_number("--max-clients", arguments.max_clients, 1, 100_000),
        per_client=_number("--max-per-client", arguments.max_per_client, 1, 10_000),
        request_bytes=MB * _number("--max-mb-per-request", arguments.max_mb_per_request, 1, 1_000_000),
        client_bytes=MB * _number("--max-mb-per-minute", arguments.max_mb_per_minute, 1, 10_000_000),
        total_bytes=MB
        * _number("--max-total-mb-per-minute", arguments.max_total_mb_per_minute, 1, 10_000_000),
        udp_rate=_number("--max-rate", arguments.max_rate, 1, 20_000),
    )


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _number(option: str, text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most):
        raise UsageError(f"{option} is a number from {least} to {most}, not {text!r}.")
    return int(text)


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        raise UsageError(
            f"--listen is an address of this computer, such as 192.0.2.7 or ::, not {text!r}."
        ) from None


def _address_and_port(text: str) -> tuple[str, int]:
    address, colon, port = text.rpartition(":")
    if not colon:
        raise UsageError(f"--metrics is ADDRESS:PORT, such as 127.0.0.1:9100 or [::1]:9100, not {text!r}.")
    try:
        literal = str(ipaddress.ip_address(address.removeprefix("[").removesuffix("]")))
    except ValueError:
        raise UsageError(
            f"--metrics is ADDRESS:PORT, such as 127.0.0.1:9100 or [::1]:9100, not {text!r}."
        ) from None
    return literal, _number("--metrics", port, 0, 65_535)
