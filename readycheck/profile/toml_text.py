"""The effective profile as TOML text: all layers merged, defaults filled in, and over each table the places it comes from."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from readycheck.model import Capability
from readycheck.profile.document import SCHEMA
from readycheck.profile.layers import Layer, merged
from readycheck.profile.profile import Profile
from readycheck.profile.toml_lines import KeyPath
from readycheck.sizes import format_size

_STANDALONE: Final = Layer(name="this listing", table={"extends": ""})


def show(profile: Profile) -> str:
    """TOML that can be saved and used as a profile of its own. It holds no secret, because no profile does.

    Options of checks stand there as far as a layer set them; the rest are the checks' own defaults (readycheck checks).
    """
    layers = (_defaults(profile), *profile.layers, _STANDALONE)
    return "\n".join(_part(path, own, layers) for path, own in _tables(merged(layers), ()))


def _defaults(profile: Profile) -> Layer:
    run, policies = profile.run, profile.capabilities
    table = {
        "schema": SCHEMA,
        "name": profile.name,
        "title": profile.title,
        "run": {"max_data": format_size(run.max_data_bytes), "max_seconds": run.max_seconds},
        "capabilities": {
            str(c): {"required": policies[c].required, "weight": policies[c].weight} for c in Capability
        },
    }
    return Layer(name="built-in defaults", table=table)


def _tables(table: Mapping[str, Any], path: KeyPath) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """Every table with keys of its own, and those keys; the tables in it follow."""
    own = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    if own or not table:
        yield path, own
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _tables(value, (*path, key))


def _part(path: KeyPath, own: Mapping[str, Any], layers: Sequence[Layer]) -> str:
    import tomli_w

    nested: Mapping[str, Any] = own
    for part in reversed(path):
        nested = {str(part): nested}
    return f"# from {_origin(path, own, layers)}\n{tomli_w.dumps(nested)}"


def _origin(path: KeyPath, own: Mapping[str, Any], layers: Sequence[Layer]) -> str:
    """The layers whose values of these keys count, lowest first, with the line of the table in each."""
    keys: list[KeyPath] = [(*path, key) for key in own] or [path]
    winners = {max(n for n, layer in enumerate(layers) if layer.has(key)) for key in keys}
    return "; ".join(layers[number].place(path) for number in sorted(winners))
