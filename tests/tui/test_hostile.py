"""Foreign text reaches the terminal cleaned, whatever it holds, and never ends the app."""

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from readycheck.model import Policy
from tests.tui.app_world import app_of, press, reader_of, run, shown
from tests.tui.reports import GATEWAY_SILENT, report
from tests.tui.world import FakeSession, run_of, started

HOSTILE = {
    "escape": "Cafe \x1b[2J\x1b[1;1Hgone",
    "clipboard": "\x1b]52;c;aGVsbG8=\x07 and \x9b31m",
    "markup": "[/x] [red]not red[/red] [@click=app.quit]here[/] $rc-ok",
    "bidi": "harm\u202eless\u2066\u200b\u200d text",
    "long": "x" * 5000 + " " + "word " * 800,
    "wide": "会议室无线网络" * 40 + " ｗｉｄｅ 한국어",
    "lines": "one\ntwo\r\nthree\ttab\x00nul\u2028sep",
    "marks": "e" + "\u0301" * 60 + " 👩‍👩‍👧‍👦 \U0001f1e9\U0001f1ea",
}
DANGEROUS = {chr(code) for code in (*range(32), 127, *range(128, 160))} | set("\u202e\u2066\u200b\u2028") - {
    "\n"
}


def hostile_session(text: str) -> FakeSession:
    finding = replace(GATEWAY_SILENT.findings[0], summary=text, remedy=f"{text}\n{text}", detail=text)
    bad = replace(GATEWAY_SILENT, title=text, summary=text, findings=(finding,), reason=text)
    made = report(bad)
    made = replace(
        made,
        policy=Policy(name="x", title=text, version="1", hash="0"),
        environment=replace(made.environment, computer=text, user=text),
        contact=replace(made.contact, name=text),
        problems=(text,),
    )
    return FakeSession(
        past=run_of(made), simulated=(text,), profile_title=text, contact=replace(made.contact, name=text)
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_no_dangerous_character_is_drawn_on_any_screen(name: str) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        for keys in (("d",), ("t",), ("escape", "f1")):
            await press(pilot, *keys)
            text = shown(pilot.app)  # type: ignore[arg-type]
            assert not DANGEROUS & set(text.replace("\n", "")), sorted(DANGEROUS & set(text))

    run(scene, app_of(hostile_session(HOSTILE[name])), (100, 40))


def test_hostile_names_in_a_running_list_and_in_a_saved_report_are_drawn_clean() -> None:
    plan = started(run_of(report())[-1].report.results)  # type: ignore[union-attr]
    session = FakeSession(past=[plan])
    evil = HOSTILE["escape"] + HOSTILE["markup"]

    async def scene(pilot: Pilot[None]) -> None:
        text = shown(pilot.app)  # type: ignore[arg-type]
        assert "\x1b" not in text

    run(scene, app_of(session), (80, 24))
    run(scene, reader_of(report(replace(GATEWAY_SILENT, title=evil, summary=evil))), (80, 24))


def test_a_pasted_escape_does_not_stay_in_the_message() -> None:
    from textual import events
    from textual.widgets import TextArea

    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t", "e")
        area = pilot.app.screen.query_one(TextArea)
        pilot.app.post_message(events.Paste("since \x1b[31mtoday\u202e"))
        await pilot.pause(0.1)
        assert area.text == "since \\u001b[31mtoday\\u202e"

    run(scene, app_of(run_with_faults()), (100, 30))


def run_with_faults() -> FakeSession:
    return FakeSession(past=run_of(report(GATEWAY_SILENT)))


PROGRAM = """
from tests.tui.test_hostile import HOSTILE, hostile_session
from tests.tui.app_world import app_of
app_of(hostile_session(HOSTILE["escape"] + HOSTILE["clipboard"])).run()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
def test_what_is_really_written_to_a_terminal_holds_no_foreign_sequence() -> None:
    written = in_a_terminal(PROGRAM, keys=b"q")
    assert b"\x1b]52" not in written and b"\x1b[2J\x1b[1;1Hgone" not in written
    assert b"\\u001b[2J" in written


def in_a_terminal(program: str, *, keys: bytes, limit_s: float = 20.0) -> bytes:
    """Run a program in a pseudo terminal, press keys when its key bar is drawn, and return all it wrote."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"}
    root = Path(__file__).parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", program], stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=root
    )
    os.close(theirs)
    written, pressed, end = b"", False, time.monotonic() + limit_s
    try:
        while child.poll() is None and time.monotonic() < end:
            if select.select([ours], [], [], 0.1)[0]:
                written += _read(ours)
            if not pressed and b"Quit" in written:
                pressed = True
                os.write(ours, keys)
        assert child.poll() is not None, "the app did not end"
        while select.select([ours], [], [], 0)[0] and (more := _read(ours)):
            written += more
    finally:
        if child.poll() is None:
            child.kill()
            child.wait(5)
        os.close(ours)
    return written


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says EIO when the other side is closed
        return b""
