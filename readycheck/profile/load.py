"""load(): from a name, a file or an address to a judged Profile, through all its layers."""

from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import PurePath
from typing import Any, Final

from msgspec.structs import asdict

import readycheck_profiles
from readycheck.api import Check
from readycheck.model import Capability, ContactCard, ContactRoute
from readycheck.profile.document import CapabilityPolicy, Document, RunTable, SupportTable
from readycheck.profile.instances import decode_instances, name_mistakes
from readycheck.profile.layers import Layer, merged
from readycheck.profile.mistakes import Mistake, refuse, wrong
from readycheck.profile.profile import Profile, RunLimits, content_hash
from readycheck.profile.questions import id_mistakes, pointless_after, questions_of
from readycheck.profile.rules import with_port
from readycheck.profile.secret_keys import without_secrets
from readycheck.profile.sources import (
    DEFAULT,
    Fetch,
    ProfileText,
    find,
    shipped_names,
    shipped_text,
    vendor_texts,
)
from readycheck.profile.strict import decode
from readycheck.profile.toml_read import read_toml
from readycheck.profile.trust import Trust, trust_in, trust_mistakes
from readycheck.sizes import parse_size
from readycheck.text import clean

COMMAND_LINE: Final = "command line"
_OWN: Final = ("name", "title", "version", "description")  # what a profile says of itself is not inherited
_SEVERAL_LINES: Final = ("description", "note", "help", "advice")


def load(
    source: str | None = None,
    *,
    overlay: Mapping[str, Any] | None = None,
    fetch: Fetch | None = None,
    shipped: Traversable | None = None,
    checks: Sequence[Check] = (),
) -> Profile:
    """The profile that ``source`` means: a shipped name, a file, an https address, or None for the default.

    overlay   the topmost layer, from the command line: nested tables
    fetch     gets the bytes of an address, raises NetError or OSError; None: an address is served from its kept copy only
    shipped   the folder of shipped profiles
    checks    where given, their tables are judged too, so that all mistakes are found at once

    Raises ProfileError: its message is the first mistake, ``problems`` holds all of them.
    """
    folder = readycheck_profiles.folder() if shipped is None else shipped
    text = find(source, folder, fetch)
    layers = _layers(text, folder, overlay)
    mistakes: list[Mistake] = []
    table = without_secrets(merged(layers), mistakes)
    document = _document(table, mistakes)
    mistakes += id_mistakes(table.get("questions"))
    trust = trust_in(text.address)
    if checks:
        _judge_checks(table, checks, mistakes, trust=trust)
    refuse(mistakes, layers)
    return _profile(document, table, layers, text, trust)


def _layers(text: ProfileText, folder: Traversable, overlay: Mapping[str, Any] | None) -> tuple[Layer, ...]:
    """Vendor data, the shipped profile underneath, the profile itself, the command line: lowest first."""
    own = _layer(text)
    vendors = [_layer(vendor) for vendor in vendor_texts(folder)]
    base = _base(own, text, folder)
    top = [Layer(name=COMMAND_LINE, table=overlay)] if overlay else []
    return (*vendors, *base, own, *top)


def _layer(text: ProfileText) -> Layer:
    table, lines = read_toml(text.data, text.name)
    return Layer(name=text.name, table=table, lines=lines)


def _base(own: Layer, text: ProfileText, folder: Traversable) -> tuple[Layer, ...]:
    """The shipped profile that this one stands on, if any, without what it says of itself. A support card is one desk's: it is
    inherited as a whole or not at all."""
    name = own.table.get("extends", "" if text.shipped else DEFAULT)
    if name == "":
        return ()
    names = shipped_names(folder)
    if name not in names:
        expected = f'a shipped profile ({", ".join(names)}) or ""'
        refuse([wrong(("extends",), expected, name)], [own])
    base = _layer(shipped_text(name, folder))
    left_out = (*_OWN, "support") if "support" in own.table else _OWN
    table = {key: value for key, value in base.table.items() if key not in left_out}
    return (Layer(name=base.name, table=table, lines=base.lines),)


def _document(table: Mapping[str, Any], mistakes: list[Mistake]) -> Any:
    """A Document; nothing that is of use where it adds to ``mistakes``."""
    shown = {key: value if key == "checks" else _shown(value, key) for key, value in table.items()}
    return decode(shown, Document, (), mistakes)


def _shown(value: Any, key: str) -> Any:
    """All texts made fit to be shown, because they come from a file or a web server."""
    match value:
        case str():
            return clean(value, 2 * len(value) + 1, lines=key in _SEVERAL_LINES)
        case dict():
            return {name: _shown(item, name) for name, item in value.items()}
        case list():
            return [_shown(item, key) for item in value]
    return value


def _judge_checks(
    table: Mapping[str, Any], checks: Sequence[Check], mistakes: list[Mistake], *, trust: Trust
) -> None:
    given = table.get("checks", {})
    named = given.items() if isinstance(given, dict) else ()
    tables = {name: value for name, value in named if isinstance(value, dict)}
    mistakes += name_mistakes(tables, checks)
    mistakes += trust_mistakes(tables, checks, trust)
    for check in checks:
        decode_instances(check, tables, mistakes)


def _profile(
    document: Document, table: Mapping[str, Any], layers: Sequence[Layer], text: ProfileText, trust: Trust
) -> Profile:
    name = document.name or clean(PurePath(text.name).stem, 60)
    return Profile(
        name=name,
        title=document.title or name,
        version=document.version,
        description=document.description,
        run=_limits(document.run),
        capabilities={c: document.capabilities.get(c, CapabilityPolicy()) for c in Capability},
        support=_card(document.support),
        questions=questions_of(document.questions),
        pointless=pointless_after(document.questions),
        checks=document.checks,
        layers=tuple(layers),
        source=text.source,
        trust=trust,
        notices=text.notices,
        hash=content_hash({key: value for key, value in table.items() if key != "extends"}),
    )


def _limits(run: RunTable) -> RunLimits:
    return RunLimits(
        max_data_bytes=parse_size(run.max_data),
        max_seconds=run.max_seconds,
        resolver=with_port(run.resolver),
        ca_file=run.ca_file,
        simulated=run.simulated,
    )


def _card(support: SupportTable) -> ContactCard:
    routes = tuple(ContactRoute(**asdict(route)) for route in support.routes)
    return ContactCard(**(asdict(support) | {"routes": routes}))
