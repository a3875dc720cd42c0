"""Whose a fault is, as far as it can be told: one value, for every check that looks into what failed."""

from dataclasses import dataclass

from readycheck.model import Confidence, Owner


@dataclass(frozen=True)
class Blame:
    """The owner of a fault, or the owners it can be (``either``, the likeliest first) where nothing seen from here decides.

    Nobody by default: whose it is is not known. ``either`` is for an owner that is not known, and names two at least
    (ValueError).
    """

    owner: Owner = Owner.UNKNOWN
    either: tuple[Owner, ...] = ()
    confidence: Confidence = Confidence.LOW

    def __post_init__(self) -> None:
        doubtful = (
            self.owner is not Owner.UNKNOWN or len(set(self.either)) < 2 or Owner.UNKNOWN in self.either
        )
        if self.either and doubtful:
            raise ValueError("either names two or more owners, of which it is not known whose it is")

    @property
    def parties(self) -> tuple[Owner, ...]:
        """Everybody it can be, the likeliest first; nobody where that is not known."""
        return self.either or ((self.owner,) if self.owner is not Owner.UNKNOWN else ())
