"""The hand against real programs: small scripts that stand for pbcopy, xclip and xdg-open."""

import asyncio
import sys
import threading
import time
from pathlib import Path

import pytest

from readycheck.tui import hand as hand_module
from readycheck.tui.hand import RealHand, aside

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_the_clipboard_program_gets_the_text_on_its_input(programs: Path, tmp_path: Path) -> None:
    program(programs, "xclip", f"/bin/cat > {tmp_path}/got; echo $* >> {tmp_path}/args")
    text = "für Anna; $(touch pwned) `x`"
    assert asyncio.run(RealHand({"DISPLAY": ":0"}, "linux").copy(text))
    assert (tmp_path / "got").read_text() == text
    assert text not in (tmp_path / "args").read_text()


def test_wayland_is_asked_before_x(programs: Path, tmp_path: Path) -> None:
    program(programs, "wl-copy", f"/bin/cat > {tmp_path}/wayland")
    program(programs, "xclip", f"/bin/cat > {tmp_path}/x")
    assert asyncio.run(RealHand({"DISPLAY": ":0", "WAYLAND_DISPLAY": "w"}, "linux").copy("t"))
    assert (tmp_path / "wayland").exists() and not (tmp_path / "x").exists()


@pytest.mark.parametrize("script", ["exit 1", None])
def test_a_clipboard_program_that_fails_or_is_missing_is_no_success(
    programs: Path, script: str | None
) -> None:
    if script is not None:
        program(programs, "xclip", script)
    assert not asyncio.run(RealHand({"DISPLAY": ":0"}, "linux").copy("text"))


def test_without_a_screen_no_clipboard_and_no_mail_program_is_asked(programs: Path) -> None:
    program(programs, "xclip", "exit 0")
    program(programs, "xdg-open", "exit 0")
    bare = RealHand({}, "linux")
    assert not bare.mails and not asyncio.run(bare.copy("text"))
    assert not asyncio.run(bare.open_mail(Path("x.eml")))


def test_the_draft_is_handed_to_the_system_as_one_argument(programs: Path, tmp_path: Path) -> None:
    program(programs, "xdg-open", f'echo "$#:$1" > {tmp_path}/opened')
    hand = RealHand({"DISPLAY": ":0"}, "linux")
    draft = tmp_path / "a draft; rm -rf.eml"
    assert hand.mails and asyncio.run(hand.open_mail(draft))
    assert (tmp_path / "opened").read_text().strip() == f"1:{draft}"


def test_a_program_that_stays_open_does_not_hold_the_app(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_module, "PROGRAM_LIMIT_S", 0.2)
    program(programs, "open", "exec /bin/sleep 3")
    begun = time.monotonic()
    assert asyncio.run(RealHand({}, "darwin").open_mail(Path("x.eml")))
    assert time.monotonic() - begun < 2.0


def test_windows_gets_utf16_which_its_clipboard_program_expects() -> None:
    assert RealHand({}, "win32")._encoded("é").decode("utf-16") == "é"
    assert RealHand({}, "linux")._encoded("é") == "é".encode()


def test_saving_goes_to_the_outbox_of_the_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    hand = RealHand()
    path = asyncio.run(hand.save("ticket.md", b"text"))
    assert path.parent == hand.outbox and path.read_bytes() == b"text"
    assert path.stat().st_mode & 0o077 == 0


def test_work_aside_gives_its_answer_its_error_and_its_time_limit() -> None:
    def fail() -> int:
        raise OSError("no room")

    async def all_three() -> None:
        assert await aside(lambda: 7, 2.0) == 7
        with pytest.raises(OSError, match="no room"):
            await aside(fail, 2.0)
        with pytest.raises(TimeoutError):
            await aside(lambda: time.sleep(0.6), 0.05)

    asyncio.run(all_three())
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "readycheck aside")
    time.sleep(0.7)  # it ends after its loop is gone, and complains to nobody
