"""Reads files that a person names: bounded, and regular files only, for a pipe or a device could keep us waiting for ever."""

import errno
import stat
from pathlib import Path


def read_regular_file(path: Path, most: int) -> bytes:
    """At most ``most`` bytes of it. Raises OSError (a pipe, a device or a socket is one too) and ValueError (no file name)."""
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # opening a folder says itself that it is one
        raise OSError(errno.EINVAL, "it is a pipe or a device, not an ordinary file")
    with path.open("rb") as stream:
        return stream.read(most)
