"""All that drive can say. A drive that is expected fails; one that nobody expects is a warning, for programs stop at it."""

from typing import Final

from readycheck.api import Code, Owner, Status
from readycheck_checks.shares.codes import VPN

_BROKEN: Final = (Status.FAIL, Status.WARN)
_ANYBODYS: Final = (Owner.COMPANY, Owner.HOME, Owner.ISP, Owner.DEVICE)
RECONNECT: Final = "Disconnect the drive and connect it again; if programs hang on it, restart the computer"
_TELL: Final = "Tell IT support what is said here about the server"

NO_DRIVES: Final = Code(
    "files.no_drives", "No network drive is expected, and none is connected", (Status.SKIP,)
)
NOT_TOLD: Final = Code(
    "files.drives_not_told", "This computer does not tell which drives are connected", (Status.UNKNOWN,)
)
MISSING: Final = Code(
    "files.drive_missing",
    "The drive is not connected",
    _BROKEN,
    (Owner.DEVICE, Owner.COMPANY),
    "Connect the drive in your file manager, with the VPN connected if these files need it",
)
DENIED: Final = Code(
    "files.drive_denied",
    "The drive is connected, and the person has no right to look into it",
    _BROKEN,
    (Owner.COMPANY, Owner.DEVICE),
    "Disconnect the drive and connect it again; if it stays so, ask IT support for access to it",
)
DRIVE_OPENS: Final = Code("files.drive_opens", "The drive opens", (Status.PASS,))
MORE_DRIVES: Final = Code("files.more_drives", "There are more drives than are looked at", (Status.SKIP,))
DRIVE_UNPROVED: Final = Code(
    "files.drive_unproved", "Whether the drive works could not be told", (Status.UNKNOWN,)
)
DRIVE_STALE: Final = Code(
    "files.drive_stale",
    "The drive is connected and does not answer, while its server does",
    _BROKEN,
    (Owner.DEVICE, Owner.COMPANY),
    RECONNECT,
)
DRIVE_DEAD: Final = Code(
    "files.drive_dead",
    "The drive is connected and does not answer, and its server could not be asked",
    _BROKEN,
    (Owner.COMPANY, Owner.DEVICE),
    RECONNECT,
)
DRIVE_SERVER_HANGS: Final = Code(
    "files.drive_server_hangs",
    "The drive does not answer: its server takes connections and says nothing",
    _BROKEN,
    _ANYBODYS,
    _TELL,
)
DRIVE_SERVER_ELSE: Final = Code(
    "files.drive_server_else",
    "The drive does not answer: its server ends the conversation, or answers something else",
    _BROKEN,
    _ANYBODYS,
    _TELL,
)
DRIVE_NAME: Final = Code(
    "files.drive_name",
    "The name of the server of the drive is not known here",
    _BROKEN,
    (Owner.DEVICE, Owner.COMPANY, Owner.HOME, Owner.ISP),
    VPN,
)
DRIVE_REFUSED: Final = Code(
    "files.drive_refused", "The server of the drive refuses connections", _BROKEN, _ANYBODYS, VPN
)
DRIVE_SILENT: Final = Code(
    "files.drive_silent",
    "The server of the drive does not answer, while others do",
    _BROKEN,
    _ANYBODYS,
    VPN,
)
DRIVE: Final = (
    DRIVE_OPENS,
    NO_DRIVES,
    MORE_DRIVES,
    NOT_TOLD,
    DRIVE_UNPROVED,
    MISSING,
    DENIED,
    DRIVE_STALE,
    DRIVE_DEAD,
    DRIVE_SERVER_HANGS,
    DRIVE_SERVER_ELSE,
    DRIVE_NAME,
    DRIVE_REFUSED,
    DRIVE_SILENT,
)
