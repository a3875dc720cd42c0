"""python -m tests.lab.switches: every verb, its parameters, what it does."""

import inspect
import textwrap

from tests.lab import switches, tunnels
from tests.lab.switches.base import VERBS, Verb


def main() -> None:
    modules = [*(f"{switches.__name__}.{module}" for module in switches.__all__), tunnels.__name__]
    for module in modules:
        print(f"\n== {module.rpartition('.')[2]}")
        for name, function in VERBS.items():
            if function.__module__ == module:
                print(f"\n{name} = {_signature(function)}")
                print(textwrap.indent(inspect.getdoc(function) or "", "    "))


def _signature(function: Verb) -> str:
    """What is its main value called, and its parameters with what they are when not given."""
    value, *parameters = list(inspect.signature(function).parameters.values())[1:]
    told = [p.name if p.default is p.empty else f"{p.name}={p.default!r}" for p in parameters]
    return ", ".join([value.name.strip("_") or "true", *told])


if __name__ == "__main__":
    main()
