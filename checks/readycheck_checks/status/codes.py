"""What status_page can say."""

from typing import Final

from readycheck.api import Code, Owner, Status
from readycheck_checks.status.verdict import INCIDENT, MAINTENANCE, OPERATIONAL, UNCLEAR, UNNAMED, UNPROVED

_OWNERS: Final = (Owner.SERVICE, Owner.COMPANY)
CODES: Final = (
    Code(OPERATIONAL, "The status page reports no incident", (Status.PASS,)),
    Code(
        INCIDENT,
        "The status page reports an incident, or a part that does not work",
        (Status.WARN,),
        _OWNERS,
        "Wait: it is known, and no ticket is needed",
    ),
    Code(
        MAINTENANCE,
        "The status page reports maintenance that is going on now",
        (Status.WARN,),
        _OWNERS,
        "Wait until it is over; no ticket is needed",
    ),
    Code(
        UNNAMED,
        "The status page does not have a component that the profile names",
        (Status.UNKNOWN,),
        (),
        "Tell IT support that the profile names components that the page does not have",
    ),
    Code(
        UNCLEAR,
        "The status page reports trouble, and not whether it concerns what matters here",
        (Status.UNKNOWN,),
        (),
        "Look at the status page yourself",
    ),
    Code(
        UNPROVED, "The status page could not be read, which says nothing about its service", (Status.UNKNOWN,)
    ),
)
