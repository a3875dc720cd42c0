"""Amounts of data as people write them in a profile or after --max-data: "60MB". Decimal units; refuses a bare number."""

import re
from decimal import Decimal
from typing import Final

UNITS: Final = {"B": 1, "kB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}
_SIZE: Final = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?) ?(B|kB|MB|GB)", re.IGNORECASE)
_BY_LETTERS: Final = {unit.lower(): factor for unit, factor in UNITS.items()}


def parse_size(text: str) -> int:
    """Bytes of "60MB", "1.5 GB", "500kB", "0"; capital and small letters are the same. Raises ValueError with a sentence."""
    wanted = text.strip()
    if wanted == "0":
        return 0
    match = _SIZE.fullmatch(wanted)
    if match is None:
        raise ValueError('a size is a number with a unit, such as "60MB" (units: B, kB, MB, GB)')
    return int(Decimal(match[1]) * _BY_LETTERS[match[2].lower()])


def readable_size(count: int) -> str:
    """An amount as a person reads it, at most three digits: 567_288 is "567 kB", 1_234_567 is "1.2 MB"."""
    unit = _largest_unit(count)
    amount = count / UNITS[unit]
    decimals = 1 if amount < 10 and amount != int(amount) else 0
    return f"{amount:.{decimals}f} {unit}"


def format_size(count: int) -> str:
    """The shortest text that parse_size() turns back into exactly ``count`` bytes: 1_500_000 is "1.5MB"."""
    unit = _largest_unit(count)
    return f"{(Decimal(count) / UNITS[unit]).normalize():f}{unit}"


def _largest_unit(count: int) -> str:
    """The largest that ``count`` bytes reach."""
    return next((unit for unit, factor in reversed(UNITS.items()) if factor <= count), "B")
