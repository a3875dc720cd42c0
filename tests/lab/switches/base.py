"""The registry of verbs, and steps: data that says which verbs to apply. A step is a table that begins with a verb and its main
value, and has the parameters after them: {drop = "udp dport 53", at = "router"}.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from tests.lab.lab import Lab

Undo = Callable[[], None]
Verb = Callable[..., Undo]
Step = Mapping[str, Any]
VERBS: Final[dict[str, Verb]] = {}


def verb(function: Verb) -> Verb:
    """Register ``function(lab, main_value, *, parameters) -> undo`` under its name, without a trailing underscore."""
    VERBS[function.__name__.rstrip("_")] = function
    return function


@contextmanager
def switched(lab: Lab, steps: Sequence[Step]) -> Iterator[None]:
    """Apply all steps in order; take them back in reverse, also where one of them fails."""
    with ExitStack() as undo:
        for step in steps:
            function, value, parameters = parsed(step)
            undo.callback(function(lab, value, **parameters))
        yield


def parsed(step: Step) -> tuple[Verb, Any, dict[str, Any]]:
    """The verb of a step, its main value, its parameters. Raises ValueError where it does not begin with a verb."""
    name = next(iter(step), "")
    if name not in VERBS:
        raise ValueError(f"{dict(step)}: a step begins with one of {', '.join(sorted(VERBS))}")
    return VERBS[name], step[name], {key: value for key, value in step.items() if key != name}
