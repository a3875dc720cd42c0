"""Asks VPN programs for their state, without a shell and with a time limit. Changes nothing; judges nothing."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from readycheck.api import ChildFailed, ChildTimeout, Context, Interface
from readycheck_checks.asking.routes import assigned_tunnels, is_assigned
from readycheck_checks.vpn.clients.products import Ask, Product, State
from readycheck_checks.vpn.clients.reading import Said, meaning

IN_ENGLISH: Final = {"LC_ALL": "C"}  # the signs are; others' languages would not be understood
_MAY_BE_TUNNELS: Final = ("tunnel", "unknown")


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
    interface = next(_up(product.interfaces, interfaces), "")
    program = next((path for path in ask.programs if Path(path).is_file()), "")
    installed = bool(program) or any(Path(path).exists() for path in ask.installed)
    if installed and not program:
        others = *_up(product.shared_interfaces, interfaces), *assigned_tunnels(interfaces, _MAY_BE_TUNNELS)
        return _by_interface(product.title, ask, interface, tuple(dict.fromkeys(others)))
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
        told = await ctx.children.run(
            (program, *ask.arguments), timeout_s=ask.wait_s, environment={**os.environ, **IN_ENGLISH}
        )
    except ChildTimeout:
        return Said("not_told"), f"it did not answer within {ask.wait_s:g} seconds"
    except ChildFailed:
        return Said("not_told"), "it could not be started"
    return meaning(ask, told.code, told.stdout, told.stderr), ""


def _by_interface(title: str, ask: Ask, interface: str, others: Sequence[str]) -> Seen:
    """Without a command only its interface tells. That there is none means something only where it always has one, and no tunnel
    is up that may be it by another name: people name tunnels as they like. ``others``: the names of those."""
    if interface:
        return Seen(title=title, installed=True, state="connected", interface=interface)
    if not ask.by_interface:
        return Seen(title=title, installed=True, why="it has no command that tells its state")
    if others:
        why = f"a tunnel is up ({', '.join(others)}), and whose it is, is not known"
        return Seen(title=title, installed=True, why=why)
    return Seen(title=title, installed=True, state="off")


def _up(patterns: Sequence[str], interfaces: Sequence[Interface]) -> Iterator[str]:
    """Names of those that match one of the patterns and are up with an address that somebody gave them."""
    folded = [pattern.casefold() for pattern in patterns]
    for each in interfaces:
        texts = [text.casefold() for text in (each.name, each.description) if text]
        named = any(fnmatchcase(text, pattern) for pattern in folded for text in texts)
        if named and each.up and any(map(is_assigned, each.addresses)):
            yield each.name
