"""What went wrong in a visit over SFTP, as asyncssh and the system say it: what it means."""

from typing import Any

from readycheck_checks.shares.outcome import Stage, What


class Trouble(Exception):
    """What stood in the way, as this module found it itself."""

    def __init__(self, what: What, text: str) -> None:
        super().__init__(text)
        self.what = what


def told(stage: Stage, error: Exception) -> dict[str, Any]:
    return {
        "stage": stage,
        "ntstatus": None,
        "kind": _what(error),
        "text": f"{type(error).__name__}: {error}",
    }


def _what(error: Exception) -> What:
    """What an error of asyncssh or of the system means."""
    import asyncssh

    match error:
        case Trouble():
            return error.what
        case asyncssh.ConnectionLost() if "timeout" in str(error):  # of ours: nobody hung up
            return What.SILENT
        case asyncssh.SFTPPermissionDenied() | asyncssh.SFTPWriteProtect():
            return What.DENIED
        case asyncssh.SFTPNoSuchFile() | asyncssh.SFTPNoSuchPath() | asyncssh.SFTPNotADirectory():
            return What.MISSING
        case asyncssh.SFTPNoSpaceOnFilesystem() | asyncssh.SFTPQuotaExceeded():
            return What.FULL
        case asyncssh.ChannelOpenError() | asyncssh.SFTPNoConnection():
            return What.GARBLED
        case asyncssh.ConnectionLost() | ConnectionError() | asyncssh.SFTPConnectionLost():
            return What.CLOSED
        case TimeoutError():
            return What.SILENT
        case asyncssh.ProtocolError():
            return What.GARBLED
        case _:
            return What.TROUBLE
