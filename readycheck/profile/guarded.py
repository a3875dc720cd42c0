"""Whether only administrators can have written a file of this computer. Reads owners and permissions, never the file.

On Windows the owner and the access list are read as text (SDDL, learn.microsoft.com/windows/win32/secauthz, 2026-11-22). What
cannot be told counts as not guarded.
"""

import re
import stat
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Final

ROOT: Final = (0,)
_OPEN: Final = stat.S_IWGRP | stat.S_IWOTH
# Administrators, the system, and the installer of Windows itself
_TRUSTED: Final = (
    "BA",
    "SY",
    "S-1-5-32-544",
    "S-1-5-18",
    "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
)
_READING: Final = (
    0x001200A9  # read, run, read attributes and permissions, wait: FILE_GENERIC_READ and _EXECUTE
)
_READERS: Final = frozenset({"FR", "FX", "GR", "GX", "RC"})
_OWNER: Final = re.compile(r"O:([A-Z]{2}|S-[0-9-]+)(?=[GDS]:|\Z)")
_LIST: Final = re.compile(r"D:[A-Z]*((?:\([^()]*\))*)(?=S:|\Z)")
_ENTRY: Final = re.compile(r"\(([^()]*)\)")


def is_guarded(file: Path, owners: Collection[int] = ROOT) -> bool:
    """``owners``: the users (POSIX) who may have written it; on Windows these are always the administrators."""
    try:
        if sys.platform == "win32":
            return is_guarded_by(_descriptor(file)) and _owned(_descriptor(file.parent))
        whole = file.resolve(strict=True)
        return all(_is_kept(path, owners) for path in (whole, *whole.parents))
    except OSError:
        return False


def _is_kept(path: Path, owners: Collection[int]) -> bool:
    """Of these owners, and nobody else can write it; into a sticky folder others write only what is theirs."""
    status = path.stat()
    sticky = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
    return status.st_uid in {*owners, *ROOT} and (bool(sticky) or not status.st_mode & _OPEN)


def is_guarded_by(descriptor: str) -> bool:
    """A security descriptor in SDDL: its owner is an administrator, and everybody else may read at most."""
    entries = _LIST.search(descriptor)
    return (
        _owned(descriptor)
        and entries is not None
        and entries[1] != ""
        and all(_harmless(entry) for entry in _ENTRY.findall(entries[1]))
    )


def _owned(descriptor: str) -> bool:
    owner = _OWNER.match(descriptor)
    return owner is not None and owner[1] in _TRUSTED


def _harmless(entry: str) -> bool:
    """``type;flags;rights;object;inherited object;whose``: it allows nothing, an administrator, or only what changes nothing."""
    parts = entry.split(";")
    if len(parts) != 6:
        return False
    kind, flags, rights, *_, whose = parts
    if kind == "D" or whose in _TRUSTED or "IO" in re.findall("..", flags):
        return True
    return kind == "A" and _only_reads(rights)


def _only_reads(rights: str) -> bool:
    if rights.startswith("0x"):
        try:
            return not int(rights, 16) & ~_READING
        except ValueError:
            return False
    return len(rights) % 2 == 0 and set(re.findall("..", rights)) <= _READERS


def program_data() -> Path:
    """The folder that Windows keeps for all users, by its own registry: a variable of the environment could be anybody's."""
    if sys.platform != "win32":
        return Path("C:/ProgramData")
    import winreg

    key = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as folders:
            return Path(str(winreg.QueryValueEx(folders, "Common AppData")[0]))
    except OSError:
        return Path("C:/ProgramData")


def _descriptor(path: Path) -> str:
    """Owner and access list of a file or folder, as SDDL. Raises OSError where Windows does not tell."""
    if sys.platform != "win32":
        raise OSError("there is no such thing here")
    import ctypes

    security, system = ctypes.WinDLL("advapi32"), ctypes.WinDLL("kernel32")
    system.LocalFree.argtypes = [ctypes.c_void_p]
    found, text = ctypes.c_void_p(), ctypes.c_wchar_p()
    owner_and_list, file_object = 0x1 | 0x4, 1  # OWNER_ and DACL_SECURITY_INFORMATION, SE_FILE_OBJECT
    code = security.GetNamedSecurityInfoW(
        ctypes.c_wchar_p(str(path)), file_object, owner_and_list, None, None, None, None, ctypes.byref(found)
    )
    if code:
        raise OSError(code, "its owner cannot be read")
    try:
        told = security.ConvertSecurityDescriptorToStringSecurityDescriptorW(
            found, 1, owner_and_list, ctypes.byref(text), None
        )
        if not told:
            raise OSError("its owner cannot be shown")
        return str(text.value)
    finally:
        system.LocalFree(found)
        system.LocalFree(text)
