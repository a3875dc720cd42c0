import subprocess
import sys

import pytest

HEAVY = ("textual", "rich", "pydantic", "keyring", "smbclient", "speedtest", "wsgidav", "jinja2")


def loaded_by(code: str) -> set[str]:
    """Top-level packages in sys.modules after running this code in an interpreter of its own."""
    program = f"import sys, io\n{code}\nprint('|'.join({{n.partition('.')[0] for n in sys.modules}}), file=sys.__stderr__)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    return set(run.stderr.strip().splitlines()[-1].split("|"))


def test_the_version_is_answered_before_anything_is_imported() -> None:
    loaded = loaded_by("sys.argv = ['readycheck', '--version']\nfrom readycheck.__main__ import main\nmain()")
    assert not loaded & {"argparse", "asyncio", "msgspec", "json", *HEAVY}


@pytest.mark.parametrize(
    "command",
    [
        ["run", "--offline", "--only", "power", "--format", "json"],
        ["checks", "--format", "json"],
        ["profile", "show", "office"],
        ["demo", "--list-faults"],
        ["compare", "tests/data/report-1.0.json", "tests/data/report-1.0.json"],
    ],
)
def test_a_headless_command_loads_neither_the_app_nor_what_it_does_not_use(command: list[str]) -> None:
    loaded = loaded_by(f"from readycheck.cli import run_command\nrun_command({command!r})")
    assert not loaded & set(HEAVY)


def test_the_checks_load_without_their_heavy_libraries() -> None:
    loaded = loaded_by("from readycheck.run.registry import load_all\nload_all()")
    assert not loaded & {"httpx", "dns", "cryptography", "phonenumbers", "psutil", *HEAVY}
