"""Layers of a profile, merged from the ground up, and the place where a key was set: file and line of the topmost layer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from readycheck.profile.toml_lines import KeyPath


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One source of settings. ``name`` as messages say it ("office.toml"); ``lines`` is empty for the command line."""

    name: str
    table: Mapping[str, Any]
    lines: Mapping[KeyPath, int] = field(default_factory=dict)

    def has(self, path: KeyPath) -> bool:
        value: Any = self.table
        for part in path:
            try:
                value = value[part]
            except (LookupError, TypeError):  # no such key or entry, or nothing that has any
                return False
        return True

    def place(self, path: KeyPath) -> str:
        """Name and line of this key, or of the nearest table around it that has a line."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name}, line {self.lines[path]}" if path else self.name


def merged(layers: Iterable[Layer]) -> dict[str, Any]:
    """Tables are merged key by key, the later layer winning; everything else, lists too, is replaced as a whole."""
    result: dict[str, Any] = {}
    for layer in layers:
        result = _over(result, layer.table)
    return result


def _over(ground: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(ground)
    for key, value in top.items():
        below = result.get(key)
        if isinstance(value, Mapping):
            value = _over(below if isinstance(below, Mapping) else {}, value)
        result[key] = value
    return result


def place_of(path: KeyPath, layers: Sequence[Layer]) -> tuple[int, int, str]:
    """Where this key was set: number of the layer, line (0: none), and both in words.

    A key that no layer has is placed at the nearest table around it.
    """
    for length in range(len(path), -1, -1):
        for number, layer in reversed(tuple(enumerate(layers))):
            if layer.has(path[:length]):
                return number, layer.lines.get(path[:length], 0), layer.place(path[:length])
    return 0, 0, "the profile"
