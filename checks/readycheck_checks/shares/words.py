"""What a trouble with a share is called and how it is told: codes, sentences and remedies by stage. Pure tables; judges nothing.

In the texts {label} is the share as people know it, {host} and {port} its server.
"""

from dataclasses import dataclass
from typing import Final

from readycheck.api import Confidence, Owner, Status
from readycheck_checks.shares.outcome import Stage, Trouble, What
from readycheck_checks.shares.target import Target


@dataclass(frozen=True, kw_only=True)
class Words:
    """One kind of finding. ``owner`` None: the company's, except on SMB's port, which many networks block."""

    code: str
    says: str
    remedy: str
    owner: Owner | None = Owner.COMPANY
    confidence: Confidence = Confidence.MEDIUM
    status: Status = Status.FAIL


_TELL: Final = "Tell IT support that {label} "
_AT_STAGE: Final = {
    (Stage.NAME, What.NAME_UNKNOWN): Words(
        code="files.name_unknown",
        says="{label} will not open: the name of its server, {host}, is not known",
        remedy="Connect the VPN if these files need it, and check again. "
        "If it stays like this, tell IT support that the name {host} is not known.",
        owner=None,
    ),
    (Stage.PORT, What.SILENT): Words(
        code="files.port_silent",
        says="{label} will not open: {host} does not answer on port {port}, while other servers do",
        remedy="Connect the VPN if these files need it, and check again. "
        "If it stays like this, tell IT support that {host} does not answer.",
        owner=None,
    ),
    (Stage.PORT, What.REFUSED): Words(
        code="files.port_refused",
        says="{label} will not open: connections to {host} on port {port} are refused",
        remedy="Connect the VPN if these files need it, and check again. "
        "If it stays like this, tell IT support that {host} refuses connections.",
        owner=None,
    ),
    (Stage.SIGN_IN, What.DENIED): Words(
        code="files.account_blocked",
        says="{label} will not open: the server does not let this account sign in",
        remedy="Ask IT support whether your account may sign in to {host}.",
    ),
    (Stage.READ, What.DENIED): Words(
        code="files.read_failed",
        says="{label} shows its files, but you have no right to read them",
        remedy="Ask IT support for the right to read files on {label}.",
        confidence=Confidence.HIGH,
    ),
    (Stage.READ, What.MISSING): Words(
        code="files.read_failed",
        says="{label} opens, but the file that IT keeps there for checking is not there",
        remedy=_TELL + "has no file for checking. Your own files may well open.",
        status=Status.WARN,
    ),
    (Stage.WRITE, What.DENIED): Words(
        code="files.write_denied",
        says="Nothing can be saved on {label}: you have no right to it. It opens, though",
        remedy="Ask IT support for the right to save files on {label}.",
        confidence=Confidence.HIGH,
    ),
    (Stage.WRITE, What.FULL): Words(
        code="files.write_failed",
        says="Nothing can be saved on {label}: the server has no space left. It opens, though",
        remedy=_TELL + "has no space left.",
        confidence=Confidence.HIGH,
    ),
    (Stage.WRITE, What.LEFT_BEHIND): Words(
        code="files.left_behind",
        says="A small test file, readycheck-….tmp, was saved on {label} and could not be removed",
        remedy="Delete the file readycheck-….tmp on {label} if you see it.",
        status=Status.WARN,
    ),
}
_ANY_STAGE: Final = {
    What.SILENT: Words(
        code="files.server_silent",
        says="{label} will not open: {host} takes the connection and then says nothing",
        remedy=_TELL + "does not answer: {host} connects and then stays silent.",
    ),
    What.CLOSED: Words(
        code="files.server_closes",
        says="{label} will not open: {host} ends the conversation",
        remedy=_TELL + "cannot be opened: {host} ends the conversation.",
    ),
    What.GARBLED: Words(
        code="files.not_a_share",
        says="{label} will not open: {host} answers, but offers no files in this way",
        remedy="Compare the address of these files with the instructions of your IT support.",
        owner=Owner.UNKNOWN,
    ),
    What.PASSWORD: Words(
        code="files.sign_in_refused",
        says="{label} will not open: the server does not accept this user name and password",
        remedy="Type your password again where it is saved. If you changed it lately, use the new one.",
        owner=Owner.DEVICE,
    ),
    What.EXPIRED: Words(
        code="files.password_expired",
        says="{label} will not open: your password has run out",
        remedy="Change your password, then check again.",
        owner=Owner.DEVICE,
        confidence=Confidence.HIGH,
    ),
    What.BLOCKED: Words(
        code="files.account_blocked",
        says="{label} will not open: the server does not let this account sign in now",
        remedy="Ask IT support to unblock your account.",
        confidence=Confidence.HIGH,
    ),
    What.DENIED: Words(
        code="files.access_denied",
        says="{label} will not open: you can sign in, but you have no right to it",
        remedy="Ask IT support for access to {label}.",
        confidence=Confidence.HIGH,
    ),
    What.MISSING: Words(
        code="files.share_missing",
        says="{label} will not open: there is no share or folder of this name on {host}",
        remedy=_TELL + "is not there. It may have a new name.",
        confidence=Confidence.HIGH,
    ),
}
_SAME_AS: Final = {
    (Stage.READ, What.PASSWORD): (Stage.READ, What.DENIED),
    (Stage.WRITE, What.PASSWORD): (Stage.WRITE, What.DENIED),
}
_TROUBLED: Final = Words(
    code="files.server_trouble",
    says="{label} will not open: {host} answers that it cannot do this now",
    remedy="Wait ten minutes and check again. If it stays like this, tell IT support.",
)
_WRITE_TROUBLED: Final = Words(
    code="files.write_failed",
    says="Nothing can be saved on {label}: the server does not take the file. It opens, though",
    remedy=_TELL + "takes no files.",
)
_READ_TROUBLED: Final = Words(
    code="files.read_failed",
    says="{label} shows its files, but they do not open",
    remedy=_TELL + "shows its files, but they do not open.",
)
CERTIFICATES: Final = {
    "expired": "has run out",
    "not_yet_valid": "is not valid yet",
    "wrong_name": "belongs to another name",
    "untrusted": "comes from an issuer that this computer does not trust",
}
DOUBTS: Final = {
    What.NAME_TROUBLE: "no name server answered for {host}",
    What.PROXY: "the proxy of this computer did not pass the request on to {host}",
    What.NO_ROUTE: "this computer knows no way to {host}",
    What.NO_PASSWORD: "{host} answers, but no password is saved for it, so signing in was not tried",
    What.ELSEWHERE: "{host} asks to sign in on a web page, which only a person can do",
    What.SILENT: "{host} was silent, and nothing else answered at the same moment",
}


def words_for(trouble: Trouble) -> Words:
    """What the verdict calls this trouble: the exact stage first, then what it means anywhere."""
    here = (trouble.stage, trouble.what)
    exact = _AT_STAGE.get(_SAME_AS.get(here, here))
    if exact is not None:
        return exact
    if trouble.stage is Stage.WRITE:
        return _WRITE_TROUBLED
    if trouble.stage in (Stage.READ, Stage.RATE):
        return _READ_TROUBLED
    return _ANY_STAGE.get(trouble.what, _TROUBLED)


def filled(text: str, label: str, target: Target) -> str:
    """The text with its places filled; what a name holds is never read as a place."""
    values = {"label": label, "host": target.host, "port": str(target.port)}
    return text.format_map(values)
