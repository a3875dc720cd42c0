"""Runs a proxy auto-configuration file in a child process: foreign code, in an engine that has neither network nor files.

The engine counts its own time and memory; a call of its own that counts neither ends with this process, which is killed in time.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from readycheck.adapters.pac.functions import SOURCE

TIME_S: Final = 2
MEMORY_BYTES: Final = 32 << 20
STACK_BYTES: Final = 256 << 10
_LONGEST: Final = 2_000


def evaluate(request: dict[str, Any], say: Callable[..., None]) -> dict[str, Any]:
    """``request``: script, own, names (name -> IPv4 address, None: it has none), urls (URL -> host). Gives ``results`` (URL ->
    what the file says), ``asked`` (names that it wanted looked up and that were not told) and ``failed``, the reason why URLs are
    missing in the results, empty where none is; or ``broken`` with the reason, where the file is of no use at all."""
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
        results, failed = _results(engine, request["urls"])
        asked = json.loads(engine.eval("JSON.stringify(__world.asked)"))
    except (quickjs.JSException, UnicodeError, ValueError) as error:
        return {"broken": _reason(error)}
    if failed and not results:
        return {"broken": failed}
    names = asked if isinstance(asked, list) else []
    return {"results": results, "failed": failed, "asked": [name for name in names if isinstance(name, str)]}


def _results(engine: Any, urls: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """One that fails leaves the others alone; after one that does not come to an end nothing more is asked."""
    results, failed = {}, ""
    for url, host in urls.items():
        try:
            results[url] = _asked(engine, url, host)
        except (
            Exception
        ) as error:  # JSException, UnicodeError, ValueError: whatever its words are, they are the file's
            failed = _reason(error)
            if "interrupted" in failed:
                return {}, failed
    return results, failed


def _reason(error: Exception) -> str:
    first = (str(error).splitlines() or [""])[0]
    return first[:200] or type(error).__name__


def _asked(engine: Any, url: str, host: str) -> str:
    said = engine.eval(f"String(FindProxyForURL({json.dumps(url)}, {json.dumps(host)}))")
    return str(said)[:_LONGEST]
