"""All that share can say. Saving that the profile does not require is a warning where it fails."""

from typing import Final

from readycheck.api import Code, Owner, Status
from readycheck_checks.blame.remedies import CERTIFICATE, WAIT

_FAIL: Final = (Status.FAIL,)
_WARN: Final = (Status.WARN,)
_BOTH: Final = (Status.FAIL, Status.WARN)
_COMPANY: Final = (Owner.COMPANY,)
_ANYBODYS: Final = (Owner.COMPANY, Owner.HOME, Owner.ISP, Owner.DEVICE)
VPN_FIRST: Final = "Connect the VPN if these files need it, and check again"
VPN: Final = f"{VPN_FIRST}; if the problem stays, tell IT support"
_TELL: Final = "Tell IT support what is said here about the server"
_ASK: Final = "Ask IT support to change it"

EXPIRED: Final = Code(
    "files.password_expired",
    "The password of the person has run out",
    _FAIL,
    (Owner.DEVICE,),
    "Change your password, then check again",
)
HOURS: Final = Code(
    "files.account_hours",
    "The account of the person may not sign in at this hour",
    _FAIL,
    _COMPANY,
    "Try again in your working hours, or ask IT support to change them",
)
ELSEWHERE: Final = Code(
    "files.account_elsewhere",
    "The account of the person may not sign in from this computer",
    _FAIL,
    _COMPANY,
    "Use the computer that you were given for this work, or ask IT support to allow this one",
)
TROUBLE: Final = Code(
    "files.server_trouble",
    "The file server answers that it cannot do this now",
    _FAIL,
    _COMPANY,
    WAIT,
)
STOP_OTHERS: Final = "Stop other transfers and check again; if it stays slow, tell IT support"
MAINTENANCE: Final = Code(
    "files.maintenance",
    "The server of the files says that it is closed for maintenance",
    _FAIL,
    (Owner.COMPANY, Owner.SERVICE),
    "Wait until the maintenance is over, and ask IT support how long it takes",
)
NAME_UNKNOWN: Final = Code(
    "files.name_unknown",
    "The name of the file server is not known here",
    _FAIL,
    (Owner.DEVICE, Owner.COMPANY, Owner.HOME, Owner.ISP),
    VPN,
)
FILES_CERTIFICATE: Final = Code(
    "files.certificate",
    "The file server shows a certificate that does not prove who it is",
    _FAIL,
    _ANYBODYS,
    CERTIFICATE,
)
UNPROVED: Final = Code(
    "files.unproved",
    "Whether the files open could not be told: what came back proves nothing",
    (Status.UNKNOWN,),
)
OTHER_SIGN_IN: Final = Code(
    "files.other_sign_in",
    "The file server wants the person to sign in in a way that a saved password is no answer to",
    (Status.UNKNOWN,),
)
PORT_SILENT: Final = Code(
    "files.port_silent", "The file server does not answer, while other servers do", _FAIL, _ANYBODYS, VPN
)
PORT_REFUSED: Final = Code("files.port_refused", "The file server refuses connections", _FAIL, _ANYBODYS, VPN)
SAME_ADDRESSES: Final = Code(
    "files.same_addresses",
    "A VPN is on, and the way to the file server stays in this network, where another machine may have its address",
    _FAIL,
    (Owner.HOME, Owner.COMPANY, Owner.DEVICE),
    "Use another network, such as a phone hotspot; in the office, tell IT support",
)
SERVER_SILENT: Final = Code(
    "files.server_silent",
    "The file server takes the connection and then says nothing",
    _FAIL,
    _ANYBODYS,
    _TELL,
)
SERVER_CLOSES: Final = Code(
    "files.server_closes", "The file server ends the conversation", _FAIL, _ANYBODYS, _TELL
)
NOT_A_SHARE: Final = Code(
    "files.not_a_share",
    "What answers offers no files in this way",
    _FAIL,
    _ANYBODYS,
    "Compare the address of the files with the instructions of your IT support",
)
HOST_KEY: Final = Code(
    "files.host_key",
    "The file server shows another host key than the known one, or one that was revoked",
    _FAIL,
    _ANYBODYS,
    "Ask IT support whether the host key was changed, and sign in there only when they say so",
)
_WAY: Final = (
    NAME_UNKNOWN,
    PORT_SILENT,
    PORT_REFUSED,
    SAME_ADDRESSES,
    SERVER_SILENT,
    SERVER_CLOSES,
    NOT_A_SHARE,
    FILES_CERTIFICATE,
    HOST_KEY,
    UNPROVED,
)
SIGN_IN_REFUSED: Final = Code(
    "files.sign_in_refused",
    "The file server does not accept the user name with the password or key",
    _FAIL,
    (Owner.DEVICE, Owner.COMPANY),
    "Type your password again where it is saved, or ask IT support about your key",
)
ACCOUNT_BLOCKED: Final = Code(
    "files.account_blocked",
    "The account of the person is locked, switched off or not let in",
    _FAIL,
    _COMPANY,
    "Ask IT support to unlock your account",
)
CLOCK_DIFFERS: Final = Code(
    "files.clock_differs",
    "The clocks of this computer and of the company differ by more than five minutes",
    _FAIL,
    (Owner.DEVICE, Owner.COMPANY),
    "Set the date and time of this computer to automatic, then check again",
)
OLD_PROTOCOL: Final = Code(
    "files.old_protocol",
    "The file server speaks only SMB1, which is not safe and is not used",
    _FAIL,
    _COMPANY,
    _TELL,
)
_SIGN_IN: Final = (
    OTHER_SIGN_IN,
    SIGN_IN_REFUSED,
    EXPIRED,
    ACCOUNT_BLOCKED,
    HOURS,
    ELSEWHERE,
    CLOCK_DIFFERS,
    OLD_PROTOCOL,
)
RATE_NOT_TIMED: Final = Code("files.rate_not_timed", "How fast the files are was not timed", (Status.SKIP,))
ACCESS_DENIED: Final = Code(
    "files.access_denied",
    "The server answers that the person has no right to the files",
    _FAIL,
    _COMPANY,
    _ASK,
)
SHARE_MISSING: Final = Code(
    "files.share_missing",
    "There is no share or folder of this name on the server",
    _FAIL,
    _COMPANY,
    _TELL,
)
LEADS_NOWHERE: Final = Code(
    "files.leads_nowhere",
    "The server leads on to another one, which does not open the files (DFS)",
    _FAIL,
    _COMPANY,
    _TELL,
)
SERVER_BUSY: Final = Code(
    "files.server_busy",
    "The file server takes nobody else at the moment",
    _FAIL,
    _COMPANY,
    WAIT,
)
READ_FAILED: Final = Code(
    "files.read_failed", "The files are listed, and one does not open", _BOTH, _COMPANY, _TELL
)
WRITE_DENIED: Final = Code(
    "files.write_denied", "The files open, and the person may not save there", _BOTH, _COMPANY, _ASK
)
WRITE_FAILED: Final = Code(
    "files.write_failed", "The files open, and saving there does not work", _BOTH, _COMPANY, _TELL
)
LEFT_BEHIND: Final = Code(
    "files.left_behind",
    "A small test file was saved and could not be removed",
    _WARN,
    _COMPANY,
    "Delete the file if you see it",
)
TRANSFER_HANGS: Final = Code(
    "files.transfer_hangs",
    "The files open, and reading or saving one stops in the middle",
    _BOTH,
    _ANYBODYS,
    "Try once over a phone hotspot, and tell IT support whether it stops there too",
)
SLOW: Final = Code(
    "files.slow",
    "Files open more slowly than the profile wants",
    _BOTH,
    _COMPANY,
    STOP_OTHERS,
)
SLOW_TO_SAVE: Final = Code(
    "files.slow_to_save",
    "Files are saved more slowly than the profile wants",
    _BOTH,
    _COMPANY,
    STOP_OTHERS,
)
_FILES: Final = (
    ACCESS_DENIED,
    SHARE_MISSING,
    LEADS_NOWHERE,
    SERVER_BUSY,
    TROUBLE,
    READ_FAILED,
    WRITE_DENIED,
    WRITE_FAILED,
    LEFT_BEHIND,
    TRANSFER_HANGS,
    SLOW,
    SLOW_TO_SAVE,
    RATE_NOT_TIMED,
)

OPENS: Final = Code(
    "files.opens",
    "The files open, as far as was wanted: signing in, listing, reading, saving",
    (Status.PASS,),
)
SERVER_ANSWERS: Final = Code(
    "files.server_answers", "The file server answers; nobody signed in", (Status.PASS,)
)
SHARE: Final = (
    OPENS,
    SERVER_ANSWERS,
    *_WAY,
    *_SIGN_IN,
    *_FILES,
    MAINTENANCE,
)
