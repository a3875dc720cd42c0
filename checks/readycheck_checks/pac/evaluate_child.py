"""Runs a proxy auto-configuration file in a child process: foreign code, in an engine that has neither network nor files.

The engine counts its own time and memory; a call of its own that counts neither ends with this process, which is killed in time.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from readycheck_checks.pac.functions import SOURCE

TIME_S: Final = 2
MEMORY_BYTES: Final = 32 << 20
STACK_BYTES: Final = 256 << 10
_LONGEST: Final = 2_000


def evaluate(request: dict[str, Any], say: Callable[..., None]) -> dict[str, Any]:
    """``request``: script, own, names (name -> IPv4 address), urls (URL -> host). Gives ``results`` (URL -> what the file says)
    and ``asked`` (names that it wanted looked up and that were not known), or ``broken`` with the reason."""
    import quickjs

    engine = quickjs.Context()
    engine.set_memory_limit(MEMORY_BYTES)
    engine.set_max_stack_size(STACK_BYTES)
    engine.set_time_limit(TIME_S)
    world = {"own": request["own"], "names": request["names"], "asked": []}
    try:
        engine.eval(f"const __world = {json.dumps(world)};")
        engine.eval(SOURCE)
        engine.eval(request["script"])
        results = {url: _asked(engine, url, host) for url, host in request["urls"].items()}
        asked = json.loads(engine.eval("JSON.stringify(__world.asked)"))
    except (quickjs.JSException, UnicodeError, ValueError) as error:
        first = (str(error).splitlines() or [""])[0]
        return {"broken": first[:200] or type(error).__name__}
    names = asked if isinstance(asked, list) else []
    return {"results": results, "asked": [name for name in names if isinstance(name, str)]}


def _asked(engine: Any, url: str, host: str) -> str:
    said = engine.eval(f"String(FindProxyForURL({json.dumps(url)}, {json.dumps(host)}))")
    return str(said)[:_LONGEST]
