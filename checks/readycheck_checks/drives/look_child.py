"""One look at a mounted drive. Runs in a child process: on a dead drive each of these calls can wait without end.

``statvfs`` first, because no system answers it from a cache as it does ``stat`` (protocols of NFS and CIFS clients); then the
first entry of the folder.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from typing import Any

Say = Callable[[str, float | None], None]


def look(request: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """``request``: {"place"}. Says that it begins, then answers {"errno": 0 or what the system said, "free_bytes", "empty"}."""
    say("looking", None)
    try:
        free = _free_bytes(request["place"])
        with os.scandir(request["place"]) as entries:
            empty = next(entries, None) is None
    except OSError as error:
        return {"errno": error.errno or -1, "free_bytes": 0, "empty": True}
    return {"errno": 0, "free_bytes": free, "empty": empty}


def _free_bytes(place: str) -> int:
    if hasattr(os, "statvfs"):
        room = os.statvfs(place)
        return room.f_bavail * room.f_frsize
    return shutil.disk_usage(place).free
