"""Where secrets come from: handed in, the environment, the system keyring, a prompt. Never logged."""

import os
import re
import threading
from collections.abc import Callable, Mapping
from typing import Final

SERVICE: Final = "readycheck"
KEYRING_LIMIT_S: Final = 4.0


def variable(name: str) -> str:
    """The environment variable of a secret: ``team drive`` -> ``READYCHECK_SECRET_TEAM_DRIVE``."""
    return "READYCHECK_SECRET_" + re.sub(r"[^A-Z0-9]+", "_", name.upper())


class RealSecrets:
    """``given`` first, then environment, keyring, and ``prompt`` where a person is there to answer; asked once each."""

    def __init__(
        self, given: Mapping[str, str] | None = None, prompt: Callable[[str], str | None] | None = None
    ) -> None:
        self._given = dict(given or {})
        self._prompt = prompt
        self._answered: dict[str, str | None] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> str | None:
        with self._lock:
            if name not in self._answered:
                self._answered[name] = self._find(name)
            return self._answered[name]

    def _find(self, name: str) -> str | None:
        return (
            self._given.get(name)
            or os.environ.get(variable(name))
            or _from_keyring(name)
            or (self._prompt(name) if self._prompt is not None else None)
        )


def _from_keyring(name: str) -> str | None:
    """Keyrings ask other processes and can hang: in a thread, with a limit."""
    found: list[str | None] = []

    def ask() -> None:
        try:
            import keyring

            found.append(keyring.get_password(SERVICE, name))
        except Exception:  # no keyring here is an ordinary case, whatever it raises
            found.append(None)

    thread = threading.Thread(target=ask, name="keyring", daemon=True)
    thread.start()
    thread.join(KEYRING_LIMIT_S)
    return found[0] if found else None


def prompt(name: str) -> str | None:
    """Ask the person at the terminal, without showing what is typed."""
    import getpass

    try:
        return getpass.getpass(f"{name} (not shown, not kept; Enter to leave it out): ") or None
    except (EOFError, OSError, UnicodeDecodeError):  # bytes that are no letters are no answer
        return None
