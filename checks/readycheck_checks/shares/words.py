"""What a trouble with a share is called and how it is told: codes, sentences and remedies by stage. Pure tables; judges nothing.

In the texts {label} is the share as people know it, {host} and {port} its server.
"""

from typing import Final

from readycheck.api import Status
from readycheck_checks.shares.account_words import MAY_SIGN_IN, OF_ACCOUNTS
from readycheck_checks.shares.codes import (
    ACCESS_DENIED,
    ACCOUNT_BLOCKED,
    HOST_KEY,
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
    TRANSFER_HANGS,
    TROUBLE,
    VPN_FIRST,
    WRITE_DENIED,
    WRITE_FAILED,
)
from readycheck_checks.shares.outcome import Stage, Trouble, What
from readycheck_checks.shares.wording import SURELY_COMPANY, TELL, Words

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
        remedy=MAY_SIGN_IN,
    ),
    (Stage.READ, What.DENIED): Words(
        code=READ_FAILED,
        says="{label} shows its files, but you have no right to read them",
        remedy="Ask IT support for the right to read files on {label}.",
        blame=SURELY_COMPANY,
    ),
    (Stage.READ, What.MISSING): Words(
        code=READ_FAILED,
        says="{label} opens, but the file that IT keeps there for checking is not there",
        remedy=TELL + "has no file for checking. Your own files may well open.",
        status=Status.WARN,
    ),
    (Stage.WRITE, What.DENIED): Words(
        code=WRITE_DENIED,
        says="Nothing can be saved on {label}: you have no right to it. It opens, though",
        remedy="Ask IT support for the right to save files on {label}.",
        blame=SURELY_COMPANY,
    ),
    (Stage.WRITE, What.FULL): Words(
        code=WRITE_FAILED,
        says="Nothing can be saved on {label}: the server has no space left. It opens, though",
        remedy=TELL + "has no space left.",
        blame=SURELY_COMPANY,
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
    **OF_ACCOUNTS,
    What.SILENT: Words(
        code=SERVER_SILENT,
        says="{label} will not open: {host} takes the connection and then says nothing",
        remedy=TELL + "does not answer: {host} connects and then stays silent.",
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
        remedy=TELL + "cannot be opened: {host} ends the conversation.",
        blame=None,
    ),
    What.GARBLED: Words(
        code=NOT_A_SHARE,
        says="{label} will not open: {host} answers, but offers no files in this way",
        remedy="Compare the address of these files with the instructions of your IT support.",
        blame=None,
    ),
    What.OLD_PROTOCOL: Words(
        code=OLD_PROTOCOL,
        says="{label} will not open: {host} speaks only SMB1, an old way of sharing files that is not safe and is not used",
        remedy=TELL + "is offered over SMB1 only: {host} has to offer SMB 2 or 3.",
        blame=SURELY_COMPANY,
    ),
    What.DFS: Words(
        code=LEADS_NOWHERE,
        says="{label} will not open: {host} answers and leads on to another server, which does not open it",
        remedy=TELL + "leads on to a server that does not open it (DFS).",
    ),
    What.BUSY: Words(
        code=SERVER_BUSY,
        says="{label} will not open: {host} takes nobody else at the moment",
        remedy="Wait ten minutes and check again. If the problem stays, tell IT support that {host} has no place left.",
        blame=SURELY_COMPANY,
    ),
    What.DOMAIN: Words(
        code=TROUBLE,
        says="{label} will not open: {host} cannot ask its own domain whether you may sign in",
        remedy=TELL + "does not open: {host} does not reach its domain controller, or is not trusted by it.",
        blame=SURELY_COMPANY,
    ),
    What.MAINTENANCE: Words(
        code=MAINTENANCE,
        says="{label} will not open now: {host} says that it is closed for maintenance",
        remedy=MAINTENANCE.remedy,
        blame=SURELY_COMPANY,
    ),
    What.KEY_CHANGED: Words(
        code=HOST_KEY,
        says="{label} was not opened: {host} shows another host key than the known one, so it may be somebody else",
        remedy="Ask IT support whether the host key of {host} was changed. Sign in there only when they say so.",
        blame=None,
    ),
    What.KEY_REVOKED: Words(
        code=HOST_KEY,
        says="{label} was not opened: {host} shows a host key that is marked on this computer as one that counts no more",
        remedy="Ask IT support which host key of {host} counts. Sign in there only when they say so.",
        blame=None,
    ),
    What.DENIED: Words(
        code=ACCESS_DENIED,
        says="{label} will not open: {host} answers that you have no right to it",
        remedy="Ask IT support for access to {label}.",
        blame=SURELY_COMPANY,
    ),
    What.MISSING: Words(
        code=SHARE_MISSING,
        says="{label} will not open: there is no share or folder of this name on {host}",
        remedy=TELL + "is not there. It may have a new name.",
        blame=SURELY_COMPANY,
    ),
}
_SAME_AS: Final = {
    (Stage.READ, What.PASSWORD): (Stage.READ, What.DENIED),
    (Stage.WRITE, What.PASSWORD): (Stage.WRITE, What.DENIED),
    (Stage.RATE_UP, What.FULL): (Stage.WRITE, What.FULL),
}
_HANGS: Final = {
    Stage.READ: "{label} opens, but reading a file from it stops in the middle: nothing more comes, or next to nothing",
    Stage.WRITE: "{label} opens, but saving a file on it stops in the middle: {host} says nothing more",
}
_READING: Final = (Stage.READ, Stage.RATE)
_SAVING: Final = (Stage.WRITE, Stage.RATE_UP)
_TROUBLED: Final = Words(
    code=TROUBLE,
    says="{label} will not open: {host} answers that it cannot do this now",
    remedy=TROUBLE.remedy,
)
_WRITE_TROUBLED: Final = Words(
    code=WRITE_FAILED,
    says="Nothing can be saved on {label}: the server does not take the file. It opens, though",
    remedy=TELL + "takes no files.",
)
_BREAKS_OFF: Final = Words(
    code=WRITE_FAILED,
    says="Saving on {label} breaks off: a small file is saved, a larger one is not",
    remedy=TELL + "takes small files, and saving larger ones breaks off.",
)
_READ_TROUBLED: Final = Words(
    code=READ_FAILED,
    says="{label} shows its files, but they do not open",
    remedy=TELL + "shows its files, but they do not open.",
)


def words_for(trouble: Trouble) -> Words:
    """What the verdict calls this trouble: the exact stage first, then what it means anywhere."""
    here = (trouble.stage, trouble.what)
    exact = _AT_STAGE.get(_SAME_AS.get(here, here))
    if exact is not None:
        return exact
    if trouble.what is What.SILENT and trouble.stage in (*_READING, *_SAVING):
        says = _HANGS[Stage.READ if trouble.stage in _READING else Stage.WRITE]
        return Words(code=TRANSFER_HANGS, says=says, remedy=TRANSFER_HANGS.remedy, blame=None)
    if trouble.stage is Stage.RATE_UP:
        return _BREAKS_OFF
    if trouble.stage is Stage.WRITE:
        return _WRITE_TROUBLED
    if trouble.stage in _READING:
        return _READ_TROUBLED
    return _ANY_STAGE.get(trouble.what, _TROUBLED)
