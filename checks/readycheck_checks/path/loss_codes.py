"""What line can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

NONE_LOST: Final = Code("connection.loss_none", "No packets get lost, or hardly any", (Status.PASS,))
UNJUDGED: Final = Code(
    "connection.loss_unjudged",
    "What gets lost is told and not judged, for the profile sets no limit",
    (Status.SKIP,),
)
LOSS: Final = Code(
    "connection.loss",
    "Packets get lost, between this computer and the router or behind it",
    (Status.WARN,),
    (Owner.HOME, Owner.ISP, Owner.COMPANY),
    "Move closer to the router or plug in a network cable, and check again. "
    "If the problem stays, show these figures to your internet provider",
)
UNPROVED: Final = Code(
    "connection.loss_unproved",
    "Whether packets get lost could not be proved",
    (Status.UNKNOWN,),
)
LINE: Final = (NONE_LOST, UNJUDGED, LOSS, UNPROVED)
