"""Who imports whom, read from the source, so that an import within a function or for types only counts as any other."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROMISED = ("readycheck.api", "readycheck.measure")
PACKAGES = {"readycheck": ROOT, "readycheck_checks": ROOT / "checks", "bench": ROOT}


def modules_of(package: str) -> dict[str, Path]:
    base = PACKAGES[package]
    return {
        ".".join(file.relative_to(base).with_suffix("").parts).removesuffix(".__init__"): file
        for file in (base / package).rglob("*.py")
    }


def imported_by(file: Path) -> Iterator[tuple[str, ...]]:
    """For each name that it imports what may be meant: the module itself, or the one that the name is taken from."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((each.name,) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((f"{node.module}.{each.name}", node.module) for each in node.names)


def graph(modules: Mapping[str, Path]) -> dict[str, set[str]]:
    """For each module those of the same packages that it imports."""
    return {
        name: {next(filter(modules.__contains__, meant), name) for meant in imported_by(file)} - {name}
        for name, file in modules.items()
    }


def test_checks_import_of_readycheck_its_promise_and_the_measuring_library_alone() -> None:
    every = [
        (name, meant[0])
        for name, file in modules_of("readycheck_checks").items()
        for meant in imported_by(file)
        if meant[0].split(".")[0] == "readycheck"
    ]
    assert len(every) > 100
    assert [each for each in every if not f"{each[1]}.".startswith(tuple(f"{p}." for p in PROMISED))] == []


def test_every_module_of_readycheck_stands_in_a_layer() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (layers,) = (each["layers"] for each in contracts["contracts"] if each["type"] == "layers")
    placed = [name for layer in layers for name in layer.split(" | ")]
    there = {".".join(name.split(".")[:2]) for name in modules_of("readycheck")} - {"readycheck"}
    assert sorted(placed) == sorted(there)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_two_modules_need_each_other(package: str) -> None:
    try:
        list(TopologicalSorter(graph(modules_of(package))).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))
