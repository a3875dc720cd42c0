"""What status_page can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

_OWNERS: Final = (Owner.SERVICE, Owner.COMPANY)

OPERATIONAL: Final = Code("help.status_operational", "The status page reports no incident", (Status.PASS,))
INCIDENT: Final = Code(
    "help.known_incident",
    "The status page reports an incident, or a part that does not work",
    (Status.WARN,),
    _OWNERS,
    "Wait: it is known, so no ticket is needed",
)
MAINTENANCE: Final = Code(
    "help.known_maintenance",
    "The status page reports maintenance that is going on now",
    (Status.WARN,),
    _OWNERS,
    "Wait until it is over; no ticket is needed",
)
UNNAMED: Final = Code(
    "help.status_components",
    "The status page does not have a component that the profile names",
    (Status.UNKNOWN,),
    (),
    "Tell IT support that the profile names components that the page does not have",
)
UNCLEAR: Final = Code(
    "help.status_unclear",
    "The status page reports trouble, and not whether it concerns what matters here",
    (Status.UNKNOWN,),
    (),
    "Look at the status page yourself",
)
UNPROVED: Final = Code(
    "help.status_unproved",
    "The status page could not be read, which says nothing about its service",
    (Status.UNKNOWN,),
)
CODES: Final = (OPERATIONAL, INCIDENT, MAINTENANCE, UNNAMED, UNCLEAR, UNPROVED)
