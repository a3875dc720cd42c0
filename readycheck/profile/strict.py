"""Values of a profile to typed values, strictly: an unknown key, a wrong type, a bad value becomes a Mistake with its exact key.

msgspec judges the leaves; tables, lists and tables of tables are walked here, because msgspec's own messages lose the keys.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from math import isfinite
from typing import Any, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from readycheck.profile.expected import LISTS, bare, expected, hint_for
from readycheck.profile.mistakes import Mistake, key_text, unknown_key, wrong
from readycheck.profile.rules import BadKey, Rule
from readycheck.profile.toml_lines import KeyPath
from readycheck.text import clean


def decode(value: Any, annotation: Any, path: KeyPath, mistakes: list[Mistake]) -> Any:
    """``value`` as the type ``annotation`` wants it. Adds to ``mistakes``; where it added any, the result means nothing."""
    kind, _ = bare(annotation)
    origin = get_origin(kind) or kind
    if kind is Any:
        return value
    if isinstance(kind, type) and issubclass(kind, Struct):
        return decode_table(value, kind, path, mistakes)
    if origin is dict:
        return _entries(value, annotation, path, mistakes)
    if origin in LISTS and not _is_fixed_tuple(kind):
        return _items(value, annotation, path, mistakes)
    return _leaf(value, annotation, path, mistakes)


def decode_table(
    value: Any, kind: type[Struct], path: KeyPath, mistakes: list[Mistake], *, also: Iterable[str] = ()
) -> Any:
    """A table as the Struct ``kind``. ``also`` are further known keys, which are judged elsewhere and named in messages only."""
    if not isinstance(value, Mapping):
        return mistakes.append(wrong(path, "a table", value))
    before = len(mistakes)
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    known = tuple(dict.fromkeys((*fields, *also)))
    given = {}
    for key, item in value.items():
        if key not in fields:
            mistakes.append(unknown_key((*path, key), known))
        else:
            given[fields[key].name] = decode(item, fields[key].type, (*path, key), mistakes)
    for key, field in fields.items():
        if field.required and key not in value:
            mistakes.append(missing(path, key, field.type))
    return _built(kind, given, path, mistakes) if len(mistakes) == before else None


def missing(path: KeyPath, key: str, annotation: Any) -> Mistake:
    return Mistake(path=path, text=f'{key_text(path)} needs the key "{key}": {expected(annotation, key)}.')


def _built(kind: type[Struct], given: Mapping[str, Any], path: KeyPath, mistakes: list[Mistake]) -> Any:
    """The Struct; what its own ``__post_init__`` refuses is a mistake of one key or of the whole table."""
    try:
        return kind(**given)
    except BadKey as error:
        return mistakes.append(wrong((*path, error.key), error.expected, given[error.key]))
    except (ValueError, TypeError) as error:
        said = clean(error, 300).rstrip(".")
        return mistakes.append(Mistake(path=path, text=f"{key_text(path)}: {said}."))


def _entries(value: Any, annotation: Any, path: KeyPath, mistakes: list[Mistake]) -> Any:
    """A table whose keys the profile chooses (or an enumeration names)."""
    if not isinstance(value, Mapping):
        return mistakes.append(wrong(path, "a table", value))
    key_kind, item_kind = get_args(bare(annotation)[0]) or (str, Any)
    result = {}
    for key, item in value.items():
        decoded = decode(item, item_kind, (*path, key), mistakes)
        if isinstance(key_kind, type) and issubclass(key_kind, Enum):
            names = {str(member.value): member for member in key_kind}
            if key not in names:
                mistakes.append(unknown_key((*path, key), names, what=key_kind.__name__.lower()))
            result[names.get(key)] = decoded
        else:
            result[key] = decoded
    return result


def _is_fixed_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple and get_args(kind)[-1:] != (...,)


def _items(value: Any, annotation: Any, path: KeyPath, mistakes: list[Mistake]) -> Any:
    kind, notes = bare(annotation)
    if not isinstance(value, list | tuple) or not _fits(len(value), notes):
        hint = f" A list of tables is written [[{key_text(path)}]]." if isinstance(value, Mapping) else ""
        return mistakes.append(wrong(path, expected(annotation, _name(path)), value, hint=hint))
    item_kind = next(iter(get_args(kind)), Any)
    items = [decode(item, item_kind, (*path, number), mistakes) for number, item in enumerate(value)]
    container = get_origin(kind) or kind
    return items if container is Sequence else container(items)


def _fits(length: int, notes: Iterable[Any]) -> bool:
    return all(
        (meta.min_length is None or length >= meta.min_length)
        and (meta.max_length is None or length <= meta.max_length)
        for meta in notes
        if isinstance(meta, Meta)
    )


def _leaf(value: Any, annotation: Any, path: KeyPath, mistakes: list[Mistake]) -> Any:
    kind, notes = bare(annotation)
    try:
        if isinstance(value, float) and not isfinite(value):
            raise msgspec.ValidationError
        decoded = msgspec.convert(value, annotation)
    except msgspec.ValidationError:
        return mistakes.append(
            wrong(path, expected(annotation, _name(path)), value, hint=hint_for(value, kind))
        )
    for rule in notes:
        hint = rule.judge(decoded) if isinstance(rule, Rule) else None
        if hint is not None:
            mistakes.append(wrong(path, rule.expected, value, hint=hint))
    return decoded


def _name(path: KeyPath) -> str:
    """The key's own name: what its unit is read from, also for the entries of a list."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")
