"""The share check over NFS: servers on loopback that answer as RFC 5531 and RFC 7530 say, or do not."""

import asyncio
import struct
from collections.abc import Callable

import msgspec
import pytest

from readycheck.model import Owner, Status
from readycheck_checks.shares import nfs, nfs_visit
from readycheck_checks.shares.options import ShareOptions
from tests.checks.connection_listeners import closed_port, tcp_listener
from tests.checks.share_visits import codes, deciding, facts, visit_nfs
from tests.checks.talkers import Talk, talker

Answer = Callable[[int, int], bytes]  # of version and procedure: what follows the transaction id


def accepted(state: int = 0, results: bytes = b"") -> bytes:
    return struct.pack("!IIIII", 1, 0, 0, 0, state) + results


def looked(status: int, readable: bool = True) -> bytes:
    """A COMPOUND reply: root, one folder, access."""
    if status:
        return accepted(results=struct.pack("!IIIIIII", status, 0, 2, 24, 0, 15, status))
    rights = struct.pack("!IIII", 3, 0, 3, 3 if readable else 2)
    return accepted(results=struct.pack("!IIIIIII", 0, 0, 3, 24, 0, 15, 0) + rights)


def nfs_server(answer: Answer) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (mark,) = struct.unpack("!I", await reader.readexactly(4))
        call = await reader.readexactly(mark & 0x7FFFFFFF)
        xid, _, _, _, version, procedure = struct.unpack_from("!IIIIII", call)
        message = struct.pack("!I", xid) + answer(version, procedure)
        writer.write(struct.pack("!I", 0x80000000 | len(message)) + message)
        await writer.drain()

    return talk


def both_versions(compound: bytes) -> Answer:
    return lambda version, procedure: compound if procedure else accepted()


def test_a_folder_that_is_there_passes_and_tells_the_versions() -> None:
    with talker(nfs_server(both_versions(looked(0)))) as port:
        result = visit_nfs(port)
    assert (result.status, codes(result)) == (Status.PASS, ["files.opens"])
    assert facts(result)["share_nfs_versions"] == "4 and 3"
    assert "its folder is there" in result.findings[0].summary


@pytest.mark.parametrize(
    ("compound", "status", "code"),
    [
        (looked(2), Status.FAIL, "files.share_missing"),
        (looked(0, readable=False), Status.FAIL, "files.access_denied"),
        (looked(10008), Status.FAIL, "files.server_busy"),
        (looked(10006), Status.FAIL, "files.server_trouble"),
        (looked(1), Status.UNKNOWN, "files.unproved"),
        (looked(10016), Status.UNKNOWN, "files.unproved"),
        (accepted(results=b"\0\0\0"), Status.FAIL, "files.not_a_share"),
        (struct.pack("!III", 1, 1, 1), Status.UNKNOWN, "files.unproved"),
    ],
    ids=["gone", "no right", "not now", "broken", "not for us", "wrong way", "cut off", "refused"],
)
def test_what_the_server_says_of_the_folder_becomes_words(compound: bytes, status: Status, code: str) -> None:
    with talker(nfs_server(both_versions(compound))) as port:
        assert deciding(visit_nfs(port))[:2] == (status, code)


def test_version_3_alone_proves_the_server_and_not_the_folder() -> None:
    with talker(nfs_server(lambda version, _: accepted() if version == 3 else accepted(2))) as port:
        seen = visit_nfs(port)
        enough = visit_nfs(port, sign_in="none")
    assert (seen.status, codes(seen)) == (Status.UNKNOWN, ["files.server_answers", "files.unproved"])
    assert (enough.status, facts(enough)["share_nfs_versions"]) == (Status.PASS, "3")


def test_an_rpc_server_without_nfs_is_no_share() -> None:
    with talker(nfs_server(lambda *_: accepted(1))) as port:
        assert deciding(visit_nfs(port)) == (Status.FAIL, "files.not_a_share", Owner.COMPANY)


@pytest.mark.parametrize("said", [b"SSH-2.0-x\r\n", b"\x80\0\0\x04abcd", b"\x80\0\0\x00", b"\xff" * 70_000])
def test_something_else_on_the_port_is_no_share(said: bytes) -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(said)
        await writer.drain()

    with talker(say) as port:
        assert deciding(visit_nfs(port))[1] in ("files.not_a_share", "files.server_closes")


def test_silence_and_a_byte_now_and_then_end_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nfs_visit, "ANSWER_S", 0.4)

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in b"\x80\0\0\x18" + bytes(24):
            writer.write(bytes([byte]))
            await asyncio.sleep(0.3)

    with tcp_listener() as port:
        assert deciding(visit_nfs(port)) == (Status.FAIL, "files.server_silent", Owner.COMPANY)
    with talker(drip) as port:
        assert deciding(visit_nfs(port))[:2] == (Status.FAIL, "files.server_silent")
    assert deciding(visit_nfs(closed_port()))[:2] == (Status.FAIL, "files.port_refused")


def test_the_null_call_is_the_44_bytes_that_every_server_knows() -> None:
    call = nfs.null_call(7, 4)
    assert len(call) == 44 and call[:4] == b"\x80\0\0\x28"
    assert struct.unpack("!IIIIII", call[4:28]) == (7, 0, 2, 100003, 4, 0)
    assert nfs.reply_in(struct.pack("!I", 8) + accepted(), 7) is None


def test_files_on_nfs_are_the_business_of_mounted_drives() -> None:
    with pytest.raises(msgspec.ValidationError, match="use the check `drive`"):
        msgspec.convert({"url": "nfs://files.example/a", "sign_in": "none", "write": True}, ShareOptions)
