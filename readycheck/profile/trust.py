"""What a profile may do by where it came from. One from elsewhere names no programs of this computer, for that would be
remote code, and no secrets and no sign-in of the person, for it names the host that they would go to as well.

The administrator of a computer can allow both, address by address (machine.py).
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PureWindowsPath
from typing import Any, Final

from msgspec import Struct

from readycheck.api import Check
from readycheck.profile.guarded import ROOT, is_guarded
from readycheck.profile.machine import PROGRAMS, SECRETS, allowed_here, covers, machine_file
from readycheck.profile.mistakes import Mistake, key_text
from readycheck.profile.secret_keys import names_secret
from readycheck.profile.sources import default_files
from readycheck.profile.toml_lines import KeyPath
from readycheck.text import clean

SIGN_IN: Final = "sign_in"  # of the table of a check
OF_THE_PERSON: Final = (
    "system",
    "key",
)  # values of it: whoever is signed in to this computer, or their own key


class Trust(Struct, frozen=True, kw_only=True):
    """Whether the tables of a profile may name programs; secrets, and the person's own sign-in."""

    programs: bool = True
    secrets: bool = True


def trust_in(source: str, file: Path | None = None) -> Trust:
    """``source``: where the profile came from, whole. What lies on this computer is the person's own decision.

    Raises ProfileError where the computer's file cannot be read.
    """
    if not comes_from_elsewhere(source):
        return Trust()
    allowed = allowed_here(file or machine_file())
    programs = any(covers(prefix, source) for prefix in allowed.programs)
    # a program may read whatever the person may: who is trusted with one is trusted with the other
    return Trust(
        programs=programs, secrets=programs or any(covers(prefix, source) for prefix in allowed.secrets)
    )


def comes_from_elsewhere(source: str) -> bool:
    """From an address, from a folder of another computer (two backslashes and its name), or put into the place of the machine's
    own profile by another person of this computer."""
    if "://" in source or source.startswith("\\\\") or (os.name == "nt" and _is_unc(source)):
        return True
    own = (*ROOT, os.getuid()) if hasattr(os, "getuid") else ROOT
    return source == str(default_files()[1]) and not is_guarded(Path(source), own)


def _is_unc(source: str) -> bool:
    whole = PureWindowsPath(Path(source).absolute())
    return whole.drive.startswith("\\\\")


def trust_mistakes(tables: Mapping[str, Any], checks: Iterable[Check], trust: Trust) -> Iterator[Mistake]:
    """Tables that name what their profile may not."""
    for check in checks:
        path = ("checks", check.id)
        if not trust.programs and check.runs_programs and tables.get(check.id):
            yield _mistake(path, "names programs to run", PROGRAMS)
        elif not trust.secrets:
            for found in _secrets(tables.get(check.id), path):
                yield _mistake(found, "uses a secret or a sign-in of the person", SECRETS)


def _mistake(path: KeyPath, what: str, key: str) -> Mistake:
    text = (
        f"{key_text(path)} {what}, which a profile from elsewhere may do only where the administrator of this computer "
        f"allows it ({key} in {clean(machine_file(), 200)})."
    )
    return Mistake(path=path, text=text)


def _secrets(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    """Keys that name a secret, or the person's own sign-in, at any depth."""
    entries: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, Mapping):
        entries = value.items()
    elif isinstance(value, list | tuple):
        entries = enumerate(value)
    for key, item in entries:
        if isinstance(item, str):
            if names_secret(str(key), item) or (key == SIGN_IN and item in OF_THE_PERSON):
                yield (*path, key)
        else:
            yield from _secrets(item, (*path, key))
