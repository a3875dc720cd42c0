"""Asks VPN programs for their state, without a shell and with a time limit. Changes nothing; judges nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from readycheck.api import ChildFailed, ChildTimeout, Context, Interface
from readycheck_checks.vpn.clients.products import Ask, Product, State
from readycheck_checks.vpn.clients.reading import Said, meaning
from readycheck_checks.vpn.way import is_assigned


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One program: ``installed`` None where this system is none of its; ``why`` of a state that needs words, or is not told."""

    title: str
    installed: bool | None
    state: State = "not_told"
    why: str = ""
    todo: str = ""
    interface: str = ""


async def look(product: Product, ctx: Context, system: str, interfaces: Sequence[Interface]) -> Seen:
    """The state of one program. Takes no longer than its ``wait_s``."""
    ask = product.ask_on(system)
    if ask is None:
        return Seen(title=product.title, installed=None, why=f"how it is asked on {system} is not known")
    interface = _interface(product, interfaces)
    program = next((path for path in ask.programs if Path(path).is_file()), "")
    installed = bool(program) or any(Path(path).exists() for path in ask.installed)
    if installed and not program:
        return _by_interface(product.title, ask, interface)
    if not installed:
        return Seen(title=product.title, installed=False, interface=interface)
    said, trouble = await _ask(ask, program, ctx)
    why = trouble or (said.sign.why if said.sign else "")
    if said.state == "not_told" and not why:
        why = "it said something that is not known here"
    todo = said.sign.todo if said.sign else ""
    return Seen(
        title=product.title, installed=True, state=said.state, why=why, todo=todo, interface=interface
    )


async def _ask(ask: Ask, program: str, ctx: Context) -> tuple[Said, str]:
    try:
        told = await ctx.children.run((program, *ask.arguments), timeout_s=ask.wait_s)
    except ChildTimeout:
        return Said("not_told"), f"it did not answer within {ask.wait_s:g} seconds"
    except ChildFailed:
        return Said("not_told"), "it could not be started"
    return meaning(ask, told.code, told.stdout, told.stderr), ""


def _by_interface(title: str, ask: Ask, interface: str) -> Seen:
    """Without a command only its interface tells. That there is none means something only where it always has one."""
    if interface:
        return Seen(title=title, installed=True, state="connected", interface=interface)
    if ask.by_interface:
        return Seen(title=title, installed=True, state="off")
    return Seen(title=title, installed=True, why="it has no command that tells its state")


def _interface(product: Product, interfaces: Sequence[Interface]) -> str:
    """The first of its interfaces that is up with an address that somebody gave it; empty where there is none."""
    for each in interfaces:
        named = any(
            fnmatchcase(text.casefold(), pattern.casefold())
            for pattern in product.interfaces
            for text in (each.name, each.description)
            if text
        )
        if named and each.up and any(map(is_assigned, each.addresses)):
            return each.name
    return ""
