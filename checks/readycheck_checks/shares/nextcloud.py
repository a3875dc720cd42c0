"""What a Nextcloud (or ownCloud) server says of itself in ``status.php``, which asks nobody to sign in. Pure.

Form: Nextcloud developer manual, "status.php" (general knowledge of 2026-11; not run against a real server).
"""

import json
from dataclasses import dataclass

from readycheck.api import clean

SIGN = "remote.php"  # the part of a URL by which its WebDAV is known


@dataclass(frozen=True, kw_only=True)
class ServerStatus:
    """``product`` and ``version`` as it names itself, cleaned."""

    installed: bool
    maintenance: bool
    needs_upgrade: bool
    product: str
    version: str


def status_in(body: bytes) -> ServerStatus | None:
    """The status; None where this is none."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("installed"), bool):
        return None
    return ServerStatus(
        installed=told["installed"],
        maintenance=told.get("maintenance") is True,
        needs_upgrade=told.get("needsDbUpgrade") is True,
        product=clean(told.get("productname") or "Nextcloud", 40),
        version=clean(told.get("versionstring") or "", 40),
    )
