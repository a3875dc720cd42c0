"""Where the text of a profile comes from: a shipped name, a file, an https address, or the organisation's default file."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from platformdirs import site_config_path, user_config_path

from readycheck.errors import ProfileError
from readycheck.profile import remote
from readycheck.profile.mistakes import did_you_mean, quoted
from readycheck.profile.toml_read import MAX_BYTES
from readycheck.text import clean

APP: Final = "readycheck"
DEFAULT: Final = "office"
FILE_NAME: Final = "profile.toml"

Fetch = Callable[[str], bytes]


@dataclass(frozen=True, kw_only=True)
class ProfileText:
    """The bytes of a profile. ``name`` is how messages call it, ``source`` how a report does; ``address``: where it came from,
    whole, with a query that nobody else may see."""

    data: bytes
    name: str
    source: str
    address: str = ""
    shipped: bool = False
    notices: tuple[str, ...] = ()


def find(source: str | None, shipped: Traversable, fetch: Fetch | None) -> ProfileText:
    """The text that ``source`` means. Raises ProfileError."""
    if source is None:
        source = organisation_profile() or DEFAULT
    if "://" in source:
        return _remote(source, fetch)
    if source in shipped_names(shipped):
        return shipped_text(source, shipped)
    if source.endswith(".toml") or Path(source).name != source or Path(source).exists():
        return ProfileText(
            data=read_file(Path(source)), name=clean(source, 200), source=source, address=source
        )
    names = shipped_names(shipped)
    raise ProfileError(
        f"{quoted(source)} is neither a shipped profile nor a file.{did_you_mean(source, names)} "
        f"Shipped profiles: {', '.join(names)}."
    )


def default_files() -> tuple[Path, ...]:
    """Where a profile is looked for when none is named, the first that exists: the person's own, then the machine's."""
    return (
        user_config_path(APP, appauthor=False) / FILE_NAME,
        site_config_path(APP, appauthor=False) / FILE_NAME,
    )


def organisation_profile() -> str | None:
    """The path of the profile that this machine or person was given; None where there is none. A dangling link counts: it was
    meant to be one, and to use another profile in silence would judge by the wrong rules."""
    return next((str(path) for path in default_files() if os.path.lexists(path)), None)


def shipped_names(shipped: Traversable) -> tuple[str, ...]:
    files = (file.name for file in shipped.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml")))


def shipped_text(name: str, shipped: Traversable) -> ProfileText:
    file = f"{name}.toml"
    return ProfileText(data=(shipped / file).read_bytes(), name=file, source=file, shipped=True)


def vendor_texts(shipped: Traversable) -> tuple[ProfileText, ...]:
    """The dated vendor data, which lies under every profile, in the order of file names."""
    folder = shipped / "vendors"
    names = (
        sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
        if folder.is_dir()
        else []
    )
    return tuple(
        ProfileText(data=(folder / name).read_bytes(), name=f"vendors/{name}", source=name, shipped=True)
        for name in names
    )


def read_file(path: Path) -> bytes:
    """At most one byte more than a profile may have. Only an ordinary file is opened: a pipe or a device could hang."""
    shown = clean(path, 200)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise ProfileError(f"{shown} is a folder. Name the profile's file in it.")
        if not stat.S_ISREG(mode):
            raise ProfileError(f"{shown} is not an ordinary file.")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ProfileError(f"{shown} was not found.") from None
    except PermissionError:
        raise ProfileError(f"{shown} cannot be read: no permission.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ProfileError(f"{shown} cannot be read: {clean(reason, 120)}.") from None


def _remote(url: str, fetch: Fetch | None) -> ProfileText:
    copy = remote.obtain(url, fetch)
    return ProfileText(data=copy.data, name=copy.name, source=copy.name, address=url, notices=copy.notices)
