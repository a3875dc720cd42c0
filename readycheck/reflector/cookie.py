"""The cookie of the UDP handshake: shows that a client receives at its address, with nothing kept here (as in DTLS, RFC 9147).

It is the server's own seal (HMAC with a key that no file holds) over address, port, nonce and a coarse time.
"""

import hashlib
import hmac
import os
import time
from collections.abc import Callable
from typing import Final

from readycheck.measure.packets.echo import COOKIE_BYTES

SLOT_S: Final = 10  # a cookie is good for one to two slots


class Baker:
    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = os.urandom(32)
        self._clock = clock

    def bake(self, address: str, port: int, nonce: bytes) -> bytes:
        return self._sealed(address, port, nonce, self._slot())

    def made(self, cookie: bytes, address: str, port: int, nonce: bytes) -> bool:
        """Whether this is a cookie for that address, not older than two slots."""
        slot = self._slot()
        return any(
            hmac.compare_digest(cookie, self._sealed(address, port, nonce, each)) for each in (slot, slot - 1)
        )

    def _slot(self) -> int:
        return int(self._clock() // SLOT_S)

    def _sealed(self, address: str, port: int, nonce: bytes, slot: int) -> bytes:
        text = f"{address} {port} {slot} ".encode() + nonce
        return hmac.digest(self._key, text, hashlib.sha256)[:COOKIE_BYTES]
