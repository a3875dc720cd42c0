"""The codes of causes that no check finds by itself: several results together show them."""

from typing import Final

from readycheck.api import Code
from readycheck.model import Owner, Status

NO_INTERNET: Final = Code(
    "connection.no_internet",
    "Nothing on the internet answers, by whatever way it was asked",
    (Status.FAIL,),
    (Owner.ISP, Owner.HOME, Owner.COMPANY, Owner.DEVICE),
    "Look at the cable or the Wi-Fi first, then restart the router; if the router answers, call the internet provider",
)
HELD_BACK: Final = Code(
    "connection.secure_held_back",
    "Plain web pages come through and secure connections do not: something on the way holds them back",
    (Status.FAIL,),
    (Owner.HOME, Owner.ISP, Owner.COMPANY, Owner.DEVICE),
    "Ask whoever runs this network whether it holds back secure connections (port 443), or use a phone hotspot",
)
COMPANY_SILENT: Final = Code(
    "connection.company_silent",
    "Nothing of the company answers from here, while others on the internet do",
    (Status.FAIL,),
    (Owner.COMPANY, Owner.ISP, Owner.HOME, Owner.DEVICE, Owner.SERVICE),
    "Try once over a phone hotspot. If it works there, tell your internet provider that your company "
    "cannot be reached over its line; if not, tell IT support by phone",
)
CAUSES: Final = (NO_INTERNET, HELD_BACK, COMPANY_SILENT)
