"""What the app remembers for this user: the profile picked at first start. Nothing about any run."""

import json
from typing import Any, Final

from readycheck.storage.places import state_folder
from readycheck.storage.regular_file import read_regular_file

FILE: Final = "settings.json"
MOST_BYTES: Final = 65_536


def settings() -> dict[str, Any]:
    """What is remembered; {} where there is nothing, or nothing that can be read."""
    try:
        return parse(read_regular_file(state_folder() / FILE, MOST_BYTES).decode("utf-8"))
    except (OSError, ValueError):
        return {}


def parse(text: str) -> dict[str, Any]:
    """What a settings file says; {} where it says nothing that can be read."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def remember(**values: Any) -> None:
    """Keep these values beside the others. A full or read-only disk is no reason to stop anybody: it is just not kept."""
    from readycheck.errors import ReadycheckError
    from readycheck.storage.files import private_folder, write_private

    try:
        write_private(
            private_folder(state_folder()) / FILE, json.dumps(settings() | values, indent=2).encode() + b"\n"
        )
    except (OSError, ReadycheckError):
        return


def chosen_profile() -> str | None:
    """The shipped profile picked at first start; None before that."""
    name = settings().get("profile")
    return name if isinstance(name, str) else None
