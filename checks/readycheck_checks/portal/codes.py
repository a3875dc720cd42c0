"""What the check of sign-in pages can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

CLEAR: Final = Code(
    "connection.no_portal", "Test pages of vendors come back exactly as they are", (Status.PASS,)
)
PORTAL: Final = Code(
    "connection.captive_portal",
    "The network answers web pages with a page of its own, which wants a sign-in first",
    (Status.FAIL,),
    (Owner.HOME, Owner.COMPANY),
    "Open a browser and any page that begins with http://, sign in or accept the terms, then check again. "
    "Where the page says that the router has no internet instead, restart the router",
)
BEHIND_VPN_REMEDY: Final = (
    "Disconnect the VPN and check again. If pages open then, tell IT support that a page of its own answers in place of "
    "the internet behind the VPN"
)
FAKED: Final = Code(
    "connection.web_faked",
    "A box on the way answers plain web pages itself and lets no secure ones through",
    (Status.FAIL,),
    (Owner.HOME, Owner.ISP, Owner.COMPANY),
    "Open a browser and any page that begins with http://; sign in or accept the terms where it asks for that. "
    "Otherwise ask whoever runs this network, or use a phone hotspot",
)
INTERCEPTED: Final = Code(
    "connection.web_intercepted",
    "Something on the way answers in place of plain web pages: with no sign-in page, or another way leads past it",
    (Status.WARN,),
    (Owner.HOME, Owner.ISP, Owner.COMPANY),
    "Open a browser and sign in where a sign-in page shows up; otherwise ask whoever runs this network what it "
    "filters, or try a phone hotspot",
)
DOUBTFUL: Final = Code(
    "connection.portal_doubtful",
    "One test page came back changed; another did not, or none answered",
    (Status.WARN,),
    (Owner.SERVICE, Owner.HOME, Owner.ISP, Owner.COMPANY),
    "Open a browser: where a sign-in page shows up, sign in; otherwise go on",
)
NOT_PROVED: Final = Code(
    "connection.portal_not_proved",
    "No test page answered, or a box on the way may have done so, so a sign-in page can be neither seen nor ruled out",
    (Status.UNKNOWN,),
)
CODES: Final = (CLEAR, PORTAL, FAKED, INTERCEPTED, DOUBTFUL, NOT_PROVED)
