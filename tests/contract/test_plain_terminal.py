"""readycheck --plain in front of a person: nothing is drawn over, and what is asked can be answered."""

import os
import select
import subprocess
import sys
import time

import pytest

pty = pytest.importorskip("pty")
DEMO = [sys.executable, "-m", "readycheck", "demo", "--plain", "--only", "uptime"]


class Played:
    """A command on a terminal of its own; with ``hears`` it reads from there too, else its input is empty."""

    def __init__(self, *command: str, hears: bool = True) -> None:
        self._ours, theirs = pty.openpty()
        environment = {name: value for name, value in os.environ.items() if name != "CI"}
        self.process = subprocess.Popen(
            command,
            stdin=theirs if hears else subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            env=environment | {"TERM": "xterm"},
            start_new_session=True,
        )
        os.close(theirs)
        self.said = ""

    def until(self, words: str, timeout_s: float = 60.0) -> None:
        """Read until these words; "" reads to the end."""
        end = time.monotonic() + timeout_s
        while not words or words not in self.said:
            assert time.monotonic() < end, self.said
            if select.select([self._ours], [], [], 0.5)[0] and not self._read():
                return

    def answer(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def left(self) -> int:
        self.until("")
        os.close(self._ours)
        return self.process.wait(20)

    def _read(self) -> bool:
        try:
            data = os.read(self._ours, 65_536)
        except OSError:  # Linux says so where nobody has the terminal open any more
            return False
        self.said += data.decode()
        return bool(data)


def test_the_plain_demo_on_a_terminal_is_the_plain_face_and_draws_nothing_over() -> None:
    demo = Played(*DEMO)
    demo.until("Type a number to open it")
    demo.answer("q\n")
    assert demo.left() == 0
    assert "readycheck, plain text." in demo.said
    assert "RESULT:" in demo.said
    assert "\x1b" not in demo.said
    assert "\r" not in demo.said.replace("\r\n", "\n")


def test_control_d_at_the_message_to_it_support_goes_back_to_the_choices() -> None:
    demo = Played(*DEMO)
    demo.until("Type a number to open it")
    demo.answer("t\n")
    demo.until("A sentence of your own")
    demo.answer("\x04")
    demo.said = ""
    demo.until("Type a number to open it")
    demo.answer("q\n")
    assert demo.left() == 0


def test_the_plain_demo_without_input_ends_by_itself_and_draws_nothing_over_either() -> None:
    demo = Played(*DEMO, hears=False)
    assert demo.left() == 0
    assert "RESULT:" in demo.said
    assert "\x1b" not in demo.said
