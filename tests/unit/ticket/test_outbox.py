import errno
import os
import stat
import threading
from pathlib import Path

import pytest

from readycheck.errors import ReadycheckError
from readycheck.ticket.outbox import LEFTOVER_AGE_S, Outbox, default_folder, hand_over, safe_name

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX modes")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@posix
def test_a_ticket_is_for_its_owner_alone_and_so_is_its_folder(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "data" / "outbox")
    path = outbox.put("ticket.md", b"help")
    assert path.read_bytes() == b"help"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(outbox.folder.stat().st_mode) == 0o700


def test_a_ticket_gets_its_name_only_when_all_of_it_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[dict[str, bytes]] = []
    sync = os.fsync

    def watched(handle: int) -> None:
        sync(handle)
        synced.append({path.name: path.read_bytes() for path in tmp_path.iterdir()})

    outbox = Outbox(tmp_path)
    monkeypatch.setattr("readycheck.storage.files.os.fsync", watched)
    outbox.put("ticket.md", b"help")
    assert synced[0] == {".ticket.md.partial": b"help"}
    assert os.name == "nt" or synced[1:] == [{"ticket.md": b"help"}]


def test_no_ticket_is_written_over_another(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    paths = [outbox.put("ticket.tar.eml", str(number).encode()) for number in range(3)]
    assert [path.name for path in paths] == ["ticket.tar.eml", "ticket.tar-2.eml", "ticket.tar-3.eml"]
    assert [path.read_bytes() for path in paths] == [b"0", b"1", b"2"]
    assert len(names(tmp_path)) == 3


def test_writers_at_the_same_moment_lose_nothing(tmp_path: Path) -> None:
    kept: list[tuple[Path, bytes]] = []

    def write(number: int) -> None:
        for turn in range(10):
            data = f"{number} {turn}".encode()
            kept.append((Outbox(tmp_path).put("ticket.md", data), data))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    assert len({path for path, _ in kept}) == 40
    assert all(path.read_bytes() == data for path, data in kept)
    assert len(names(tmp_path)) == 40


def test_the_list_has_the_oldest_first_and_only_tickets(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    for age, name in ((10, "b.md"), (30, "a.md"), (20, "c.md")):
        moment = outbox.put(name, b"x").stat().st_mtime - age
        os.utime(tmp_path / name, (moment, moment))
    (tmp_path / ".d.md.partial").write_bytes(b"half")
    (tmp_path / "folder").mkdir()
    assert [path.name for path in outbox.list()] == ["a.md", "c.md", "b.md"]


def test_old_leftovers_go_at_the_next_start_and_young_ones_and_tickets_stay(tmp_path: Path) -> None:
    old, young, ticket = tmp_path / ".a.md.partial", tmp_path / ".b.md.partial", tmp_path / "old.partial"
    for path in (old, young, ticket):
        path.write_bytes(b"x")
    past = old.stat().st_mtime - LEFTOVER_AGE_S - 60
    os.utime(old, (past, past))
    os.utime(ticket, (past, past))
    Outbox(tmp_path)
    assert names(tmp_path) == [".b.md.partial", "old.partial"]


def test_a_leftover_of_a_crash_does_not_block_its_name_for_ever(tmp_path: Path) -> None:
    (tmp_path / ".ticket.md.partial").write_bytes(b"half")
    assert Outbox(tmp_path).put("ticket.md", b"whole").name == "ticket-2.md"


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_a_ticket_that_cannot_be_kept_is_one_clear_error_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    def broken(handle: int) -> None:
        raise OSError(error, os.strerror(error))

    outbox = Outbox(tmp_path)
    monkeypatch.setattr("readycheck.storage.files.os.fsync", broken)
    with pytest.raises(ReadycheckError, match=r"ticket\.md was not saved: .*[Cc]hoose another place"):
        outbox.put("ticket.md", b"help")
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ReadycheckError, match="was not saved"):
        Outbox(tmp_path / "file" / "outbox")


@pytest.mark.parametrize(
    ("wild", "tame"),
    [
        ("../../etc/passwd", "etc-passwd"),
        (".hidden.md", "hidden.md"),
        ("a b\x00c\u202e.eml", "a-b-c-.eml"),
        ("", "ticket"),
        ("...", "ticket"),
        ("CON:stream.md", "CON-stream.md"),
        ("x" * 500 + ".md", "x" * 100 + ".md"),
    ],
)
def test_a_name_stays_in_its_folder(tmp_path: Path, wild: str, tame: str) -> None:
    assert safe_name(wild) == tame
    assert Outbox(tmp_path).put(wild, b"x") == tmp_path / tame


def test_the_default_folder_belongs_to_this_person() -> None:
    assert default_folder().name == "outbox"
    assert "readycheck" in default_folder().parts[-2] or "readycheck" in str(default_folder())


def test_the_same_bytes_under_the_same_name_are_kept_once(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    first = outbox.put("ticket.md", b"help")
    assert outbox.put("ticket.md", b"help") == first
    assert outbox.put("ticket.md", b"HELP").name == "ticket-2.md"
    assert outbox.put("ticket.md", b"HELP").name == "ticket-2.md"


def test_what_is_handed_over_lies_among_the_documents_or_in_the_home_folder_where_there_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = tmp_path / "Documents"
    monkeypatch.setattr("platformdirs.user_documents_path", lambda: documents)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    assert hand_over("ticket.md", b"help") == tmp_path / "home" / "readycheck" / "ticket.md"
    documents.mkdir()
    assert hand_over("ticket.md", b"help") == documents / "readycheck" / "ticket.md"


def test_what_cannot_be_handed_over_there_is_kept_in_the_outbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr("readycheck.ticket.outbox.handing_folder", lambda: tmp_path / "file" / "readycheck")
    monkeypatch.setattr("readycheck.ticket.outbox.default_folder", lambda: tmp_path / "outbox")
    assert hand_over("ticket.md", b"help") == tmp_path / "outbox" / "ticket.md"
