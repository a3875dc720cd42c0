"""The border for foreign text: what comes from a network, a file or another program passes clean() before it is kept.

Refuses nothing: what cannot be shown becomes visible as ``\\uXXXX``, so that no terminal, markup or log is ever steered by it.
"""

import re
import unicodedata

LIMIT = 500
_PLAIN = re.compile(r"[ -~]*\Z")
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean(text: object, limit: int = LIMIT, *, lines: bool = False) -> str:
    """One line of printable text (with ``lines=True`` newlines stay), at most ``limit`` characters, ellipsis included."""
    value = text if isinstance(text, str) else str(text)
    value = value[: limit * 4].replace("\r\n", "\n")
    if not _PLAIN.match(value):
        value = "".join(_visible(char, lines) for char in value)
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"


def _visible(char: str, lines: bool) -> str:
    if char == "\n":
        return "\n" if lines else " "
    category = unicodedata.category(char)
    if char == "\t" or category == "Zs":
        return " "
    if category in _HIDDEN:
        return f"\\u{ord(char):04x}"
    return char


def clean_bytes(data: bytes, limit: int = LIMIT) -> str:
    """Bytes of a banner or a reply as one clean line; what is no UTF-8 is shown as Latin-1."""
    try:
        return clean(data.decode("utf-8"), limit)
    except UnicodeDecodeError:
        return clean(data.decode("latin-1"), limit)
