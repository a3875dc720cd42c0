"""Which line of a TOML text sets which key. Judges nothing but size and depth: whether the text is TOML is for tomllib to say.

tomllib gives values without places. This scanner walks the same text and notes, for every table, key and list entry, the line
on which it stands. Where a text is no TOML it stops and keeps what it has, because tomllib then names the spot. Its time grows
with the length of the text only, so it may read a hostile file before tomllib does (whose time for one dotted key grows
with the square of its parts).
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

KeyPath = tuple[str | int, ...]
MAX_DEPTH: Final = 20
MAX_KEYS: Final = 5_000

_BETWEEN = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})' r"|'''.*?'''(?:'{0,2})" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN_VALUE = re.compile(r"[^,\]}\n#]+")


class TooMuch(Exception):
    """The text is deeper or holds more keys than any profile; the text of the error says which, ``line`` counts from 1."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


class _NotToml(Exception):
    """The scanner met something that it does not know."""


def toml_lines(text: str) -> dict[KeyPath, int]:
    """Line numbers (from 1) by key path: ``("support", "routes", 1, "kind")`` is the kind of the second route.

    Raises TooMuch, and nothing else.
    """
    scanner = _Scanner(text)
    with suppress(_NotToml):
        scanner.document()
    return scanner.lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self.entries: dict[KeyPath, int] = {}  # of each array of tables: how many entries so far
        self.breaks = [match.start() for match in re.finditer("\n", text)]

    def document(self) -> None:
        table: KeyPath = ()
        while True:
            self.skip(_BETWEEN)
            if self.at >= len(self.text):
                return
            if self.take("[["):
                table = self.header("]]")
            elif self.take("["):
                table = self.header("]")
            else:
                self.pair(table)

    def header(self, closing: str) -> KeyPath:
        parts = self.key()
        self.expect(closing)
        parents = self.resolve(parts[:-1])
        path = (*parents, parts[-1])
        if closing == "]]":
            self.note(path)
            self.entries[path] = self.entries.get(path, 0) + 1
            path = (*path, self.entries[path] - 1)
        else:
            path = self.resolve(parts)
        self.note(path)
        return path

    def resolve(self, parts: tuple[str, ...]) -> KeyPath:
        """The path that a header means: an array of tables in it stands for its newest entry."""
        path: KeyPath = ()
        for part in parts:
            path = (*path, part)
            self.note(path)
            if path in self.entries:
                path = (*path, self.entries[path] - 1)
        return path

    def pair(self, table: KeyPath) -> None:
        path = table
        for part in self.key():
            path = (*path, part)
            self.note(path)
        self.expect("=")
        self.skip(_SPACE)
        self.value(path)

    def key(self) -> tuple[str, ...]:
        parts = [self.key_part()]
        while self.take("."):
            parts.append(self.key_part())
            self.refuse_depth(parts)
        return tuple(parts)

    def key_part(self) -> str:
        self.skip(_SPACE)
        part = self.string() if self.text[self.at : self.at + 1] in ('"', "'") else self.match(_BARE_KEY)
        self.skip(_SPACE)
        return part

    def string(self) -> str:
        """A quoted key, unquoted as tomllib does it."""
        quoted = self.match(_STRING)
        try:
            value = tomllib.loads(f"key = {quoted}")["key"]
        except tomllib.TOMLDecodeError:
            raise _NotToml from None
        return str(value)

    def value(self, path: KeyPath) -> None:
        if self.take("["):
            self.array(path)
        elif self.take("{"):
            self.inline_table(path)
        elif self.text[self.at : self.at + 1] in ('"', "'"):
            self.match(_STRING)
        else:
            self.match(_PLAIN_VALUE)

    def array(self, path: KeyPath) -> None:
        count = 0
        self.skip(_BETWEEN)
        while not self.take("]"):
            self.note((*path, count))
            self.value((*path, count))
            count += 1
            self.skip(_BETWEEN)
            if not self.take(","):
                self.expect("]")
                return
            self.skip(_BETWEEN)

    def inline_table(self, path: KeyPath) -> None:
        self.skip(_BETWEEN)
        while not self.take("}"):
            self.pair(path)
            self.skip(_BETWEEN)
            if not self.take(","):
                self.expect("}")
                return
            self.skip(_BETWEEN)

    def note(self, path: KeyPath) -> None:
        self.refuse_depth(path)
        if len(self.lines) >= MAX_KEYS:
            raise TooMuch(f"there are more than {MAX_KEYS} keys and list entries", self.line())
        self.lines.setdefault(path, self.line())

    def refuse_depth(self, path: Sequence[str | int]) -> None:
        if len(path) > MAX_DEPTH:
            raise TooMuch(f"tables and lists nest deeper than {MAX_DEPTH} levels", self.line())

    def line(self) -> int:
        return bisect_right(self.breaks, self.at - 1) + 1

    def skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise _NotToml
        self.at = match.end()
        return match[0]

    def take(self, token: str) -> bool:
        if not self.text.startswith(token, self.at):
            return False
        self.at += len(token)
        return True

    def expect(self, token: str) -> None:
        if not self.take(token):
            raise _NotToml
