"""A profile from an https address, and its copy on disk for when the address cannot be reached. Refuses everything but https."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from platformdirs import user_cache_path

from readycheck.errors import NetError, ProfileError, ReadycheckError
from readycheck.profile.mistakes import quoted
from readycheck.profile.toml_read import MAX_BYTES, read_toml
from readycheck.storage.files import PRIVATE_FOLDER, write_private
from readycheck.text import clean

_PAGE_STARTS: Final = (b"<!doctype", b"<html", b"<?xml")


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What the address gave, now or earlier; ``name`` is the address without its query."""

    data: bytes
    name: str
    notices: tuple[str, ...] = ()


def obtain(url: str, fetch: Callable[[str], bytes] | None) -> Copy:
    """Fetch the profile and keep a copy; the kept copy, and a notice that says so, where it cannot be fetched.

    ``fetch`` raises NetError or OSError where it gets nothing; None: nothing may be sent. Raises ProfileError.
    """
    name = _checked(url)
    kept = cache_file(url)
    try:
        data = _fetched(url, fetch)
    except (NetError, OSError) as error:
        return _kept_copy(kept, name, clean(error, 200))
    read_toml(data, name)  # only what can be read replaces the copy
    return Copy(data=data, name=name, notices=_keep(kept, data))


def _checked(url: str) -> str:
    """The address as messages and reports name it. A query may hold a token, so it is left out."""
    try:
        parts = urlsplit(url)
        host, scheme = parts.hostname, parts.scheme.lower()
        parts.port  # noqa: B018 - raises ValueError where it is none
    except ValueError:
        host, scheme = None, ""
    if scheme == "http":
        raise ProfileError(
            f"{quoted(url)} is not protected on its way. A profile is fetched over https:// only."
        )
    if scheme != "https" or not host:
        raise ProfileError(
            f"{quoted(url)} is not the address of a profile: it must begin with https:// and a host."
        )
    if parts.username is not None or parts.password is not None:
        raise ProfileError(
            f"The address of the profile on {quoted(host)} must not hold a user name or a password."
        )
    return clean(parts._replace(query="", fragment="").geturl(), 200)


def _fetched(url: str, fetch: Callable[[str], bytes] | None) -> bytes:
    if fetch is None:
        raise OSError("this run sends nothing")
    data = fetch(url)
    if data.lstrip()[:9].lower().startswith(_PAGE_STARTS):
        raise OSError("a web page came back instead, perhaps a sign-in page")
    return data


def cache_file(url: str) -> Path:
    """Where the copy of this address lies."""
    folder = user_cache_path("readycheck", appauthor=False) / "profiles"
    return folder / f"{hashlib.sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.toml"


def _kept_copy(kept: Path, name: str, why: str) -> Copy:
    try:
        with kept.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
            moment = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime).astimezone()
    except OSError:
        raise ProfileError(
            f"{name} could not be fetched, and there is no earlier copy of it here: {why}."
        ) from None
    notice = f"The profile {name} could not be fetched ({why}). The copy of {moment:%Y-%m-%d %H:%M} is used."
    return Copy(data=data, name=name, notices=(notice,))


def _keep(path: Path, data: bytes) -> tuple[str, ...]:
    """Replace the copy as a whole or not at all; it is for this person's eyes only. A notice where that is not possible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        write_private(path, data)
    except (OSError, ReadycheckError):
        return (f"The profile could not be kept in {clean(path.parent, 200)} for use without internet.",)
    return ()
