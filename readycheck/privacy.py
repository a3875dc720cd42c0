"""Privacy classes: what kind of thing a report field holds. Decides nothing about what leaves; readycheck.redact does.

Every field of a report carries one class, as an annotation: ``owner: Annotated[Owner, PUBLIC]``. A field without one fails
a test, so nothing can be added to a report without saying whom it could name.
"""

from enum import StrEnum
from typing import Final

from msgspec import Meta


class Privacy(StrEnum):
    """The class of one field or fact. Those from USER on name a person and are replaced at level ``support``."""

    PUBLIC = "public"  # numbers, codes, our own words
    ORG = "org"  # company hosts, profile names, support contacts: readable for support
    TEXT = "text"  # free text that may quote the machine or a server: scanned for personal values
    USER = "user"
    COMPUTER = "computer"
    FOLDER = "folder"
    WIFI = "wi-fi"
    DEVICE = "device"  # MAC and other serial numbers
    ADDRESS = "address"  # public address of the person
    EMAIL = "e-mail"
    NOTE = "note"  # what the person wrote for themselves

    @property
    def names_a_person(self) -> bool:
        return self not in (Privacy.PUBLIC, Privacy.ORG, Privacy.TEXT)


def _marked(privacy: Privacy) -> Meta:
    return Meta(extra={"privacy": privacy}, extra_json_schema={"x-privacy": str(privacy)})


PUBLIC: Final = _marked(Privacy.PUBLIC)
ORG: Final = _marked(Privacy.ORG)
TEXT: Final = _marked(Privacy.TEXT)
USER: Final = _marked(Privacy.USER)
COMPUTER: Final = _marked(Privacy.COMPUTER)
FOLDER: Final = _marked(Privacy.FOLDER)
NOTE: Final = _marked(Privacy.NOTE)
