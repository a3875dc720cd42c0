"""Network drives in what systems list of their mounts: recorded shapes of Linux, macOS and Windows."""

import pytest

from readycheck.adapters import drives
from readycheck.adapters.system_windows import WindowsSystem
from readycheck.ports import NetworkDrive
from tests.unit.system_recordings import Recorded, ended, wait_for

MOUNTINFO = r"""21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
36 21 0:50 / /mnt/team\040drive rw,relatime shared:2 - cifs //files.corp.test/team rw,vers=3.1.1,port=1445,addr=10.20.0.11
37 21 0:51 / /home/anna/x rw,nosuid shared:3 master:4 - fuse.sshfs anna@files.corp.test:/team rw,user_id=7701
38 21 0:52 / /data rw shared:5 - nfs4 files:/export rw,vers=4.2,addr=10.20.0.11
39 21 0:53 / /data6 rw - nfs [2001:db8::1]:/export rw,vers=3
40 21 0:54 / /later rw - autofs systemd-1 rw,fd=45
41 21 0:55 / /archive rw - autofs systemd-1 rw,fd=46
42 41 0:56 / /archive rw - nfs4 files:/archive rw
43 21 0:57 / /dav rw - fuse https://webdav.corp.test/team rw
44 21 0:58 / /davs rw - davfs https://webdav.corp.test/team rw
"""
MAC = """/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
devfs on /dev (devfs, local, nobrowse)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
//anna;corp@files.corp.test/team%20drive on /Volumes/team drive (smbfs, nodev, nosuid, mounted by anna)
files:/export on /Volumes/x (nfs, nodev)
"""
NET_USE = """Neue Verbindungen werden gespeichert.


Status       Lokal     Remote                    Netzwerk

-------------------------------------------------------------------------------
OK           Z:        \\\\files.corp.test\\team drive    Microsoft Windows Network
Getrennt     Y:        \\\\10.20.0.11\\x  Microsoft Windows Network
Der Befehl wurde erfolgreich ausgeführt.
"""
MAPPINGS = """[{"LocalPath":"Z:","RemotePath":"\\\\\\\\files.corp.test\\\\team","Status":0},
{"LocalPath":null,"RemotePath":"\\\\\\\\files.corp.test\\\\IPC$","Status":6},{"LocalPath":"Q:","RemotePath":null,"Status":0}]"""


def told(found: tuple[NetworkDrive, ...]) -> list[tuple[str, str, str, int]]:
    return [(each.place, each.protocol, each.host, each.port) for each in found]


def test_linux_lists_what_lies_on_other_machines_and_what_waits_for_its_first_use() -> None:
    found = drives.in_mountinfo(MOUNTINFO)
    assert told(found) == [
        ("/mnt/team drive", "smb", "files.corp.test", 1445),
        ("/home/anna/x", "sftp", "files.corp.test", 0),
        ("/data", "nfs", "files", 0),
        ("/data6", "nfs", "2001:db8::1", 0),
        ("/later", "", "", 0),
        ("/archive", "nfs", "files", 0),
        ("/davs", "webdav", "webdav.corp.test", 0),
    ]
    assert [each.place for each in found if each.waiting] == ["/later"]


def test_macos_lists_them_in_brackets() -> None:
    assert told(drives.in_mount(MAC)) == [
        ("/Volumes/team drive", "smb", "files.corp.test", 0),
        ("/Volumes/x", "nfs", "files", 0),
    ]


def test_windows_lists_letters_in_any_language() -> None:
    assert told(drives.in_net_use(NET_USE)) == [
        ("Z:", "smb", "files.corp.test", 0),
        ("Y:", "smb", "10.20.0.11", 0),
    ]


def test_windows_tells_objects_first_and_net_use_where_it_does_not() -> None:
    asked = wait_for(WindowsSystem(Recorded({"Get-SmbMapping": MAPPINGS})).network_drives())
    assert [(each.place, each.host, each.connected) for each in asked] == [
        ("Z:", "files.corp.test", True),
        ("\\\\files.corp.test\\IPC$", "files.corp.test", False),
    ]
    fallen_back = Recorded({"Get-SmbMapping": ended(1, "not known"), "net.exe use": NET_USE})
    assert len(wait_for(WindowsSystem(fallen_back).network_drives())) == 2


@pytest.mark.parametrize(
    "text", ["", "- - -\n", "1 2 3 4 5 6 7 -\n", "\0\n" * 50, "a on b (c", " on / (", "Z: \\\\\n"]
)
def test_what_cannot_be_read_is_left_out(text: str) -> None:
    assert drives.in_mountinfo(text) == drives.in_mount(text) == drives.in_net_use(text) == ()


def test_a_path_lies_on_the_drive_that_holds_it_most_closely() -> None:
    found = drives.in_mountinfo(MOUNTINFO)
    over = drives.holding("/home/anna/x/plans", found)
    assert over is not None and over.protocol == "sftp"
    assert drives.holding("/home/anna/xy", found) is None
