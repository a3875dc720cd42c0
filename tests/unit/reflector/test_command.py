"""The command `readycheck reflector`: what it takes, its mistakes, its signals."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from readycheck.measure.packets import echo
from tests.unit.reflector.house import body, get, house, post, read_all


@contextmanager
def command(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, object]]]:
    """The running command and its first line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "readycheck", "reflector", "--port", "0", *arguments],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        yield process, json.loads(process.stderr.readline())
    finally:
        process.kill()
        process.communicate()


def refused(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "readycheck", "reflector", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_the_command_serves_until_it_is_told_to_stop() -> None:
    with command("--listen", "127.0.0.1") as (process, line):
        assert line["event"] == "listening"
        with socket.create_connection(("127.0.0.1", int(str(line["port"]))), 10) as sock:
            sock.sendall(get("/down?bytes=1000"))
            assert len(body(read_all(sock))) == 1000
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0
        assert out == ""
        assert [json.loads(each)["event"] for each in err.splitlines()] == ["download", "stopping", "stopped"]


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
def test_a_second_signal_ends_it_at_once_and_sighup_reloads(tmp_path: Path) -> None:
    with command("--listen", "127.0.0.1") as (process, line):
        assert process.stderr is not None
        process.send_signal(signal.SIGHUP)
        assert json.loads(process.stderr.readline())["event"] == "reloaded"
        with socket.create_connection(("127.0.0.1", int(str(line["port"]))), 10) as sock:
            sock.sendall(post("/up", b"x" * 1_000)[:-500])
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            assert json.loads(process.stderr.readline())["event"] == "stopping"
            process.send_signal(signal.SIGINT)
            assert process.wait(5) == 130


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--port", "70000"), "--port is a number from 0 to 65535"),
        (("--port", "https"), "--port is a number"),
        (("--listen", "reflector.example"), "--listen is an address"),
        (("--listen", "192.0.2.77"), "this computer has no such address"),
        (("--key", "key.pem"), "--key needs --certificate"),
        (("--certificate", "/none/such.pem"), "/none/such.pem cannot be read"),
        (("--token-file", "/none/such"), "/none/such cannot be read"),
        (("--metrics", "9100"), "--metrics is ADDRESS:PORT"),
        (("--metrics", "localhost:9100"), "--metrics is ADDRESS:PORT"),
        (("--max-clients", "0"), "--max-clients is a number from 1"),
        (("--max-rate", "-5"), "--max-rate"),
        (("--frobnicate",), "--frobnicate"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(arguments: tuple[str, ...], says: str) -> None:
    code, text = refused(*arguments)
    assert code == 2
    assert says in text
    assert len(text.strip().splitlines()) == 1
    assert "Traceback" not in text


@pytest.mark.parametrize("option", ["--token-file", "--certificate"])
def test_a_pipe_that_nobody_writes_into_keeps_no_reflector_waiting(option: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    code, text = refused(option, str(tmp_path / "pipe"))
    assert code == 2 and "it is a pipe or a device" in text


def test_the_help_names_every_option_and_that_nothing_is_exposed_by_default() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "readycheck", "reflector", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    for option in (
        "--listen",
        "--token-file",
        "--metrics",
        "--max-clients",
        "--max-mb-per-minute",
        "--max-rate",
    ):
        assert option in done.stdout
    assert "127.0.0.1 and ::1" in done.stdout


def test_the_command_loads_neither_the_app_nor_the_checks() -> None:
    program = (
        "import sys\nfrom readycheck.commands import reflector\nfrom readycheck.commands.arguments import parse\n"
        "reflector.settings(parse(['reflector']))\nprint('|'.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.strip().split("|")}
    assert not loaded & {
        "textual",
        "rich",
        "readycheck_checks",
        "httpx",
        "keyring",
        "psutil",
        "cryptography",
        "dns",
    }


def test_a_wrong_version_of_the_protocol_gets_silence() -> None:
    with house() as reflector, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.3)
        hello = bytearray(echo.encode(echo.Hello(bytes(16))))
        hello[5] = 2
        sock.sendto(hello, ("127.0.0.1", reflector.udp_port))
        with pytest.raises(TimeoutError):
            sock.recv(100)
