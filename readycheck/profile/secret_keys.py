"""Refuses secrets in a profile and says where they go. A profile names a secret (``password_secret = "team-drive"``), no more."""

import re
from collections.abc import Mapping
from typing import Any, Final

from readycheck.profile.mistakes import Mistake, key_text
from readycheck.profile.toml_lines import KeyPath

_WORDS: Final = (
    "password|passwd|passphrase|passcode|token|secret|credentials?|(?:api|private|access|shared)[_-]?key"
)
_HOLDS_SECRET: Final = re.compile(rf"(?:.*[_-])?(?:{_WORDS})", re.IGNORECASE)
_NAMES_SECRET: Final = re.compile(r".+_secret", re.IGNORECASE)
_SECRET_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_REFERENCE: Final = re.compile(r"\{secret:[A-Za-z0-9][A-Za-z0-9_-]{0,63}\}")
_URL_PASSWORD: Final = re.compile(r"(?<=://)[^/@\s]*:[^/@\s]*@")

_WHERE_IT_GOES: Final = (
    'Write only its name here (password_secret = "<name>") and keep it in the system keyring or in the environment variable '
    'READYCHECK_SECRET_<NAME>; where neither has it, "readycheck run" and --plain ask for it on a terminal, and the app does not.'
)


def without_secrets(table: Mapping[str, Any], mistakes: list[Mistake], path: KeyPath = ()) -> dict[str, Any]:
    """A copy that holds no secret; each one found is a mistake, whose message never shows the value."""
    clean = {}
    for key, value in table.items():
        here = (*path, key)
        if _NAMES_SECRET.fullmatch(key):
            clean[key] = _named(value, here, mistakes)
        elif _HOLDS_SECRET.fullmatch(key) and not isinstance(value, Mapping) and not _refers(value):
            _refuse(here, "would put a secret into the profile.", mistakes)
        else:
            clean[key] = _cleaned(value, here, mistakes)
    return clean


def names_secret(key: str, value: str) -> bool:
    """Whether a text of a profile stands for a secret: by its key, or as "{secret:name}" anywhere in it."""
    return bool(value and _NAMES_SECRET.fullmatch(key)) or bool(_REFERENCE.search(value))


def _refers(value: Any) -> bool:
    """``{secret:name}`` and nothing else: for a variable of a program, whose name is not ours to choose."""
    return isinstance(value, str) and bool(_REFERENCE.fullmatch(value))


def _named(value: Any, path: KeyPath, mistakes: list[Mistake]) -> str:
    """The name of a secret, checked for its shape; a stand-in for what cannot be a name."""
    if isinstance(value, str) and (not value or _SECRET_NAME.fullmatch(value)):
        return value
    _refuse(path, "must be the name of a secret (letters, digits, - and _), not the secret.", mistakes)
    return "name"


def _cleaned(value: Any, path: KeyPath, mistakes: list[Mistake]) -> Any:
    if isinstance(value, Mapping):
        return without_secrets(value, mistakes, path)
    if isinstance(value, list | tuple):
        return [_cleaned(item, (*path, number), mistakes) for number, item in enumerate(value)]
    if isinstance(value, str) and _URL_PASSWORD.search(value):
        _refuse(path, "has a password in its address.", mistakes)
        return _URL_PASSWORD.sub("", value)
    return value


def _refuse(path: KeyPath, what: str, mistakes: list[Mistake]) -> None:
    mistakes.append(Mistake(path=path, text=f"{key_text(path)} {what} {_WHERE_IT_GOES}"))
