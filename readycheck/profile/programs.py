"""Whether a profile may name programs of this computer for it to run. One from an address may not: that would be remote code.

The administrator of a computer can allow it, address by address, in a file of the computer's own beside the default profile:
``machine.toml``, with ``programs_from = ["https://profiles.corp.example/"]``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from platformdirs import site_config_path

from readycheck.api import Check
from readycheck.errors import ProfileError
from readycheck.profile.mistakes import Mistake, key_text
from readycheck.profile.sources import APP, read_file
from readycheck.profile.toml_read import read_toml
from readycheck.text import clean

KEY: Final = "programs_from"


def machine_file() -> Path:
    """Where the administrator says what this computer allows."""
    return site_config_path(APP, appauthor=False) / "machine.toml"


def may_run_programs(source: str, file: Path | None = None) -> bool:
    """``source``: where the profile came from. A file or a shipped profile may; an address only where the computer allows it.

    Raises ProfileError where the computer's file cannot be read.
    """
    return "://" not in source or any(_covers(prefix, source) for prefix in _allowed(file or machine_file()))


def _allowed(file: Path) -> Sequence[str]:
    if not file.exists():
        return ()
    table, _ = read_toml(read_file(file), str(file))
    prefixes = table.get(KEY, [])
    good = isinstance(prefixes, list) and all(isinstance(p, str) and _whole(p) for p in prefixes)
    if not good or set(table) - {KEY}:
        raise ProfileError(
            f'{clean(file, 200)} may hold nothing but {KEY}, a list of addresses such as ["https://profiles.example.com/"].'
        )
    return tuple(prefixes)


def _whole(prefix: str) -> bool:
    """Of a host, and ending in a slash: "https://corp.example" would cover "https://corp.example.evil.example/" too."""
    return prefix.startswith("https://") and prefix.endswith("/") and prefix.count("/") >= 3


def _covers(prefix: str, source: str) -> bool:
    """Scheme, host and port are the same, and the folder; nobody climbs out of it."""
    try:
        allowed, given = urlsplit(prefix), urlsplit(source)
        same = (allowed.scheme, allowed.hostname, allowed.port) == (
            given.scheme.lower(),
            given.hostname,
            given.port,
        )
    except ValueError:
        return False
    path = given.path or "/"
    return (
        same and path.startswith(allowed.path) and ".." not in path and "%" not in path and "\\" not in path
    )


def program_mistakes(
    tables: Mapping[str, Any], checks: Iterable[Check], *, allowed: bool
) -> Iterator[Mistake]:
    """Tables that name programs, where that is not allowed."""
    for check in checks:
        if not allowed and check.runs_programs and tables.get(check.id):
            path = ("checks", check.id)
            text = (
                f"{key_text(path)} names programs to run, which a profile from an address may do only where the administrator of "
                f"this computer allows it ({KEY} in {clean(machine_file(), 200)})."
            )
            yield Mistake(path=path, text=text)
