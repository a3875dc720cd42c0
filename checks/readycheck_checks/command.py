"""command: runs a monitoring plug-in (Nagios, Icinga, monitoring-plugins) of this computer, and understands what it says.

An argument list, no shell; a small environment; a time limit that ends it with all its children. Secrets go by environment or
standard input, never by arguments, which everybody on a computer can read. A profile from an address may not bring such a table.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated, Final, Literal

from msgspec import Meta, field

from readycheck.api import (
    Capability,
    Check,
    ChildFailed,
    ChildTimeout,
    Context,
    Cost,
    Fact,
    Measurement,
    Owner,
    Progress,
    Says,
    fact,
    measured,
)
from readycheck_checks.declared.codes import COMMAND
from readycheck_checks.declared.options import Told, capability_of, title_of
from readycheck_checks.declared.perfdata import Value
from readycheck_checks.declared.plugin import (
    MOST_BYTES,
    Output,
    judge_no_end,
    judge_no_secret,
    judge_no_start,
    judge_plugin,
    output,
)

MOST_SECONDS: Final = 55.0
LIMITED: Final = "the program's own limits"
_SECRET: Final = re.compile(r"\{secret:([A-Za-z0-9][A-Za-z0-9_-]{0,63})\}")
_UNITS: Final = {"us": "µs", "c": ""}
_PLAIN_UNIT: Final = re.compile(r"[A-Za-z%]{1,5}(/s)?")
_PLAIN_LABEL: Final = re.compile(r"[A-Za-z][A-Za-z0-9_%. -]{0,31}")


class CommandOptions(Told, frozen=True, kw_only=True):
    """One program, and what it may use."""

    command: Annotated[
        tuple[Annotated[str, Meta(max_length=4000)], ...],
        Meta(
            min_length=1,
            max_length=100,
            description="The program with its whole path, and its arguments, one text each; no shell reads them",
        ),
    ]
    environment: Annotated[
        dict[str, str],
        Meta(description='Variables of the program; "{secret:name}" in a value stands for a secret'),
    ] = field(default_factory=dict)
    stdin: Annotated[
        str,
        Meta(max_length=10_000, description='What the program may read; "{secret:name}" stands for a secret'),
    ] = ""
    seconds: Annotated[
        float, Meta(gt=0, le=MOST_SECONDS, description="It may take so long; then it is ended")
    ] = 20.0
    traffic: Annotated[
        int,
        Meta(
            ge=0,
            le=100_000_000,
            description="Bytes that it may send and receive: stated before a run, not measured",
        ),
    ] = 50_000
    hosts: Annotated[
        tuple[str, ...], Meta(max_length=20, description="Whom it talks to: stated before a run")
    ] = ()
    owner: Annotated[
        Literal["unknown", "company", "service", "home", "isp", "device"],
        Meta(description="Whose the thing is that it looks at, where the program's word is enough to say so"),
    ] = "unknown"

    def __post_init__(self) -> None:
        program = self.command[0]
        if not PurePosixPath(program).is_absolute() and not PureWindowsPath(program).is_absolute():
            raise ValueError(f'command begins with "{program}": write the whole path of the program')
        for word in self.command:
            if "{secret:" in word:
                raise ValueError(
                    "command may not hold a secret, for everybody on the computer can read the arguments of a program: "
                    "use environment or stdin"
                )
            if "\0" in word:
                raise ValueError("command holds a character that no program can be given")
        for name, value in self.environment.items():
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,99}", name) or "\0" in value:
                raise ValueError(f'environment cannot have a variable "{name}" with this value')

    @property
    def far(self) -> Owner:
        return Owner(self.owner)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of all secrets that are needed."""
        texts = (*self.environment.values(), self.stdin)
        return tuple(dict.fromkeys(name for text in texts for name in _SECRET.findall(text)))


async def run(options: CommandOptions, ctx: Context) -> Says:
    """Run it once; its values, its text, its verdict."""
    yield Progress(text=f"Running the check of {options.title}")
    known = {name: ctx.secrets.get(name) for name in options.secrets}
    missing = next((name for name, secret in known.items() if not secret), None)
    if missing is not None:
        yield judge_no_secret(options, missing)
        return
    filled = _filler({name: secret or "" for name, secret in known.items()})
    ctx.meter.add(options.traffic)
    try:
        ended = await ctx.children.run(
            options.command,
            timeout_s=options.seconds,
            limit=MOST_BYTES,
            environment={"LC_ALL": "C", **{name: filled(text) for name, text in options.environment.items()}},
            stdin=filled(options.stdin).encode(),
        )
    except ChildTimeout:
        yield judge_no_end(options, options.seconds)
        return
    except (ChildFailed, ValueError) as error:
        yield judge_no_start(
            options, str(error) if isinstance(error, ChildFailed) else "it cannot be given this"
        )
        return
    hide = _hider(known.values())
    said = output(hide(ended.stdout))
    for thing in _values(said):
        yield thing
    yield judge_plugin(options, ended.code, said, hide(ended.stderr))


def _filler(known: dict[str, str]) -> Callable[[str], str]:
    return lambda text: _SECRET.sub(lambda match: known[match[1]], text)


def _hider(secrets: Iterable[str | None]) -> Callable[[bytes], bytes]:
    """A program may say what it was told; the longest first, for one secret may be a part of another."""
    words = sorted((secret.encode() for secret in secrets if secret), key=len, reverse=True)

    def hide(data: bytes) -> bytes:
        for word in words:
            data = data.replace(word, b"[secret]")
        return data

    return hide


def _values(said: Output) -> Iterator[Fact | Measurement]:
    """Every value with its limits. A label may name a folder or a person: only one that is a plain word is a title."""
    for number, value in enumerate(said.values, start=1):
        yield fact(f"value_{number}", f"Value {number}", _in_words(value))
        if value.number is None:
            continue
        limits = value.limits
        yield measured(
            f"value_{number}",
            value.label if _PLAIN_LABEL.fullmatch(value.label) else f"Value {number}",
            value.number,
            _unit(value.unit),
            plan=limits[0] if limits else None,
            fail=limits[1] if limits else None,
            source=LIMITED if limits else "",
        )
    if said.long:
        yield fact("long_output", "Further text of the program", said.long)


def _unit(unit: str) -> str:
    return _UNITS.get(unit, unit if _PLAIN_UNIT.fullmatch(unit) else "")


def _in_words(value: Value) -> str:
    if value.number is None:
        return f"{value.label}: not known"
    between = [
        f"from {value.low:g}" if value.low is not None else "",
        f"to {value.high:g}" if value.high is not None else "",
    ]
    reach = " ".join(filter(None, between))
    return f"{value.label}: {value.number:g}{value.unit}" + (f" ({reach})" if reach else "")


def cost(options: CommandOptions, quick: bool) -> Cost:
    return Cost(bytes=options.traffic, seconds=1.0, hosts="whom the program talks to")


check = Check(
    id="command",
    title="Program",
    capability=Capability.APPS,
    summary="What a monitoring plug-in (Nagios and its kin) of this computer says",
    run=run,
    options=CommandOptions,
    timeout=MOST_SECONDS + 5,
    many=True,
    on_demand=True,
    cost=cost,
    title_of=title_of,
    hosts_of=lambda options: options.hosts,
    codes=COMMAND,
    capability_of=capability_of,
    runs_programs=True,
)
