"""What file servers say before and while somebody works with them, and where shares and drives are."""

import base64
import hashlib
import hmac
import struct
from contextlib import suppress
from typing import Any, Final

import httpx

from readycheck.adapters import sign_ins
from readycheck.api import NetworkDrive
from readycheck.ports import HttpAnswer
from readycheck.ports.challenges import challenges_in
from readycheck_checks.drives import wanted
from readycheck_checks.shares import host_keys, nextcloud, nfs, smb1, smb2, ssh, target, trial_files
from readycheck_checks.shares.sftp_door import Guard
from tests.fuzz.target import Target, text

XID: Final = 7


def _smb2(dialect: int, *, contexts: bytes = b"", count: int = 0) -> bytes:
    head = struct.pack("<4sHHIHHIIQIIQ16s", b"\xfeSMB", 64, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, bytes(16))
    body = struct.pack(
        "<HHHH16sIIIIQQHHI",
        65,
        3,
        dialect,
        count,
        bytes(16),
        0x41,
        0,
        0,
        0,
        134_000_000_000_000_000,
        0,
        0,
        0,
        128,
    )
    return head + body + contexts


_CIPHER: Final = struct.pack("<HHI", 1, 6, 0) + struct.pack("<HHH", 1, 0, 1) + bytes(2)
_CIPHERS: Final = _CIPHER + struct.pack("<HHI", 2, 4, 0) + struct.pack("<HH", 1, 2)
_SMB2: Final = (_smb2(0x0311, contexts=_CIPHERS, count=2), _smb2(0x0300), _smb2(0x0202), b"\x00\x00\x00\x84")
_SMB1: Final = (
    struct.pack("<4sBIBHH8sHHHHH", b"\xffSMB", 0x72, 0, 0x98, 0x4001, 0, bytes(8), 0, 0xFFFF, 0, 0, 1)
    + struct.pack("<BH", 17, 0)
    + bytes(34),
)
_NULL: Final = struct.pack("!IIIIII", XID, 1, 0, 0, 0, 0)
_LOOKED: Final = struct.pack("!IIIIIII", 0, 0, 3, 24, 0, 15, 0) + struct.pack("!IIII", 3, 0, 3, 3)
_NFS: Final = (
    _NULL,
    _NULL + _LOOKED,
    struct.pack("!IIIIIIII", XID, 1, 0, 0, 0, 2, 3, 4),
    struct.pack("!III", XID, 1, 1) + bytes(8),
    struct.pack("!I", 0x80000018),
)


def _read_smb(data: bytes) -> object:
    length = smb2.reply_length(data) if len(data) == 4 else None
    offer = smb2.offer_in(data)
    return length or (offer and (offer, offer.signing, offer.encryption))


def _wire(kind: str, rest: bytes) -> bytes:
    return struct.pack("!I", len(kind)) + kind.encode() + rest


def _shown(data: bytes) -> object:
    known = host_keys.KnownKeys(keys=frozenset({host_keys.HostKey("ssh-rsa", "SHA256:")}))
    guards = [Guard(wanted, known, "secret") for wanted in ("", "SHA256:")]
    return [(guard.takes(data), guard.takes_signer(data), guard.proof) for guard in guards]


def _signed_in(challenge: str) -> object:
    """As http.py does: the request with what answers the challenge, where it is one that is answered."""
    found = [(each.takes_a_digest, each.takes_a_password) for each in challenges_in(challenge)]
    headers = {"www-authenticate": challenge}
    answer = HttpAnswer(url="", status=401, headers=headers, body=b"", seconds=0.0, address="")
    signing = sign_ins.sign_in(("anna", "secret"), answer)
    if signing is None:
        return found
    request = httpx.Request("GET", "https://files.example/team")
    flow = signing.sync_auth_flow(request)
    next(flow)
    with suppress(StopIteration):
        return flow.send(
            httpx.Response(401, headers={b"www-authenticate": challenge.encode()}, request=request)
        )
    return found


def _read_nfs(data: bytes) -> object:
    length = nfs.reply_length(data) if len(data) == 4 else None
    reply = nfs.reply_in(data, XID)
    return length or (reply and (reply, nfs.looked_in(reply[1]))) or nfs.looked_in(data)


def _ssh_line(data: bytes) -> object:
    ssh.is_text(data)
    ssh.is_fingerprint(data.decode("utf-8", "replace"))
    return ssh.software_in(data)


_SALT: Final = bytes(range(20))
_HASHED: Final = (
    f"|1|{base64.b64encode(_SALT).decode()}|"
    + base64.b64encode(hmac.digest(_SALT, b"files.example", hashlib.sha1)).decode()
)
_KNOWN: Final = f"""# comment
files.example,192.0.2.7 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKK
[files.example]:2222 ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB a comment
{_HASHED} ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB
@revoked * ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB
@cert-authority *.example,!old.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKK
"""


def _known(text: str) -> object:
    shown = host_keys.HostKey("ssh-rsa", "SHA256:")
    algorithms = ("rsa-sha2-256", "ssh-ed25519-cert-v01@openssh.com", text[:40])
    found = [host_keys.known_in(text, "files.example", port) for port in (22, 2222)]
    return [(each.proof(shown), each.is_authority(text), each.preferred(algorithms)) for each in found]


_LISTING: Final = b"<d:href>/team/readycheck-0123456789-65a0b1c2-0123456789ab.tmp</d:href>"
_DRIVES: Final = (
    NetworkDrive(place="/mnt/team", protocol="smb", source="//anna@files/team", host="files"),
    NetworkDrive(place="Z:", protocol="smb", source="\\\\files\\team", host="files", port=1445),
)


def _drives_of(expected: str) -> Any:
    return wanted.wanted_drives((expected,), _DRIVES, "/home/anna", others=True) and wanted.host_and_protocol(
        expected
    )


def _target(url: str) -> object:
    found = target.target_of(url)
    return found.label, found.unc, found.url, found.status_url, found.folder


TARGETS: Final = (
    Target(name="shares: SMB 2 and 3", play=_read_smb, seeds=_SMB2, most_bytes=smb2.MAX_REPLY_BYTES),
    Target(name="shares: SMB 1", play=smb1.is_taken, seeds=_SMB1),
    Target(name="shares: NFS", play=_read_nfs, seeds=_NFS, most_bytes=nfs.MOST_BYTES),
    Target(
        name="shares: first lines of SSH",
        play=_ssh_line,
        seeds=(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", b"SHA256:" + b"a" * 43),
        most_bytes=4_096,
    ),
    Target(
        name="shares: known_hosts",
        play=text(_known),
        seeds=(_KNOWN.encode(),),
    ),
    Target(
        name="shares: a host key",
        play=_shown,
        seeds=(_wire("ssh-ed25519", bytes(36)), _wire("ssh-rsa", bytes(270)), b"\0\0\0\7ssh-rsa"),
        most_bytes=16_384,
    ),
    Target(
        name="shares: how a server asks to be signed in to",
        play=text(_signed_in),
        seeds=(
            b'Negotiate, NTLM, Basic realm="a, b"',
            b'Digest realm="team", nonce="a\\"b", qop="auth,auth-int", algorithm=SHA-256-sess, opaque=x',
            b'Bearer realm="Digest realm=x", , Digest nonce=1, realm=2',
        ),
        most_bytes=2_000,
    ),
    Target(
        name="shares: status of Nextcloud",
        play=nextcloud.status_in,
        seeds=(
            b'{"installed":true,"maintenance":false,"needsDbUpgrade":false,"version":"29.0.1.1",'
            b'"versionstring":"29.0.1","edition":"","productname":"Nextcloud","extendedSupport":false}',
        ),
    ),
    Target(name="shares: a WebDAV listing", play=text(trial_files.names_in), seeds=(_LISTING,)),
    Target(
        name="shares: where a share is",
        play=text(_target),
        seeds=(
            b"smb://files.example/team/folder",
            b"https://cloud.example/remote.php/dav/files/anna%20b",
            b"sftp://files.example:2222/~/in",
            b"nfs://[2001:db8::7]/export",
            b"dav://localhost:8080/team",
        ),
        raises=(ValueError,),
    ),
    Target(
        name="drives: which is expected",
        play=text(_drives_of),
        seeds=(b"//files/team", b"Z:", b"files:/export", b"anna@files:/home", b"[2001:db8::1]:/e", b"~/team"),
    ),
)
