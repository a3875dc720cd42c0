"""Verbs for the servers themselves: stopped, hung, or running with other settings."""

import importlib
import inspect
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, cast

from tests.lab.lab import Lab
from tests.lab.servers.base import Server
from tests.lab.switches import tools
from tests.lab.switches.base import Undo, verb


@verb
def stop(lab: Lab, names: str | Sequence[str]) -> Undo:
    """Servers that do not run (one name or several): their host refuses connections to them."""
    return tools.stopped(lab, tools.listed(names))


@verb
def pause(lab: Lab, names: str | Sequence[str]) -> Undo:
    """Servers that hang (one name or several): connections are accepted by their host, and nobody says a word on them."""
    with ExitStack() as undo:
        for name in tools.listed(names):
            if name not in lab.running:
                raise ValueError(f"{name}: not running; running are {', '.join(sorted(lab.running))}")
            undo.callback(lab.running[name].resume)
            lab.running[name].pause()
        return undo.pop_all().close


@verb
def serve(lab: Lab, what: str, **settings: Any) -> Undo:
    """A server with other settings, in place of the one of the same name.

    ``what``: MODULE.FUNCTION of tests.lab.servers; all further parameters are the function's:
    {serve = "samba.files", password = "other"}.
    """
    module, _, name = what.partition(".")
    try:
        function = getattr(importlib.import_module(f"tests.lab.servers.{module}"), name)
    except (ImportError, AttributeError):
        raise ValueError(f"{what}: no such function in tests.lab.servers") from None
    return tools.started(lab, _made(function, lab, settings))


def _made(function: Callable[..., Any], lab: Lab, settings: dict[str, Any]) -> Sequence[Server]:
    """What the factory makes: one server or several. It is given the lab where it asks for it."""
    wants_lab = next(iter(inspect.signature(function).parameters), "") == "lab"
    made = function(lab, **settings) if wants_lab else function(**settings)
    return [made] if isinstance(made, Server) else cast(Sequence[Server], list(made))
