"""The contact card of the last profile that could be read, kept for when none can: no network, a mistyped or broken address.

A card on disk is for this person's eyes only. What cannot be kept or read is no reason to stop anybody.
"""

from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from readycheck.errors import ReadycheckError
from readycheck.model import ContactCard
from readycheck.redact.fields import rebuild
from readycheck.storage.files import private_folder, write_private
from readycheck.storage.places import data_folder
from readycheck.text import clean
from readycheck.ticket.card import card_lines

FILE: Final = "support-card.json"
MOST_BYTES: Final = 262_144
LONGEST: Final = 2000


class _Kept(Struct, frozen=True, kw_only=True):
    """``profile``: the title of the profile that named this desk."""

    profile: str
    card: ContactCard


def keep_card(card: ContactCard, profile: str, folder: Path | None = None) -> None:
    """Keep this card in place of an earlier one. One without a route is no help, and replaces nothing."""
    if not card.routes:
        return
    data = msgspec.json.encode(_Kept(profile=profile, card=card), order="deterministic")
    path = (folder or data_folder()) / FILE
    try:
        if _bytes_of(path) != data:
            write_private(private_folder(path.parent) / FILE, data)
    except (OSError, ReadycheckError):
        return


def kept_card_lines(now: datetime, folder: Path | None = None) -> tuple[str, ...]:
    """The kept card with whose it is; empty where there is none that can be read."""
    try:
        kept = parse_card(_bytes_of((folder or data_folder()) / FILE))
    except (OSError, ValueError):
        return ()
    return (f"From your last profile, {kept.profile}:", *card_lines(kept.card, now))


def parse_card(data: bytes) -> _Kept:
    """A kept card from its bytes, its texts fit to be shown; raises ValueError."""
    if len(data) > MOST_BYTES:
        raise ValueError("a card is smaller")
    try:
        kept = msgspec.json.decode(data, type=_Kept)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"no card: {error}") from None
    card = rebuild(kept.card, lambda leaf: clean(leaf.value, LONGEST, lines=True))
    return _Kept(profile=clean(kept.profile, 100), card=card)


def _bytes_of(path: Path) -> bytes:
    """Empty where there is no such file; raises OSError where it cannot be read."""
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)
