"""The codes of causes that no check finds by itself: several results together show them."""

from typing import Final

from readycheck.api import Code
from readycheck.diagnose.connection import HELD_BACK, NO_INTERNET
from readycheck.diagnose.work import COMPANY_SILENT
from readycheck.model import Owner, Status

CAUSES: Final = (
    Code(
        NO_INTERNET,
        "Nothing on the internet answers, by whatever way it was asked",
        (Status.FAIL,),
        (Owner.ISP, Owner.HOME, Owner.COMPANY, Owner.DEVICE),
        "Look at the cable or the Wi-Fi first, then restart the router; if the router answers, call the internet provider",
    ),
    Code(
        HELD_BACK,
        "Plain web pages come through and secure connections do not: something on the way holds them back",
        (Status.FAIL,),
        (Owner.HOME, Owner.ISP, Owner.COMPANY, Owner.DEVICE),
        "Ask whoever runs this network whether it holds back secure connections (port 443), or use the hotspot of a phone",
    ),
    Code(
        COMPANY_SILENT,
        "Nothing of the company answers from here, while others on the internet do",
        (Status.FAIL,),
        (Owner.COMPANY, Owner.ISP, Owner.HOME, Owner.DEVICE, Owner.SERVICE),
        "Try once over the hotspot of a phone: if it works there, tell the internet provider, if not, tell IT support by phone",
    ),
)
