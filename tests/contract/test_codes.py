"""What the checks declare to say is what they say: read from their source, without running them."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from inspect import getclosurevars
from pathlib import Path

import pytest

from readycheck.api import Check, Code, Owner, Status
from readycheck.catalogue.page import page
from readycheck.catalogue.rows import rows
from readycheck.diagnose.codes import CAUSES
from readycheck.run.registry import load_all

ROOT = Path(__file__).parents[2]
PACKAGE = "readycheck_checks"
CODE = re.compile(r"(?:apps|calls|connection|declared|device|files|help|vpn)\.[a-z0-9_]*[a-z0-9]")
CHECKS = tuple(check for check in load_all()[0] if check.run.__module__.startswith(PACKAGE))
ALL = [pytest.param(code, id=code.name) for check in CHECKS for code in check.codes]


@dataclass
class Source:
    """What a module has in it: its strings beside the declarations, the beginnings of codes that it completes, its imports.

    ``named``: the names that it uses (LOW of LOW = Code("device.disk_low", ...)), but for those that only stand in a tuple of
    its own or in ``codes=``, as declarations do."""

    strings: set[str] = field(default_factory=set)
    patterns: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)


@cache
def source(module: str) -> Source:
    spec = find_spec(module)
    assert spec is not None and spec.origin is not None, module
    found = Source()
    _read(ast.parse(Path(spec.origin).read_text(encoding="utf-8")), found)
    return found


def _read(node: ast.AST, found: Source) -> None:
    match node:
        case ast.Call(func=ast.Name(id="Code")):
            return
        case ast.Constant() | ast.JoinedStr():
            _read_text(node, found)
        case ast.Name(id=name, ctx=ast.Load()):
            found.named.add(name)
        case (
            ast.Assign(targets=[ast.Name()], value=ast.Tuple(elts=parts))
            | ast.AnnAssign(value=ast.Tuple(elts=parts))
        ):
            _read_all((part for part in parts if not isinstance(part, ast.Name)), found)
            return
        case ast.keyword(arg="codes"):
            return
        case ast.Import(names=names):
            found.imports |= {each.name for each in names}
        case ast.ImportFrom(module=str(module), names=names):
            found.imports |= {module, *(f"{module}.{each.name}" for each in names)}
    _read_all(ast.iter_child_nodes(node), found)


def _read_all(nodes: Iterable[ast.AST], found: Source) -> None:
    for node in nodes:
        _read(node, found)


def _read_text(node: ast.AST, found: Source) -> None:
    match node:
        case ast.Constant(value=str(text)):
            found.strings.add(text)
        case ast.JoinedStr(values=parts):
            pattern = "".join(
                re.escape(str(p.value)) if isinstance(p, ast.Constant) else "[a-z0-9_]+" for p in parts
            )
            found.patterns.add(pattern)
            found.strings |= {str(p.value) for p in parts if isinstance(p, ast.Constant)}


def modules_of(check: Check) -> set[str]:
    """Its own module and all of this package that it imports, directly or not."""
    found, waiting = set[str](), [check.run.__module__]
    while waiting:
        module = waiting.pop()
        if module in found or not module.startswith(PACKAGE) or not _is_module(module):
            continue
        found.add(module)
        waiting += source(module).imports
    return found


@cache
def _is_module(name: str) -> bool:
    path = ROOT / "checks" / Path(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def spoken(check: Check) -> Source:
    modules = modules_of(check)
    every = [source(module) for module in modules] + [_by_name(module) for module in modules]
    around = (value for value in getclosurevars(check.run).nonlocals.values() if isinstance(value, Code))
    return Source(
        strings={text for each in every for text in each.strings} | {code.name for code in around},
        patterns={text for each in every for text in each.patterns},
    )


def _by_name(module: str) -> Source:
    """The codes that a module says by the names that they have in it."""
    kept = vars(import_module(module))
    values = (kept.get(name) for name in source(module).named)
    return Source(strings={value.name for value in values if isinstance(value, Code)})


def _is_said(name: str, said: Source) -> bool:
    """As it stands, as a beginning that is completed ("help.{kind}_silent"), or of two parts ("apps.mail" and "_silent")."""
    beginnings = (p for p in said.patterns if re.match(r"[a-z]+\\\.", p))
    parts = {text.strip("_") for text in said.strings}
    return (
        name in said.strings
        or any(re.fullmatch(pattern, name) for pattern in beginnings)
        or any(name[:at] in parts and name[at + 1 :] in parts for at in _underscores(name))
    )


def _underscores(name: str) -> Iterator[int]:
    return (match.start() for match in re.finditer("_", name))


def test_every_check_declares_what_it_can_say() -> None:
    assert [check.id for check in CHECKS if not check.codes] == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_declares_each_code_once_and_only_those_that_its_modules_say(check: Check) -> None:
    names = Counter(code.name for code in check.codes)
    assert [name for name, count in names.items() if count > 1] == []
    said = spoken(check)
    assert [name for name in names if not _is_said(name, said)] == []


def test_no_code_is_said_that_nobody_declares() -> None:
    declared = {code.name for check in CHECKS for code in check.codes}
    modules = {module for check in CHECKS for module in modules_of(check)}
    every = [made for module in modules for made in (source(module), _by_name(module))]
    said = {text for each in every for text in each.strings if CODE.fullmatch(text)}
    beginnings = {name[:at] for name in declared for at in _underscores(name)}
    assert sorted(said - declared - beginnings) == []


@pytest.mark.parametrize("code", [*ALL, *(pytest.param(code, id=code.name) for code in CAUSES)])
def test_a_declaration_tells_what_it_means_whose_it_is_and_what_to_do(code: Code) -> None:
    assert CODE.fullmatch(code.name)
    assert code.meaning and not code.meaning.endswith(".") and "\n" not in code.meaning
    assert code.status and len(set(code.status)) == len(code.status)
    assert Owner.UNKNOWN not in code.owners and len(set(code.owners)) == len(code.owners)
    wrong = {Status.WARN, Status.FAIL}.intersection(code.status)
    assert bool(code.remedy) or not wrong, "what is wrong has a remedy"
    assert not code.owners or wrong or Status.UNKNOWN in code.status, "nobody is to blame where all is well"
    assert not code.remedy.endswith(".") and code.remedy[:1] == code.remedy[:1].upper()


def test_the_page_of_all_checks_is_the_one_that_they_make() -> None:
    kept = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert kept == page(rows(CHECKS)), (
        "docs/checks.md is behind the checks: readycheck checks --format markdown > docs/checks.md"
    )


def test_the_rules_of_causes_speak_of_codes_that_are_said() -> None:
    known = {code.name for check in CHECKS for code in check.codes} | {code.name for code in CAUSES}
    modules = [f"readycheck.diagnose.{path.stem}" for path in (ROOT / "readycheck" / "diagnose").glob("*.py")]
    said = {text for module in modules for text in source(module).strings if CODE.fullmatch(text)}
    assert sorted(said - known) == []
