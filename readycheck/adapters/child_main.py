"""The other end of readycheck.adapters.children: runs one function in this process and speaks JSON lines on the real stdout.

python -m readycheck.adapters.child_main package.module:function   < request.json

The request is the first line of stdin. {"line": "wanted"} is answered by another one when the line is this child's.
"""

import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Say:
    """readycheck.ports.Say over the two pipes."""

    def __init__(self, tell: Callable[..., None]) -> None:
        self._tell = tell

    def __call__(self, text: str, fraction: float | None = None) -> None:
        self._tell(say=str(text), fraction=fraction)

    @contextmanager
    def line(self) -> Iterator[None]:
        self._tell(line="wanted")
        if not sys.stdin.readline():
            raise EOFError("nobody is there who could give the line")
        try:
            yield
        finally:
            self._tell(line="free")


def main(argv: list[str]) -> int:
    """0 when an answer or a reason was given. What the function prints goes to stderr, so that no library breaks the lines."""
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def tell(**line: Any) -> None:
        print(json.dumps(line), file=lines, flush=True)

    module, _, name = argv[1].partition(":")
    request = json.loads(sys.stdin.readline())
    try:
        function = getattr(importlib.import_module(module), name)
        answer = function(request, Say(tell))
    except Exception as error:  # whatever breaks in there is told to the parent, without values of variables
        tell(broke=f"{type(error).__name__}: {error}")
        return 0
    tell(answer=answer)
    return 0


if __name__ == "__main__":
    code = main(sys.argv)
    sys.stderr.flush()
    os._exit(code)  # a library's threads must not keep this process
