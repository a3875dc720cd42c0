"""Tables of checks to Instances: a check's own options strictly, and the few keys that every check table may have."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

from msgspec import Meta, Struct, structs

from readycheck.api import Check, Options
from readycheck.model import Capability
from readycheck.profile.expected import bare
from readycheck.profile.mistakes import Mistake, did_you_mean, key_text, unknown_key, wrong
from readycheck.profile.strict import decode_table
from readycheck.profile.toml_lines import KeyPath
from readycheck.text import clean

INSTANCE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")

CheckTables = Mapping[str, Mapping[str, Any]]


class Instance(Struct, frozen=True, kw_only=True):
    """One check as this profile wants it run. ``after`` is complete: the check's own prerequisites and the profile's."""

    check_id: str
    options: Options
    title: str
    weight: float
    timeout: float
    after: tuple[str, ...]
    essential: bool
    enabled: bool


class CommonKeys(Struct, frozen=True, kw_only=True):
    """Keys that every check table may have beside its own; what is not given is the check's own."""

    enabled: Annotated[bool, Meta(description="false: not part of this profile.")] = True
    title: Annotated[str, Meta(min_length=1, max_length=100, description="Name for people.")] | None = None
    weight: Annotated[float, Meta(ge=0, le=100, description="Its part of its capability's score.")] | None = (
        None
    )
    timeout: Annotated[float, Meta(gt=0, le=600, description="Seconds it may take.")] | None = None
    after: Annotated[
        tuple[str, ...],
        Meta(description="Further checks, instances or capabilities that must not have failed before."),
    ] = ()
    essential: (
        Annotated[
            bool,
            Meta(
                description="true: where this check has no result, its capability has none either. false: the others decide "
                "without it."
            ),
        ]
        | None
    ) = None


COMMON: Final = tuple(field.name for field in structs.fields(CommonKeys))


def decode_instances(check: Check, tables: CheckTables, mistakes: list[Mistake]) -> tuple[Instance, ...]:
    """The instances of this check; adds to ``mistakes``, and what it returns then is incomplete."""
    table = tables.get(check.id, {})
    path = ("checks", check.id)
    if check.many:
        lent = _lent(check, tables)
        found = [_named(check, name, value, path, mistakes, lent) for name, value in table.items()]
    elif check.on_demand and check.id not in tables:
        return ()
    else:
        found = [_instance(check, check.id, table, path, mistakes, _lent(check, tables))]
    return tuple(instance for instance in found if instance is not None)


def _lent(check: Check, tables: CheckTables) -> dict[str, Any]:
    """Values of keys that are another check's where they are not given: ``Meta(extra={"same_as": "checks.dns.names"})``."""
    lent = {}
    for field in structs.fields(check.options):
        _, notes = bare(field.type)
        extra = next((note.extra for note in notes if isinstance(note, Meta) and note.extra), {})
        _, lender, key = (*str(extra.get("same_as", "")).split("."), "", "", "")[:3]
        if key and key in tables.get(lender, {}):
            lent[field.encode_name] = tables[lender][key]
    return lent


def _named(
    check: Check, name: str, value: Any, path: KeyPath, mistakes: list[Mistake], lent: Mapping[str, Any]
) -> Instance | None:
    """One of the named tables of a ``many`` check."""
    here = (*path, name)
    if not isinstance(value, Mapping):
        text = (
            f"{key_text(path)} is a group of named tables, such as [{key_text((*path, 'main'))}]; "
            f'"{clean(name, 60)}" belongs into one of them.'
        )
        mistakes.append(Mistake(path=here, text=text))
    elif not INSTANCE_NAME.fullmatch(name):
        text = f'{key_text(here)} needs another name: small letters, digits, - and _, such as "main-office".'
        mistakes.append(Mistake(path=here, text=text))
    else:
        return _instance(check, f"{check.id}:{name}", value, here, mistakes, lent)
    return None


def _instance(
    check: Check,
    check_id: str,
    table: Mapping[str, Any],
    path: KeyPath,
    mistakes: list[Mistake],
    lent: Mapping[str, Any],
) -> Instance | None:
    before = len(mistakes)
    own = {field.encode_name for field in structs.fields(check.options)}
    options = decode_table(
        {**lent, **{key: value for key, value in table.items() if key in own or key not in COMMON}},
        check.options,
        path,
        mistakes,
        also=COMMON,
    )
    given = {key: value for key, value in table.items() if key in COMMON}
    common: CommonKeys = decode_table(given, CommonKeys, path, mistakes)
    if len(mistakes) > before:
        return None
    return Instance(
        check_id=check_id,
        options=options,
        title=clean(common.title or _title(check, check_id, options), 100),
        weight=check.weight if common.weight is None else common.weight,
        timeout=check.timeout if common.timeout is None else common.timeout,
        after=tuple(dict.fromkeys((*check.after, *common.after))),
        essential=check.essential if common.essential is None else common.essential,
        enabled=common.enabled,
    )


def _title(check: Check, check_id: str, options: Options) -> str:
    if check.title_of is not None:
        return check.title_of(options)
    _, colon, name = check_id.partition(":")
    return f"{check.title}: {name}" if colon else check.title


def name_mistakes(tables: CheckTables, checks: Sequence[Check]) -> Iterator[Mistake]:
    """Tables of checks that nobody has, and prerequisites that name nothing."""
    by_id = {check.id: check for check in checks}
    known = {*by_id, *map(str, Capability), *_instance_ids(tables, by_id)}
    for check_id, table in tables.items():
        path = ("checks", check_id)
        if check_id not in by_id:
            yield unknown_key(path, sorted(by_id), what="check")
            continue
        yield from _after_mistakes(table, path, known)
        for name, value in table.items() if by_id[check_id].many else ():
            if isinstance(value, Mapping):
                yield from _after_mistakes(value, (*path, name), known)


def _instance_ids(tables: CheckTables, by_id: Mapping[str, Check]) -> Iterator[str]:
    for check_id, table in tables.items():
        if check_id in by_id and by_id[check_id].many:
            yield from (f"{check_id}:{name}" for name in table)


def _after_mistakes(table: Mapping[str, Any], path: KeyPath, known: set[str]) -> Iterator[Mistake]:
    after = table.get("after", ())
    for number, name in enumerate(after if isinstance(after, list | tuple) else ()):
        if isinstance(name, str) and name not in known:
            expected = 'the id of a check, of an instance ("share:team") or of a capability'
            yield wrong((*path, "after", number), expected, name, hint=did_you_mean(name, sorted(known)))
