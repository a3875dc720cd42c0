"""Makes broken inputs out of real ones: quick, and the same ones again for the same seed."""

import copy
import json
import random
from collections.abc import Callable, Sequence
from typing import Any, Final

TOKENS: Final = (
    *(b"\x00", b"\xff" * 4, b"\xff\xff", b"\x80", b"\x7f", b"\x1b[2J", b"\r\n", b"\n", b"\t", b"\r\n\r\n"),
    *(b"\xc2\xb2", b"\xd9\xa3", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\xc2\x85", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80"),
    *(b"-1", b"0", b"00", b"1e999", b"NaN", b"-Infinity", b"9" * 20, b"9" * 5_000, b"65536", b"4294967296", b"1_0"),
    *(b"[", b"]", b"{", b"}", b'"', b"'", b"\\", b"\\ud800", b"\\u0000", b"%00", b"%", b"#", b"(", b")", b"<", b">"),
    *(b"null", b"true", b"[]", b"{}", b'""', b"[" * 3_000, b'{"a":' * 3_000, b"=", b":", b";", b",", b".", b"@", b"/"),
    *(b"://", b"[::1", b"::", b"fe80::1%eth0", b"999.999.999.999", b"\\\\", b"//", b"..", b" " * 300, b"a" * 300, b"\x82"),
)  # fmt: skip
VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 10**400, -(10**30), 0.5, 1e308, float("inf"), float("nan")),
    *(
        "",
        "a",
        "0",
        "-1",
        "1e9",
        "²",
        "\x00",
        "\ud800",
        "a" * 5_000,
        "http://[",
        "https://\x1b]0;x\x07/",
        "9" * 5_000,
    ),
    *([], {}, [[]], [None], [1, "a"], {"a": None}, [[[[[[[[]]]]]]]], {"": {}}),
)
_MOST_AT_ONCE: Final = 5


class Mutator:
    """Broken inputs for one target. ``seed`` decides all of them; ``longest``: no input is longer, in bytes."""

    def __init__(self, seeds: Sequence[bytes], seed: str, longest: int) -> None:
        self._seeds = seeds
        self._longest = longest
        self._random = random.Random(seed)
        self._documents = [found for each in seeds if (found := _document(each)) is not None]

    def next(self) -> bytes:
        """A seed after one to five changes; now and then noise, or a document of which single values were replaced."""
        roll = self._random.random()
        if self._documents and roll < 0.5:
            data = self._other_document()
            if roll < 0.4:
                return data[: self._longest]
        elif roll > 0.98:
            data = self._random.randbytes(self._random.choice((0, 1, 4, 20, 200, 3_000)))
        else:
            data = self._random.choice(self._seeds)
        for _ in range(self._random.randint(1, _MOST_AT_ONCE)):
            data = self._random.choices(self._changes, self._weights)[0](self, data)
        return data[: self._longest]

    def _place(self, data: bytes) -> int:
        return self._random.randint(0, len(data))

    def _piece(self, data: bytes) -> tuple[int, int]:
        start = self._place(data)
        return start, min(len(data), start + int(self._random.paretovariate(0.7)))

    def _flip(self, data: bytes) -> bytes:
        """One bit, or one byte."""
        if not data:
            return data
        at = self._random.randrange(len(data))
        by = 1 << self._random.randrange(8) if self._random.random() < 0.5 else self._random.randrange(1, 256)
        return data[:at] + bytes([data[at] ^ by]) + data[at + 1 :]

    def _cut(self, data: bytes) -> bytes:
        return data[: self._place(data)] if self._random.random() < 0.7 else data[self._place(data) :]

    def _remove(self, data: bytes) -> bytes:
        start, end = self._piece(data)
        return data[:start] + data[end:]

    def _double(self, data: bytes) -> bytes:
        start, end = self._piece(data)
        return data[:end] + data[start:end] * self._random.choice((1, 1, 2, 20)) + data[end:]

    def _insert(self, data: bytes) -> bytes:
        at = self._place(data)
        return data[:at] + self._random.choice(TOKENS) + data[at:]

    def _overwrite(self, data: bytes) -> bytes:
        at, token = self._place(data), self._random.choice(TOKENS)
        return data[:at] + token + data[at + len(token) :]

    def _noise(self, data: bytes) -> bytes:
        at = self._place(data)
        return data[:at] + self._random.randbytes(self._random.randint(1, 9)) + data[at:]

    def _splice(self, data: bytes) -> bytes:
        other = self._random.choice(self._seeds)
        return data[: self._place(data)] + other[self._place(other) :]

    def _swap_lines(self, data: bytes) -> bytes:
        lines = data.split(b"\n")
        self._random.shuffle(lines)
        return b"\n".join(lines)

    def _swell(self, data: bytes) -> bytes:
        """One piece, again and again up to the longest input: what takes quadratic time shows here."""
        start, end = self._piece(data)
        piece = data[start:end] or b"\x00"
        return (data[:start] + piece * (self._longest // len(piece) + 1))[: self._longest]

    _changes: Final[tuple[Callable[["Mutator", bytes], bytes], ...]] = (
        *(_flip, _cut, _remove, _double, _insert, _overwrite, _noise, _splice, _swap_lines, _swell),
    )
    _weights: Final = (30, 8, 12, 8, 16, 10, 6, 6, 2, 0.6)

    def _other_document(self) -> bytes:
        """A document in which one to three values, at any depth, are of another kind, gone, or under another name."""
        document = json.loads(self._random.choice(self._documents))
        for _ in range(self._random.randint(1, 3)):
            document = self._replaced(document)
        return json.dumps(document).encode()

    def _replaced(self, part: Any) -> Any:
        if isinstance(part, dict | list) and part and self._random.random() < 0.8:
            key = self._random.choice(list(part) if isinstance(part, dict) else range(len(part)))
            if self._random.random() < 0.15:
                del part[key]
            elif isinstance(part, dict) and self._random.random() < 0.05:
                part[self._random.choice(("", "a", "\ud800"))] = part.pop(key)
            else:
                part[key] = self._replaced(part[key])
            return part
        return copy.deepcopy(self._random.choice(VALUES))


def _document(seed: bytes) -> str | None:
    """The seed again where it is a JSON object or list, else None."""
    try:
        found = json.loads(seed)
    except (ValueError, RecursionError):
        return None
    return json.dumps(found) if isinstance(found, dict | list) and found else None
