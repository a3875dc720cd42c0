"""What may be shown of an exception that nobody expected: where in the code it came up and of which type, and no values.

Texts of exceptions quote what was read (a setting, a line of a server), which may be a password or a name.
"""

import traceback
from collections.abc import Iterator
from typing import Final

_MOST: Final = 10  # exceptions in a row; more would push the first one out of the note


def places_of(error: BaseException) -> str:
    """The traceback, the ones behind it first, with the types of the exceptions in place of their texts."""
    parts = [
        f"{''.join(traceback.format_tb(each.__traceback__))}{_type(each)}\n" for each in _in_a_row(error)
    ]
    return "While this was dealt with, another came up:\n".join(reversed(parts))


def _in_a_row(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, what it came of, and so on."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen and len(seen) < _MOST:
        yield error
        seen.add(id(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _type(error: BaseException) -> str:
    kind = type(error)
    named = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return f"{named} of {', '.join(map(_type, inner[:_MOST]))}" if inner else named
