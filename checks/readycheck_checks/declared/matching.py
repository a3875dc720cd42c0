"""Looks for a regular expression in what a server said, in a child process: some expressions never come to an end.

``search`` is called through ``ctx.children``, whose time limit ends it whatever the expression does.
"""

import re
from collections.abc import Callable
from typing import Any, Final

LONGEST: Final = 200  # characters of an expression


def checked(expression: str) -> str:
    """The expression. Raises ValueError where it is none, or is too long."""
    if len(expression) > LONGEST:
        raise ValueError(f"a regular expression may have {LONGEST} characters")
    try:
        re.compile(expression)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f'"{expression}" is no regular expression: {error}') from None
    return expression


def search(request: dict[str, Any], say: Callable[[str], None]) -> bool:
    """``expression`` and ``text`` of the request: whether the one is found in the other. Says when it begins."""
    say("looking")
    return re.search(str(request["expression"]), str(request["text"])) is not None
