import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from readycheck.adapters import children as adapter
from readycheck.adapters.children import RealChildren
from readycheck.errors import ChildFailed, ChildTimeout
from readycheck.ports import CommandAnswer, Say

HERE = "tests.unit.adapters.test_children"


def double(request: dict[str, int], say: object) -> int:
    print("noise on stdout must not break the answer")
    return request["number"] * 2


def talk(request: dict[str, int], say: object) -> str:
    say("Half way", 0.5)  # type: ignore[operator]
    return "done"


def hang(request: dict[str, int], say: object) -> None:
    time.sleep(60)


def break_down(request: dict[str, str], say: object) -> None:
    raise ValueError(f"cannot use \x1b[31m{request['name']}")


def leave(request: dict[str, str], say: object) -> None:
    sys.stderr.write("last words\n")
    sys.stderr.flush()
    os._exit(3)


def measure(request: dict[str, float], say: Say) -> tuple[float, float]:
    with say.line():
        begun = time.monotonic()
        time.sleep(request["seconds"])
        ended = time.monotonic()
    return begun, ended


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))


def call(function: str, timeout_s: float = 20.0, **request: object) -> object:
    return asyncio.run(RealChildren().call(f"{HERE}:{function}", request, timeout_s=timeout_s))


def test_a_child_gives_its_answer_whatever_it_prints() -> None:
    assert call("double", number=21) == 42


def test_a_child_says_how_far_it_is() -> None:
    heard: list[tuple[str, float | None]] = []
    children = RealChildren()
    asyncio.run(
        children.call(f"{HERE}:talk", {}, timeout_s=20, progress=lambda text, f: heard.append((text, f)))
    )
    assert heard == [("Half way", 0.5)]


def test_children_that_want_the_line_have_it_one_after_the_other() -> None:
    async def three() -> list[Any]:
        line, children = asyncio.Lock(), RealChildren()
        request = {"seconds": 0.3}
        calls = [children.call(f"{HERE}:measure", request, timeout_s=20, line=line) for _ in range(3)]
        return await asyncio.gather(*calls)

    first, second, third = sorted(asyncio.run(three()))
    assert first[1] <= second[0] and second[1] <= third[0]


def test_waiting_for_the_line_is_not_the_time_of_a_child() -> None:
    async def behind_a_long_transfer() -> object:
        loop, line, children = asyncio.get_running_loop(), asyncio.Lock(), RealChildren()
        before = loop.time()
        await children.call(f"{HERE}:measure", {"seconds": 0}, timeout_s=20)
        timeout_s = 3 * (loop.time() - before) + 0.3  # more than it needs on this machine now
        await line.acquire()
        loop.call_later(timeout_s + 0.3, line.release)
        return await children.call(f"{HERE}:measure", {"seconds": 0}, timeout_s=timeout_s, line=line)

    assert isinstance(asyncio.run(behind_a_long_transfer()), list)


def test_a_child_that_hangs_with_the_line_gives_it_back_when_it_is_ended() -> None:
    async def two() -> object:
        line, children = asyncio.Lock(), RealChildren()
        hung = children.call(f"{HERE}:measure", {"seconds": 60}, timeout_s=1.5, line=line)
        with pytest.raises(ChildTimeout):
            await hung
        return line.locked()

    assert asyncio.run(two()) is False


def test_a_child_that_nobody_gave_a_line_has_it_at_once() -> None:
    assert isinstance(call("measure", seconds=0), list)


def test_a_child_that_hangs_is_killed_at_its_deadline() -> None:
    before = time.monotonic()
    with pytest.raises(ChildTimeout):
        call("hang", timeout_s=1.0)
    assert time.monotonic() - before < 5


def test_a_child_that_breaks_says_why_in_clean_text() -> None:
    with pytest.raises(ChildFailed, match="ValueError: cannot use"):
        call("break_down", name="x")
    with pytest.raises(ChildFailed) as caught:
        call("break_down", name="x")
    assert "\x1b" not in str(caught.value)


def test_a_child_that_just_ends_gives_its_last_words() -> None:
    with pytest.raises(ChildFailed, match="last words"):
        call("leave")


def test_a_program_is_run_without_a_shell_and_its_output_is_bounded() -> None:
    answer = asyncio.run(RealChildren().run(["echo", "$HOME; `id`"], timeout_s=5))
    assert answer.stdout == b"$HOME; `id`\n"
    long = asyncio.run(RealChildren().run(["head", "-c", "300000", "/dev/zero"], timeout_s=5, limit=1000))
    assert len(long.stdout) == 1000


def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(ChildFailed, match="no-such-program"):
        asyncio.run(RealChildren().run(["no-such-program"], timeout_s=5))


def test_a_child_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ChildFailed, match="could not be started"):
        call("double", number=1)


@pytest.mark.parametrize("line", [b"{no json\n", b"\xff\n", b"x" * 200])
def test_what_a_child_says_that_is_no_line_of_json_is_its_failure(line: bytes) -> None:
    async def hear() -> object:
        stream = asyncio.StreamReader(limit=100)
        stream.feed_data(line)
        return await adapter._next(stream)

    with pytest.raises(ChildFailed, match="cannot be read"):
        asyncio.run(hear())


# ---- Programs ----


def ran(script: str, timeout_s: float = 20.0, **more: Any) -> CommandAnswer:
    return asyncio.run(RealChildren().run(["/bin/sh", "-c", script], timeout_s=timeout_s, **more))


@pytest.mark.skipif(sys.platform == "win32", reason="asks sh")
def test_a_program_gets_the_variables_it_is_given_and_those_that_programs_need(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("READYCHECK_SECRET_X", "hidden")
    told = ran("env", environment={"MINE": "1"}).stdout.decode().splitlines()
    assert "MINE=1" in told and any(line.startswith("PATH=") for line in told)
    assert not any("READYCHECK" in line for line in told)
    assert "READYCHECK_SECRET_X=hidden" in ran("env").stdout.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="asks sh")
def test_a_program_reads_what_it_is_given_and_nothing_where_it_is_given_nothing() -> None:
    assert ran("cat", stdin=b"hello").stdout == b"hello"
    assert ran("cat").stdout == b""
    assert ran("exit 3", stdin=b"x" * 1_000_000).code == 3


@pytest.mark.skipif(sys.platform == "win32", reason="asks sh")
def test_a_program_has_ended_when_its_process_has_whoever_holds_its_output() -> None:
    before = time.monotonic()
    children = RealChildren()
    answer = asyncio.run(children.run(["/bin/sh", "-c", "sleep 60 & echo ok; exit 2"], timeout_s=50))
    assert (answer.code, answer.stdout) == (2, b"ok\n") and time.monotonic() - before < 30
    assert children.abandoned == []


@pytest.mark.skipif(sys.platform == "win32", reason="asks sh")
def test_of_what_a_program_says_only_so_much_is_kept() -> None:
    assert len(ran("head -c 500000 /dev/zero", limit=1000).stdout) == 1000
