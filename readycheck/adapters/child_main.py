"""The other end of readycheck.adapters.children: runs one function in this process and speaks JSON lines on the real stdout.

python -m readycheck.adapters.child_main package.module:function   < request.json
"""

import importlib
import json
import os
import sys
from typing import Any


def main(argv: list[str]) -> int:
    """0 when an answer or a reason was given. What the function prints goes to stderr, so that no library breaks the lines."""
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def tell(**line: Any) -> None:
        print(json.dumps(line), file=lines, flush=True)

    module, _, name = argv[1].partition(":")
    request = json.load(sys.stdin)
    try:
        function = getattr(importlib.import_module(module), name)
        answer = function(request, lambda text, fraction=None: tell(say=str(text), fraction=fraction))
    except Exception as error:  # whatever breaks in there is told to the parent, without values of variables
        tell(broke=f"{type(error).__name__}: {error}")
        return 0
    tell(answer=answer)
    return 0


if __name__ == "__main__":
    code = main(sys.argv)
    sys.stderr.flush()
    os._exit(code)  # a library's threads must not keep this process
