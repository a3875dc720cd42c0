"""What a trouble with a share is called and how it is told: codes, sentences and remedies by stage. Pure tables; judges nothing.

In the texts {label} is the share as people know it, {host} and {port} its server.
"""

from dataclasses import dataclass
from typing import Final

from readycheck.api import Blame, Code, Confidence, Owner, Status
from readycheck_checks.asking.controls import nothing_answered
from readycheck_checks.shares.codes import (
    ACCESS_DENIED,
    ACCOUNT_BLOCKED,
    CLOCK_DIFFERS,
    ELSEWHERE,
    EXPIRED,
    HOST_KEY,
    HOURS,
    LEADS_NOWHERE,
    LEFT_BEHIND,
    MAINTENANCE,
    NOT_A_SHARE,
    OLD_PROTOCOL,
    PORT_REFUSED,
    PORT_SILENT,
    READ_FAILED,
    SAME_ADDRESSES,
    SERVER_BUSY,
    SERVER_CLOSES,
    SERVER_SILENT,
    SHARE_MISSING,
    SIGN_IN_REFUSED,
    TROUBLE,
    VPN_FIRST,
    WRITE_DENIED,
    WRITE_FAILED,
)
from readycheck_checks.shares.outcome import Stage, Trouble, What
from readycheck_checks.shares.target import Target

_COMPANY: Final = Blame(Owner.COMPANY, confidence=Confidence.MEDIUM)
_SURELY_COMPANY: Final = Blame(Owner.COMPANY, confidence=Confidence.HIGH)


@dataclass(frozen=True, kw_only=True)
class Words:
    """One kind of finding. ``blame`` None: as the look at it says."""

    code: Code
    says: str
    remedy: str
    blame: Blame | None = _COMPANY
    status: Status = Status.FAIL


_TELL: Final = "Tell IT support that {label} "
_MAY_SIGN_IN: Final = "Ask IT support whether your account may sign in to {host}"
_AT_STAGE: Final = {
    (Stage.PORT, What.SILENT): Words(
        code=PORT_SILENT,
        says="{label} will not open: {host} does not answer on port {port}, while other servers do",
        remedy=VPN_FIRST + ". If the problem stays, tell IT support that {host} does not answer.",
        blame=None,
    ),
    (Stage.PORT, What.REFUSED): Words(
        code=PORT_REFUSED,
        says="{label} will not open: connections to {host} on port {port} are refused",
        remedy=VPN_FIRST + ". If the problem stays, tell IT support that {host} refuses connections.",
        blame=None,
    ),
    (Stage.SIGN_IN, What.DENIED): Words(
        code=ACCOUNT_BLOCKED,
        says="{label} will not open: the server does not let this account sign in",
        remedy=_MAY_SIGN_IN,
    ),
    (Stage.READ, What.DENIED): Words(
        code=READ_FAILED,
        says="{label} shows its files, but you have no right to read them",
        remedy="Ask IT support for the right to read files on {label}.",
        blame=_SURELY_COMPANY,
    ),
    (Stage.READ, What.MISSING): Words(
        code=READ_FAILED,
        says="{label} opens, but the file that IT keeps there for checking is not there",
        remedy=_TELL + "has no file for checking. Your own files may well open.",
        status=Status.WARN,
    ),
    (Stage.WRITE, What.DENIED): Words(
        code=WRITE_DENIED,
        says="Nothing can be saved on {label}: you have no right to it. It opens, though",
        remedy="Ask IT support for the right to save files on {label}.",
        blame=_SURELY_COMPANY,
    ),
    (Stage.WRITE, What.FULL): Words(
        code=WRITE_FAILED,
        says="Nothing can be saved on {label}: the server has no space left. It opens, though",
        remedy=_TELL + "has no space left.",
        blame=_SURELY_COMPANY,
    ),
    (Stage.READ, What.IN_USE): Words(
        code=READ_FAILED,
        says="{label} opens, but the file that IT keeps there for checking is in use by somebody else",
        remedy="Check again in a few minutes. Your own files may well open.",
        status=Status.WARN,
    ),
    (Stage.WRITE, What.LEFT_BEHIND): Words(
        code=LEFT_BEHIND,
        says="A small test file, readycheck-….tmp, was saved on {label} and could not be removed",
        remedy="Delete the file readycheck-….tmp on {label} if you see it.",
        status=Status.WARN,
    ),
}
_ANY_STAGE: Final = {
    What.SILENT: Words(
        code=SERVER_SILENT,
        says="{label} will not open: {host} takes the connection and then says nothing",
        remedy=_TELL + "does not answer: {host} connects and then stays silent.",
        blame=None,
    ),
    What.NEARBY: Words(
        code=SAME_ADDRESSES,
        says="{label} will not open: a VPN is on, and the way to {host} stays in this network all the same. If {host} stands at "
        "the company, both networks have the same addresses",
        remedy="At home or in a hotel, use another network, such as a phone hotspot, and tell IT support that this "
        "network has the same addresses as the company's. In the office, tell IT support that {host} does not open {label}.",
        blame=None,
    ),
    What.CLOSED: Words(
        code=SERVER_CLOSES,
        says="{label} will not open: {host} ends the conversation",
        remedy=_TELL + "cannot be opened: {host} ends the conversation.",
        blame=None,
    ),
    What.GARBLED: Words(
        code=NOT_A_SHARE,
        says="{label} will not open: {host} answers, but offers no files in this way",
        remedy="Compare the address of these files with the instructions of your IT support.",
        blame=None,
    ),
    What.PASSWORD: Words(
        code=SIGN_IN_REFUSED,
        says="{label} will not open: the server does not accept this user name and password",
        remedy="Type your password again where it is saved. If you changed it lately, use the new one.",
        blame=Blame(Owner.DEVICE, confidence=Confidence.MEDIUM),
    ),
    What.EXPIRED: Words(
        code=EXPIRED,
        says="{label} will not open: your password has run out",
        remedy=EXPIRED.remedy,
        blame=Blame(Owner.DEVICE, confidence=Confidence.HIGH),
    ),
    What.KEY: Words(
        code=SIGN_IN_REFUSED,
        says="{label} will not open: the server does not accept this user name and key",
        remedy="Ask IT support whether your key is registered for {host}.",
        blame=Blame(either=(Owner.COMPANY, Owner.DEVICE), confidence=Confidence.MEDIUM),
    ),
    What.LOCKED: Words(
        code=ACCOUNT_BLOCKED,
        says="{label} will not open: your account is locked, often after too many wrong passwords",
        remedy="Ask IT support to unlock your account. Remove old passwords that are saved elsewhere, such as on your phone.",
        blame=_SURELY_COMPANY,
    ),
    What.DISABLED: Words(
        code=ACCOUNT_BLOCKED,
        says="{label} will not open: your account is switched off, or has run out",
        remedy="Ask IT support to switch your account on again.",
        blame=_SURELY_COMPANY,
    ),
    What.HOURS: Words(
        code=HOURS,
        says="{label} will not open: your account may not sign in at this hour",
        remedy=HOURS.remedy,
        blame=_SURELY_COMPANY,
    ),
    What.WORKSTATION: Words(
        code=ELSEWHERE,
        says="{label} will not open: your account may not sign in from this computer",
        remedy=ELSEWHERE.remedy,
        blame=_SURELY_COMPANY,
    ),
    What.BLOCKED: Words(
        code=ACCOUNT_BLOCKED,
        says="{label} will not open: the server does not let this account sign in now",
        remedy=_MAY_SIGN_IN,
        blame=_SURELY_COMPANY,
    ),
    What.CLOCK: Words(
        code=CLOCK_DIFFERS,
        says="{label} will not open: the clocks of this computer and of the company differ by more than five minutes",
        remedy="Set the date and time of this computer to automatic, then check again. If they are right, tell IT support.",
        blame=Blame(either=(Owner.DEVICE, Owner.COMPANY), confidence=Confidence.MEDIUM),
    ),
    What.OLD_PROTOCOL: Words(
        code=OLD_PROTOCOL,
        says="{label} will not open: {host} speaks only SMB1, an old way of sharing files that is not safe and is not used",
        remedy=_TELL + "is offered over SMB1 only: {host} has to offer SMB 2 or 3.",
        blame=_SURELY_COMPANY,
    ),
    What.DFS: Words(
        code=LEADS_NOWHERE,
        says="{label} will not open: {host} answers and leads on to another server, which does not open it",
        remedy=_TELL + "leads on to a server that does not open it (DFS).",
    ),
    What.BUSY: Words(
        code=SERVER_BUSY,
        says="{label} will not open: {host} takes nobody else at the moment",
        remedy="Wait ten minutes and check again. If the problem stays, tell IT support that {host} has no place left.",
        blame=_SURELY_COMPANY,
    ),
    What.DOMAIN: Words(
        code=TROUBLE,
        says="{label} will not open: {host} cannot ask its own domain whether you may sign in",
        remedy=_TELL + "does not open: {host} does not reach its domain controller, or is not trusted by it.",
        blame=_SURELY_COMPANY,
    ),
    What.MAINTENANCE: Words(
        code=MAINTENANCE,
        says="{label} will not open now: {host} says that it is closed for maintenance",
        remedy=MAINTENANCE.remedy,
        blame=_SURELY_COMPANY,
    ),
    What.KEY_CHANGED: Words(
        code=HOST_KEY,
        says="{label} was not opened: {host} shows another host key than the known one, so it may be somebody else",
        remedy="Ask IT support whether the host key of {host} was changed. Sign in there only when they say so.",
        blame=None,
    ),
    What.DENIED: Words(
        code=ACCESS_DENIED,
        says="{label} will not open: you can sign in, but you have no right to it",
        remedy="Ask IT support for access to {label}.",
        blame=_SURELY_COMPANY,
    ),
    What.MISSING: Words(
        code=SHARE_MISSING,
        says="{label} will not open: there is no share or folder of this name on {host}",
        remedy=_TELL + "is not there. It may have a new name.",
        blame=_SURELY_COMPANY,
    ),
}
_SAME_AS: Final = {
    (Stage.READ, What.PASSWORD): (Stage.READ, What.DENIED),
    (Stage.WRITE, What.PASSWORD): (Stage.WRITE, What.DENIED),
    (Stage.RATE_UP, What.FULL): (Stage.WRITE, What.FULL),
}
_TROUBLED: Final = Words(
    code=TROUBLE,
    says="{label} will not open: {host} answers that it cannot do this now",
    remedy=TROUBLE.remedy,
)
_WRITE_TROUBLED: Final = Words(
    code=WRITE_FAILED,
    says="Nothing can be saved on {label}: the server does not take the file. It opens, though",
    remedy=_TELL + "takes no files.",
)
_BREAKS_OFF: Final = Words(
    code=WRITE_FAILED,
    says="Saving on {label} breaks off: a small file is saved, a larger one is not",
    remedy=_TELL + "takes small files, and saving larger ones breaks off.",
)
_READ_TROUBLED: Final = Words(
    code=READ_FAILED,
    says="{label} shows its files, but they do not open",
    remedy=_TELL + "shows its files, but they do not open.",
)
DOUBTS: Final = {
    What.NAME_TROUBLE: "no name server answered for {host}",
    What.PROXY: "the proxy of this computer did not pass the request on to {host}",
    What.NO_ROUTE: "this computer knows no way to {host}",
    What.NO_PASSWORD: "{host} answers, but no password is saved for it, so signing in was not tried",
    What.ELSEWHERE: "{host} asks to sign in on a web page, which only a person can do",
    What.KEY_UNKNOWN: "{host} shows a host key that nobody has confirmed yet, so signing in was not tried",
    What.NOT_OFFERED: "{host} answers, and shows what it has to mounted drives only",
    What.SILENT: nothing_answered("{host}"),
}


def words_for(trouble: Trouble) -> Words:
    """What the verdict calls this trouble: the exact stage first, then what it means anywhere."""
    here = (trouble.stage, trouble.what)
    exact = _AT_STAGE.get(_SAME_AS.get(here, here))
    if exact is not None:
        return exact
    if trouble.stage is Stage.RATE_UP:
        return _BREAKS_OFF
    if trouble.stage is Stage.WRITE:
        return _WRITE_TROUBLED
    if trouble.stage in (Stage.READ, Stage.RATE):
        return _READ_TROUBLED
    return _ANY_STAGE.get(trouble.what, _TROUBLED)


def filled(text: str, label: str, target: Target) -> str:
    """The text with its places filled; what a name holds is never read as a place."""
    values = {"label": label, "host": target.host, "port": str(target.port)}
    return text.format_map(values)
