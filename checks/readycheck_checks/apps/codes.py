"""All that mailbox, chat, sip_phone and sign_in can say: one tuple for each check."""

from typing import Final

from readycheck.api import Code, Owner, Status
from readycheck_checks.blame.answering import HANGS
from readycheck_checks.blame.remedies import HOTSPOT

ANYBODYS: Final = (Owner.COMPANY, Owner.HOME, Owner.ISP, Owner.DEVICE, Owner.SERVICE)
FAR: Final = (Owner.COMPANY, Owner.SERVICE)
_IN_CLEAR: Final = (Owner.COMPANY, Owner.HOME, Owner.ISP)  # without TLS anybody on the way may say it
_TELL: Final = "Tell IT support what is said here"
_WAIT: Final = "Wait and check again; if the problem stays, tell IT support what is said here"


def _works(name: str, meaning: str) -> Code:
    return Code(name, meaning, (Status.PASS,))


def _skipped(name: str, meaning: str) -> Code:
    return Code(name, meaning, (Status.SKIP,))


def _open(name: str, meaning: str, remedy: str = "") -> Code:
    return Code(name, meaning, (Status.UNKNOWN,), (), remedy)


def _fails(
    name: str, meaning: str, owners: tuple[Owner, ...] = (Owner.COMPANY,), remedy: str = _TELL
) -> Code:
    """A warning where another server does the same."""
    return Code(name, meaning, (Status.FAIL, Status.WARN), owners, remedy)


def _troubles(code: str, thing: str, *, tls: bool = True) -> tuple[Code, ...]:
    """A conversation that does not come about, whatever with; ``thing`` as a sentence names it: "the mail server"."""
    begins = thing[0].upper() + thing[1:]
    told = (
        _fails(f"{code}_refused", f"The machine of {thing} turns connections away", ANYBODYS, HOTSPOT),
        _fails(f"{code}_silent", f"{begins} does not answer, while others do", ANYBODYS, HOTSPOT),
        _fails(f"{code}_hangs", f"{begins} {HANGS}", ANYBODYS),
        _fails(f"{code}_closed", f"{begins} takes connections and closes them at once", ANYBODYS),
        _fails(
            f"{code}_blocked",
            f"Packets to the port of {thing} do not leave this network or the provider's",
            (Owner.HOME, Owner.ISP, Owner.DEVICE),
            HOTSPOT,
        ),
        _fails(
            f"{code}_name", f"The name of {thing}, or of a host that it names, is not known here", ANYBODYS
        ),
        _fails(f"{code}_garbled", f"What answers in the place of {thing} is something else", ANYBODYS),
        _open(f"{code}_unproved", f"Nothing that would prove anything about {thing} came back", HOTSPOT),
    )
    if not tls:
        return told
    return (
        *told,
        _fails(f"{code}_certificate", f"{begins} cannot prove who it is", ANYBODYS),
        _fails(f"{code}_no_tls", "Something answers, and no safe connection comes about", ANYBODYS),
    )


MAIL_NOT_FOUND: Final = _open(
    "apps.mail_not_found",
    "Neither the profile nor the domain names a mail server",
    "Ask IT support to name the mail servers in the profile",
)
MAIL: Final = (
    _works("apps.mail", "A mail server answers over a safe connection"),
    MAIL_NOT_FOUND,
    *_troubles("apps.mail", "the mail server"),
    _fails(
        "apps.mail_says_no", "The mail server speaks its protocol and turns mail programs away", _IN_CLEAR
    ),
    _fails(
        "apps.mail_not_now", "The mail server says that it cannot serve anybody now (4xx, BYE)", _IN_CLEAR
    ),
    _fails(
        "apps.mail_no_starttls",
        "The mail server offers no encryption, or something on the way removes the offer",
        _IN_CLEAR,
    ),
    _fails("apps.mail_no_sign_in", "The mail server offers no way to sign in"),
    Code(
        "apps.autodiscover_certificate",
        "Where Outlook looks for the settings of a mailbox (Autodiscover), a server cannot prove who it is",
        (Status.WARN,),
        ANYBODYS,
        "Cancel where Outlook shows an alert about it, and tell IT support what is said here",
    ),
    Code(
        "apps.autodiscover_down",
        "Where Outlook looks for the settings of a mailbox (Autodiscover), a server answers with an error of its own (5xx)",
        (Status.WARN,),
        FAR,
        "Use your mail as it is set up, and tell IT support what is said here",
    ),
)

CHAT: Final = (
    _works(
        "apps.chat", "The live connection of the chat opens, or the chat answers and wants a sign-in first"
    ),
    _skipped("apps.chat_unnamed", "The profile names no address of the chat"),
    *_troubles("apps.chat", "the chat"),
    _fails(
        "apps.chat_down",
        "The server of the chat answers with an error of its own (5xx)",
        (*FAR, Owner.HOME),
        _WAIT,
    ),
    _fails(
        "apps.chat_no_upgrade",
        "The server answers as a web page and opens no WebSocket",
        (*FAR, Owner.HOME),
    ),
    _fails("apps.chat_closed_at_once", "The WebSocket opens and is closed at once", FAR, _WAIT),
    _fails(
        "apps.chat_proxy",
        "The proxy of this network does not let the chat through",
        (Owner.COMPANY, Owner.HOME, Owner.DEVICE),
        "Ask whoever runs the proxy to let the chat through",
    ),
)

PHONE_NOT_FOUND: Final = _open(
    "apps.phone_not_found",
    "Neither the profile nor the domain names a telephone exchange",
    "Ask IT support to name the telephone exchange in the profile",
)
PHONE: Final = (
    _works("apps.phone_answers", "The telephone exchange answers over every transport of the profile"),
    PHONE_NOT_FOUND,
    *_troubles("apps.phone", "the telephone exchange"),
    _fails(
        "apps.phone_out_of_order", "The telephone exchange says that it is out of service (5xx)", _IN_CLEAR
    ),
    _fails(
        "apps.phone_alg",
        "Something on the way rewrites telephone messages (SIP ALG)",
        (Owner.HOME, Owner.COMPANY, Owner.ISP),
        "Set the telephone to TLS, or switch off SIP ALG in the router",
    ),
    _fails(
        "apps.phone_udp",
        "The telephone exchange answers over TLS or TCP, and not over UDP",
        ANYBODYS,
        "Set the telephone to TLS in its settings, or ask IT support to",
    ),
)

SIGN_IN: Final = (
    _works("apps.sign_in", "The identity provider answers, with its keys"),
    _skipped("apps.sign_in_unnamed", "The profile names no identity provider"),
    *_troubles("apps.sign_in", "the identity provider"),
    _fails("apps.sign_in_down", "The identity provider answers with an error of its own (5xx)", FAR, _WAIT),
    _fails("apps.sign_in_not_found", "The server knows no such provider, tenant, page or domain", FAR),
    _fails("apps.sign_in_unexpected", "The server answers something else in place of its document", FAR),
    _fails("apps.sign_in_document", "The discovery document of the identity provider cannot be used", FAR),
    _fails("apps.sign_in_issuer", "The identity provider calls itself by another name than expected", FAR),
    _fails("apps.sign_in_keys", "The keys of the identity provider cannot be read", FAR),
    _fails(
        "apps.sign_in_clock",
        "The clocks of this computer and of the identity provider are apart",
        (Owner.DEVICE, *FAR),
        "Switch on automatic date and time, and see that the time zone is right",
    ),
    _works("apps.kerberos", "A key distribution centre of the realm answers"),
    _skipped("apps.kerberos_inside", "The realm is known only inside the VPN, which is not connected"),
    _open("apps.kerberos_not_found", "The name servers name no key distribution centre"),
    *_troubles("apps.kerberos", "the key distribution centre", tls=False),
)
