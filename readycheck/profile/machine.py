"""What the administrator of this computer allows profiles from addresses: ``machine.toml``, at a place that no variable moves.

It counts only where nobody but administrators can have written it; else it allows nothing.
"""

import sys
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from readycheck.errors import ProfileError
from readycheck.profile.guarded import is_guarded, program_data
from readycheck.profile.sources import APP, read_file
from readycheck.profile.toml_read import read_toml
from readycheck.text import clean

PROGRAMS: Final = "programs_from"
SECRETS: Final = "secrets_from"
KEYS: Final = (PROGRAMS, SECRETS)


class Allowed(Struct, frozen=True, kw_only=True):
    """Addresses (``https://host/folder/``) whose profiles may name programs, or secrets."""

    programs: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


def machine_file() -> Path:
    """Where the administrator says what this computer allows. Not by XDG_CONFIG_DIRS, which anybody can set."""
    folders = {
        "win32": program_data() / APP,
        "darwin": Path("/Library/Application Support") / APP,
    }
    return folders.get(sys.platform, Path("/etc/xdg") / APP) / "machine.toml"


def allowed_here(file: Path) -> Allowed:
    """What the file allows. Raises ProfileError where administrators wrote it and it cannot be read."""
    if not file.exists() or not is_guarded(file):
        return Allowed()
    table, _ = read_toml(read_file(file), str(file))
    if set(table) - set(KEYS):
        raise _mistaken(file)
    return Allowed(
        programs=_addresses(table.get(PROGRAMS, []), file), secrets=_addresses(table.get(SECRETS, []), file)
    )


def _addresses(value: object, file: Path) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(each, str) and _is_whole(each) for each in value):
        return tuple(value)
    raise _mistaken(file)


def _mistaken(file: Path) -> ProfileError:
    return ProfileError(
        f"{clean(file, 200)} may hold nothing but {' and '.join(KEYS)}, "
        'lists of addresses such as ["https://profiles.example.com/"].'
    )


def _is_whole(prefix: str) -> bool:
    """Of a host, and ending in a slash: "https://corp.example" would cover "https://corp.example.evil.example/" too."""
    try:
        parts = urlsplit(prefix)
        parts.port  # noqa: B018 - raises ValueError where it is none
    except ValueError:
        return False
    plain = "@" not in parts.netloc and not parts.query and not parts.fragment
    return parts.scheme == "https" and bool(parts.hostname) and plain and parts.path.endswith("/")


def covers(prefix: str, address: str) -> bool:
    """Scheme, host and port are the same, and the folder; nobody climbs out of it. ``address``: whole, as it was asked."""
    try:
        allowed, given = urlsplit(prefix), urlsplit(address)
        same = (allowed.scheme, allowed.hostname, allowed.port or 443) == (
            given.scheme.lower(),
            given.hostname,
            given.port or 443,
        )
    except ValueError:
        return False
    path = given.path or "/"
    return (
        same and path.startswith(allowed.path) and ".." not in path and "%" not in path and "\\" not in path
    )
