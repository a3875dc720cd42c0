"""python -m tests.lab.switches: every verb, its parameters, what it does."""

import inspect

from tests.lab import switches
from tests.lab.switches.base import VERBS


def main() -> None:
    for module in switches.__all__:
        print(f"\n== {module}")
        for name, function in VERBS.items():
            if function.__module__ == f"{switches.__name__}.{module}":
                value, *parameters = list(inspect.signature(function).parameters.values())[1:]
                told = ", ".join(str(parameter) for parameter in parameters)
                print(f"\n{name} = {value}" + (f", {told}" if told else ""))
                print("    " + inspect.getdoc(function).replace("\n", "\n    "))  # type: ignore[union-attr]


if __name__ == "__main__":
    main()
