"""All that the checks of the support desk can say: the codes of hours, phone, portal, chat and e-mail."""

from typing import Final

from readycheck.api import Code, Owner, Status
from readycheck_checks.blame.answering import HANGS

_ANOTHER: Final = "Use another way to reach support, by phone first"
_FAR: Final = (Owner.COMPANY, Owner.SERVICE)
_ON_THE_WAY: Final = (*_FAR, Owner.HOME, Owner.ISP, Owner.DEVICE)


def _code(name: str, meaning: str, *status: Status, owners: tuple[Owner, ...] = (), remedy: str = "") -> Code:
    return Code(name=f"help.{name}", meaning=meaning, status=status, owners=owners, remedy=remedy)


OPEN: Final = _code("open", "Somebody answers at the support desk at this hour", Status.PASS)
OPEN_AFTER_HOURS: Final = _code(
    "open_after_hours",
    "The support desk is closed, and the way that the profile names for that time is open",
    Status.PASS,
)
LAST_RESORT: Final = _code("last_resort", "A phone number is left when everything else is down", Status.PASS)
LAST_RESORT_ONLINE: Final = _code(
    "last_resort_online",
    "A way without VPN and sign-in is left, and it needs internet; no phone number is named",
    Status.PASS,
)
NO_INDEPENDENT_ROUTE: Final = _code(
    "no_independent_route",
    "Every way to support needs the VPN or a sign-in, so none is left when these are down",
    Status.WARN,
    owners=(Owner.COMPANY,),
    remedy="Ask for a phone number or an address that works without VPN and sign-in, and note it",
)
HOURS_UNREADABLE: Final = _code(
    "hours_unreadable", "The opening hours of a way to support cannot be read", Status.UNKNOWN
)
HOURS_UNSURE: Final = _code(
    "hours_unsure", "Whether somebody answers at this hour could not be told", Status.UNKNOWN
)
NO_CONTACT: Final = _code("no_contact", "The profile names no way to reach a support desk", Status.SKIP)
CLOSED: Final = _code(
    "closed",
    "Nobody answers at the support desk at this hour",
    Status.WARN,
    Status.FAIL,
    owners=(Owner.COMPANY,),
    remedy="Leave a ticket, and call when the desk opens",
)
HOURS: Final = (
    OPEN,
    OPEN_AFTER_HOURS,
    CLOSED,
    LAST_RESORT,
    LAST_RESORT_ONLINE,
    NO_INDEPENDENT_ROUTE,
    HOURS_UNREADABLE,
    HOURS_UNSURE,
    NO_CONTACT,
)

PHONE_NUMBER: Final = _code(
    "phone_number",
    "Whether the number of support is one that can be dialled; nobody was called",
    Status.PASS,
    Status.FAIL,
    owners=(Owner.COMPANY,),
    remedy="Ask your IT support for the right number, and note it",
)
PHONE_UNUSUAL: Final = _code(
    "phone_unusual",
    "The number of support is in no range that is known to be in use",
    Status.WARN,
    owners=(Owner.COMPANY,),
    remedy="Call it once while everything works",
)
PHONE_NO_COUNTRY: Final = _code(
    "phone_no_country",
    "The number of support has no country prefix, so it may not work from abroad",
    Status.WARN,
    owners=(Owner.COMPANY,),
    remedy="Ask your IT support for the number with its country prefix, and note it",
)
PHONE: Final = (
    PHONE_NUMBER,
    PHONE_UNUSUAL,
    PHONE_NO_COUNTRY,
    _code("no_phone", "The profile names no phone number of a support desk", Status.SKIP),
)


def _page(kind: str, what: str) -> tuple[Code, ...]:
    """The codes about a page, ``what`` as one speaks of it."""
    return (
        _code(f"{kind}_answers", f"The {what} answers", Status.PASS),
        *_page_in_trouble(kind, what),
        _code(
            f"{kind}_unproved",
            f"Whether the {what} works could not be told",
            Status.UNKNOWN,
            remedy=_ANOTHER,
        ),
        _code(
            f"{kind}_inside",
            f"The {what} answers only inside the VPN, which is not known to be connected",
            Status.SKIP,
            Status.UNKNOWN,
        ),
        _code(
            f"{kind}_no_address",
            f"The address of the {what} is none of the web, so only a person can open it",
            Status.SKIP,
        ),
        _code(f"no_{kind}", f"The profile names no {what}", Status.SKIP),
    )


def _page_in_trouble(kind: str, what: str) -> tuple[Code, ...]:
    """Those about a page that was visited and is not as it should be."""
    return (
        _code(
            f"{kind}_down",
            f"The {what} refuses, breaks off or answers with an error of its own",
            Status.FAIL,
            owners=_ON_THE_WAY,
            remedy=_ANOTHER,
        ),
        _code(
            f"{kind}_silent",
            f"The {what} does not answer, while other servers did at the same moment",
            Status.FAIL,
            owners=_ON_THE_WAY,
            remedy=_ANOTHER,
        ),
        _code(
            f"{kind}_hangs",
            f"The {what} {HANGS}",
            Status.FAIL,
            owners=_ON_THE_WAY,
            remedy=_ANOTHER,
        ),
        _code(
            f"{kind}_name",
            f"The name of the {what} is not known",
            Status.FAIL,
            owners=_ON_THE_WAY,
            remedy=_ANOTHER,
        ),
        _code(
            f"{kind}_certificate",
            f"The {what} shows a certificate that does not prove whose it is",
            Status.FAIL,
            owners=_ON_THE_WAY,
            remedy="Do not sign in there while a browser warns about it, and use another way to reach support",
        ),
        _code(
            f"{kind}_no_tls",
            f"What answers at the secure address of the {what} makes no secure connection",
            Status.FAIL,
            owners=_ON_THE_WAY,
            remedy=_ANOTHER,
        ),
        _code(
            f"{kind}_unexpected",
            f"Something answers in the place of the {what}, and not as expected",
            Status.WARN,
            owners=_ON_THE_WAY,
            remedy="Open the address in a browser and look",
        ),
        _code(
            f"{kind}_unencrypted",
            f"The {what} has no encryption, so others on the way can read along",
            Status.WARN,
            owners=_FAR,
            remedy="Leave private details out, and ask support for an https address",
        ),
    )


PORTAL: Final = _page("portal", "support portal")
CHAT: Final = _page("chat", "support chat")

MAIL_ADDRESS: Final = _code(
    "mail_address",
    "Whether the address of support is one that takes mail",
    Status.PASS,
    Status.FAIL,
    owners=(Owner.COMPANY,),
    remedy=_ANOTHER,
)
MAIL_DOMAIN_UNPROVED: Final = _code(
    "mail_domain_unproved",
    "Whether the domain of the address of support takes mail could not be told",
    Status.UNKNOWN,
)
MAIL_SERVER: Final = _code("mail_server", "The server through which mail is sent answers", Status.PASS)
MAIL_NO_STARTTLS: Final = _code(
    "mail_no_starttls",
    "Mail cannot be sent safely: no encryption is offered, or its offer was removed on the way",
    Status.FAIL,
    owners=_ON_THE_WAY,
    remedy=_ANOTHER,
)
MAIL_REFUSED: Final = _code(
    "mail_refused",
    "The mail server answers, and takes no mail now",
    Status.FAIL,
    owners=_ON_THE_WAY,
    remedy=_ANOTHER,
)
MAIL_UNEXPECTED: Final = _code(
    "mail_unexpected",
    "What answers in the place of the mail server does not speak like one",
    Status.WARN,
    owners=_ON_THE_WAY,
    remedy=_ANOTHER,
)
MAIL_UNPROVED: Final = _code(
    "mail_unproved",
    "Whether mail can be sent could not be told",
    Status.UNKNOWN,
    remedy=_ANOTHER,
)
MAIL_DOMAIN: Final = _code(
    "mail_domain",
    "The domain of the address of support takes no mail, or is not known here",
    Status.FAIL,
    owners=(Owner.COMPANY, Owner.HOME, Owner.ISP, Owner.DEVICE),
    remedy=_ANOTHER,
)
MAIL_NAME: Final = _code(
    "mail_name",
    "The name of the mail server is not known here",
    Status.FAIL,
    owners=_ON_THE_WAY,
    remedy=_ANOTHER,
)
MAIL_DOWN: Final = _code(
    "mail_down",
    "The mail server refuses or breaks off the conversation",
    Status.FAIL,
    owners=_ON_THE_WAY,
    remedy=_ANOTHER,
)
MAIL_SILENT: Final = _code(
    "mail_silent",
    "The mail server does not answer, while other servers did at the same moment",
    Status.FAIL,
    owners=_ON_THE_WAY,
    remedy=_ANOTHER,
)
MAIL_HANGS: Final = _code(
    "mail_hangs",
    f"The mail server {HANGS}",
    Status.FAIL,
    owners=_ON_THE_WAY,
    remedy=_ANOTHER,
)
MAIL_CERTIFICATE: Final = _code(
    "mail_certificate",
    "The mail server shows a certificate that does not prove whose it is",
    Status.FAIL,
    owners=_ON_THE_WAY,
    remedy="Do not accept a warning about the mail server, and use another way to reach support",
)
MAIL_NO_TLS: Final = _code(
    "mail_no_tls",
    "What answers at the address of the mail server makes no secure connection",
    Status.FAIL,
    owners=_ON_THE_WAY,
    remedy=_ANOTHER,
)
EMAIL: Final = (
    MAIL_ADDRESS,
    MAIL_DOMAIN,
    MAIL_DOMAIN_UNPROVED,
    MAIL_SERVER,
    MAIL_NO_STARTTLS,
    MAIL_REFUSED,
    MAIL_NAME,
    MAIL_DOWN,
    MAIL_SILENT,
    MAIL_HANGS,
    MAIL_CERTIFICATE,
    MAIL_NO_TLS,
    MAIL_UNEXPECTED,
    MAIL_UNPROVED,
    _code(
        "email_inside",
        "Mail to support leaves only inside the VPN, which is not known to be connected",
        Status.SKIP,
        Status.UNKNOWN,
    ),
    _code("no_email", "The profile names no e-mail address of a support desk", Status.SKIP),
)
